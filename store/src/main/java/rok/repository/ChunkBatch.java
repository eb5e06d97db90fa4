package rok.repository;

import java.nio.ByteBuffer;
import rok.chunk.ChunkId;

/** Chunks that are read together, see {@link ChunkReader#batch}. Safe for use by many threads. */
public interface ChunkBatch extends AutoCloseable {
    /** As {@link ChunkReader#read}, for a chunk of the batch or any other. */
    void read(ChunkId id, ByteBuffer into);

    /**
     * Begins to read it all, where the store is {@linkplain ChunkReader#isFar far}: what was asked for first comes first. What
     * a reader has on its way, and what it holds until batches are closed, is bounded.
     */
    default void ahead() {}

    /** The same for what will be wanted after others: those do not wait for it. {@link #ahead} says that its turn has come. */
    default void later() {}

    /** Lets go of the bytes. */
    @Override
    void close();
}
