package rok.object;

import java.nio.ByteBuffer;
import rok.format.StoreException;

/**
 * What a store that keeps its objects in local files does besides: shows one in memory without reading it, and makes
 * durable what others did.
 */
public interface LocalObjects {
    /**
     * The whole object, read-only, mapped. Stays readable after the object was deleted. Throws
     * {@link StoreException.Missing} where there is none.
     */
    ByteBuffer map(ObjectKey key);

    /**
     * What is seen below {@code folder} (which ends in {@code /}) before the call is durable after it: objects that are
     * there, and that others are not there any more. Whoever put or deleted them may not have come to that yet, or was
     * killed before.
     */
    void settle(ObjectKey folder);

    /** The same of any store: what others show is durable as soon as it is seen. */
    static void settle(ObjectStore store, ObjectKey folder) {
        if (store instanceof LocalObjects files) {
            files.settle(folder);
        }
    }
}
