package rok.object;

import java.nio.ByteBuffer;
import rok.format.StoreException;

/** What a store that keeps its objects in local files can do besides: show one in memory without reading it. */
public interface MappableObjects {
    /**
     * The whole object, read-only, mapped. Stays readable after the object was deleted. Throws
     * {@link StoreException.Missing} where there is none.
     */
    ByteBuffer map(ObjectKey key);
}
