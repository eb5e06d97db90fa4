package rok.pool;

/** The file systems that pools can be on: both let files share blocks. */
public enum PoolKind {
    /** A frozen copy is a snapshot of the volume's subvolume: as fast for any number of extents. */
    BTRFS("btrfs", 0x9123683EL),
    /** A frozen copy is a reflink: the time grows with the number of extents. */
    XFS("xfs", 0x58465342L);

    private final String text;
    private final long magic;

    PoolKind(String text, long magic) {
        this.text = text;
        this.magic = magic;
    }

    long magic() {
        return magic;
    }

    /** As {@code mount} calls it. */
    @Override
    public String toString() {
        return text;
    }
}
