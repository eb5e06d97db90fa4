package rok.snapshot;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.chunk.ChunkId;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;
import rok.repository.ForwardingChunkReader;

/** Lists of chunks that came before they are wanted, the last few megabytes of them, and all else from behind. */
final class ListsAhead extends ForwardingChunkReader {
    private static final long BYTES_MAX = 8 << 20;

    private final Map<ChunkId, byte[]> lists = new LinkedHashMap<>();
    private long bytes;

    ListsAhead(ChunkReader behind) {
        super(behind);
    }

    /** A list that was read, and checked. */
    synchronized void put(ChunkId id, byte[] list) {
        if (lists.putIfAbsent(id, list) == null) {
            bytes += list.length;
        }
        for (var oldest = lists.entrySet().iterator(); bytes > BYTES_MAX; ) {
            bytes -= oldest.next().getValue().length;
            oldest.remove();
        }
    }

    private synchronized Optional<byte[]> list(ChunkId id) {
        return Optional.ofNullable(lists.get(id));
    }

    synchronized boolean has(ChunkId id) {
        return lists.containsKey(id);
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        var list = list(id).filter(come -> come.length <= into.remaining());
        if (list.isPresent()) {
            into.put(list.get());
        } else {
            behind.structure().read(id, into);
        }
    }

    @Override
    public ChunkBatch batch(List<ChunkId> ids) {
        return behind.batch(ids);
    }
}
