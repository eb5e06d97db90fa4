package rok.repository;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.SegmentRewrite;
import rok.object.ObjectStore;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;

/** The single acts of garbage collection. docs/protocol.md says in which order they are safe, {@code rok.gc} does them. */
public final class Maintenance {
    private final ObjectStore store;
    private final ChunkIndex index;
    private final Epochs epochs;
    private final RandomGenerator random;

    Maintenance(ObjectStore store, ChunkIndex index, Epochs epochs, RandomGenerator random) {
        this.store = store;
        this.index = index;
        this.epochs = epochs;
        this.random = random;
    }

    public Epoch newest() {
        return epochs.newest();
    }

    /** Condemns packs in a new epoch; false when another collector made one of this number. */
    public boolean publish(long epoch, Collection<PackName> condemned) {
        return epochs.publish(epoch, condemned);
    }

    /** Which of the packs that an epoch condemned are dead, once that was decided. */
    public Optional<Set<PackName>> dead(long epoch) {
        return epochs.dead(epoch);
    }

    /** Decides which they are, unless another collector did; answers what was decided. */
    public Set<PackName> decide(long epoch, Collection<PackName> dead) {
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

    /** A writer whose segments are of this generation, with nothing of its chunks taken for stored already. */
    public PackMover mover(long generation) {
        return new PackMover(store, index, generation, random);
    }

    /**
     * Puts a new generation of the index in place of all older ones, without the entries of {@code dead} packs and of
     * those that are not there.
     */
    public void rewrite(long generation, Set<PackName> dead) {
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
        for (var part = 0; part < rewrite.parts(); part++) {
            var content = rewrite.part(part, index::allocate);
            if (content.isPresent()) {
                var key = ChunkIndex.key(generation, PackName.random(random).toString());
                index.put(key, content.get(), List.of());
            }
        }
        old.forEach(segment -> index.delete(segment.key()));
    }

    /** Deletes packs that nothing refers to any more. */
    public void delete(Collection<PackName> dead) {
        dead.stream().sorted(PackName.ORDER).forEach(pack -> store.delete(pack.key()));
    }
}
