package rok.repository;

/** Chunks that are read together, see {@link ChunkReader#batch}; any other is read by itself. Safe for use by many threads. */
public interface ChunkBatch extends Chunks, AutoCloseable {
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
