package rok.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Rates and the number of requests in flight, under a clock that moves only when somebody sleeps. */
class LimitsTest {
    private final AtomicLong now = new AtomicLong();
    private final Ticks ticks = new Ticks() {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public void sleep(Duration time) {
            now.addAndGet(time.toNanos());
        }
    };

    @Test
    void aBucketLetsItsRateThroughAndNoMore() throws InterruptedException {
        var bucket = new TokenBucket(ticks);
        bucket.rate(1_000_000);
        for (var i = 0; i < 1000; i++) {
            bucket.take(10_000);
        }
        // The last take may be in debt, and a tenth of a second is there from the start.
        assertThat(now.get() * 1e-9).isBetween(9.7, 10.1);
    }

    @Test
    void aBucketWithoutARateNeverWaitsAndARateMayChangeMeanwhile() throws InterruptedException {
        var bucket = new TokenBucket(ticks);
        bucket.take(Long.MAX_VALUE);
        assertThat(now.get()).isZero();
        bucket.rate(1000);
        bucket.take(1_000_000);
        bucket.rate(0);
        bucket.take(1_000_000);
        assertThat(now.get()).isZero();
    }

    @Test
    void aWaiterNoticesThatTheRateChanged() throws InterruptedException {
        var bucket = new TokenBucket(ticks);
        bucket.rate(1000);
        bucket.take(1_000_000);
        var waits = new ArrayList<Duration>();
        var changing = new TokenBucket(new Ticks() {
            @Override
            public long nanos() {
                return now.get();
            }

            @Override
            public void sleep(Duration time) {
                now.addAndGet(time.toNanos());
                waits.add(time);
            }
        });
        changing.rate(1000);
        changing.take(1_000_000);
        var before = now.get();
        Thread.ofVirtual().start(() -> changing.rate(0)).join();
        changing.take(1);
        assertThat(now.get() - before).isZero();
        assertThat(waits).allMatch(wait -> wait.compareTo(Duration.ofMillis(100)) <= 0);
    }

    @Test
    void tooManyRequestsHalveTheLimitOnceForAllThatWereUnderWay() throws InterruptedException {
        var limiter = new RequestLimiter(ticks);
        var began = new ArrayList<Long>();
        now.addAndGet(1000);
        for (var i = 0; i < 10; i++) {
            began.add(limiter.acquire());
        }
        assertThat(limiter.inFlight()).isEqualTo(10);
        now.addAndGet(1000);
        began.forEach(start -> limiter.release(start, 0, true));
        assertThat(limiter.limit()).isEqualTo(RequestLimiter.START / 2);
        for (var i = 0; i < 20; i++) {
            now.addAndGet(1000);
            limiter.release(limiter.acquire(), 0, true);
        }
        assertThat(limiter.limit()).isEqualTo(1);
        assertThat(limiter.inFlight()).isZero();
    }

    @Test
    void aQueueThatGetsMoreThroughRaisesTheLimit() throws Exception {
        var limiter = new RequestLimiter(ticks);
        var most = Collections.synchronizedList(new ArrayList<Integer>());
        // A network where each request takes a second whatever the others do: more at once bring more through.
        for (var round = 0; round < 40; round++) {
            var threads = new ArrayList<Thread>();
            var held = new ArrayList<Long>();
            for (var i = 0; i < limiter.limit(); i++) {
                held.add(limiter.acquire());
            }
            threads.add(Thread.ofVirtual().start(() -> release(limiter, most)));
            while (threads.getFirst().getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            now.addAndGet(1_000_000_000);
            held.forEach(start -> limiter.release(start, 0, false));
            threads.getFirst().join();
        }
        assertThat(limiter.limit()).isGreaterThan(RequestLimiter.START).isLessThanOrEqualTo(RequestLimiter.MAX);
        assertThat(most).isSorted();
    }

    private static void release(RequestLimiter limiter, List<Integer> seen) {
        try {
            limiter.release(limiter.acquire(), 0, false);
            seen.add(limiter.limit());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aBudgetRunsOutAndIsRefilledByAnswers() {
        var budget = new RetryBudget();
        var taken = 0;
        while (budget.take()) {
            taken++;
        }
        assertThat(taken).isEqualTo(100);
        for (var i = 0; i < 4; i++) {
            budget.answered();
        }
        assertThat(budget.take()).isFalse();
        budget.answered();
        assertThat(budget.take()).isTrue();
    }
}
