package rok.object;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Objects on the heap: for tests and demonstrations. They die with the process. */
public final class MemoryObjectStore implements ObjectStore {
    private final NavigableMap<ObjectKey, ByteBuffer> objects = new TreeMap<>();

    @Override
    public synchronized PutResult put(ObjectKey key, ByteBuffer content, Condition condition) {
        KeyShape.requireObject(key);
        if (content.remaining() > OBJECT_BYTES_MAX) {
            throw KeyShape.tooLarge(key, content.remaining());
        }
        var present = objects.get(key);
        var holds = switch (condition) {
            case Condition.Always _ -> true;
            case Condition.IfAbsent _ -> present == null;
            case Condition.IfMatches matches ->
                present != null && ContentTag.of(present).equals(matches.tag());
        };
        if (!holds) {
            return new PutResult.ConditionFailed();
        }
        var copy = ByteBuffer.allocate(content.remaining())
                .put(content.duplicate())
                .flip();
        objects.put(key, copy.asReadOnlyBuffer());
        return new PutResult.Done(ContentTag.of(copy));
    }

    @Override
    public void get(ObjectKey key, long offset, ByteBuffer into) {
        ByteBuffer found;
        synchronized (this) {
            found = objects.get(key);
        }
        if (found == null) {
            throw KeyShape.missing(key);
        }
        if (offset < 0 || offset + into.remaining() > found.remaining()) {
            throw KeyShape.tooShort(key, found.remaining(), offset, into.remaining());
        }
        into.put(found.slice((int) offset, into.remaining()));
    }

    @Override
    public synchronized Optional<Stored> read(ObjectKey key) {
        return Optional.ofNullable(objects.get(key)).map(found -> new Stored(found.duplicate(), ContentTag.of(found)));
    }

    @Override
    public synchronized Optional<ObjectInfo> stat(ObjectKey key) {
        return Optional.ofNullable(objects.get(key)).map(found -> new ObjectInfo(key, found.remaining()));
    }

    @Override
    public synchronized Stream<ObjectInfo> list(ObjectKey prefix) {
        var found = new ArrayList<ObjectInfo>();
        for (var entry : objects.tailMap(prefix).entrySet()) {
            if (!entry.getKey().value().startsWith(prefix.value())) {
                break;
            }
            found.add(new ObjectInfo(entry.getKey(), entry.getValue().remaining()));
        }
        return found.stream();
    }

    @Override
    public Stream<ObjectKey> children(ObjectKey prefix) {
        KeyShape.requireFolder(prefix);
        var start = prefix.value().length();
        return list(prefix)
                .map(info -> {
                    var slash = info.key().value().indexOf('/', start);
                    return slash < 0
                            ? info.key()
                            : new ObjectKey(info.key().value().substring(0, slash + 1));
                })
                .distinct();
    }

    @Override
    public synchronized boolean isEmpty() {
        return objects.isEmpty();
    }

    @Override
    public synchronized void delete(ObjectKey key) {
        objects.remove(key);
    }

    @Override
    public void close() {
        // Whoever opens it again with this very object finds everything.
    }

    @Override
    public String toString() {
        return "the store in memory";
    }
}
