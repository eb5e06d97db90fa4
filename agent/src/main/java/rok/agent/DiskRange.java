package rok.agent;

/**
 * Bytes of a disk, which changed.
 *
 * @param isHole nothing is stored there: it reads as zeros
 */
public record DiskRange(long offset, long length, boolean isHole) {
    static DiskRange data(long from, long to) {
        return new DiskRange(from, to - from, false);
    }

    long end() {
        return offset + length;
    }
}
