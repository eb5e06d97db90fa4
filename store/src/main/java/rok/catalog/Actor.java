package rok.catalog;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Who acts on a catalogue, with all that is not determined by the store: identity, clock, chance and timer. */
public record Actor(Writer writer, InstantSource clock, RandomGenerator random, Ticker ticker) {

    /** This process with the system's clock. Its timer is a daemon thread, started at the first begin. */
    public static Actor system() {
        var random = new SplittableRandom(seed());
        return new Actor(Writer.self(random), InstantSource.system(), random, (period, task) -> {
            var timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("rok-lease").factory());
            var _ = timer.scheduleAtFixedRate(task, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
            return timer::shutdown;
        });
    }

    /** From the kernel: ids must differ between processes, not be secret, and SecureRandom takes 20 ms to start. */
    private static long seed() {
        try (var in = new DataInputStream(Files.newInputStream(Path.of("/dev/urandom")))) {
            return in.readLong();
        } catch (IOException _) {
            return new SecureRandom().nextLong();
        }
    }
}
