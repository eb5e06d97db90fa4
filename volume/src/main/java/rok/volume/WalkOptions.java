package rok.volume;

/**
 * @param mounts whether to go into other file systems that are mounted inside the volume
 * @param ignoreFiles whether {@code .rokignore} files are obeyed
 */
public record WalkOptions(Mounts mounts, IgnoreFiles ignoreFiles) {
    /** What snapshots use: mounts are left out, {@code .rokignore} holds. */
    public static final WalkOptions SNAPSHOT = new WalkOptions(Mounts.SKIP, IgnoreFiles.OBEY);

    /** Everything that is there. */
    public static final WalkOptions ALL = new WalkOptions(Mounts.CROSS, IgnoreFiles.DISREGARD);

    /** What to do where another file system is mounted inside the volume. */
    public enum Mounts {
        SKIP,
        CROSS
    }

    /** Whether {@code .rokignore} files count. */
    public enum IgnoreFiles {
        OBEY,
        DISREGARD
    }
}
