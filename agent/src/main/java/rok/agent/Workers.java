package rok.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A few platform threads, each with tools of its own (buffers, a lane into the store, system calls), that do jobs in the
 * order they were given. The queue is bounded: who gives more than the workers can do waits.
 *
 * @param <T> a worker's tools, made and closed by its thread
 */
final class Workers<T extends Workers.Tools> implements AutoCloseable {
    private static final int QUEUE_MAX = 128;

    private final BlockingQueue<Job<T>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    Workers(String name, int count, Supplier<T> tools) {
        for (var i = 0; i < count; i++) {
            threads.add(Thread.ofPlatform()
                    .name("%s-%d".formatted(name, i))
                    .daemon()
                    .start(() -> work(tools)));
        }
    }

    /** At least two, so that reading and compressing overlap on a single core. */
    static int count() {
        return Math.max(2, Runtime.getRuntime().availableProcessors());
    }

    /** What a worker has for itself. */
    interface Tools extends AutoCloseable {
        @Override
        void close();
    }

    /** What a worker does. */
    @FunctionalInterface
    interface Task<T> {
        void run(T tools) throws Exception;
    }

    Job<T> submit(Task<T> task) {
        var job = new Job<>(task);
        try {
            queue.put(job);
        } catch (InterruptedException e) {
            throw interrupted();
        }
        return job;
    }

    /** A task that was given, to be waited for. */
    static final class Job<T> {
        private final Task<T> task;
        private final CountDownLatch done = new CountDownLatch(1);
        private @Nullable Throwable failure;

        private Job(Task<T> task) {
            this.task = task;
        }

        boolean isDone() {
            return done.getCount() == 0;
        }

        /** Throws what the task threw. */
        void await() {
            try {
                done.await();
            } catch (InterruptedException e) {
                throw interrupted();
            }
            switch (failure) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
        }
    }

    private void work(Supplier<T> maker) {
        try (var tools = maker.get()) {
            while (true) {
                run(queue.take(), tools);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            refuseAll(e);
        }
    }

    private void run(Job<T> job, T tools) {
        try {
            if (stopping) {
                throw new CancellationException("The work was stopped");
            }
            job.task.run(tools);
        } catch (Throwable t) {
            job.failure = t;
        } finally {
            job.done.countDown();
        }
    }

    /** A worker without tools answers each job with what kept it from having them. */
    private void refuseAll(RuntimeException reason) {
        while (!stopping) {
            try {
                var job = queue.take();
                job.failure = reason;
                job.done.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Stops the workers after what they are doing now, and lets go of their tools. Jobs not begun are not done. */
    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
        var interrupted = false;
        for (var thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("Interrupted");
    }
}
