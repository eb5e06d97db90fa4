package rok.catalog;

import java.time.Duration;

/** Does something again and again in the background; a test's does it when the test says so. */
@FunctionalInterface
public interface Ticker {
    /** Runs the task once in each period until the answer is closed. A task that throws is not run again. */
    Ticking every(Duration period, Runnable task);

    /** A task that is being repeated. */
    interface Ticking extends AutoCloseable {
        /** The task does not start any more; one that runs is not waited for. */
        @Override
        void close();
    }
}
