package rok.repository;

import java.nio.ByteBuffer;
import rok.chunk.ChunkId;
import rok.format.StoreException;

/** Gives back chunks by their id. Safe for use by many threads. */
public interface ChunkReader {
    /**
     * Puts the chunk's plain bytes into {@code into} at its position, and moves that. The bytes have been checked
     * against the id. Throws {@link StoreException.Missing} for an unknown chunk and {@link StoreException.Corrupt},
     * naming pack, offset and chunk, where the stored bytes are not those that were written.
     *
     * @param into a heap buffer with room for the chunk
     */
    void read(ChunkId id, ByteBuffer into);

    /** The chunk's plain length in bytes. */
    int length(ChunkId id);
}
