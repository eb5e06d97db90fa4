package rok.catalog;

import java.util.HashSet;
import rok.names.NameException;

/** What a version must obey before it is committed, so that every member can be named. */
final class VersionContents {
    private VersionContents() {}

    static void check(Version version) {
        var names = new HashSet<String>();
        for (var member : version.members()) {
            var unused = version.url().member(member.name());
            if (!names.add(member.name())) {
                throw new NameException("Two volumes of one version are called %s".formatted(unused.file()));
            }
        }
    }
}
