package rok.chunk;

import java.util.zip.CRC32C;

/**
 * Cuts the bytes of a block volume into chunks, between pages of 4 KiB and where the content of a page says so: a file system
 * moves whole pages, so this finds what two volumes share wherever it lies, and each chunk can be read by pages. {@code
 * docs/format/chunk.md} is the specification.
 */
public final class PageCutter {
    /** What file systems, caches and disks move. */
    public static final int PAGE_BYTES = 4096;

    /** Before the average length a chunk ends behind one page of 32, after it behind one of 8. */
    private static final int EARLY_SHIFT = 64 - 5;

    private static final int LATE_SHIFT = 64 - 3;

    private PageCutter() {}

    /**
     * Where the chunk that starts at {@code from} ends (exclusive). {@code bytes} must hold the next
     * {@link Chunker#CHUNK_BYTES_MAX} bytes, or all there are, before {@code to}.
     */
    static int cut(long[] table, byte[] bytes, int from, int to) {
        var end = from + Math.min(to - from, Chunker.CHUNK_BYTES_MAX);
        var early = from + Chunker.CHUNK_BYTES_AVERAGE;
        var crc = new CRC32C();
        for (var at = from + Chunker.CHUNK_BYTES_MIN; at < end; at += PAGE_BYTES) {
            crc.reset();
            crc.update(bytes, at - PAGE_BYTES, PAGE_BYTES);
            if (mixed(table, (int) crc.getValue()) >>> (at < early ? EARLY_SHIFT : LATE_SHIFT) == 0) {
                return at;
            }
        }
        return end;
    }

    /** With a secret table it can't be told from a page where it ends a chunk. */
    private static long mixed(long[] table, int crc) {
        return table[crc & 0xff]
                ^ Long.rotateLeft(table[crc >>> 8 & 0xff], 16)
                ^ Long.rotateLeft(table[crc >>> 16 & 0xff], 32)
                ^ Long.rotateLeft(table[crc >>> 24], 48);
    }
}
