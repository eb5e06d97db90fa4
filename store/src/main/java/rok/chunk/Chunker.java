package rok.chunk;

import java.io.IOException;

/**
 * Cuts bytes into chunks where their content says so (FastCDC), so that bytes inserted or removed change the chunks
 * around them and no others. Whether a chunk may end somewhere depends on the 64 bytes before and on the distance from
 * the chunk's start, nothing else. {@code docs/format/chunk.md} is the specification.
 */
public final class Chunker {
    public static final int CHUNK_BYTES_MIN = 16 << 10;
    public static final int CHUNK_BYTES_AVERAGE = 64 << 10;
    public static final int CHUNK_BYTES_MAX = 256 << 10;

    /** Names the table and the rule in {@code rok.json}. */
    public static final String RULE = "fastcdc-1";

    /** The same rule with a table that only who has the keys knows. */
    public static final String KEYED_RULE = "fastcdc-1-keyed";

    static final int WINDOW_BYTES = 64;
    /** Before the average length a chunk ends where the top 18 bits of the hash are zero, after it where 14 are. */
    static final int EARLY_SHIFT = 64 - 18;

    static final int LATE_SHIFT = 64 - 14;
    static final long[] GEAR = gear();

    private final byte[] buffer;

    /** Cuts streams through a buffer of 1 MiB. Not safe for use by several threads. */
    public Chunker() {
        this(4 * CHUNK_BYTES_MAX);
    }

    Chunker(int bufferBytes) {
        if (bufferBytes < CHUNK_BYTES_MAX) {
            throw new IllegalArgumentException("A chunk of %d bytes does not fit".formatted(CHUNK_BYTES_MAX));
        }
        this.buffer = new byte[bufferBytes];
    }

    /**
     * Where the chunk that starts at {@code from} ends (exclusive). {@code bytes} must hold the next
     * {@link #CHUNK_BYTES_MAX} bytes, or all there are, before {@code to}.
     */
    public static int cut(byte[] bytes, int from, int to) {
        var length = Math.min(to - from, CHUNK_BYTES_MAX);
        if (length <= CHUNK_BYTES_MIN) {
            return from + length;
        }
        var hash = 0L;
        var at = from + CHUNK_BYTES_MIN - WINDOW_BYTES;
        for (var warm = from + CHUNK_BYTES_MIN; at < warm; at++) {
            hash = (hash << 1) + GEAR[bytes[at] & 0xff];
        }
        var early = from + Math.min(length, CHUNK_BYTES_AVERAGE);
        for (; at < early; at++) {
            hash = (hash << 1) + GEAR[bytes[at] & 0xff];
            if (hash >>> EARLY_SHIFT == 0) {
                return at + 1;
            }
        }
        for (var end = from + length; at < end; at++) {
            hash = (hash << 1) + GEAR[bytes[at] & 0xff];
            if (hash >>> LATE_SHIFT == 0) {
                return at + 1;
            }
        }
        return at;
    }

    /**
     * Cuts what {@code source} gives until its end, handing each chunk to {@code sink} in order. Holds the buffer, and
     * no more, whatever the length.
     */
    public void cut(Source source, Sink sink) throws IOException {
        var from = 0;
        var to = 0;
        var ended = false;
        while (true) {
            while (!ended && to < buffer.length) {
                var read = source.read(buffer, to, buffer.length - to);
                ended = read < 0;
                to += Math.max(0, read);
            }
            while (to - from >= CHUNK_BYTES_MAX || (ended && from < to)) {
                var end = cut(buffer, from, to);
                sink.chunk(buffer, from, end - from);
                from = end;
            }
            if (ended) {
                return;
            }
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
    }

    /** The 256 numbers of SplitMix64 from the seed that spells RokGear1. */
    private static long[] gear() {
        var table = new long[256];
        var state = 0x526f_6b47_6561_7231L;
        for (var i = 0; i < table.length; i++) {
            state += 0x9e37_79b9_7f4a_7c15L;
            var z = state;
            z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
            table[i] = z ^ (z >>> 31);
        }
        return table;
    }

    /** Where the bytes come from, as {@link java.io.InputStream#read(byte[], int, int)} gives them. */
    @FunctionalInterface
    public interface Source {
        /** Reads at most {@code length} bytes to {@code offset}; returns how many, at least one, or -1 at the end. */
        int read(byte[] into, int offset, int length) throws IOException;
    }

    /** Where the chunks go. */
    @FunctionalInterface
    public interface Sink {
        /** Takes one chunk; the array is reused as soon as this returns. */
        void chunk(byte[] bytes, int offset, int length) throws IOException;
    }
}
