package rok.repository;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.format.StoreException;

/**
 * Chunks of which ranges are read, as they were decoded: after scattered writes, many ranges of a few chunks lie between each
 * other. The last {@link #BYTES_MAX} of them. Safe for use by many threads.
 */
final class RecentChunks {
    /** Two hundred layers of scattered writes, each with a chunk of 64 KiB that is wanted again and again. */
    static final long BYTES_MAX = 16 << 20;

    private final Map<ChunkId, byte[]> chunks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** Fills {@code into} from {@code first} on, from a chunk that {@code behind} reads if it was not lately. */
    void readRange(Chunks behind, ChunkId id, int length, int first, ByteBuffer into) {
        var chunk = get(id);
        if (chunk == null) {
            chunk = Chunks.whole(behind, id, length);
            put(id, chunk);
        }
        if (chunk.length != length) {
            throw new StoreException.Corrupt(
                    "Chunk %s has %d bytes where its list says %d".formatted(id, chunk.length, length));
        }
        into.put(chunk, first, into.remaining());
    }

    private synchronized byte @Nullable [] get(ChunkId id) {
        return chunks.get(id);
    }

    private synchronized void put(ChunkId id, byte[] chunk) {
        if (chunks.putIfAbsent(id, chunk) == null) {
            bytes += chunk.length;
        }
        for (var oldest = chunks.entrySet().iterator(); bytes > BYTES_MAX; ) {
            bytes -= oldest.next().getValue().length;
            oldest.remove();
        }
    }
}
