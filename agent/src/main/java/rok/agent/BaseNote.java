package rok.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;
import rok.names.NameException;
import rok.names.RokUrl;

/**
 * What a disk's base is kept with: the version that holds its bytes.
 *
 * @param repository the id of the store
 * @param audited where the next audit begins
 */
record BaseNote(String repository, RokUrl version, String member, long audited) {
    private static final String MAGIC = "rok-base 1";

    String text() {
        return String.join(
                "\n",
                MAGIC,
                "repository " + repository,
                "version " + version,
                "member " + member,
                "audited " + audited,
                "");
    }

    /** Of the same disk in the same store. */
    boolean isSame(BaseNote other) {
        return repository.equals(other.repository) && version.equals(other.version) && member.equals(other.member);
    }

    /** Nothing where it is another one's. */
    static Optional<BaseNote> read(String text) {
        var lines = new ArrayList<>(text.lines().toList());
        if (lines.isEmpty() || !lines.removeFirst().equals(MAGIC)) {
            return Optional.empty();
        }
        var fields = new HashMap<String, String>();
        for (var line : lines) {
            var space = line.indexOf(' ');
            if (space > 0) {
                fields.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        try {
            return Optional.of(new BaseNote(
                    fields.getOrDefault("repository", ""),
                    RokUrl.parse(fields.getOrDefault("version", "")),
                    fields.getOrDefault("member", ""),
                    Math.max(0, Long.parseLong(fields.getOrDefault("audited", "0")))));
        } catch (NameException | NumberFormatException _) {
            return Optional.empty();
        }
    }
}
