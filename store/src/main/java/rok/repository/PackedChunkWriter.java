package rok.repository;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.CutRule;
import rok.index.SessionIndex;
import rok.object.ObjectStore;
import rok.pack.PackName;
import rok.pack.PackWriter;

/**
 * A session over packs. A lane hashes and compresses into a pack of its own; a full pack goes to the uploads while the
 * lane goes on in another. Trees and lists of chunks of all lanes go into one pack, which other chunks join at a flush, if at
 * all: so they lie side by side. Locks are taken in this order: flushing, lane, structure, session; none is held while waiting
 * for an upload but the first three, which uploads never take.
 */
final class PackedChunkWriter implements ChunkWriter {
    /** Chunks that no segment lists yet; more are flushed on the way, so that memory stays bounded. */
    private static final int UNLISTED_MAX = 1 << 18;

    private final ChunkIndex index;
    private final long generation;
    private final Codecs codecs;
    private final RandomGenerator random;
    private final Predicate<ChunkId> again;
    private final SessionIndex session = new SessionIndex();
    private final PackPool pool;
    private final PackUploads uploads;
    private final List<PackedLane> lanes = new ArrayList<>();
    private final LongAdder givenBytes = new LongAdder();
    private final LongAdder newBytes = new LongAdder();
    private final LongAdder newChunks = new LongAdder();
    private final Object flushing = new Object();
    private final Filling structure = new Filling();
    /** What closed lanes left, until it fills a pack or is flushed. */
    private @Nullable PackWriter remainder;

    private boolean closed;

    /**
     * @param generation what the index answered when the session was started
     * @param again chunks to store though they are listed
     */
    PackedChunkWriter(
            ObjectStore store,
            ChunkIndex index,
            Codecs codecs,
            long generation,
            RandomGenerator random,
            Predicate<ChunkId> again) {
        this.index = index;
        this.codecs = codecs;
        this.generation = generation;
        this.again = again;
        this.random = random;
        this.pool = new PackPool(store.putsAtOnce() + 2);
        this.uploads = new PackUploads(store, pool, session);
    }

    @Override
    public synchronized Lane lane() {
        requireOpen();
        var lane = new PackedLane();
        lanes.add(lane);
        pool.changeLimit(1);
        return lane;
    }

    @Override
    public boolean has(ChunkId id) {
        return session.contains(id) || (!again.test(id) && index.contains(id));
    }

    @Override
    public Totals flush() {
        synchronized (flushing) {
            for (var lane : lanesNow()) {
                lane.handOver();
            }
            structure.handOver();
            uploadRemainder();
            uploads.await();
            list();
            // What was not stored again since others' segments list it: a killed process may have left one that is not
            // durable
            index.settle();
        }
        return new Totals(givenBytes.sum(), newBytes.sum(), uploads.storedBytes(), newChunks.sum(), uploads.packs());
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        pool.close();
        uploads.close();
    }

    /** Writes the index of everything durable that no segment lists yet. */
    private void list() {
        var listable = session.listable();
        if (listable.size() == 0) {
            return;
        }
        var merged = listable.mergeable(index.mergeable(generation, listable.size()));
        var key = ChunkIndex.key(generation, PackName.random(random).toString());
        index.put(key, listable.segment(merged, index::allocate), merged);
        session.forget(listable);
    }

    private synchronized List<PackedLane> lanesNow() {
        requireOpen();
        return List.copyOf(lanes);
    }

    private synchronized void remove(PackedLane lane) {
        if (lanes.remove(lane)) {
            pool.changeLimit(-1);
        }
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The writer is closed");
        }
    }

    /** Joins a part of a pack with what others left, so that a flush writes one pack and not one a lane. */
    private void leave(PackWriter pack) {
        var full = pack;
        synchronized (this) {
            if (remainder == null) {
                remainder = pack;
                return;
            }
            if (remainder.hasRoomFor(pack)) {
                remainder.addAll(pack);
                pool.give(pack);
                return;
            }
            if (remainder.count() > pack.count()) {
                full = remainder;
                remainder = pack;
            }
        }
        upload(full);
    }

    private void uploadRemainder() {
        PackWriter pack;
        synchronized (this) {
            pack = remainder;
            remainder = null;
        }
        if (pack != null) {
            upload(pack);
        }
    }

    private void upload(PackWriter pack) {
        uploads.submit(PackName.random(random), pack);
    }

    /** A pack that chunks are added to, one after another. */
    private final class Filling {
        private @Nullable PackWriter pack;

        // Invariant 4: from here on the session counts on the chunk.
        synchronized void store(ChunkCodec codec, ChunkId id, byte[] plain, int offset, int length) {
            try {
                if (pack != null && !pack.hasRoomFor(length)) {
                    var full = pack;
                    pack = null;
                    upload(full);
                }
                if (pack == null) {
                    pack = pool.take();
                }
                pack.add(codec, id, plain, offset, length);
                newBytes.add(length);
                newChunks.increment();
            } catch (RuntimeException | Error e) {
                uploads.fail(e);
                throw e;
            }
        }

        synchronized void handOver() {
            var part = pack;
            pack = null;
            if (part != null && !part.isEmpty()) {
                leave(part);
            } else if (part != null) {
                pool.give(part);
            }
        }
    }

    /** One thread's way in; its monitor is that thread's but for a flush. */
    private final class PackedLane implements Lane {
        private final ChunkCodec codec = codecs.codec();
        private final Filling data = new Filling();
        private final Lane ofStructure = new StructureLane(this);
        private boolean laneClosed;

        @Override
        public ChunkId write(byte[] plain, int offset, int length) {
            return write(data, plain, offset, length);
        }

        private ChunkId writeStructure(byte[] plain, int offset, int length) {
            return write(structure, plain, offset, length);
        }

        private ChunkId write(Filling into, byte[] plain, int offset, int length) {
            uploads.requireNoFailure();
            if (session.size() >= UNLISTED_MAX) {
                flushIfFull();
            }
            synchronized (this) {
                if (laneClosed) {
                    throw new IllegalStateException("The lane is closed");
                }
                var id = codec.id(plain, offset, length);
                givenBytes.add(length);
                if (!has(id) && session.claim(id)) {
                    into.store(codec, id, plain, offset, length);
                }
                return id;
            }
        }

        @Override
        public Lane structure() {
            return ofStructure;
        }

        @Override
        public void close() {
            handOver();
            synchronized (this) {
                laneClosed = true;
            }
            remove(this);
        }

        @Override
        public CutRule cutRule() {
            return codecs.cutRule();
        }

        private synchronized void handOver() {
            data.handOver();
        }
    }

    /** A lane's way in for trees and lists of chunks. */
    private record StructureLane(PackedLane lane) implements Lane {
        @Override
        public ChunkId write(byte[] plain, int offset, int length) {
            return lane.writeStructure(plain, offset, length);
        }

        @Override
        public CutRule cutRule() {
            return lane.cutRule();
        }

        @Override
        public void close() {
            // The lane's is what counts
        }
    }

    private void flushIfFull() {
        synchronized (flushing) {
            if (session.size() >= UNLISTED_MAX) {
                flush();
            }
        }
    }
}
