package rok.repository;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.object.LocalObjects;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.RemoteObjects;
import rok.pack.PackName;
import rok.parallel.Parallel;

/**
 * The index of a repository as this process sees it: the segments that were there when it looked last, and those it wrote
 * since. Look-ups take no lock.
 */
final class ChunkIndex implements ChunkPlaces {
    /** Writers make no larger segments by merging. */
    static final int MERGED_ENTRIES_MAX = 1 << 20;

    static final ObjectKey PREFIX = new ObjectKey("index/");
    /** How often a listing is repeated because a listed segment went, merged into another one, meanwhile. */
    private static final int LOAD_TRIES_MAX = 100;
    /** Of a store that is far. */
    private static final int OPENED_AT_ONCE_MAX = 16;

    private final ObjectStore store;
    private final SegmentFiles files;
    private final Epochs epochs;
    /** Packs that the index named and that were not there: gc moved their chunks, or they are lost. */
    private final Set<PackName> gone = ConcurrentHashMap.newKeySet();

    private volatile @Nullable View view;

    ChunkIndex(ObjectStore store, Epochs epochs, Path cache) {
        this.store = store;
        this.epochs = epochs;
        this.files = new SegmentFiles(store, cache);
    }

    /**
     * The chunk is in a pack that stays while the caller's version is pending. A damaged segment counts as none: the
     * chunk is then stored once more, which is safe.
     */
    boolean contains(ChunkId id) {
        return view().isCountedOn(id);
    }

    /**
     * Where the chunk lies; looks at the store again before it throws {@link StoreException.Missing}, or
     * {@link StoreException.Corrupt} if a damaged segment may be the one that lists it.
     */
    @Override
    public Location locate(ChunkId id) {
        var before = view();
        var found = before.locate(id);
        if (found.isPresent()) {
            return found.get();
        }
        found = refreshWithout(before.damagedFor(id)).locate(id);
        if (found.isPresent()) {
            return found.get();
        }
        var after = refreshSteady();
        return after.locate(id).orElseThrow(() -> after.notFound(id));
    }

    /**
     * Where else the chunk lies, now that its pack turned out not to be there. Throws as {@link #locate}; answers with
     * the same pack where no other has it.
     */
    @Override
    public Location locateAgain(ChunkId id, PackName missing) {
        gone.add(missing);
        refresh();
        var found = locate(id);
        if (gone.contains(found.pack())) {
            refreshSteady();
            found = locate(id);
        }
        return found;
    }

    /**
     * Looks at the store until it twice sees the same. A listing is no picture of one moment: where segments are merged
     * while it goes on, it may show neither those that go nor the one that took them over.
     */
    private synchronized View refreshSteady() {
        var before = refresh();
        for (var tries = 1; tries < LOAD_TRIES_MAX; tries++) {
            var now = refresh();
            if (now.keys().equals(before.keys())) {
                return now;
            }
            before = now;
        }
        return before;
    }

    /** Looks at the store again, and copies anew what was damaged where it was only a copy. */
    private synchronized View refreshWithout(List<IndexSegment> damaged) {
        var seen = view;
        if (seen != null && !damaged.isEmpty() && damaged.stream().allMatch(segment -> files.discard(segment.key()))) {
            var rest = new ArrayList<>(seen.segments);
            rest.removeAll(damaged);
            view = new View(List.copyOf(rest), seen.damage, seen.epoch, gone);
        }
        return refresh();
    }

    @Override
    public List<Location> places(ChunkId id) {
        return view().segments.stream()
                .flatMap(segment -> View.locate(segment, id).stream())
                .distinct()
                .toList();
    }

    @Override
    public void look() {
        refresh();
    }

    /** Looks at the store, unless somebody did. */
    void begin() {
        view();
    }

    /** Looks at the store again. */
    synchronized View refresh() {
        view = load();
        return view;
    }

