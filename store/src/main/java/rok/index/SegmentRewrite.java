package rok.index;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import rok.pack.PackName;

/**
 * Writes what segments list anew without the entries of some packs, in as few parts as hold about {@link
 * #PART_ENTRIES} each: a part has the chunks whose ids begin with the same bits. Memory is a part's.
 */
public final class SegmentRewrite {
    /** What a part has on average; ids are evenly spread, so none comes near to what a segment may hold. */
    static final int PART_ENTRIES = 1 << 20;

    private final List<IndexSegment> sources;
    private final List<boolean[]> kept;
    private final int bits;

    /**
     * Checks every byte of the segments; throws {@link rok.format.StoreException.Corrupt} where one is damaged.
     *
     * @param keeps whether entries of a pack stay
     */
    public SegmentRewrite(List<IndexSegment> sources, Predicate<PackName> keeps) {
        this(sources, keeps, PART_ENTRIES);
    }

    SegmentRewrite(List<IndexSegment> sources, Predicate<PackName> keeps, int partEntries) {
        this.sources = List.copyOf(sources);
        this.kept = new ArrayList<>(sources.size());
        var total = 0L;
        for (var source : sources) {
            source.check();
            total += source.size();
            var stays = new boolean[source.packs().size()];
            for (var i = 0; i < stays.length; i++) {
                stays[i] = keeps.test(source.packs().get(i));
            }
            kept.add(stays);
        }
        var most = 0;
        while (most < 30 && total >>> most > partEntries) {
            most++;
        }
        this.bits = most;
    }

    public int parts() {
        return 1 << bits;
    }

    /** One part's segment; nothing where none of its chunks stay. */
    public Optional<ByteBuffer> part(int part, IntFunction<ByteBuffer> allocate) {
        var slices = new ArrayList<Slice>();
        for (var i = 0; i < sources.size(); i++) {
            var slice = slice(sources.get(i), kept.get(i), part);
            if (slice.size() > 0) {
                slices.add(slice);
            }
        }
        return slices.isEmpty() ? Optional.empty() : Optional.of(SegmentWriter.write(slices, allocate));
    }

    private Slice slice(IndexSegment source, boolean[] stays, int part) {
        var from = firstOf(source, part);
        var to = part + 1 == parts() ? source.size() : firstOf(source, part + 1);
        var entries = new int[to - from];
        var count = 0;
        for (var entry = from; entry < to; entry++) {
            if (stays[source.packOrdinal(entry)]) {
                entries[count++] = entry;
            }
        }
        return new Slice(source, Arrays.copyOf(entries, count));
    }

    /** The first entry of the part, or of one after it. */
    private int firstOf(IndexSegment source, int part) {
        var low = 0;
        var high = source.size();
        while (low < high) {
            var middle = (low + high) >>> 1;
            if (IndexFormat.slot(source.word(middle, 0), bits) < part) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Some entries of a segment. */
    private static final class Slice implements EntrySource {
        private final IndexSegment source;
        private final int[] entries;

        Slice(IndexSegment source, int[] entries) {
            this.source = source;
            this.entries = entries;
        }

        @Override
        public int size() {
            return entries.length;
        }

        @Override
        public long word(int entry, int word) {
            return source.word(entries[entry], word);
        }

        @Override
        public List<PackName> packs() {
            return source.packs();
        }
    }
}
