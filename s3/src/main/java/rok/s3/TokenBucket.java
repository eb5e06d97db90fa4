package rok.s3;

import java.time.Duration;

/**
 * So many tokens a second, a tenth of a second's worth at once. Whoever takes more than there are goes into debt, and the
 * next one waits until it is paid: a large amount is taken whole and still averages out. Safe for use by many threads.
 */
final class TokenBucket {
    /** A waiter looks again so often, in case the rate was changed meanwhile. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private static final double BURST_SECONDS = 0.1;

    private final Ticks ticks;
    private long perSecond;
    private double tokens;
    private long filledAt;

    TokenBucket(Ticks ticks) {
        this.ticks = ticks;
        this.filledAt = ticks.nanos();
    }

    /** From now on; 0 is no limit. Debts are forgotten. */
    synchronized void rate(long tokensPerSecond) {
        if (tokensPerSecond != perSecond) {
            perSecond = tokensPerSecond;
            tokens = burst();
            filledAt = ticks.nanos();
        }
    }

    void take(long amount) throws InterruptedException {
        for (var wait = tryTake(amount); wait > 0; wait = tryTake(amount)) {
            var time = Duration.ofNanos(wait);
            ticks.sleep(time.compareTo(LOOK_AGAIN) < 0 ? time : LOOK_AGAIN);
        }
    }

    /** Takes them, and answers 0; or answers how many nanoseconds to wait. */
    private synchronized long tryTake(long amount) {
        if (perSecond == 0) {
            return 0;
        }
        var now = ticks.nanos();
        tokens = Math.min(burst(), tokens + (now - filledAt) * 1e-9 * perSecond);
        filledAt = now;
        if (tokens > 0) {
            tokens -= amount;
            return 0;
        }
        return Math.max(1_000_000, (long) ((1 - tokens) / perSecond * 1e9));
    }

    private double burst() {
        return Math.max(1, perSecond * BURST_SECONDS);
    }
}
