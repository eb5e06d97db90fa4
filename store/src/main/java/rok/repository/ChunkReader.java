package rok.repository;

import java.nio.ByteBuffer;
import java.util.List;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.Location;

/** Gives back chunks by their id. Safe for use by many threads. */
public interface ChunkReader extends Chunks {
    /**
     * Chunks that are going to be read soon, in any order, by as few requests as their packs allow. A chunk that is not
     * there is noticed when it is read. Close it when all that is wanted was read. A reader that gains nothing by it reads one
     * by one.
     */
    default ChunkBatch batch(List<ChunkId> ids) {
        return new ChunkBatch() {
            @Override
            public void read(ChunkId id, ByteBuffer into) {
                ChunkReader.this.read(id, into);
            }

            @Override
            public void close() {}
        };
    }

    /** The same for trees and lists of chunks: what lies together with those that were read is most likely wanted next. */
    default ChunkReader structure() {
        return this;
    }

    /** Whether each read waits for a network: who says before what it will read waits once for much of it. */
    default boolean isFar() {
        return false;
    }

    /** The chunk's plain length in bytes. Throws {@link StoreException.Missing} for an unknown chunk. */
    int length(ChunkId id);

    /**
     * Where the chunk lies: who reads many of them goes faster in the order of pack and offset. Throws {@link
     * StoreException.Missing} for an unknown chunk.
     */
    Location locate(ChunkId id);

    /** Names chunks as this store does; one per thread. */
    default ChunkCodec codec() {
        return new ChunkCodec();
    }
}
