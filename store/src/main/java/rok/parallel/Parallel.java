package rok.parallel;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing to each of many, by a few threads that take the next when they are done with one: nothing is queued. The
 * first failure stops all. One thread is the caller's own.
 */
public final class Parallel<T> {
    /** Folders nest 2,048 deep, and who walks them goes down with them. */
    private static final long STACK_BYTES = 64L << 20;

    private final Iterator<T> items;
    private final BooleanSupplier isOver;
    private @Nullable Throwable failure;

    private Parallel(Iterator<T> items, BooleanSupplier isOver) {
        this.items = items;
        this.isOver = isOver;
    }

    /** One thread's way of doing it, with the buffers that it needs. */
    @FunctionalInterface
    public interface Work<T> {
        void on(T item);
    }

    /**
     * Returns when all are done, or {@code isOver} says so: then false.
     *
     * @param worker makes what one thread works with
     */
    public static <T> boolean run(int threads, Iterator<T> items, BooleanSupplier isOver, Supplier<Work<T>> worker) {
        return new Parallel<>(items, isOver).run(threads, worker);
    }

    private boolean run(int threads, Supplier<Work<T>> worker) {
        if (threads == 1) {
            work(worker);
            requireNoFailure();
            return !items.hasNext();
        }
        var started = new ArrayList<Thread>();
        for (var i = 0; i < threads; i++) {
            var thread = new Thread(null, () -> work(worker), "rok-worker-" + i, STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
            started.add(thread);
        }
        var interrupted = join(started);
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted");
        }
        requireNoFailure();
        return !items.hasNext();
    }

    private void requireNoFailure() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private boolean join(List<Thread> threads) {
        var interrupted = false;
        for (var thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                    fail(new CancellationException("Interrupted"));
                    threads.forEach(Thread::interrupt);
                }
            }
        }
        return interrupted;
    }

    private void work(Supplier<Work<T>> worker) {
        try {
            var work = worker.get();
            for (var item = next(); item.isPresent(); item = next()) {
                work.on(item.get());
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private synchronized Optional<T> next() {
        return failure == null && !isOver.getAsBoolean() && items.hasNext()
                ? Optional.of(items.next())
                : Optional.empty();
    }

    private synchronized void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }
}
