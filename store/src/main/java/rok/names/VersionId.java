package rok.names;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Names a version: a UUID in lower case, of version 7 when ours ({@link VersionIds}), so that the order of the texts is
 * that of time.
 */
public record VersionId(String value) implements Comparable<VersionId> {
    public static final int LENGTH = 36;

    public VersionId {
        value = value.length() == LENGTH && !matches(value) ? value.toLowerCase(Locale.ROOT) : value;
        if (!matches(value)) {
            throw new NameException("A version is a UUID such as 0199b3f2-5c1e-7a44-9d0b-3f1c2a4e5b60, not '%s'"
                    .formatted(NameRule.printable(value)));
        }
    }

    /** The id that a text is, if it is one. */
    public static Optional<VersionId> parse(String text) {
        var lower = text.length() == LENGTH && !matches(text) ? text.toLowerCase(Locale.ROOT) : text;
        return matches(lower) ? Optional.of(new VersionId(lower)) : Optional.empty();
    }

    private static boolean matches(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        // By hand, over bytes: listings check tens of thousands. What is not in Latin-1 becomes a question mark
        var characters = text.getBytes(StandardCharsets.ISO_8859_1);
        for (var i = 0; i < LENGTH; i++) {
            var c = characters[i];
            var dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    /** When it was made, to the millisecond; epoch for an id that carries no time. */
    public Instant created() {
        if (value.charAt(14) != '7') {
            return Instant.EPOCH;
        }
        return Instant.ofEpochMilli(Long.parseLong(value.substring(0, 8) + value.substring(9, 13), 16));
    }

    @Override
    public int compareTo(VersionId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
