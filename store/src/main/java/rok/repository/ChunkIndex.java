package rok.repository;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/**
 * The index of a repository as this process sees it: the segments that were there when it looked last, and those it wrote
 * since. Look-ups take no lock.
 */
final class ChunkIndex {
    /** Writers make no larger segments by merging. */
    static final int MERGED_ENTRIES_MAX = 1 << 20;

    private static final ObjectKey PREFIX = new ObjectKey("index/0/");
    /** How often a listing is repeated because a listed segment went, merged into another one, meanwhile. */
    private static final int LOAD_TRIES_MAX = 100;

    private final ObjectStore store;
    private final SegmentFiles files;
    private volatile @Nullable View view;

    ChunkIndex(ObjectStore store, Path cache) {
        this.store = store;
        this.files = new SegmentFiles(store, cache);
    }

    /** The chunk is in a pack. A damaged segment counts as none: the chunk is then stored once more, which is safe. */
    boolean contains(ChunkId id) {
        for (var segment : view().segments) {
            if (isIn(segment, id)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIn(IndexSegment segment, ChunkId id) {
        try {
            return segment.contains(id);
        } catch (StoreException.Corrupt e) {
            // Reading names this damage. Here it must only not pass for a chunk that is there.
            return false;
        }
    }

    /**
     * Where the chunk lies; looks at the store again before it throws {@link StoreException.Missing}, or
     * {@link StoreException.Corrupt} if a damaged segment may be the one that lists it.
     */
    Location locate(ChunkId id) {
        var before = view();
        var found = before.locate(id);
        if (found.isPresent()) {
            return found.get();
        }
        var after = refreshWithout(before.damagedFor(id));
        return after.locate(id).orElseThrow(() -> after.notFound(id));
    }

    /** Looks at the store again, and copies anew what was damaged where it was only a copy. */
    private synchronized View refreshWithout(List<IndexSegment> damaged) {
        var seen = view;
        if (seen != null && !damaged.isEmpty() && damaged.stream().allMatch(segment -> files.discard(segment.key()))) {
            var rest = new ArrayList<>(seen.segments);
            rest.removeAll(damaged);
            view = new View(List.copyOf(rest), seen.damage);
        }
        return refresh();
    }

    /** Looks at the store again. */
    synchronized View refresh() {
        view = load();
        return view;
    }

    /** The small segments that a writer of so many new entries takes along, so that there are never many. */
    List<IndexSegment> mergeable(int newEntries) {
        var merged = new ArrayList<IndexSegment>();
        var total = newEntries;
        var bySize = new ArrayList<>(view().segments);
        bySize.sort(Comparator.comparingInt(IndexSegment::size));
        for (var segment : bySize) {
            if (segment.size() > 2 * total || total + segment.size() > MERGED_ENTRIES_MAX) {
                break;
            }
            if (isWhole(segment)) {
                merged.add(segment);
                total += segment.size();
            }
        }
        return merged;
    }

    /** Puts a segment, shows it to look-ups, and only then deletes those whose entries it took over. */
    void put(ObjectKey key, ByteBuffer content, List<IndexSegment> merged) {
        var result = store.put(key, content, new ObjectStore.Condition.IfAbsent());
        if (result instanceof ObjectStore.PutResult.ConditionFailed) {
            throw new IllegalStateException("Segment %s is there already: its name was not random".formatted(key));
        }
        files.keep(key, content);
        show(key, content.remaining(), merged);
        // Invariant 6
        for (var old : merged) {
            delete(old.key());
        }
    }

    /** Has the next session deduplicate against everything that is listed when it begins. */
    void startSession() {
        if (view != null) {
            refresh();
        }
    }

    private synchronized void show(ObjectKey key, long size, List<IndexSegment> merged) {
        try {
            var segments = new ArrayList<>(view().segments);
            segments.removeAll(merged);
            segments.removeIf(segment -> segment.key().equals(key));
            segments.add(new IndexSegment(key, files.open(key, size)));
            view = new View(List.copyOf(segments), view().damage);
        } catch (StoreException.Missing e) {
            // Another writer merged it away already: its entries are in that writer's segment.
            refresh();
        }
    }

    ByteBuffer allocate(int bytes) {
        return files.allocate(bytes);
    }

    static ObjectKey key(String name) {
        return new ObjectKey(PREFIX.value() + name);
    }

    private void delete(ObjectKey key) {
        try {
            store.delete(key);
        } catch (StoreException.Unavailable e) {
            // It lists nothing that the merged segment does not: whoever merges next takes it along again.
            return;
        }
    }

    private static boolean isWhole(IndexSegment segment) {
        try {
            segment.check();
            return true;
        } catch (StoreException.Corrupt e) {
            // Stays where it is, for reading to name it.
            return false;
        }
    }

    private View view() {
        var seen = view;
        if (seen != null) {
            return seen;
        }
        synchronized (this) {
            if (view == null) {
                view = load();
            }
            return view;
        }
    }

    private View load() {
        for (var tries = 1; ; tries++) {
            try {
                return load(view);
            } catch (StoreException.Missing e) {
                if (tries == LOAD_TRIES_MAX) {
                    throw new StoreException.Unavailable("The index changes faster than it can be read", e);
                }
            }
        }
    }

    private View load(@Nullable View before) {
        var open = new HashMap<ObjectKey, IndexSegment>();
        if (before != null) {
            before.segments.forEach(segment -> open.put(segment.key(), segment));
        }
        var segments = new ArrayList<IndexSegment>();
        var damage = new ArrayList<String>();
        try (var listed = store.list(PREFIX)) {
            for (var info : (Iterable<ObjectStore.ObjectInfo>) listed::iterator) {
                var known = open.get(info.key());
                if (known != null) {
                    segments.add(known);
                    continue;
                }
                try {
                    segments.add(open(info));
                } catch (StoreException.Corrupt | StoreException.Incompatible e) {
                    // rok.json allows this format's segments only, so a newer one is damage too.
                    damage.add(String.valueOf(e.getMessage()));
                }
            }
        }
        // Most chunks lie in the largest.
        segments.sort(Comparator.comparingInt(IndexSegment::size).reversed());
        return new View(List.copyOf(segments), List.copyOf(damage));
    }

    private IndexSegment open(ObjectStore.ObjectInfo info) {
        try {
            return new IndexSegment(info.key(), files.open(info.key(), info.size()));
        } catch (StoreException.Corrupt | StoreException.Incompatible e) {
            if (!files.discard(info.key())) {
                throw e;
            }
            return new IndexSegment(info.key(), files.open(info.key(), info.size()));
        }
    }

    /**
     * The segments at one moment.
     *
     * @param damage what is wrong with segments that could not be opened
     */
    record View(List<IndexSegment> segments, List<String> damage) {
        Optional<Location> locate(ChunkId id) {
            for (var segment : segments) {
                var found = locate(segment, id);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        private static Optional<Location> locate(IndexSegment segment, ChunkId id) {
            try {
                return segment.locate(id);
            } catch (StoreException.Corrupt e) {
                // Another segment may list it too; if none does, notFound names this one.
                return Optional.empty();
            }
        }

        /** Those that can't say whether they list the chunk. */
        List<IndexSegment> damagedFor(ChunkId id) {
            var damaged = new ArrayList<IndexSegment>();
            for (var segment : segments) {
                try {
                    segment.contains(id);
                } catch (StoreException.Corrupt e) {
                    damaged.add(segment);
                }
            }
            return damaged;
        }

        StoreException notFound(ChunkId id) {
            for (var segment : segments) {
                try {
                    segment.contains(id);
                } catch (StoreException.Corrupt e) {
                    return new StoreException.Corrupt("Chunk %s is not found: %s".formatted(id, e.getMessage()), e);
                }
            }
            return damage.isEmpty()
                    ? new StoreException.Missing("There is no chunk %s in the store".formatted(id))
                    : new StoreException.Corrupt("Chunk %s is not found: %s".formatted(id, damage.getFirst()));
        }
    }
}
