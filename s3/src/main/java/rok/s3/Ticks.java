package rok.s3;

import java.time.Duration;

/** Time that passes: what waits and measures takes it from here, so that a test need not wait. */
interface Ticks {
    /** Nanoseconds since some moment. */
    long nanos();

    /** Lets so much time pass. */
    void sleep(Duration time) throws InterruptedException;

    /** The machine's. */
    static Ticks system() {
        return new Ticks() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration time) throws InterruptedException {
                Thread.sleep(time);
            }
        };
    }
}
