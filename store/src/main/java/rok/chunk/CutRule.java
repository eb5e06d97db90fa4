package rok.chunk;

import org.jspecify.annotations.Nullable;
import rok.cipher.DataKeys;

/**
 * Where a repository cuts files: the rule of {@link Chunker} with the table that everybody knows, or with a secret one, so
 * that the lengths of chunks do not tell what was cut. Safe for use by many threads.
 */
public final class CutRule {
    public static final CutRule OPEN = new CutRule(null);

    private final long @Nullable [] gear;

    private CutRule(long @Nullable [] gear) {
        this.gear = gear;
    }

    public static CutRule keyed(DataKeys keys) {
        return new CutRule(keys.cutPoints());
    }

    /** As {@link Chunker#cut(byte[], int, int)}. */
    public int cut(byte[] bytes, int from, int to) {
        var table = gear;
        return table == null ? Chunker.cut(bytes, from, to) : keyed(table, bytes, from, to);
    }

    /** As {@link PageCutter#cut}, for the bytes of a block volume. */
    public int cutPages(byte[] bytes, int from, int to) {
        return PageCutter.cut(gear == null ? Chunker.GEAR : gear, bytes, from, to);
    }

    // The loops of Chunker again: there the table is a constant, and that makes them nearly twice as fast. Here a mask
    // by
    // the table's length is what spares a comparison for each byte.
    private static int keyed(long[] gear, byte[] bytes, int from, int to) {
        var length = Math.min(to - from, Chunker.CHUNK_BYTES_MAX);
        if (length <= Chunker.CHUNK_BYTES_MIN) {
            return from + length;
        }
        var hash = 0L;
        var at = from + Chunker.CHUNK_BYTES_MIN - Chunker.WINDOW_BYTES;
        for (var warm = from + Chunker.CHUNK_BYTES_MIN; at < warm; at++) {
            hash = (hash << 1) + gear[bytes[at] & (gear.length - 1)];
        }
        var early = from + Math.min(length, Chunker.CHUNK_BYTES_AVERAGE);
        for (; at < early; at++) {
            hash = (hash << 1) + gear[bytes[at] & (gear.length - 1)];
            if (hash >>> Chunker.EARLY_SHIFT == 0) {
                return at + 1;
            }
        }
        for (var end = from + length; at < end; at++) {
            hash = (hash << 1) + gear[bytes[at] & (gear.length - 1)];
            if (hash >>> Chunker.LATE_SHIFT == 0) {
                return at + 1;
            }
        }
        return at;
    }
}
