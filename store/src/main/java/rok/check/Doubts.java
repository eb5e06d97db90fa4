package rok.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.object.ObjectKey;
import rok.pack.PackName;
import rok.repository.Anatomy;

/**
 * Settles the entries of the index that no footer confirmed. Where the footer is damaged or says something else, the record
 * itself is read: a lost footer costs no chunk. Where the pack is not there, it is damage if writers count on the entry;
 * others are what a collection, or a writer that it gave up, left behind.
 */
final class Doubts {
    private final Anatomy anatomy;
    private final Inventory inventory;
    private final Damage damage;
    private final RecordProof proof;
    private final Map<PackName, Boolean> isThere = new HashMap<>();
    /** Packs that are not there, and of which generations the segments are that name them. */
    private final Map<PackName, Set<Long>> absent = new HashMap<>();

    private final Map<ObjectKey, Set<PackName>> naming = new HashMap<>();

    Doubts(Anatomy anatomy, Inventory inventory, Damage damage) {
        this.anatomy = anatomy;
        this.inventory = inventory;
        this.damage = damage;
        this.proof = new RecordProof(anatomy.store(), RecordOpener.of(anatomy));
    }

    void run() {
        for (var i = 0; i < inventory.segments().size(); i++) {
            var number = i;
            var segment = inventory.segments().get(i);
            segment.forEach(entry -> {
                var at = inventory.number(number, entry);
                if (!inventory.isGood(at)) {
                    settle(at, segment, segment.id(entry), segment.location(entry));
                }
            });
        }
        judgeAbsent();
    }

    private void settle(long number, IndexSegment segment, ChunkId id, Location place) {
        try {
            if (isThere(place.pack())) {
                proof.problem(id, place)
                        .ifPresentOrElse(
                                problem -> damage.pack(
                                        place.pack(),
                                        new Problem(
                                                "It is not the pack that index segment %s describes: %s"
                                                        .formatted(segment.key(), problem.text()),
                                                problem.mayBeGood())),
                                () -> inventory.confirm(number));
                return;
            }
        } catch (StoreException.Missing _) {
            isThere.put(place.pack(), false);
        }
        inventory.isGone(place.pack());
        absent.computeIfAbsent(place.pack(), _ -> new HashSet<>()).add(segment.generation());
        naming.computeIfAbsent(segment.key(), _ -> new HashSet<>()).add(place.pack());
    }

    private boolean isThere(PackName pack) {
        return isThere.computeIfAbsent(
                pack, name -> anatomy.store().stat(name.key()).isPresent());
    }

    private void judgeAbsent() {
        if (absent.isEmpty()) {
            return;
        }
        // After the packs were missed: whatever was collected by then was condemned by this epoch or one before
        var epoch = anatomy.maintenance().newest();
        absent.forEach((pack, generations) -> {
            damage.absent(pack);
            if (generations.stream().anyMatch(generation -> epoch.isCountedOn(generation, pack))) {
                damage.pack(pack, "It is not there, and the index says that it holds chunks");
            }
        });
        naming.forEach((key, packs) -> {
            if (packs.stream().noneMatch(damage.damagedPacks()::contains)) {
                damage.note(
                        key.value(),
                        "lists %,d packs that were collected: the next collection takes them out"
                                .formatted(packs.size()));
            }
        });
    }
}
