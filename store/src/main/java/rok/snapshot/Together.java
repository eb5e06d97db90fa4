package rok.snapshot;

import java.nio.ByteBuffer;
import java.util.List;
import rok.chunk.ChunkId;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;
import rok.repository.ForwardingChunkReader;

/** Reads some trees or lists of chunks by as few requests as their packs allow, and any other by itself. Close it when all were read. */
final class Together extends ForwardingChunkReader implements AutoCloseable {
    private final ChunkBatch batch;

    Together(ChunkReader chunks, List<ChunkId> ids) {
        super(chunks);
        this.batch = chunks.structure().batch(ids);
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        batch.read(id, into);
    }

    @Override
    public void close() {
        batch.close();
    }
}
