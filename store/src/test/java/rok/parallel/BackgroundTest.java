package rok.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class BackgroundTest {
    @Test
    void aFailureThatNobodyCatchesIsNotShown() throws Exception {
        var shown = new AtomicReference<Throwable>();
        var before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, failure) -> shown.set(failure));
        try {
            var running = new CompletableFuture<Thread>();
            Background.start("test", () -> {
                running.complete(Thread.currentThread());
                throw new IllegalStateException("The store is closed");
            });
            var thread = running.get();
            thread.join();
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.isVirtual()).isFalse();
            assertThat(shown).hasNullValue();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
