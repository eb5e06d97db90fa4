package rok.check;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** When to stop. */
public final class TimeBox {
    private final LongSupplier nanos;
    private final long started;
    private final long length;

    private TimeBox(LongSupplier nanos, long length) {
        this.nanos = nanos;
        this.started = nanos.getAsLong();
        this.length = length;
    }

    /**
     * From now on.
     *
     * @param nanos a clock that only goes forward
     * @param length for ever, if empty
     */
    public static TimeBox of(LongSupplier nanos, Optional<Duration> length) {
        return new TimeBox(nanos, length.map(Duration::toNanos).orElse(Long.MAX_VALUE));
    }

    /** Never over. */
    static TimeBox unbounded() {
        return new TimeBox(() -> 0, Long.MAX_VALUE);
    }

    boolean isOver() {
        return nanos.getAsLong() - started >= length;
    }
}
