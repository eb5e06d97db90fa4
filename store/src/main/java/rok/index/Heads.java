package rok.index;

import java.util.List;

/** The next entries of many sources as a heap: the smallest id first, and of equal ones the first source's only. */
final class Heads {
    private final List<? extends EntrySource> sources;
    private final int[] next;
    /** Of each source's next entry the first word of the id: mostly all that a comparison takes. */
    private final long[] firstWords;

    private final int[] heap;
    private int size;

    Heads(List<? extends EntrySource> sources) {
        this.sources = sources;
        this.next = new int[sources.size()];
        this.firstWords = new long[next.length];
        this.heap = new int[next.length];
        for (var source = 0; source < next.length; source++) {
            if (sources.get(source).size() > 0) {
                firstWords[source] = sources.get(source).word(0, 0);
                heap[size++] = source;
            }
        }
        for (var at = size / 2 - 1; at >= 0; at--) {
            sink(at);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whose entry is the smallest. */
    int source() {
        return heap[0];
    }

    int entry() {
        return next[heap[0]];
    }

    long firstWord() {
        return firstWords[heap[0]];
    }

    /** Passes the smallest, and those of the same id. */
    void next() {
        var source = heap[0];
        var entry = next[source];
        do {
            advance();
        } while (size > 0
                && SegmentWriter.compare(sources.get(heap[0]), next[heap[0]], sources.get(source), entry) == 0);
    }

    private void advance() {
        var source = heap[0];
        next[source]++;
        if (next[source] < sources.get(source).size()) {
            firstWords[source] = sources.get(source).word(next[source], 0);
        } else {
            heap[0] = heap[--size];
        }
        sink(0);
    }

    private void sink(int from) {
        var at = from;
        while (2 * at + 1 < size) {
            var child = 2 * at + 1;
            if (child + 1 < size && comesBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!comesBefore(heap[child], heap[at])) {
                return;
            }
            var sunk = heap[at];
            heap[at] = heap[child];
            heap[child] = sunk;
            at = child;
        }
    }

    private boolean comesBefore(int left, int right) {
        var order = Long.compareUnsigned(firstWords[left], firstWords[right]);
        if (order == 0) {
            order = SegmentWriter.compare(sources.get(left), next[left], sources.get(right), next[right]);
        }
        return order < 0 || (order == 0 && left < right);
    }
}
