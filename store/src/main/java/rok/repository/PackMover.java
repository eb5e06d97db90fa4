package rok.repository;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import rok.chunk.ChunkCodec;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.index.SessionIndex;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.pack.PackWriter;

/**
 * Copies chunks that are wanted out of packs that are not worth keeping into new ones, record by record as they are and
 * each checked. The copies count once {@link #finish} has listed them; the old packs stay as they are. For one thread.
 */
public final class PackMover {
    private static final int UNLISTED_MAX = 1 << 18;
    /** What is read at once, where wanted records are neighbours. */
    private static final int RANGE_BYTES_MAX = 4 << 20;

    private final ObjectStore store;
    private final ChunkIndex index;
    private final long generation;
    private final RandomGenerator random;
    private final ChunkCodec codec;
    private final byte[] plain = new byte[Chunker.CHUNK_BYTES_MAX];
    private final SessionIndex session = new SessionIndex();
    private final PackWriter out = new PackWriter();
    private long movedBytes;
    private long packs;

    PackMover(ObjectStore store, ChunkIndex index, ChunkCodec codec, long generation, RandomGenerator random) {
        this.store = store;
        this.index = index;
        this.codec = codec;
        this.generation = generation;
        this.random = random;
    }

    /**
     * Copies some chunks of a pack. Throws {@link StoreException.Corrupt} where one is damaged.
     *
     * @param wanted in the order in which they lie
     */
    public void move(PackName pack, List<PackEntry> wanted) {
        var from = 0;
        while (from < wanted.size()) {
            var to = from + 1;
            while (to < wanted.size() && end(wanted.get(to)) - wanted.get(from).offset() <= RANGE_BYTES_MAX) {
                to++;
            }
            moveRange(pack, wanted.subList(from, to));
            from = to;
        }
    }

    /** Puts what is left, and lists all copies. */
    public Moved finish() {
        flush();
        return new Moved(movedBytes, packs);
    }

    /** How many bytes of records were copied, into how many packs. */
    public record Moved(long bytes, long packs) {}

    private static int end(PackEntry entry) {
        return entry.offset() + entry.length();
    }

    private void moveRange(PackName pack, List<PackEntry> wanted) {
        var start = wanted.getFirst().offset();
        var bytes = new byte[end(wanted.getLast()) - start];
        store.get(pack.key(), start, ByteBuffer.wrap(bytes));
        for (var entry : wanted) {
            var where = PackReader.where(pack, entry.offset());
            var at = entry.offset() - start;
            codec.decode(entry.id(), bytes, at, entry.length(), plain, 0, plain.length, where);
            add(entry, bytes, at);
        }
    }

    private void add(PackEntry entry, byte[] from, int at) {
        if (!session.claim(entry.id())) {
            return;
        }
        if (!out.hasRoomForRecord(entry.length())) {
            put();
        }
        out.addRecord(entry.id(), from, at, entry.length(), entry.plainLength());
        movedBytes += entry.length();
        if (session.size() >= UNLISTED_MAX) {
            flush();
        }
    }

    private void put() {
        if (out.isEmpty()) {
            return;
        }
        var name = PackName.random(random);
        var content = out.seal();
        var ordinal = session.place(name, out.entries());
        if (store.put(name.key(), content, new Condition.IfAbsent()) instanceof PutResult.ConditionFailed) {
            throw new IllegalStateException("Pack %s is there already: its name was not random".formatted(name));
        }
        session.setDurable(ordinal);
        packs++;
        out.reset();
    }

    private void flush() {
        put();
        var listable = session.listable();
        if (listable.size() > 0) {
            var key = ChunkIndex.key(generation, PackName.random(random).toString());
            index.put(key, listable.segment(List.of(), index::allocate), List.of());
            session.forget(listable);
        }
    }
}
