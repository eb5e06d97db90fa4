package rok.linux;

import java.util.Arrays;

/**
 * The names in one folder, compactly: a million of them take their bytes and 13 more each. Filled by {@link
 * Syscalls#list}; not for several threads at once.
 */
public final class Listing {
    /** What {@link #type} says where the file system does not tell: ask stat. */
    public static final int UNKNOWN = 0;

    private static final int NAME_BYTES_MAX = 1 << 30;

    private byte[] names = new byte[4096];
    private int[] starts = new int[129];
    private byte[] types = new byte[128];
    private int[] order = new int[0];
    private int count;
    private int used;

    public Listing() {}

    void clear() {
        count = 0;
        used = 0;
        order = new int[0];
    }

    void add(byte[] from, int start, int end, int type) {
        var length = end - start;
        if (used > NAME_BYTES_MAX - length) {
            throw new IllegalStateException("The names in one folder take more than 1 GiB");
        }
        if (used + length > names.length) {
            names = Arrays.copyOf(names, Math.max(used + length, (int) Math.min(names.length * 2L, NAME_BYTES_MAX)));
        }
        if (count == types.length) {
            types = Arrays.copyOf(types, count * 2);
            starts = Arrays.copyOf(starts, count * 2 + 1);
        }
        System.arraycopy(from, start, names, used, length);
        starts[count] = used;
        types[count] = (byte) type;
        used += length;
        starts[++count] = used;
    }

    public int size() {
        return count;
    }

    /** The type as in {@link Stat#type}, or {@link #UNKNOWN}. Positions are those of the order of names. */
    public int type(int position) {
        return (types[order[position]] & 0xF) << 12;
    }

    public Bytes name(int position) {
        var i = order[position];
        return Bytes.of(names, starts[i], starts[i + 1]);
    }

    /** Whether a name is among them. */
    public boolean contains(Bytes name) {
        var low = 0;
        var high = count - 1;
        while (low <= high) {
            var middle = (low + high) >>> 1;
            var i = order[middle];
            var sign = name.compareTo(names, starts[i], starts[i + 1]);
            if (sign == 0) {
                return true;
            }
            if (sign < 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return false;
    }

    long nameInto(int position, Scratch scratch) {
        var i = order[position];
        return scratch.name(names, starts[i], starts[i + 1]);
    }

    /** Puts the names into the order of their bytes: a merge sort of positions, by the first eight bytes where these differ. */
    void sort() {
        order = new int[count];
        var prefixes = new long[count];
        var sorted = true;
        for (var i = 0; i < count; i++) {
            order[i] = i;
            prefixes[i] = prefix(starts[i], starts[i + 1]);
            sorted &= i == 0 || compare(i - 1, i, prefixes) <= 0;
        }
        if (!sorted) {
            mergeSort(order.clone(), order, 0, count, prefixes);
        }
    }

    private void mergeSort(int[] from, int[] to, int start, int end, long[] prefixes) {
        if (end - start <= 8) {
            insertionSort(to, start, end, prefixes);
            return;
        }
        var middle = (start + end) >>> 1;
        mergeSort(to, from, start, middle, prefixes);
        mergeSort(to, from, middle, end, prefixes);
        var left = start;
        var right = middle;
        for (var i = start; i < end; i++) {
            if (right >= end || (left < middle && compare(from[left], from[right], prefixes) <= 0)) {
                to[i] = from[left++];
            } else {
                to[i] = from[right++];
            }
        }
    }

    private void insertionSort(int[] array, int start, int end, long[] prefixes) {
        for (var i = start + 1; i < end; i++) {
            var moved = array[i];
            var at = i;
            while (at > start && compare(array[at - 1], moved, prefixes) > 0) {
                array[at] = array[at - 1];
                at--;
            }
            array[at] = moved;
        }
    }

    private int compare(int a, int b, long[] prefixes) {
        var byPrefix = Long.compareUnsigned(prefixes[a], prefixes[b]);
        return byPrefix != 0
                ? byPrefix
                : Arrays.compareUnsigned(names, starts[a], starts[a + 1], names, starts[b], starts[b + 1]);
    }

    /** Shorter names are filled with zeros, which no name contains, so the order of prefixes is that of the names. */
    private long prefix(int start, int end) {
        var prefix = 0L;
        for (var i = 0; i < 8; i++) {
            prefix = prefix << 8 | (start + i < end ? names[start + i] & 0xFF : 0);
        }
        return prefix;
    }
}
