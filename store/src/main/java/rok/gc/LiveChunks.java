package rok.gc;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.Location;
import rok.pack.PackEntry;
import rok.pack.PackName;

/**
 * Which chunks are referred to: three bits for each entry of an index that does not change meanwhile, so 38 MB for a
 * hundred million chunks. Of a chunk that lies in several packs one place is taken, and the others are garbage. For one
 * thread.
 */
final class LiveChunks {
    private final List<IndexSegment> segments;
    private final Predicate<PackName> isPreferred;
    private final Bits live;
    private final Bits lists;
    private final Bits trees;
    /** Of each pack of each segment, the scope of what was first marked in it. */
    private final String[][] scopes;

    private String scope = "";

    /** @param isPreferred packs that a place is taken in rather than in others */
    LiveChunks(List<IndexSegment> segments, Predicate<PackName> isPreferred) {
        this.segments = segments;
        this.isPreferred = isPreferred;
        this.live = new Bits(segments.size());
        this.lists = new Bits(segments.size());
        this.trees = new Bits(segments.size());
        this.scopes = segments.stream()
                .map(segment -> new String[segment.packs().size()])
                .toArray(String[][]::new);
    }

    /** What is marked from here on is of this scope. */
    void enter(String now) {
        scope = now;
    }

    /** Where a chunk stands in the index. */
    private record Place(int segment, int entry) {}

    /** One set of bits for each segment. */
    private static final class Bits {
        private final BitSet[] sets;

        Bits(int segments) {
            sets = new BitSet[segments];
            for (var i = 0; i < segments; i++) {
                sets[i] = new BitSet();
            }
        }

        boolean add(Place place) {
            var set = sets[place.segment];
            if (set.get(place.entry)) {
                return false;
            }
            set.set(place.entry);
            return true;
        }

        boolean has(Place place) {
            return sets[place.segment].get(place.entry);
        }
    }

    /** Throws {@link StoreException.Missing} for a chunk that is not in the index. */
    void add(ChunkId id) {
        var place = require(id);
        if (live.add(place)) {
            var ofPack = scopes[place.segment];
            var pack = segments.get(place.segment).packOrdinal(place.entry);
            ofPack[pack] = ofPack[pack] == null ? scope : ofPack[pack];
        }
    }

    /** Where a chunk lies that is referred to; nothing for one that is not. */
    Optional<Location> location(ChunkId id) {
        return place(id)
                .filter(live::has)
                .map(place -> segments.get(place.segment).location(place.entry));
    }

    boolean addList(ChunkId id) {
        return lists.add(require(id));
    }

    boolean addTree(ChunkId id) {
        return trees.add(require(id));
    }

    /** The folder with this tree was walked, and so all below it. */
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
        for (var i = 0; i < segments.size(); i++) {
            var entry = segments.get(i).find(id);
            if (entry < 0) {
                continue;
            }
            var place = new Place(i, entry);
            if (isPreferred.test(segments.get(i).location(entry).pack())) {
                return Optional.of(place);
            }
            first = first == null ? place : first;
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
        return byPack(live.sets);
    }

    /** The same of what is referred to here and not there, where the same index was marked with the same preference. */
    Map<PackName, InPack> byPackWithout(LiveChunks others) {
        var sets = new BitSet[live.sets.length];
        for (var i = 0; i < sets.length; i++) {
            sets[i] = (BitSet) live.sets[i].clone();
            sets[i].andNot(others.live.sets[i]);
        }
        return byPack(sets);
    }

    private Map<PackName, InPack> byPack(BitSet[] sets) {
        var all = new HashMap<PackName, InPack>();
        for (var i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            var bytes = new long[segment.packs().size()];
            var chunks = new int[bytes.length];
            var set = sets[i];
            for (var entry = set.nextSetBit(0); entry >= 0; entry = set.nextSetBit(entry + 1)) {
                var pack = segment.packOrdinal(entry);
                bytes[pack] += segment.recordBytes(entry) + PackEntry.BYTES;
                chunks[pack]++;
            }
            for (var pack = 0; pack < bytes.length; pack++) {
                if (chunks[pack] > 0) {
                    all.merge(
                            segment.packs().get(pack),
                            new InPack(bytes[pack], chunks[pack], scopes[i][pack]),
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
        var count = 0L;
        for (var set : live.sets) {
            count += set.cardinality();
        }
        return count;
    }
}
