package rok.index;

import java.util.List;
import rok.chunk.ChunkId;

/**
 * Tells which of many segments may list a chunk, so that a look-up need not ask each of them: of every entry, in the order of
 * the ids' first bits, the number of its segment and eight other bits of the id. It takes 3.5 bytes an entry. Knows what its
 * segments said when it was made. Safe for use by many threads.
 */
public final class SegmentGuide {
    /** So many entries, at least half of it, share a range of ids: a look-up touches one line of the cache for them. */
    private static final int RANGE_ENTRIES = 16;
    /** What an array can hold, and a number of a segment. */
    private static final int ENTRIES_MAX = Integer.MAX_VALUE - 8;

    private static final int SEGMENTS_MAX = 1 << 16;

    private final List<IndexSegment> segments;
    private final int bits;
    /** Where the entries of each range end; empty where there are too many segments or entries, and all are asked. */
    private final int[] ends;

    private final byte[] prints;
    private final char[] numbers;

    /** @param segments whose checksums were compared */
    public SegmentGuide(List<IndexSegment> segments) {
        this.segments = List.copyOf(segments);
        var entries = segments.stream().mapToLong(IndexSegment::size).sum();
        if (segments.size() > SEGMENTS_MAX || entries > ENTRIES_MAX) {
            bits = 0;
            ends = new int[0];
            prints = new byte[0];
            numbers = new char[0];
            return;
        }
        bits = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(entries / RANGE_ENTRIES));
        ends = new int[1 << bits];
        prints = new byte[(int) entries];
        numbers = new char[(int) entries];
        segments.forEach(this::count);
        startEach();
        for (var number = 0; number < segments.size(); number++) {
            // From its start each range grows to its end
            fill(segments.get(number), (char) number);
        }
    }

    /** Of which it tells. */
    public List<IndexSegment> segments() {
        return segments;
    }

    private void count(IndexSegment segment) {
        for (var entry = 0; entry < segment.size(); entry++) {
            ends[range(segment.word(entry, 0))]++;
        }
    }

    private void startEach() {
        var start = 0;
        for (var range = 0; range < ends.length; range++) {
            var count = ends[range];
            ends[range] = start;
            start += count;
        }
    }

    private void fill(IndexSegment segment, char number) {
        for (var entry = 0; entry < segment.size(); entry++) {
            var at = ends[range(segment.word(entry, 0))]++;
            prints[at] = print(segment.word(entry, 1));
            numbers[at] = number;
        }
    }

    private int range(long firstWord) {
        return IndexFormat.slot(firstWord, bits);
    }

    private static byte print(long secondWord) {
        return (byte) secondWord;
    }

    /** The first segment from this number on that may list the chunk; -1 where none does. */
    public int next(ChunkId id, int from) {
        if (ends.length == 0) {
            return from < segments.size() ? from : -1;
        }
        var range = range(id.a());
        var print = print(id.b());
        var end = ends[range];
        for (var at = range == 0 ? 0 : ends[range - 1]; at < end; at++) {
            if (prints[at] == print && numbers[at] >= from) {
                return numbers[at];
            }
        }
        return -1;
    }
}
