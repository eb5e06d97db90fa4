package rok.names;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Makes version ids: UUIDs of version 7 (RFC 9562), each greater than the one before, also when the clock stands or
 * goes back. Safe for use by many threads.
 */
public final class VersionIds {
    private static final int COUNTER_MAX = 0xFFF;

    private final InstantSource clock;
    private final RandomGenerator random;
    private long millis;
    private int counter;

    public VersionIds(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    public synchronized VersionId next() {
        // Several makers may share one source, and not every source is safe for that
        synchronized (random) {
            return draw();
        }
    }

    private VersionId draw() {
        var now = clock.millis();
        if (now > millis) {
            millis = now;
            // From the lower half, so that a burst within one millisecond has room to count
            counter = random.nextInt(0x800);
        } else if (counter < COUNTER_MAX) {
            counter++;
        } else {
            millis++;
            counter = random.nextInt(0x800);
        }
        var low = random.nextLong();
        return new VersionId("%08x-%04x-7%03x-%04x-%012x"
                .formatted(
                        (millis >>> 16) & 0xFFFFFFFFL,
                        millis & 0xFFFF,
                        counter,
                        0x8000 | ((low >>> 48) & 0x3FFF),
                        low & 0xFFFFFFFFFFFFL));
    }
}
