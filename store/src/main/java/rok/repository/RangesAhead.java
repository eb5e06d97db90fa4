package rok.repository;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import rok.format.StoreException;
import rok.parallel.Background;

/**
 * Reads ranges of packs before they are wanted, in the order in which they were asked for. What is on its way and what
 * nobody let go of yet is bounded; what finds no room is read by whoever wants it. Safe for use by many threads.
 */
final class RangesAhead {
    /** What 240 ms hold at 200 MB/s, and some more for what waits for its turn. */
    static final long BYTES_MAX = 64 << 20;

    static final int UNDER_WAY_MAX = 128;
    private static final int WAITING_MAX = 4096;

    private final Set<PackRange> waiting = new LinkedHashSet<>();
    private final Set<PackRange> underWay = new HashSet<>();
    /** Those that were begun, and that nobody let go of. */
    private final Set<PackRange> held = new HashSet<>();

    private long bytes;

    /** Once, or again by others who want it too. */
    synchronized void ask(PackRange range) {
        if (waiting.size() < WAITING_MAX && !held.contains(range)) {
            waiting.add(range);
            begin();
        }
    }

    private void begin() {
        while (!waiting.isEmpty() && underWay.size() < UNDER_WAY_MAX) {
            var range = waiting.iterator().next();
            if (bytes + range.length() > BYTES_MAX) {
                return;
            }
            waiting.remove(range);
            held.add(range);
            underWay.add(range);
            bytes += range.length();
            Background.start("range", () -> read(range));
        }
    }

    private void read(PackRange range) {
        try {
            range.bytes();
        } catch (StoreException _) {
            // Whoever wants a chunk of it is told
        } finally {
            ended(range);
        }
    }

    private synchronized void ended(PackRange range) {
        underWay.remove(range);
        if (!held.contains(range)) {
            bytes -= range.length();
        }
        begin();
    }

    /** Nobody wants it any more. */
    synchronized void drop(PackRange range) {
        waiting.remove(range);
        if (held.remove(range) && !underWay.contains(range)) {
            bytes -= range.length();
            begin();
        }
    }
}
