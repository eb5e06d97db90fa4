package rok.pack;

import java.nio.ByteBuffer;
import rok.chunk.ChunkId;
import rok.format.Magic;

/** The numbers of {@code docs/format/pack.md}. */
final class PackFormat {
    static final Magic MAGIC = new Magic("ROKPACK", 1);
    static final Magic END_MAGIC = new Magic("ROKPEND", 1);

    /** Longest pack, footer and trailer included. */
    static final int PACK_BYTES_MAX = 16 << 20;

    static final int HEADER_BYTES = Magic.BYTES;
    static final int ENTRY_BYTES = PackEntry.BYTES;
    static final int TRAILER_BYTES = 12 + Magic.BYTES;

    private PackFormat() {}

    /** Footer and trailer of a pack of so many chunks. */
    static int tailBytes(int count) {
        return count * ENTRY_BYTES + TRAILER_BYTES;
    }

    static PackEntry readEntry(ByteBuffer in) {
        return new PackEntry(ChunkId.read(in), in.getInt(), in.getInt(), in.getInt());
    }
}
