package rok.names;

import java.util.Optional;

/**
 * Names a series of versions; for pipelines, a run. {@code <file>_<volume>} names one member of a file's version, so a
 * file name may be longer than what a bucket holds ({@link #STORED_BYTES_MAX}).
 */
public record FileName(String value) implements Comparable<FileName> {
    /** The longest name that versions can be stored under. */
    public static final int STORED_BYTES_MAX = 140;

    public static final int BYTES_MAX = 400;

    public FileName {
        value = NameRule.check("A file name", value, BYTES_MAX);
    }

    /** The name of this file's member, a volume. */
    public FileName member(String volume) {
        return new FileName(value + "_" + volume);
    }

    /** The volume that this names if it is a member of {@code file}. */
    public Optional<String> memberOf(FileName file) {
        return value.length() > file.value.length() + 1 && value.startsWith(file.value + "_")
                ? Optional.of(value.substring(file.value.length() + 1))
                : Optional.empty();
    }

    @Override
    public int compareTo(FileName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
