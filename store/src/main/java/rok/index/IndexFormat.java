package rok.index;

import rok.format.Magic;
import rok.pack.PackName;

/** The numbers of {@code docs/format/index.md}. */
final class IndexFormat {
    static final Magic MAGIC = new Magic("ROKINDX", 1);

    static final int HEADER_BYTES = 24;
    static final int ENTRY_BYTES = 48;
    static final int ENTRY_WORDS = 6;
    static final int FAN_OUT_BYTES = 8;

    /** What a reader accepts. */
    static final int ENTRIES_MAX = 1 << 22;

    static final int PACKS_MAX = 1 << 20;

    static final int FAN_OUT_BITS_MAX = 18;

    /** So many entries share a slot of the fan-out on average, at most: under a page, so that a look-up touches two. */
    private static final int BUCKET_ENTRIES = 32;

    private IndexFormat() {}

    static int fanOutBits(int entries) {
        var bits = 0;
        while (bits < FAN_OUT_BITS_MAX && entries >> bits > BUCKET_ENTRIES) {
            bits++;
        }
        return bits;
    }

    static int entriesOffset(int packs, int fanOutBits) {
        return HEADER_BYTES + packs * PackName.BYTES + (FAN_OUT_BYTES << fanOutBits);
    }

    /** The slot that an id with this first word belongs to. */
    static int slot(long firstWord, int fanOutBits) {
        return fanOutBits == 0 ? 0 : (int) (firstWord >>> (64 - fanOutBits));
    }
}
