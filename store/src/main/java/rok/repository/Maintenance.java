package rok.repository;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.index.SegmentRewrite;
import rok.object.LocalObjects;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.parallel.Parallel;

/**
 * The single acts of garbage collection. docs/protocol.md says in which order they are safe, {@code rok.gc} does them. For
 * one thread; scopes and readers are for many.
 */
public final class Maintenance {
    private static final ObjectKey CATALOG = new ObjectKey("catalog/");

    private final ObjectStore store;
    private final ChunkIndex index;
    private final Epochs epochs;
    private final Scopes scopes;
    private final RandomGenerator random;
    private final StructureFiles kept;
    private final Map<String, ChunkCodec> codecs = new HashMap<>();
    private final byte[] plain = new byte[Chunker.CHUNK_BYTES_MAX];

    Maintenance(
            ObjectStore store,
            ChunkIndex index,
            Epochs epochs,
            Scopes scopes,
            RandomGenerator random,
            StructureFiles kept) {
        this.store = store;
        this.index = index;
        this.epochs = epochs;
        this.scopes = scopes;
        this.random = random;
        this.kept = kept;
    }

    /**
     * The newest epoch. Throws {@link StoreException.Corrupt} where the index speaks of a later one: its object is gone, and
     * its number must not come back.
     */
    public Epoch newest() {
        var generation = index.refresh().newestGeneration();
        // After the index: the epoch of each of its generations was there before it
        var newest = epochs.newest();
        if (generation > newest.number()) {
            throw new StoreException.Corrupt(
                    "Nothing was collected: the index is of generation %d, and the newest epoch that is there is %d: put back what is gone from gc/"
                            .formatted(generation, newest.number()));
        }
        return newest;
    }

    /** Condemns packs in a new epoch; false when another collector made one of this number. */
    public boolean publish(long epoch, Collection<PackName> condemned) {
        return epochs.publish(epoch, condemned);
    }

    /** Which of the packs that an epoch condemned are dead, once that was decided. */
    public Optional<Set<PackName>> dead(long epoch) {
        return epochs.decided(epoch);
    }

    /** Decides which they are, unless another collector did; answers what was decided. */
    public Set<PackName> decide(long epoch, Collection<PackName> dead) {
        // A deleted version that a power loss brought back would miss what it refers to
        LocalObjects.settle(store, CATALOG);
        return epochs.decide(epoch, dead);
    }

    /** All that the epoch had to do is done. */
    public void finish(long epoch) {
        epochs.finish(epoch);
    }

    /** The packs that are there, and their size in bytes. What lies among them and is none is left out. */
    public Map<PackName, Long> packs() {
        var packs = new HashMap<PackName, Long>();
        try (var listed = store.list(PackName.PREFIX)) {
            listed.forEach(info -> {
                try {
                    packs.put(PackReader.name(info.key()), info.size());
                } catch (StoreException.Corrupt _) {
                    // Nobody's: left alone
                }
            });
        }
        return packs;
    }

    /** The segments as they are now, every byte checked. Throws {@link StoreException.Corrupt} where one is damaged. */
    public List<IndexSegment> segments() {
        return index.whole();
    }

    /** What a pack says that it holds. */
    public List<PackEntry> entries(PackName pack) {
        return PackReader.entries(store, pack);
    }

    /** What accounts that share their chunks have in common: chunks of two scopes are never the same. */
    public String scope(String account) {
        return scopes.of(account);
    }

    /** Reads chunks of a scope from where {@code known} says, and where that does not know, or is wrong, from where they are. */
    public ChunkReader reader(String scope, Function<ChunkId, Optional<Location>> known) {
        return new PackedChunkReader(store, new KnownPlaces(known, index), scopes.codecs(scope), Optional.of(kept));
    }

    /**
     * What the index says can be proved: whoever changes the index of an encrypted store, where everybody can who may write
     * to it, can't change what lies in packs.
     */
    public boolean isEncrypted() {
        return scopes.isEncrypted();
    }

    /** A chunk of a scope does lie where the index says. */
    public boolean holds(String scope, ChunkId id, Location location) {
        var length = location.length();
        if (length <= ChunkCodec.RECORD_OVERHEAD_BYTES
                || length > ChunkCodec.RECORD_BYTES_MAX
                || location.offset() < 0) {
            return false;
        }
        var bytes = new byte[length];
        var codec = codecs.computeIfAbsent(scope, name -> scopes.codecs(name).codec());
        try {
            store.get(location.pack().key(), location.offset(), ByteBuffer.wrap(bytes));
            var where = PackReader.where(location.pack(), location.offset());
            codec.decode(id, bytes, 0, length, plain, 0, plain.length, where);
            return true;
        } catch (StoreException.Missing | StoreException.Corrupt | StoreException.Incompatible _) {
            return false;
        }
    }

    /**
     * A writer of one scope whose segments are of this generation, with nothing of its chunks taken for stored already.
     */
    public PackMover mover(String scope, long generation) {
        return new PackMover(store, index, scopes.codecs(scope).codec(), generation, random);
    }

    /**
     * Puts a new generation of the index in place of all older ones, without the entries of {@code dead} packs and of
     * those that are not there.
     *
     * @param threads that do it, each a part of the index
     */
    public void rewrite(long generation, Set<PackName> dead, int threads) {
        var old = index.whole().stream()
                .filter(segment -> segment.generation() < generation)
                .toList();
        if (old.isEmpty()) {
            return;
        }
        // Listed after the segments: a pack that one of them names was there before it
        var there = new HashSet<>(packs().keySet());
        there.removeAll(dead);
        var rewrite = new SegmentRewrite(old, there::contains);
        Parallel.run(
                threads,
                IntStream.range(0, rewrite.parts()).iterator(),
                () -> false,
                () -> part -> rewrite.part(part, index::allocate)
                        .ifPresent(content -> index.put(
                                ChunkIndex.key(
                                        generation, PackName.random(random).toString()),
                                content,
                                List.of())));
        index.settle(); // another collector's of this generation too
        old.forEach(segment -> index.delete(segment.key()));
    }

    /** Deletes packs that nothing refers to any more. */
    public void delete(Collection<PackName> dead) {
        dead.stream().sorted(PackName.ORDER).forEach(pack -> store.delete(pack.key()));
    }
}
