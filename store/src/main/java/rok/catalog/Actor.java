package rok.catalog;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Who acts on a catalogue, with all that is not determined by the store: identity, clock, chance and timer. */
public record Actor(Writer writer, InstantSource clock, RandomGenerator random, Ticker ticker) {

    /** This process with the system's clock. Its timer is a daemon thread, started at the first begin. */
    public static Actor system() {
        var random = new SecureRandom();
        return new Actor(Writer.self(random), InstantSource.system(), random, (period, task) -> {
            var timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("rok-lease").factory());
            var _ = timer.scheduleAtFixedRate(task, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
            return timer::shutdown;
        });
    }
}
