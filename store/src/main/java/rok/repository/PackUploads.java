package rok.repository;

import java.io.InterruptedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import rok.format.StoreException;
import rok.index.SessionIndex;
import rok.object.ObjectStore;
import rok.object.ObjectStore.Condition;
import rok.object.ObjectStore.PutResult;
import rok.pack.PackName;
import rok.pack.PackWriter;

/**
 * Puts sealed packs while lanes go on. What is under way is bounded by the pool, whose packs come back here. The first
 * failure ends the session: everything later fails with it.
 */
final class PackUploads implements AutoCloseable {
    private final ObjectStore store;
    private final PackPool pool;
    private final SessionIndex session;
    // Platform threads: what they wait for is the disk, and that would hold a virtual thread's carrier.
    private final ThreadPoolExecutor threads;
    private final Executor executor;
    private int underWay;
    private long storedBytes;
    private long packs;
    private volatile @Nullable Throwable failure;

    PackUploads(ObjectStore store, PackPool pool, SessionIndex session) {
        this.store = store;
        this.pool = pool;
        this.session = session;
        this.threads = new ThreadPoolExecutor(
                Math.max(1, store.putsAtOnce()),
                Math.max(1, store.putsAtOnce()),
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("rok-upload-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        this.executor = store.putsAtOnce() == 0 ? Runnable::run : threads;
    }

    /** Seals the pack and gives it to the threads. */
    void submit(PackName name, PackWriter pack) {
        synchronized (this) {
            underWay++;
        }
        executor.execute(() -> {
            try {
                if (failure == null) {
                    upload(name, pack);
                }
            } catch (RuntimeException | Error e) {
                fail(e);
            } finally {
                pool.give(pack);
                finished();
            }
        });
    }

    /** Waits until everything submitted is durable; throws what went wrong. */
    synchronized void await() {
        while (underWay > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException.Unavailable("Writing was interrupted", new InterruptedIOException());
            }
        }
        requireNoFailure();
    }

    void fail(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }

    /** Throws the session's failure, if there is one. */
    void requireNoFailure() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    synchronized long storedBytes() {
        return storedBytes;
    }

    synchronized long packs() {
        return packs;
    }

    @Override
    public void close() {
        fail(new IllegalStateException("The writer is closed"));
        var dropped = threads.shutdownNow().size();
        synchronized (this) {
            underWay -= dropped;
            notifyAll();
        }
        try {
            // An interrupted put ends soon; the caller may close the store next.
            var _ = threads.awaitTermination(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void upload(PackName name, PackWriter pack) {
        var content = pack.seal();
        var ordinal = session.place(name, pack.entries());
        if (store.put(name.key(), content, new Condition.IfAbsent()) instanceof PutResult.ConditionFailed) {
            throw new IllegalStateException("Pack %s is there already: its name was not random".formatted(name));
        }
        // Invariant 3
        session.setDurable(ordinal);
        synchronized (this) {
            storedBytes += content.remaining();
            packs++;
        }
    }

    private synchronized void finished() {
        underWay--;
        notifyAll();
    }
}
