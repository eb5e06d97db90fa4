package rok.snapshot;

import java.nio.ByteBuffer;
import java.util.List;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.index.Location;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;

/** Reads some chunks by as few requests as their packs allow, and any other by itself. Close it when all were read. */
final class Together implements ChunkReader, AutoCloseable {
    private final ChunkReader chunks;
    private final ChunkBatch batch;

    Together(ChunkReader chunks, List<ChunkId> ids) {
        this.chunks = chunks;
        this.batch = chunks.batch(ids);
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        batch.read(id, into);
    }

    @Override
    public int length(ChunkId id) {
        return chunks.length(id);
    }

    @Override
    public Location locate(ChunkId id) {
        return chunks.locate(id);
    }

    @Override
    public ChunkCodec codec() {
        return chunks.codec();
    }

    @Override
    public void close() {
        batch.close();
    }
}
