package rok.gc;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.index.SegmentGuide;
import rok.pack.PackEntry;
import rok.pack.PackName;

/**
 * Which chunks are referred to: three bits for each entry of an index that does not change meanwhile, so 38 MB for a
 * hundred million chunks, and 3.5 bytes for finding it. Of a chunk that lies in several packs one place is taken, and the
 * others are garbage. Safe for use by many threads; what is counted is, once they are done.
 */
final class LiveChunks {
    private final List<IndexSegment> segments;
    private final SegmentGuide guide;
    private final Predicate<PackName> isPreferred;
    private final Bits live;
    private final Bits lists;
    private final Bits trees;
    /** Numbers of the scopes in {@link #scopes}. */
    private final Map<String, Integer> scopeNumbers = new ConcurrentHashMap<>();

    private final List<String> scopes = new CopyOnWriteArrayList<>();
    /** Of each pack of each segment, the number of a scope of what was marked in it; empty where that is always the first. */
    private final AtomicReferenceArray<int[]> scopesOfPacks;

    /** @param isPreferred packs that a place is taken in rather than in others */
    LiveChunks(SegmentGuide guide, Predicate<PackName> isPreferred) {
        this.segments = guide.segments();
        this.guide = guide;
        this.isPreferred = isPreferred;
        this.live = new Bits(segments);
        this.lists = new Bits(segments);
        this.trees = new Bits(segments);
        this.scopesOfPacks = new AtomicReferenceArray<>(segments.size());
    }

    /** Where a chunk stands in the index. */
    private record Place(int segment, int entry) {}

    /** One set of bits for each segment. */
    private static final class Bits {
        private final AtomicLongArray[] sets;

        Bits(List<IndexSegment> segments) {
            sets = segments.stream()
                    .map(segment -> new AtomicLongArray(segment.size() / Long.SIZE + 1))
                    .toArray(AtomicLongArray[]::new);
        }

        /** False where it was there. */
        boolean add(Place place) {
            var words = sets[place.segment];
            var bit = 1L << place.entry;
            var at = place.entry / Long.SIZE;
            // Most that is asked twice was there long before
            return (words.getPlain(at) & bit) == 0 && (words.getAndUpdate(at, word -> word | bit) & bit) == 0;
        }

        boolean has(Place place) {
            return (sets[place.segment].get(place.entry / Long.SIZE) & 1L << place.entry) != 0;
        }

        /** What a segment has; where some others are given, without those. */
        BitSet without(int segment, @Nullable Bits others) {
            var set = set(segment);
            if (others != null) {
                set.andNot(others.set(segment));
            }
            return set;
        }

        private BitSet set(int segment) {
            var words = new long[sets[segment].length()];
            for (var i = 0; i < words.length; i++) {
                words[i] = sets[segment].get(i);
            }
            return BitSet.valueOf(words);
        }

        long count() {
            var count = 0L;
            for (var words : sets) {
                for (var i = 0; i < words.length(); i++) {
                    count += Long.bitCount(words.get(i));
                }
            }
            return count;
        }
    }

    /** Marks a chunk of an account of this scope. Throws {@link StoreException.Missing} for one that is not in the index. */
    void add(ChunkId id, String scope) {
        var place = require(id);
        if (live.add(place)) {
            enter(place, scopeNumbers.computeIfAbsent(scope, this::number));
        }
    }

    private synchronized int number(String scope) {
        scopes.add(scope);
        return scopes.size() - 1;
    }

    /** Where the index does not lie, a pack has chunks of one scope: any of those that were marked in it is the one. */
    private void enter(Place place, int scope) {
        if (scope == 0) {
            return;
        }
        var segment = segments.get(place.segment);
        var ofPacks = scopesOfPacks.get(place.segment);
        if (ofPacks == null) {
            scopesOfPacks.compareAndSet(
                    place.segment, null, new int[segment.packs().size()]);
            ofPacks = scopesOfPacks.get(place.segment);
        }
        ofPacks[segment.packOrdinal(place.entry)] = scope;
    }

