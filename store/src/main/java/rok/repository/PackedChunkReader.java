package rok.repository;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectStore;
import rok.object.RemoteObjects;
import rok.pack.PackReader;

/** Reads chunks out of packs, one range each, in buffers that are kept for the next. */
final class PackedChunkReader implements ChunkReader {
    private static final int BUFFERS_MAX = 16;
    /** So often a chunk does not move while it is read. */
    private static final int MOVES_MAX = 8;

    private final ObjectStore store;
    private final ChunkPlaces index;
    private final Codecs codecs;
    private final RangesAhead ahead = new RangesAhead();
    private final ChunkReader structure;
    private final RecentChunks recent = new RecentChunks();
    private final ArrayBlockingQueue<Buffer> buffers = new ArrayBlockingQueue<>(BUFFERS_MAX);

    /** @param kept copies of trees, where the store is far, and is not itself what is looked at */
    PackedChunkReader(ObjectStore store, ChunkPlaces index, Codecs codecs, Optional<StructureFiles> kept) {
        this.store = store;
        this.index = index;
        this.codecs = codecs;
        this.structure = isFar() ? new StructureReader(this, new StructureRanges(store, ahead, kept), ahead) : this;
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        var location = index.locate(id);
        var buffer = buffers.poll();
        if (buffer == null) {
            buffer = new Buffer(codecs.codec());
        }
        try {
            read(id, location, buffer, into);
        } finally {
            buffers.offer(buffer);
        }
    }

    @Override
    public void readRange(ChunkId id, int length, int first, ByteBuffer into) {
        recent.readRange(this, id, length, first, into);
    }

    /** The same of a chunk that {@code batch} reads. */
    void readRange(PackedChunkBatch batch, ChunkId id, int length, int first, ByteBuffer into) {
        recent.readRange(batch, id, length, first, into);
    }

    private void read(ChunkId id, Location location, Buffer buffer, ByteBuffer into) {
        try {
            var read = fetch(id, location, buffer);
            buffer.decode(id, buffer.bytes, 0, read.length(), into, PackReader.where(read.pack(), read.offset()));
        } catch (StoreException.Corrupt e) {
            if (!isReadElsewhere(id, location, buffer, into)) {
                throw e;
            }
        }
    }

    /** A chunk that was stored twice survives the loss of one of them; and a repair may have stored it anew by now. */
    private boolean isReadElsewhere(ChunkId id, Location first, Buffer buffer, ByteBuffer into) {
        var tried = new HashSet<Location>();
        tried.add(first);
        if (isReadAt(id, tried, buffer, into)) {
            return true;
        }
        index.look();
        return isReadAt(id, tried, buffer, into);
    }

    private boolean isReadAt(ChunkId id, Set<Location> tried, Buffer buffer, ByteBuffer into) {
        for (var place : index.places(id)) {
            try {
                if (tried.add(place)) {
                    buffer.fill(store, id, place);
                    buffer.decode(
                            id, buffer.bytes, 0, place.length(), into, PackReader.where(place.pack(), place.offset()));
                    return true;
                }
            } catch (StoreException.Corrupt | StoreException.Missing _) {
                // The first failure is told: this place is no better
            }
        }
        return false;
    }

    /**
     * Decodes a record that lies in {@code bytes} at {@code at}, into {@code into}, whose position moves.
     *
     * @param length of the record
     */
    private void decode(ChunkId id, byte[] bytes, int at, int length, ByteBuffer into) {
        var buffer = buffers.poll();
        if (buffer == null) {
            buffer = new Buffer(codecs.codec());
        }
        try {
            buffer.decode(id, bytes, at, length, into, "A record");
        } finally {
            buffers.offer(buffer);
        }
    }

    /** The chunk's bytes from a range that was read; by itself where something is wrong with that, or it does not hold it. */
    void read(ChunkId id, Location location, PackRange range, ByteBuffer into) {
        var bytes = range.bytes();
        var start = into.position();
        if (bytes.isPresent() && range.holds(location)) {
            try {
                decode(id, bytes.get(), location.offset() - range.from(), location.length(), into);
                return;
            } catch (StoreException.Corrupt _) {
                into.position(start);
            }
        }
        read(id, into);
    }

    @Override
    public ChunkBatch batch(List<ChunkId> ids) {
        return new PackedChunkBatch(this, store, ahead, ids);
    }

    @Override
    public ChunkReader structure() {
        return structure;
    }

    /** Where the chunk lies; nothing where that can't be told: whoever reads it is told why. */
    Optional<Location> place(ChunkId id) {
        try {
            return Optional.of(locate(id));
        } catch (StoreException.Missing | StoreException.Corrupt _) {
            return Optional.empty();
        }
    }

    @Override
    public boolean isFar() {
        return store instanceof RemoteObjects;
    }

    @Override
    public ChunkCodec codec() {
        return codecs.codec();
    }

    @Override
    public int length(ChunkId id) {
        return locate(id).plainLength();
    }

    @Override
    public Location locate(ChunkId id) {
        return index.locate(id);
    }

    /** Returns where the bytes came from in the end: its pack may go meanwhile, and then another one has the chunk. */
    private Location fetch(ChunkId id, Location first, Buffer buffer) {
        var location = first;
        for (var tries = 1; ; tries++) {
            try {
                buffer.fill(store, id, location);
                return location;
            } catch (StoreException.Missing e) {
                var next = index.locateAgain(id, location.pack());
                if (next.equals(location) || tries == MOVES_MAX) {
                    throw new StoreException.Corrupt(
                            "Chunk %s is lost: its pack %s is not in the store".formatted(id, next.pack()), e);
                }
                location = next;
            }
        }
    }

    /** A record's bytes and what it takes to decode them. */
    private static final class Buffer {
        private final ChunkCodec codec;
        private byte[] bytes = new byte[Chunker.CHUNK_BYTES_MAX / 4];

        Buffer(ChunkCodec codec) {
            this.codec = codec;
        }

        void decode(ChunkId id, byte[] record, int at, int length, ByteBuffer into, String where) {
            var position = into.position();
            var plain = codec.decode(
                    id, record, at, length, into.array(), into.arrayOffset() + position, into.remaining(), where);
            into.position(position + plain);
        }

        void fill(ObjectStore store, ChunkId id, Location location) {
            var length = location.length();
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