    /**
     * The small segments that a writer of so many new entries takes along, so that there are never many: those of its own
     * generation, since what older ones list may be condemned.
     */
    List<IndexSegment> mergeable(long generation, int newEntries) {
        var merged = new ArrayList<IndexSegment>();
        var total = newEntries;
        var bySize = new ArrayList<>(view().segments);
        bySize.removeIf(segment -> segment.generation() != generation);
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

    /**
     * Has the next session deduplicate against everything that is listed when it begins. Answers the generation that its
     * segments belong to, which is the newest epoch: however late they are written, they may list what later ones condemn.
     */
    long startSession() {
        var now = view == null ? view() : refresh();
        // Were the epoch lost, what is listed under its number could not be told from what it condemned
        LocalObjects.settle(store, Epochs.TOP);
        return now.epoch.number();
    }

    /** What look-ups have seen until now is durable from here on, whoever put it. */
    void settle() {
        LocalObjects.settle(store, PREFIX);
    }

    boolean isCollecting() {
        return view().epoch.state() != Epoch.State.DONE;
    }

    /** Every segment as it is now. Throws {@link StoreException.Corrupt} where one is damaged. */
    List<IndexSegment> whole() {
        var now = refreshSteady();
        if (!now.damage.isEmpty()) {
            throw new StoreException.Corrupt(now.damage.getFirst());
        }
        now.segments.forEach(IndexSegment::check);
        return now.segments;
    }

    private synchronized void show(ObjectKey key, long size, List<IndexSegment> merged) {
        try {
            var segments = new ArrayList<>(view().segments);
            segments.removeAll(merged);
            segments.removeIf(segment -> segment.key().equals(key));
            segments.add(new IndexSegment(key, files.open(key, size)));
            view = new View(List.copyOf(segments), view().damage, view().epoch, gone);
        } catch (StoreException.Missing e) {
            // Another writer merged it away already: its entries are in that writer's segment.
            refresh();
        }
    }

    ByteBuffer allocate(int bytes) {
        return files.allocate(bytes);
    }

    static ObjectKey key(long generation, String name) {
        return new ObjectKey(PREFIX.value() + generation + "/" + name);
    }

    void delete(ObjectKey key) {
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
        // First, so that nothing that it condemned is taken for good in segments that are listed later
        var epoch = epochs.newest();
        var open = new HashMap<ObjectKey, IndexSegment>();
        if (before != null) {
            before.segments.forEach(segment -> open.put(segment.key(), segment));
        }
        var listed = listed();
        var damage = Collections.synchronizedList(new ArrayList<String>());
        var added = Collections.synchronizedList(new ArrayList<IndexSegment>());
        var unknown =
                listed.stream().filter(info -> !open.containsKey(info.key())).toList();
        var threads = Math.clamp(unknown.size(), 1, store instanceof RemoteObjects ? OPENED_AT_ONCE_MAX : 1);
        Parallel.run(threads, unknown.iterator(), () -> false, () -> info -> {
            try {
                added.add(open(info));
            } catch (StoreException.Corrupt | StoreException.Incompatible e) {
                // rok.json allows this format's segments only, so a newer one is damage too.
                damage.add(String.valueOf(e.getMessage()));
            }
        });
        var keys = listed.stream().map(ObjectStore.ObjectInfo::key).collect(Collectors.toSet());
        if (before == null) {
            files.forgetAllBut(keys);
        }
        var segments = new ArrayList<>(added);
        open.values().stream().filter(segment -> keys.contains(segment.key())).forEach(segments::add);
        // Most chunks lie in the largest.
        segments.sort(Comparator.comparingInt(IndexSegment::size).reversed());
        return new View(List.copyOf(segments), List.copyOf(damage), epoch, gone);
    }

    private List<ObjectStore.ObjectInfo> listed() {
        try (var listed = store.list(PREFIX)) {
            return listed.toList();
        }
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
     * @param epoch the newest one before the segments were listed
     * @param gone packs that are known not to be there
     */
    record View(List<IndexSegment> segments, List<String> damage, Epoch epoch, Set<PackName> gone) {
        Set<ObjectKey> keys() {
            return segments.stream().map(IndexSegment::key).collect(Collectors.toSet());
        }

        /** The newest generation of all segments that are there. */
        long newestGeneration() {
            var newest = 0L;
            for (var segment : segments) {
                newest = Math.max(newest, segment.generation());
            }
            return newest;
        }

        /** What its entries say is good for a writer that began after the view was made (docs/protocol.md). */
        boolean isCountedOn(ChunkId id) {
            // An epoch that made one of them is not known: what it condemned is not either
            if (newestGeneration() > epoch.number()) {
                return false;
            }
            for (var segment : segments) {
                if (isCountedOn(segment, id)) {
                    return true;
                }
            }
            return false;
        }

        private boolean isCountedOn(IndexSegment segment, ChunkId id) {
            try {
                var entry = segment.find(id);
                if (entry < 0) {
                    return false;
                }
                return epoch.isCountedOn(
                        segment.generation(), segment.location(entry).pack());
            } catch (StoreException.Corrupt e) {
                // Reading names this damage. Here it must only not pass for a chunk that is there.
                return false;
            }
        }

        Optional<Location> locate(ChunkId id) {
            var doubtful = Optional.<Location>empty();
            for (var segment : segments) {
                var found = locate(segment, id);
                if (found.isPresent() && !isDoubtful(found.get().pack())) {
                    return found;
                }
                doubtful = doubtful.isPresent() ? doubtful : found;
            }
            return doubtful;
        }

        /** The pack may go, or has gone: any other is better. */
        private boolean isDoubtful(PackName pack) {
            return gone.contains(pack) || epoch.condemned().contains(pack);
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
