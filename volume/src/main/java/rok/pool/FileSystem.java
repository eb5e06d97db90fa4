package rok.pool;

import java.util.Arrays;

/** What a volume's disk is formatted with. */
public enum FileSystem {
    EXT4("ext4"),
    XFS("xfs"),
    /** Nothing: the disk is its user's. */
    RAW("raw");

    private final String text;

    FileSystem(String text) {
        this.text = text;
    }

    /** Throws {@link PoolException} for a name that is none of them. */
    public static FileSystem of(String text) {
        return Arrays.stream(values())
                .filter(each -> each.text.equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new PoolException("A volume can't have the file system %s: ext4, xfs or raw".formatted(text)));
    }

    /** As {@code mount} calls it. */
    @Override
    public String toString() {
        return text;
    }
}