    private String scope(int segment, int pack) {
        var ofPacks = scopesOfPacks.get(segment);
        return scopes.get(ofPacks == null ? 0 : ofPacks[pack]);
    }

    /** Where a chunk lies that is referred to; nothing for one that is not. */
    Optional<Location> location(ChunkId id) {
        return place(id)
                .filter(live::has)
                .map(place -> segments.get(place.segment).location(place.entry));
    }

    /** Where a chunk lies, whether or not it is referred to. */
    Optional<Location> find(ChunkId id) {
        return place(id).map(place -> segments.get(place.segment).location(place.entry));
    }

    /** False where somebody was there before. */
    boolean addList(ChunkId id) {
        return lists.add(require(id));
    }

    /** False where somebody was there before. */
    boolean addTree(ChunkId id) {
        return trees.add(require(id));
    }

    /** The folder with this tree was walked, and so all below it; once all threads are done. */
    boolean hasTree(ChunkId id) {
        return place(id).filter(trees::has).isPresent();
    }

    boolean hasList(ChunkId id) {
        return place(id).filter(lists::has).isPresent();
    }

    private Place require(ChunkId id) {
        return place(id)
                .orElseThrow(() -> new StoreException.Missing("There is no chunk %s in the store".formatted(id)));
    }

    private Optional<Place> place(ChunkId id) {
        Place first = null;
        for (var i = guide.next(id, 0); i >= 0; i = guide.next(id, i + 1)) {
            var entry = segments.get(i).find(id);
            if (entry >= 0) {
                var place = new Place(i, entry);
                if (guide.next(id, i + 1) < 0 && first == null) {
                    return Optional.of(place); // the only one
                }
                if (isPreferred.test(segments.get(i).location(entry).pack())) {
                    return Optional.of(place);
                }
                first = first == null ? place : first;
            }
        }
        return Optional.ofNullable(first);
    }

    /**
     * What is referred to of one pack.
     *
     * @param bytes of records, with their part of the footer
     * @param scope of those whose chunks it holds: one, unless the index lies
     */
    record InPack(long bytes, int chunks, String scope) {
        private InPack and(InPack other) {
            return new InPack(bytes + other.bytes, chunks + other.chunks, scope);
        }
    }

    /** What is referred to of each pack; packs of which nothing is are left out. */
    Map<PackName, InPack> byPack() {
        return byPack(null);
    }

    /** The same of what is referred to here and not there, where the same index was marked with the same preference. */
    Map<PackName, InPack> byPackWithout(LiveChunks others) {
        return byPack(others.live);
    }

    private Map<PackName, InPack> byPack(@Nullable Bits others) {
        var all = new HashMap<PackName, InPack>();
        for (var i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            var bytes = new long[segment.packs().size()];
            var chunks = new int[bytes.length];
            var set = live.without(i, others);
            for (var entry = set.nextSetBit(0); entry >= 0; entry = set.nextSetBit(entry + 1)) {
                var pack = segment.packOrdinal(entry);
                bytes[pack] += segment.recordBytes(entry) + PackEntry.BYTES;
                chunks[pack]++;
            }
            for (var pack = 0; pack < bytes.length; pack++) {
                if (chunks[pack] > 0) {
                    all.merge(
                            segment.packs().get(pack),
                            new InPack(bytes[pack], chunks[pack], scope(i, pack)),
                            InPack::and);
                }
            }
        }
        return all;
    }

    /** The chunk of a pack's entry is referred to, and its place is taken there. */
    boolean isLiveIn(PackName pack, PackEntry entry) {
        return location(entry.id())
                .filter(location -> location.pack().equals(pack) && location.offset() == entry.offset())
                .isPresent();
    }

    /** How many chunks are referred to. */
    long count() {
        return live.count();
    }
}
