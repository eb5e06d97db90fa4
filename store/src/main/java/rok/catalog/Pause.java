package rok.catalog;

import java.time.Duration;
import java.util.concurrent.CancellationException;

/** How something waits: a test's waits without time going by. */
@FunctionalInterface
public interface Pause {
    void sleep(Duration time);

    /** Lets real time go by. Throws {@link CancellationException} when the thread is interrupted. */
    static Pause real() {
        return time -> {
            try {
                Thread.sleep(time);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("Interrupted");
            }
        };
    }
}
