package rok.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import rok.format.StoreException;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/**
 * An object store that goes wrong as its seed says, or stops for good at a chosen call: the way to try a crash at every
 * point. Failing <em>after</em> the work was done is the fault that matters most: the caller must not believe that
 * nothing happened.
 */
public final class FaultyObjectStore implements ObjectStore {
    private final ObjectStore store;
    private final Random random;
    private final Faults faults;
    private final AtomicLong calls = new AtomicLong();
    private volatile long stopAt = Long.MAX_VALUE;

    /** Wraps a store; nothing goes wrong yet with {@link Faults#NONE}. */
    public FaultyObjectStore(ObjectStore store, long seed, Faults faults) {
        this.store = store;
        this.random = new Random(seed);
        this.faults = faults;
    }

    /** From this call on, counted from 0, nothing is done any more and everything fails: the process is dead. */
    public FaultyObjectStore stoppingAt(long call) {
        stopAt = call;
        return this;
    }

    /** How many calls there were. */
    public long calls() {
        return calls.get();
    }

    @Override
    public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
        before("put", key);
        var result = store.put(key, content, condition);
        after("put", key);
        return result;
    }

    @Override
    public void get(ObjectKey key, long offset, ByteBuffer into) {
        before("get", key);
        var start = into.position();
        store.get(key, offset, into);
        if (into.position() > start && chance(faults.flip)) {
            var at = start + next(into.position() - start);
            into.put(at, (byte) (into.get(at) ^ 1 << next(8)));
        }
        if (chance(faults.truncate)) {
            throw new StoreException.Corrupt("Object %s ends early, as the test wants".formatted(key));
        }
        after("get", key);
    }

    @Override
    public Optional<Stored> read(ObjectKey key) {
        before("read", key);
        var result = store.read(key);
        after("read", key);
        return result.map(stored -> new Stored(damaged(stored.content()), stored.tag()));
    }

    @Override
    public Optional<ObjectInfo> stat(ObjectKey key) {
        before("stat", key);
        return store.stat(key);
    }

    @Override
    public Stream<ObjectInfo> list(ObjectKey prefix) {
        before("list", prefix);
        return store.list(prefix);
    }

    @Override
    public Stream<ObjectKey> children(ObjectKey prefix) {
        before("children", prefix);
        return store.children(prefix);
    }

    @Override
    public boolean isEmpty() {
        return store.isEmpty();
    }

    @Override
    public void delete(ObjectKey key) {
        before("delete", key);
        store.delete(key);
        after("delete", key);
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public String toString() {
        return "faulty " + store;
    }

    private ByteBuffer damaged(ByteBuffer content) {
        var copy = ByteBuffer.allocate(content.remaining())
                .put(content.duplicate())
                .flip();
        if (copy.hasRemaining() && chance(faults.flip)) {
            var at = next(copy.remaining());
            copy.put(at, (byte) (copy.get(at) ^ 1 << next(8)));
        }
        if (copy.hasRemaining() && chance(faults.truncate)) {
            copy.limit(next(copy.remaining()));
        }
        return copy.asReadOnlyBuffer();
    }

    private void before(String call, ObjectKey key) {
        if (calls.getAndIncrement() >= stopAt) {
            throw failure("stopped at", call, key);
        }
        if (chance(faults.delay)) {
            LockSupport.parkNanos(next(2_000_000));
        }
        if (chance(faults.failBefore)) {
            throw failure("failed before", call, key);
        }
    }

    private void after(String call, ObjectKey key) {
        if (chance(faults.failAfter)) {
            throw failure("failed after", call, key);
        }
    }

    private static StoreException failure(String how, String call, ObjectKey key) {
        return new StoreException.Unavailable("The test %s %s of %s".formatted(how, call, key), new IOException(how));
    }

    private synchronized boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    private synchronized int next(int bound) {
        return random.nextInt(bound);
    }

    /** Probabilities of each fault, per call. */
    public record Faults(double failBefore, double failAfter, double delay, double truncate, double flip) {
        public static final Faults NONE = new Faults(0, 0, 0, 0, 0);
    }
}
