package rok.repository;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectStore;
import rok.pack.PackReader;

/** Reads chunks out of packs, one range each, in buffers that are kept for the next. */
final class PackedChunkReader implements ChunkReader {
    private static final int BUFFERS_MAX = 16;

    private final ObjectStore store;
    private final ChunkIndex index;
    private final ArrayBlockingQueue<Buffer> buffers = new ArrayBlockingQueue<>(BUFFERS_MAX);

    PackedChunkReader(ObjectStore store, ChunkIndex index) {
        this.store = store;
        this.index = index;
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        var location = index.locate(id);
        var buffer = buffers.poll();
        if (buffer == null) {
            buffer = new Buffer();
        }
        try {
            fetch(id, location, buffer);
            var length = buffer.codec.decode(
                    id,
                    buffer.bytes,
                    0,
                    buffer.length,
                    into.array(),
                    into.arrayOffset() + into.position(),
                    into.remaining(),
                    buffer.where);
            into.position(into.position() + length);
        } finally {
            buffers.offer(buffer);
        }
    }

    @Override
    public int length(ChunkId id) {
        return locate(id).plainLength();
    }

    @Override
    public Location locate(ChunkId id) {
        return index.locate(id);
    }

    private void fetch(ChunkId id, Location location, Buffer buffer) {
        try {
            buffer.fill(store, id, location);
        } catch (StoreException.Missing e) {
            // The pack may have gone since the index was loaded: a newer index knows where its chunks went.
            index.refresh();
            var now = index.locate(id);
            try {
                buffer.fill(store, id, now);
            } catch (StoreException.Missing again) {
                throw new StoreException.Corrupt(
                        "Chunk %s is lost: its pack %s is not in the store".formatted(id, now.pack()), again);
            }
        }
    }

    /** A record's bytes and what it takes to decode them. */
    private static final class Buffer {
        private final ChunkCodec codec = new ChunkCodec();
        private byte[] bytes = new byte[Chunker.CHUNK_BYTES_MAX / 4];
        private int length;
        private String where = "";

        void fill(ObjectStore store, ChunkId id, Location location) {
            where = PackReader.where(location.pack(), location.offset());
            length = location.length();
            if (length <= ChunkCodec.RECORD_OVERHEAD_BYTES
                    || length > ChunkCodec.RECORD_BYTES_MAX
                    || location.offset() < 0) {
                throw new StoreException.Corrupt("The index is corrupt: chunk %s can't have %d bytes at %d of pack %s"
                        .formatted(id, length, location.offset(), location.pack()));
            }
            if (length > bytes.length) {
                bytes = new byte[ChunkCodec.RECORD_BYTES_MAX];
            }
            store.get(location.pack().key(), location.offset(), ByteBuffer.wrap(bytes, 0, length));
        }
    }
}
