package rok.check;

import java.util.List;
import java.util.PriorityQueue;
import rok.index.IndexSegment;
import rok.index.Location;

/** The chunks of several segments, each once, in the order of their ids. Holds one entry of each segment. */
final class DistinctChunks {
    private DistinctChunks() {}

    /** A segment, and how far it has been read. */
    private static final class Head implements Comparable<Head> {
        private final IndexSegment segment;
        private int entry;

        Head(IndexSegment segment) {
            this.segment = segment;
        }

        @Override
        public int compareTo(Head other) {
            for (var word = 0; word < 4; word++) {
                var order = Long.compareUnsigned(segment.word(entry, word), other.segment.word(other.entry, word));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        }

        boolean advance() {
            entry++;
            return entry < segment.size();
        }
    }

    /** Takes a chunk. */
    interface Visitor {
        /** @param again another segment had it before */
        void chunk(Location place, boolean again);
    }

    /** @param segments whose slots are whole */
    static void forEach(List<IndexSegment> segments, Visitor visitor) {
        var heads = new PriorityQueue<Head>();
        segments.forEach(segment -> heads.add(new Head(segment)));
        for (var head = heads.poll(); head != null; head = heads.poll()) {
            visitor.chunk(head.segment.location(head.entry), false);
            while (!heads.isEmpty() && heads.element().compareTo(head) == 0) {
                var same = heads.remove();
                visitor.chunk(same.segment.location(same.entry), true);
                if (same.advance()) {
                    heads.add(same);
                }
            }
            if (head.advance()) {
                heads.add(head);
            }
        }
    }
}
