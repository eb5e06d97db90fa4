package rok.s3;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import rok.format.StoreException;
import rok.s3.Failure.Next;

/**
 * Sends requests: each attempt waits for its rate and its turn, is counted, and is made again where that can help, with
 * full jitter, within a budget of the store and a bound in time. Safe for use by many threads.
 */
final class Requests {
    static final int ATTEMPTS_MAX = 8;
    /** Of what is denied, and may not be a moment later. */
    static final int DENIED_ATTEMPTS_MAX = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
    /** Counted from the first failure; the attempts themselves are bounded too. */
    private static final Duration RETRYING_MAX = Duration.ofMinutes(2);

    private final Throttle throttle;
    private final ReloadableCredentials credentials;
    private final Ticks ticks;
    private final RandomGenerator random;
    private final String where;
    private final RequestLimiter limiter;
    private final RetryBudget budget = new RetryBudget();
    private final Map<Operation, LongAdder> counters = new ConcurrentHashMap<>();
    private final LongAdder retries = new LongAdder();
    private final LongAdder throttled = new LongAdder();

    Requests(Throttle throttle, ReloadableCredentials credentials, Ticks ticks, RandomGenerator random, String where) {
        this.throttle = throttle;
        this.credentials = credentials;
        this.ticks = ticks;
        this.random = random;
        this.where = where;
        this.limiter = new RequestLimiter(ticks);
    }

    /** One attempt. */
    @FunctionalInterface
    interface Attempt<T> {
        /** @param again an earlier attempt may have been carried out although its answer did not come */
        T make(boolean again);
    }

    /**
     * Makes attempts until one succeeds.
     *
     * @param doing for messages, such as {@code Reading x}
     * @param bytes how many the request moves, about
     */
    <T> T send(Operation operation, String doing, long bytes, Attempt<T> attempt) {
        var reloaded = false;
        var firstFailure = 0L;
        for (var number = 1; ; number++) {
            var began = begin(operation, doing, number);
            var generation = credentials.generation();
            Failure failure;
            try {
                var result = attempt.make(number > 1);
                limiter.release(began, bytes, false);
                budget.answered();
                return result;
            } catch (RuntimeException | Error e) {
                // What stands for an answer of the server (an object that is not there) is no failure to send.
                failure = classify(e, began);
            }
            if (number == 1) {
                firstFailure = ticks.nanos();
            }
            if (failure.next() == Next.NEW_CREDENTIALS && !reloaded) {
                credentials.reload(generation);
                reloaded = true;
                continue;
            }
            var late = ticks.nanos() - firstFailure > RETRYING_MAX.toNanos();
            if (number >= attemptsMax(failure.next(), operation) || late || !budget.take()) {
                throw failure.after(number).exception("%s in %s".formatted(doing, where));
            }
            pause(number, doing);
        }
    }

    private static int attemptsMax(Next next, Operation operation) {
        return switch (next) {
            case AGAIN, SLOWER -> ATTEMPTS_MAX;
            case AGAIN_IF_WRITING -> operation.isWrite() ? DENIED_ATTEMPTS_MAX : 1;
            case NEW_CREDENTIALS, GIVE_UP -> 1;
        };
    }

    private long begin(Operation operation, String doing, int number) {
        try {
            throttle.requests.take(1);
            var began = limiter.acquire();
            count(operation);
            if (number > 1) {
                retries.increment();
            }
            return began;
        } catch (InterruptedException e) {
            throw Failure.interrupted(e).exception("%s in %s".formatted(doing, where));
        }
    }

    /** One more of these, which some attempt makes besides. */
    void count(Operation operation) {
        counters.computeIfAbsent(operation, _ -> new LongAdder()).increment();
    }

    private Failure classify(Throwable e, long began) {
        var slower = false;
        try {
            if (e instanceof StoreException answer) {
                throw answer;
            }
            if (e instanceof Error error) {
                throw error;
            }
            var failure = Failure.of((RuntimeException) e);
            slower = failure.next() == Next.SLOWER;
            if (slower) {
                throttled.increment();
            }
            return failure;
        } finally {
            limiter.release(began, 0, slower);
        }
    }

    private void pause(int number, String doing) {
        var most = Math.min(PAUSE_MAX.toNanos(), FIRST_PAUSE.toNanos() << (number - 1));
        try {
            ticks.sleep(Duration.ofNanos(random.nextLong(most + 1)));
        } catch (InterruptedException e) {
            throw Failure.interrupted(e).exception("%s in %s".formatted(doing, where));
        }
    }

    RequestCounters counters(MeteredHttpClient wire) {
        return new RequestCounters(
                counted(Operation.PUT),
                counted(Operation.GET),
                counted(Operation.HEAD),
                counted(Operation.LIST),
                counted(Operation.DELETE),
                counted(Operation.MULTIPART),
                wire.sentBytes(),
                wire.receivedBytes(),
                retries.sum(),
                throttled.sum(),
                limiter.inFlight(),
                limiter.limit());
    }

    private long counted(Operation operation) {
        return counters.getOrDefault(operation, new LongAdder()).sum();
    }
}
