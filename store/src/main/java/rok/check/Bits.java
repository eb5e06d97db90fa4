package rok.check;

import java.util.concurrent.atomic.AtomicLongArray;

/** One bit for each entry of the index, in an eighth of a byte. Safe for use by many threads. */
final class Bits {
    private final AtomicLongArray words;

    Bits(long count) {
        words = new AtomicLongArray(Math.toIntExact((count + Long.SIZE - 1) / Long.SIZE));
    }

    boolean get(long bit) {
        return (words.get((int) (bit >>> 6)) & 1L << bit) != 0;
    }

    void set(long bit) {
        if (!get(bit)) {
            words.accumulateAndGet((int) (bit >>> 6), 1L << bit, (word, mask) -> word | mask);
        }
    }

    void clear(long bit) {
        if (get(bit)) {
            words.accumulateAndGet((int) (bit >>> 6), 1L << bit, (word, mask) -> word & ~mask);
        }
    }

    long cardinality() {
        var count = 0L;
        for (var i = 0; i < words.length(); i++) {
            count += Long.bitCount(words.get(i));
        }
        return count;
    }
}
