package rok.agent;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Steps in their order. Where a store is far they wait a while, so that what they will read is known, and on its way, before
 * their turn. For one thread.
 */
final class StepsAhead {
    /** Of files that are known before their turn, which mostly come compressed. What has come of them is bounded elsewhere. */
    private static final long BYTES_MAX = 192 << 20;

    private static final int STEPS_MAX = 8192;

    private final boolean isFar;
    private final Deque<Step> waiting = new ArrayDeque<>();
    private long bytes;

    StepsAhead(boolean isFar) {
        this.isFar = isFar;
    }

    private record Step(long bytes, Runnable action) {}

    /** @param length of what it will read, in bytes */
    void then(long length, Runnable action) {
        waiting.add(new Step(length, action));
        bytes += length;
        while (!waiting.isEmpty() && !mayWait()) {
            next();
        }
    }

    private boolean mayWait() {
        return isFar && bytes <= BYTES_MAX && waiting.size() <= STEPS_MAX;
    }

    private void next() {
        var step = waiting.remove();
        bytes -= step.bytes;
        step.action.run();
    }

    /** Does all that waits. */
    void finish() {
        while (!waiting.isEmpty()) {
            next();
        }
    }
}
