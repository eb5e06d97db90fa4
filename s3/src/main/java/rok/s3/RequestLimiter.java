package rok.s3;

import java.util.concurrent.Semaphore;

/**
 * How many requests are in flight at once: first come, first served. Starts at 32; a step more while there is a queue and
 * each step brings more through, up to 256; half when the server says that it is too much. Safe for use by many threads.
 */
final class RequestLimiter {
    static final int START = 32;
    static final int MAX = 256;

    private static final int MIN = 1;
    private static final int STEP = 8;
    /** A request costs as much as so many bytes: small ones count too. */
    private static final long REQUEST_BYTES = 64 << 10;

    private static final long WINDOW_NANOS = 250_000_000;
    private static final double GAIN = 1.05;
    private static final double LOSS = 0.8;
    /** Windows without a gain before another step is tried: the network may have become better. */
    private static final int PATIENCE = 20;

    private final Ticks ticks;
    private final Permits permits = new Permits();
    private int limit = START;
    private int inFlight;
    private boolean queued;
    private long windowStart;
    private long windowWork;
    private int windowCompleted;
    private double before;
    private int idleWindows;
    private boolean stepped;
    private long cutAt;

    RequestLimiter(Ticks ticks) {
        this.ticks = ticks;
        this.windowStart = ticks.nanos();
        this.cutAt = windowStart;
    }

    /** Waits for its turn; answers when it began, which {@link #release} wants. */
    long acquire() throws InterruptedException {
        if (permits.hasQueuedThreads() || !permits.tryAcquire()) {
            noteQueue();
            permits.acquire();
        }
        synchronized (this) {
            inFlight++;
            return ticks.nanos();
        }
    }

    /** The request has ended, somehow; it moved so many bytes. */
    synchronized void release(long began, long bytes, boolean throttled) {
        inFlight--;
        if (throttled) {
            // Those that were under way with it say the same of the same moment.
            if (began - cutAt > 0 || limit == START) {
                resize(Math.max(MIN, limit / 2));
                cutAt = ticks.nanos();
                before = 0;
                stepped = false;
            }
            startWindow();
        } else {
            windowWork += bytes + REQUEST_BYTES;
            windowCompleted++;
            var elapsed = ticks.nanos() - windowStart;
            if (elapsed >= WINDOW_NANOS && windowCompleted >= limit) {
                adapt(windowWork * 1e9 / elapsed);
            }
        }
        permits.release();
    }

    private void adapt(double throughput) {
        if (stepped && throughput < before * LOSS) {
            resize(Math.max(MIN, limit - STEP));
            stepped = false;
        } else if (queued && (throughput > before * GAIN || idleWindows >= PATIENCE)) {
            before = throughput;
            resize(Math.min(MAX, limit + STEP));
            stepped = true;
            idleWindows = 0;
        } else {
            idleWindows++;
            stepped = false;
        }
        startWindow();
    }

    private void startWindow() {
        windowStart = ticks.nanos();
        windowWork = 0;
        windowCompleted = 0;
        queued = permits.hasQueuedThreads();
    }

    private synchronized void noteQueue() {
        queued = true;
    }

    private void resize(int next) {
        if (next > limit) {
            permits.release(next - limit);
        } else {
            permits.reduce(limit - next);
        }
        limit = next;
    }

    synchronized int limit() {
        return limit;
    }

    synchronized int inFlight() {
        return inFlight;
    }

    /** Fair, and may owe permits after the limit went down. */
    private static final class Permits extends Semaphore {
        private static final long serialVersionUID = 1L;

        Permits() {
            super(START, true);
        }

        void reduce(int by) {
            reducePermits(by);
        }
    }
}
