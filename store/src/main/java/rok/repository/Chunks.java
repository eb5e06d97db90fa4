package rok.repository;

import java.nio.ByteBuffer;
import rok.chunk.ChunkId;
import rok.format.StoreException;

/** What gives back chunks by their id. Safe for use by many threads. */
public interface Chunks {
    /**
     * Puts the chunk's plain bytes into {@code into} at its position, and moves that. The bytes have been checked
     * against the id. Throws {@link StoreException.Missing} for an unknown chunk and {@link StoreException.Corrupt},
     * naming pack, offset and chunk, where the stored bytes are not those that were written or don't fit.
     *
     * @param into a heap buffer with room for what the chunk is expected to have
     */
    void read(ChunkId id, ByteBuffer into);

    /**
     * Fills {@code into} with the chunk's bytes from {@code first} on, which the chunk must have. Other ranges of the same
     * chunk are likely to follow. Throws as {@link #read} does, also where the chunk has another length.
     *
     * @param length of the whole chunk
     */
    default void readRange(ChunkId id, int length, int first, ByteBuffer into) {
        into.put(whole(this, id, length), first, into.remaining());
    }

    /** All of a chunk of a known length. */
    static byte[] whole(Chunks chunks, ChunkId id, int length) {
        var whole = ByteBuffer.allocate(length);
        chunks.read(id, whole);
        if (whole.hasRemaining()) {
            throw new StoreException.Corrupt(
                    "Chunk %s has %d bytes where its list says %d".formatted(id, whole.position(), length));
        }
        return whole.array();
    }
}
