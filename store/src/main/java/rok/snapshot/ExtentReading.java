package rok.snapshot;

import java.util.Optional;

/** The extents of a content one after another, and the bytes of the one that came last. Close it. For one thread. */
public interface ExtentReading extends AutoCloseable {
    /** The next one; nothing at the end. */
    Optional<Extent> next();

    /** The bytes of the extent that came last, and that is not a hole. Throws as a {@link rok.repository.ChunkReader} does. */
    void read(Extent extent, byte[] into);

    @Override
    void close();
}
