package rok.snapshot;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.Location;
import rok.pack.PackName;
import rok.repository.ChunkReader;
import rok.repository.ChunkWriter;

/** Chunks in a map, for reading and writing by one thread. */
final class MapChunks implements ChunkReader, ChunkWriter.Lane {
    final Map<ChunkId, byte[]> chunks = new HashMap<>();
    private final ChunkCodec codec = new ChunkCodec();
    private final Optional<MapChunks> below;

    MapChunks() {
        below = Optional.empty();
    }

    /** Those of {@code below}, and what is written here. */
    MapChunks(MapChunks below) {
        this.below = Optional.of(below);
    }

    @Override
    public MapChunks structure() {
        return this;
    }

    @Override
    public ChunkId write(byte[] plain, int offset, int length) {
        var bytes = Arrays.copyOfRange(plain, offset, offset + length);
        var id = codec.id(bytes, 0, length);
        chunks.put(id, bytes);
        return id;
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        var bytes = get(id);
        if (bytes.length > into.remaining()) {
            throw new StoreException.Corrupt("Chunk %s has %d bytes".formatted(id, bytes.length));
        }
        into.put(bytes);
    }

    @Override
    public int length(ChunkId id) {
        return get(id).length;
    }

    @Override
    public Location locate(ChunkId id) {
        return new Location(new PackName(0, 0), 0, 0, get(id).length);
    }

    private byte[] get(ChunkId id) {
        var bytes = chunks.get(id);
        if (bytes == null) {
            return below.map(chunks -> chunks.get(id))
                    .orElseThrow(() -> new StoreException.Missing("There is no chunk " + id));
        }
        return bytes;
    }

    @Override
    public void close() {}
}
