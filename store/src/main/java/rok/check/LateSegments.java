package rok.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.object.ObjectKey;
import rok.object.ObjectStore.ObjectInfo;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.pack.PackReader;
import rok.repository.Anatomy;

/** The segments that writers put since the inventory was made. What they say is believed where the pack's footer agrees. */
final class LateSegments {
    private static final int FOOTERS_MAX = 64;
    /** So often a chunk does not move while it is looked for. */
    private static final int TRIES_MAX = 20;

    private final Anatomy anatomy;
    private final Set<ObjectKey> known = new HashSet<>();
    private List<IndexSegment> segments = List.of();
    private boolean isFresh;
    private boolean hasMoved;
    private final Map<PackName, Map<ChunkId, PackEntry>> footers = new LinkedHashMap<>(FOOTERS_MAX, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PackName, Map<ChunkId, PackEntry>> eldest) {
            return size() > FOOTERS_MAX;
        }
    };

    LateSegments(Anatomy anatomy, List<IndexSegment> before) {
        this.anatomy = anatomy;
        before.forEach(segment -> known.add(segment.key()));
    }

    /** What was not found is looked for in the store again, once. */
    synchronized void expire() {
        isFresh = false;
    }

    /** A place that {@code isWanted}, in a segment that was put since. */
    synchronized Optional<Location> find(ChunkId id, Predicate<Location> isWanted) {
        for (var tries = 1; ; tries++) {
            hasMoved = false;
            var found = lookUp(id, isWanted);
            if (found.isPresent() || (isFresh && !hasMoved) || tries == TRIES_MAX) {
                return found;
            }
            isFresh = true;
            lookUntilSteady();
        }
    }

    /** All of them that are known. */
    synchronized List<Location> places(ChunkId id) {
        return segments.stream().flatMap(segment -> place(segment, id).stream()).toList();
    }

    private Optional<Location> lookUp(ChunkId id, Predicate<Location> isWanted) {
        for (var segment : segments) {
            var place = place(segment, id).filter(isWanted).filter(found -> holds(id, found));
            if (place.isPresent()) {
                return place;
            }
        }
        return Optional.empty();
    }

    private static Optional<Location> place(IndexSegment segment, ChunkId id) {
        try {
            return segment.locate(id);
        } catch (StoreException.Corrupt _) {
            // The next check names it; here it only says nothing
            return Optional.empty();
        }
    }

    /** A listing is no picture of one moment: it may show neither the segments that go nor the one that took them over. */
    private void lookUntilSteady() {
        var before = look();
        for (var tries = 1; tries < TRIES_MAX; tries++) {
            var now = look();
            if (now.equals(before)) {
                return;
            }
            before = now;
        }
    }

    private Set<ObjectKey> look() {
        var listed = new HashSet<ObjectKey>();
        var open = new HashMap<ObjectKey, IndexSegment>();
        segments.forEach(segment -> open.put(segment.key(), segment));
        var found = new ArrayList<>(segments);
        try (var keys = anatomy.segments()) {
            for (var info : (Iterable<ObjectInfo>) keys::iterator) {
                listed.add(info.key());
                if (!known.contains(info.key()) && !open.containsKey(info.key())) {
                    open(info).ifPresent(found::add);
                }
            }
        }
        segments = List.copyOf(found);
        return listed;
    }

    private Optional<IndexSegment> open(ObjectInfo info) {
        try {
            return Optional.of(anatomy.open(info));
        } catch (StoreException.Corrupt | StoreException.Incompatible | StoreException.Missing _) {
            // Damaged, or merged meanwhile: either way it says nothing
            return Optional.empty();
        }
    }

    private boolean holds(ChunkId id, Location place) {
        var entry = footer(place.pack()).get(id);
        return entry != null && entry.offset() == place.offset() && entry.length() == place.length();
    }

    private Map<ChunkId, PackEntry> footer(PackName pack) {
        return footers.computeIfAbsent(pack, name -> {
            var entries = new HashMap<ChunkId, PackEntry>();
            try {
                PackReader.entries(anatomy.store(), name).forEach(entry -> entries.put(entry.id(), entry));
            } catch (StoreException.Missing _) {
                // Collected meanwhile: what was wanted of it was moved before
                hasMoved = true;
            } catch (StoreException.Corrupt | StoreException.Incompatible _) {
                // Then it holds nothing that anybody could rely on
                return entries;
            }
            return entries;
        });
    }
}
