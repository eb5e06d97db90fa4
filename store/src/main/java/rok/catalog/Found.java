package rok.catalog;

import java.util.Optional;
import rok.names.RokUrl;

/** A version that a text named, and the member if it named one of those. */
public record Found(Version version, Optional<Version.Member> member) {
    /** What the text named: the group, or the member. */
    public RokUrl url() {
        return member.map(m -> version.url().member(m.name())).orElse(version.url());
    }
}
