package rok.object;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;
import rok.format.StoreException;

/**
 * Named byte strings. Every implementation gives: a put is atomic (no reader sees a part) and durable when it returns;
 * an object is readable and listed as soon as its put returned; {@link Condition.IfAbsent} admits one winner among
 * concurrent puts of all processes, {@link Condition.IfMatches} likewise. {@code ObjectStoreContract} in testkit checks
 * all of it. Safe for use by many threads. Failures are {@link StoreException}s that name the key.
 */
// Keep this small: each method here is a method of every implementation and every wrapper.
public interface ObjectStore extends AutoCloseable {
    /** Largest object, in bytes: packs are far smaller. */
    int OBJECT_BYTES_MAX = 256 << 20;

    /** Writes the remaining bytes of {@code content}, which may be direct, and leaves its position alone. */
    PutResult put(ObjectKey key, ByteBuffer content, Condition condition);

    /**
     * Fills {@code into} with the object's bytes from {@code offset}, as many as it has room for. For objects that are
     * never replaced. Throws {@link StoreException.Missing} where there is none, {@link StoreException.Corrupt} where the
     * object ends before {@code into} is full.
     */
    void get(ObjectKey key, long offset, ByteBuffer into);

    /** The whole object as it is now, with the tag that {@link Condition.IfMatches} takes. */
    Optional<Stored> read(ObjectKey key);

    Optional<ObjectInfo> stat(ObjectKey key);

    /** The objects whose key starts with {@code prefix}, in key order, lazily; close the stream. */
    Stream<ObjectInfo> list(ObjectKey prefix);

    /**
     * What lies one segment below {@code prefix} (which ends in {@code /}): whole keys of objects, and keys ending in
     * {@code /} that stand for everything below them. In key order; close the stream.
     */
    Stream<ObjectKey> children(ObjectKey prefix);

    /**
     * The objects two segments below {@code prefix} (which ends in {@code /}), in key order; close the stream. For places
     * where nothing lies deeper: a folder does not look at each name, and so shows what is no object as if it were one.
     */
    default Stream<ObjectKey> grandchildren(ObjectKey prefix) {
        KeyShape.requireFolder(prefix);
        var depth = prefix.value().chars().filter(c -> c == '/').count() + 1;
        return list(prefix)
                .map(ObjectInfo::key)
                .filter(key -> key.value().chars().filter(c -> c == '/').count() == depth);
    }

    /** How many puts at once it takes best; 0 when whoever puts must wait for it himself. */
    default int putsAtOnce() {
        return 2;
    }

    /** Nothing lies here, nothing of anybody else's either. */
    boolean isEmpty();

    /** Deleting an object that is not there is no error. */
    void delete(ObjectKey key);

    @Override
    void close();

    /** What must hold for a put to happen. */
    sealed interface Condition {
        record Always() implements Condition {}

        record IfAbsent() implements Condition {}

        record IfMatches(ETag tag) implements Condition {}
    }

    /** What a conditional put came to. */
    sealed interface PutResult {
        record Done(ETag tag) implements PutResult {}

        /** Somebody else wrote first: the caller reads theirs, and decides. */
        record ConditionFailed() implements PutResult {}
    }

    /** Changes whenever the object's content does. */
    record ETag(String value) {}

    /** An object's content and tag. The content is read-only. */
    record Stored(ByteBuffer content, ETag tag) {}

    /** An object's size in bytes, as listed. */
    record ObjectInfo(ObjectKey key, long size) {}
}
