package rok.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Some extents of a file in ascending order: where in the file, where on the disk, and how long each is, all in bytes.
 * {@link Syscalls#extents} fills it again and again. For one thread.
 */
public final class Extents {
    static final int HEADER_BYTES = 32;
    static final int EXTENT_BYTES = 56;
    static final int MAPPED_AT = 20;

    private static final int LAST = 0x1;
    private static final int UNWRITTEN = 0x800;
    private static final int SHARED = 0x2000;

    /** Unknown, not allocated yet, encoded, encrypted, not aligned, inside metadata or packed with others. */
    private static final int NO_ADDRESS = 0x2 | 0x4 | 0x8 | 0x80 | 0x100 | 0x200 | 0x400;

    private final long[] starts;
    private final long[] addresses;
    private final long[] lengths;
    private final int[] flags;
    private int count;

    /** @param capacity how many it holds at most; 4,096 take 250 KiB */
    public Extents(int capacity) {
        starts = new long[capacity];
        addresses = new long[capacity];
        lengths = new long[capacity];
        flags = new int[capacity];
    }

    int capacity() {
        return starts.length;
    }

    void read(MemorySegment answer) {
        count = Math.min(answer.get(ValueLayout.JAVA_INT, MAPPED_AT), starts.length);
        for (var i = 0; i < count; i++) {
            var at = HEADER_BYTES + (long) i * EXTENT_BYTES;
            starts[i] = answer.get(ValueLayout.JAVA_LONG, at);
            addresses[i] = answer.get(ValueLayout.JAVA_LONG, at + 8);
            lengths[i] = answer.get(ValueLayout.JAVA_LONG, at + 16);
            flags[i] = answer.get(ValueLayout.JAVA_INT, at + 40);
        }
    }

    public int count() {
        return count;
    }

    /** Nothing of the file follows. */
    public boolean isLast() {
        return count == 0 || (flags[count - 1] & LAST) != 0;
    }

    /** Where in the file the last of these ends. */
    public long end() {
        return count == 0 ? 0 : end(count - 1);
    }

    public long start(int i) {
        return starts[i];
    }

    public long end(int i) {
        return starts[i] + lengths[i];
    }

    public long length(int i) {
        return lengths[i];
    }

    /** Where on the disk; means something only where {@link #hasAddress} says so. */
    public long address(int i) {
        return addresses[i];
    }

    /** Whether equal addresses on one file system mean equal bytes. */
    public boolean hasAddress(int i) {
        return (flags[i] & NO_ADDRESS) == 0;
    }

    /** Space is reserved, but it reads as zeros: a hole to who reads. */
    public boolean isUnwritten(int i) {
        return (flags[i] & UNWRITTEN) != 0;
    }

    /** Another file, or another part of this one, has the same bytes on the disk. */
    public boolean isShared(int i) {
        return (flags[i] & SHARED) != 0;
    }

    @Override
    public String toString() {
        return "%d extents from %s".formatted(count, Arrays.toString(Arrays.copyOf(starts, Math.min(count, 4))));
    }
}
