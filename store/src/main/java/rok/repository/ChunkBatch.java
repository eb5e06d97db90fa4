package rok.repository;

import java.nio.ByteBuffer;
import rok.chunk.ChunkId;

/** Chunks that are read together, see {@link ChunkReader#batch}. Safe for use by many threads. */
public interface ChunkBatch extends AutoCloseable {
    /** As {@link ChunkReader#read}, for a chunk of the batch or any other. */
    void read(ChunkId id, ByteBuffer into);

    /** Lets go of the bytes. */
    @Override
    void close();
}
