package rok.repository;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import rok.format.StoreException;
import rok.parallel.Background;

/**
 * Reads ranges of packs before they are wanted, in the order in which they were asked for. What is on its way and what
 * nobody let go of yet is bounded, for what is wanted now and what is wanted later each for itself: small files that wait for
 * their turn behind a large one do not keep that from being read ahead. What finds no room is read by whoever wants it.
 * Safe for use by many threads.
 */
final class RangesAhead {
    /** Each of the two: what 240 ms hold at 160 MB/s. */
    static final long BYTES_MAX = 40 << 20;

    static final int UNDER_WAY_MAX = 128;
    private static final int WAITING_MAX = 4096;

    private final Turn now = new Turn();
    private final Turn later = new Turn();
    private final Set<PackRange> underWay = new HashSet<>();
    /** Those that were begun, and that nobody let go of. */
    private final Map<PackRange, Turn> held = new HashMap<>();

    /** Ranges that are wanted at about the same time. */
    private static final class Turn {
        private final Set<PackRange> waiting = new LinkedHashSet<>();
        private long bytes;
    }

    /** It is wanted now. Once, or again by others who want it too. */
    synchronized void ask(PackRange range) {
        later.waiting.remove(range);
        ask(range, now);
    }

    /** It will be wanted, after others. */
    synchronized void askLater(PackRange range) {
        if (!now.waiting.contains(range)) {
            ask(range, later);
        }
    }

    private void ask(PackRange range, Turn turn) {
        if (turn.waiting.size() < WAITING_MAX && !held.containsKey(range)) {
            turn.waiting.add(range);
            begin();
        }
    }

    private void begin() {
        begin(now);
        begin(later);
    }

    private void begin(Turn turn) {
        while (!turn.waiting.isEmpty() && underWay.size() < UNDER_WAY_MAX) {
            var range = turn.waiting.iterator().next();
            if (turn.bytes + range.length() > BYTES_MAX) {
                return;
            }
            turn.waiting.remove(range);
            held.put(range, turn);
            underWay.add(range);
            turn.bytes += range.length();
            Background.start("range", () -> read(range, turn));
        }
    }

    private void read(PackRange range, Turn turn) {
        try {
            range.bytes();
        } catch (StoreException _) {
            // Whoever wants a chunk of it is told
        } finally {
            ended(range, turn);
        }
    }

    private synchronized void ended(PackRange range, Turn turn) {
        underWay.remove(range);
        if (!held.containsKey(range)) {
            turn.bytes -= range.length();
        }
        begin();
    }

    /** Nobody wants it any more. */
    synchronized void drop(PackRange range) {
        now.waiting.remove(range);
        later.waiting.remove(range);
        var turn = held.remove(range);
        if (turn != null && !underWay.contains(range)) {
            turn.bytes -= range.length();
            begin();
        }
    }
}
