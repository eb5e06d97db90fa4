package rok.agent;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;
import rok.object.ObjectKey;
import rok.object.ObjectStore;

/** A store that does what the one behind it does, but for what its kind is about. */
abstract class ForwardingStore implements ObjectStore {
    protected final ObjectStore behind;

    ForwardingStore(ObjectStore behind) {
        this.behind = behind;
    }

    /** Comes before each call. */
    void before() {}

    @Override
    public PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
        before();
        return behind.put(key, content, condition);
    }

    @Override
    public void delete(ObjectKey key) {
        before();
        behind.delete(key);
    }

    @Override
    public void get(ObjectKey key, long offset, ByteBuffer into) {
        before();
        behind.get(key, offset, into);
    }

    @Override
    public Optional<Stored> read(ObjectKey key) {
        before();
        return behind.read(key);
    }

    @Override
    public Optional<ObjectInfo> stat(ObjectKey key) {
        before();
        return behind.stat(key);
    }

    @Override
    public Stream<ObjectInfo> list(ObjectKey prefix) {
        before();
        return behind.list(prefix);
    }

    @Override
    public Stream<ObjectKey> children(ObjectKey prefix) {
        before();
        return behind.children(prefix);
    }

    @Override
    public boolean isEmpty() {
        return behind.isEmpty();
    }

    @Override
    public void close() {
        behind.close();
    }
}
