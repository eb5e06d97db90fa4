package rok.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.object.RemoteObjects;

/** A store behind a network: it counts the ranges that it is asked for, and can hold large ones back until there are so many. */
final class FarStore extends ForwardingStore implements RemoteObjects {
    private static final long PATIENCE_SECONDS = 60;
    /** Of data: trees and lists come in shorter ones. */
    private static final int LARGE_BYTES = 1 << 20;

    private final AtomicInteger ranges = new AtomicInteger();
    private final AtomicInteger callsLeft = new AtomicInteger(Integer.MAX_VALUE);
    private volatile CountDownLatch together = new CountDownLatch(0);

    FarStore(ObjectStore store) {
        super(store);
    }

    int ranges() {
        return ranges.get();
    }

    /** From now on no large range is answered until so many are asked for at once. */
    void holdUntil(int atOnce) {
        together = new CountDownLatch(atOnce);
    }

    /** After so many calls from now on, nothing is answered any more. */
    void failAfter(int calls) {
        callsLeft.set(calls);
    }

    @Override
    void before() {
        if (callsLeft.getAndDecrement() <= 0) {
            callsLeft.set(0);
            throw new StoreException.Unavailable("The store did not answer", new IOException("timeout"));
        }
    }

    @Override
    public void get(ObjectKey key, long offset, ByteBuffer into) {
        ranges.incrementAndGet();
        if (into.remaining() > LARGE_BYTES) {
            together.countDown();
            try {
                if (!together.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError(together.getCount() + " more were to be asked for meanwhile");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        super.get(key, offset, into);
    }

    @Override
    public Optional<Duration> clockSkew() {
        return Optional.empty();
    }
}
