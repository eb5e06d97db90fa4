package rok.check;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.repository.ForwardingChunkReader;

/** Some chunks that were read together, and all others from behind them. Each is given once. */
final class KnownChunks extends ForwardingChunkReader {
    private final Map<ChunkId, byte[]> known = new HashMap<>();

    private KnownChunks(ChunkReader behind) {
        super(behind);
    }

    static KnownChunks read(ChunkReader behind, List<ChunkId> ids) {
        var chunks = new KnownChunks(behind);
        if (ids.size() > 1) {
            try (var batch = behind.batch(ids)) {
                batch.ahead();
                for (var id : ids) {
                    var into = ByteBuffer.allocate(Math.clamp(behind.length(id), 1, Chunker.CHUNK_BYTES_MAX));
                    batch.read(id, into);
                    if (!into.hasRemaining()) {
                        chunks.known.put(id, into.array());
                    }
                }
            } catch (StoreException.Corrupt | StoreException.Missing | StoreException.Incompatible _) {
                // Whoever wants it reads it by itself, and is told
                return chunks;
            }
        }
        return chunks;
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        var bytes = known.remove(id);
        if (bytes == null || bytes.length > into.remaining()) {
            behind.read(id, into);
        } else {
            into.put(bytes);
        }
    }
}
