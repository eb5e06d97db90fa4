package rok.repository;

import rok.chunk.ChunkId;
import rok.chunk.CutRule;

/**
 * One writer's session: takes chunks from several threads, stores those that the repository has not, and forgets none
 * that it was given once {@link #flush} returned.
 */
public interface ChunkWriter extends AutoCloseable {
    /** Opens a lane: what one thread writes through. Lanes hold the buffers, so open few and reuse them. */
    Lane lane();

    /** Whether a chunk is there, so that a version written through this may refer to it without writing it. */
    boolean has(ChunkId id);

    /** Makes everything written so far durable, packs first, then their index. Lanes may go on afterwards. */
    Totals flush();

    /** Lets go of buffers; what was not flushed may be lost. */
    @Override
    void close();

    /** One thread's way in. Not safe for use by several threads. */
    interface Lane extends AutoCloseable {
        /**
         * Stores {@code length} bytes (1 to {@code Chunker.CHUNK_BYTES_MAX}) from {@code offset} unless they are there,
         * and returns their id. The array may be reused at once.
         */
        ChunkId write(byte[] plain, int offset, int length);

        /**
         * The same thread's way in for trees and lists of chunks. Who walks folders reads those and no data, so a store may
         * keep them together.
         */
        default Lane structure() {
            return this;
        }

        /** Where this store wants its chunks to end. */
        default CutRule cutRule() {
            return CutRule.OPEN;
        }

        /** Hands over what the lane still holds, so that a flush covers it. */
        @Override
        void close();
    }

    /** What the session wrote so far, in bytes: given, new (plain), and stored (after compression, with pack overhead). */
    record Totals(long givenBytes, long newBytes, long storedBytes, long newChunks, long packs) {}
}
