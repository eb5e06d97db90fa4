package rok.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.object.ObjectKey;
import rok.object.ObjectStore.ObjectInfo;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.repository.Anatomy;
import rok.repository.ChunkPlaces;

/**
 * The index at one moment, each entry with a number and one bit: whether the chunk is known to lie where the entry says.
 * Chunks that were listed since are looked up in the store anew. Safe for use by many threads.
 */
final class Inventory implements ChunkPlaces {
    private static final int LOAD_TRIES_MAX = 100;
    private static final int PROBLEMS_MAX = 3;
    /** Chunks of packs that nothing lists, remembered to name the pack. */
    private static final int REMEMBERED_MAX = 1 << 18;

    private final PackList packs;
    private final List<IndexSegment> segments;
    private final long[] bases;
    private final long entries;
    private final Bits good;
    private final boolean trusting;
    private final LateSegments late;
    private final Map<ChunkId, PackName> unlisted = new HashMap<>();
    /** Packs that turned out not to be there: collected since they were listed, or lost. */
    private final Set<PackName> gone = ConcurrentHashMap.newKeySet();

    private Inventory(Anatomy anatomy, List<IndexSegment> segments, PackList packs, boolean trusting) {
        this.segments = segments;
        this.packs = packs;
        this.trusting = trusting;
        this.bases = new long[segments.size()];
        var sum = 0L;
        for (var i = 0; i < segments.size(); i++) {
            bases[i] = sum;
            sum += segments.get(i).size();
        }
        this.entries = sum;
        this.good = new Bits(trusting ? 0 : sum);
        this.late = new LateSegments(anatomy, segments);
    }

    /**
     * Opens every segment and compares its checksums, then lists the packs: whatever the segments list was put before.
     *
     * @param trusting every entry counts as good, and no checksum is compared before it is needed
     */
    static Inventory load(Anatomy anatomy, Damage damage, boolean trusting) {
        var segments = segments(anatomy, damage);
        if (!trusting) {
            var seen = new HashMap<Long, ObjectKey>();
            for (var segment : segments) {
                var problems = segment.problems(PROBLEMS_MAX);
                if (!problems.isEmpty()) {
                    damage.segment(segment.key(), String.join("; ", problems));
                }
                var same = seen.putIfAbsent(
                        (long) segment.size() << 32 | Integer.toUnsignedLong(segment.checksum()), segment.key());
                if (same != null) {
                    damage.isDouble(segment.key(), same);
                }
            }
        }
        var packs =
                PackList.of(anatomy.store(), key -> damage.note(key.value(), "is no pack by its name, and left alone"));
        return new Inventory(anatomy, segments, packs, trusting);
    }

    private static List<IndexSegment> segments(Anatomy anatomy, Damage damage) {
        var open = new HashMap<ObjectKey, IndexSegment>();
        for (var tries = 1; ; tries++) {
            var found = new ArrayList<IndexSegment>();
            try (var listed = anatomy.segments()) {
                for (var info : (Iterable<ObjectInfo>) listed::iterator) {
                    open(anatomy, info, open, damage).ifPresent(found::add);
                }
                return found;
            } catch (StoreException.Missing e) {
                // Merged into another one since it was listed
                if (tries == LOAD_TRIES_MAX) {
                    throw new StoreException.Unavailable("The index changes faster than it can be read", e);
                }
            }
        }
    }

