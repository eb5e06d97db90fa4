package rok.repository;

import java.nio.ByteBuffer;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.index.Location;

/** A reader that gives some chunks in its own way, and leaves all else to the one behind it. */
public abstract class ForwardingChunkReader implements ChunkReader {
    protected final ChunkReader behind;

    protected ForwardingChunkReader(ChunkReader behind) {
        this.behind = behind;
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        behind.read(id, into);
    }

    @Override
    public void readRange(ChunkId id, int length, int first, ByteBuffer into) {
        behind.readRange(id, length, first, into);
    }

    @Override
    public boolean isFar() {
        return behind.isFar();
    }

    @Override
    public int length(ChunkId id) {
        return behind.length(id);
    }

    @Override
    public Location locate(ChunkId id) {
        return behind.locate(id);
    }

    @Override
    public ChunkCodec codec() {
        return behind.codec();
    }
}
