package rok.object;

import rok.format.StoreException;

/** What every store demands of a key, and says in the same words. */
public final class KeyShape {
    private KeyShape() {}

    public static void requireObject(ObjectKey key) {
        if (key.value().endsWith("/")) {
            throw new IllegalArgumentException("Key %s ends in a slash: it names a prefix, no object".formatted(key));
        }
    }

    public static void requireFolder(ObjectKey prefix) {
        if (!prefix.value().endsWith("/")) {
            throw new IllegalArgumentException("Prefix %s does not end in a slash".formatted(prefix));
        }
    }

    public static IllegalArgumentException tooLarge(ObjectKey key, int bytes) {
        return new IllegalArgumentException("Object %s has %d bytes, more than the %d an object may have"
                .formatted(key, bytes, ObjectStore.OBJECT_BYTES_MAX));
    }

    public static StoreException.Missing missing(ObjectKey key) {
        return new StoreException.Missing("There is no object %s".formatted(key));
    }

    public static StoreException.Corrupt tooShort(ObjectKey key, long size, long offset, int length) {
        return new StoreException.Corrupt("Object %s is corrupt: it has %d bytes, and %d were wanted from offset %d"
                .formatted(key, size, length, offset));
    }
}