    private static Optional<IndexSegment> open(
            Anatomy anatomy, ObjectInfo info, Map<ObjectKey, IndexSegment> open, Damage damage) {
        try {
            var known = open.get(info.key());
            var segment = known != null ? known : anatomy.open(info);
            open.put(info.key(), segment);
            return Optional.of(segment);
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            damage.segment(info.key(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    PackList packs() {
        return packs;
    }

    List<IndexSegment> segments() {
        return segments;
    }

    /** How many entries there are: their numbers are below this. */
    long entries() {
        return entries;
    }

    long number(int segment, int entry) {
        return bases[segment] + entry;
    }

    /** The number of the chunk's first entry; below 0 where it has none. */
    long number(ChunkId id) {
        for (var i = 0; i < segments.size(); i++) {
            var entry = find(i, id);
            if (entry >= 0) {
                return bases[i] + entry;
            }
        }
        return -1;
    }

    private int find(int segment, ChunkId id) {
        try {
            return segments.get(segment).find(id);
        } catch (StoreException.Corrupt _) {
            // The damage is told already: an entry of this slot is as good as none
            return -1;
        }
    }

    boolean isGood(long number) {
        return trusting || good.get(number);
    }

    /** The chunk is known to lie there. Answers whether any segment says so too. */
    boolean confirm(PackName pack, PackEntry entry) {
        var isListed = false;
        var place = new Location(pack, entry.offset(), entry.length(), entry.plainLength());
        for (var i = 0; i < segments.size(); i++) {
            var found = find(i, entry.id());
            if (found >= 0 && segments.get(i).location(found).equals(place)) {
                good.set(bases[i] + found);
                isListed = true;
            }
        }
        if (!isListed) {
            synchronized (unlisted) {
                if (unlisted.size() < REMEMBERED_MAX) {
                    unlisted.put(entry.id(), pack);
                }
            }
        }
        return isListed;
    }

    /** A segment, other than some, says that the chunk lies there. */
    boolean isListed(PackName pack, PackEntry entry, Set<ObjectKey> without) {
        var place = new Location(pack, entry.offset(), entry.length(), entry.plainLength());
        for (var i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            var found = find(i, entry.id());
            if (found >= 0
                    && !without.contains(segment.key())
                    && segment.location(found).equals(place)) {
                return true;
            }
        }
        return late.places(entry.id()).contains(place);
    }

    void confirm(long number) {
        good.set(number);
    }

    /** The chunk does not lie there. */
    void deny(ChunkId id, PackName pack, int offset) {
        for (var i = 0; i < segments.size(); i++) {
            var found = find(i, id);
            if (found >= 0) {
                var place = segments.get(i).location(found);
                if (place.pack().equals(pack) && place.offset() == offset) {
                    good.clear(bases[i] + found);
                }
            }
        }
    }

    /** The pack that holds a chunk which no segment lists, where that is known. */
    Optional<PackName> unlisted(ChunkId id) {
        synchronized (unlisted) {
            return Optional.ofNullable(unlisted.get(id));
        }
    }

    /** A good place is known for the chunk, or it has been listed since. */
    boolean isAvailable(ChunkId id) {
        return goodPlace(id).isPresent();
    }

    Optional<Location> goodPlace(ChunkId id) {
        return goodPlace(id, _ -> true);
    }

    /** A good place in one of the packs that {@code stays} names, or one that was listed since. */
    Optional<Location> goodPlace(ChunkId id, Predicate<PackName> stays) {
        for (var i = 0; i < segments.size(); i++) {
            var found = find(i, id);
            if (found >= 0 && isGood(bases[i] + found)) {
                var place = segments.get(i).location(found);
                if (!gone.contains(place.pack()) && stays.test(place.pack())) {
                    return Optional.of(place);
                }
            }
        }
        return late.find(id, place -> !gone.contains(place.pack()) && stays.test(place.pack()));
    }

    /** From now on a chunk that is not found is looked for in the store once more: it may have been stored or moved. */
    void lookAgain() {
        late.expire();
    }

    @Override
    public Location locate(ChunkId id) {
        return goodPlace(id)
                .or(() -> places(id).stream().findFirst())
                .orElseThrow(() -> new StoreException.Missing("There is no chunk %s in the store".formatted(id)));
    }

    @Override
    public Location locateAgain(ChunkId id, PackName missing) {
        gone.add(missing);
        lookAgain();
        return locate(id);
    }

    /** The pack is known not to be there. */
    void isGone(PackName pack) {
        gone.add(pack);
    }

    @Override
    public List<Location> places(ChunkId id) {
        var found = new ArrayList<Location>();
        for (var i = 0; i < segments.size(); i++) {
            var entry = find(i, id);
            if (entry >= 0) {
                found.add(segments.get(i).location(entry));
            }
        }
        late.places(id).forEach(found::add);
        return found.stream().distinct().toList();
    }

    @Override
    public void look() {
        lookAgain();
    }

    /** The newest generation of its segments. */
    long generation() {
        return segments.stream().mapToLong(IndexSegment::generation).max().orElse(0);
    }
}
