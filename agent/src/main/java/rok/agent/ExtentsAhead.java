package rok.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.Extent;
import rok.snapshot.Extents;

/** The extents of a file in order, while the chunks of the next ones are being read. Holds at most 4 MiB. For one thread. */
final class ExtentsAhead {
    private static final int AHEAD_MAX = 16;

    private final ChunkReader chunks;
    private final ByteString path;
    private final Extents extents;
    private final Predicate<ChunkId> isWanted;
    private final ExecutorService threads;
    private final Deque<Ahead> waiting = new ArrayDeque<>();

    /**
     * One that has begun to read, where that takes no waiting.
     *
     * @param path that failures name
     * @param isWanted which chunks are to be read
     */
    ExtentsAhead(
            ChunkReader chunks,
            ByteString path,
            Content content,
            Predicate<ChunkId> isWanted,
            ExecutorService threads) {
        this.chunks = chunks;
        this.path = path;
        this.extents = new Extents(chunks, content, 0);
        this.isWanted = isWanted;
        this.threads = threads;
        if (content.depth() == 0) {
            goAhead();
        }
    }

    /** An extent, and the bytes that are coming where they are wanted. */
    private record Ahead(Extent extent, Optional<Future<byte[]>> bytes) {}

    /** An extent, and its bytes where they were wanted. */
    record Loaded(Extent extent, Optional<byte[]> bytes) {}

    /** The next one; nothing at the end. Throws {@link StoreException.Corrupt}, naming the path, where it is damaged. */
    Optional<Loaded> next() {
        goAhead();
        var next = waiting.poll();
        return next == null
                ? Optional.empty()
                : Optional.of(new Loaded(next.extent, next.bytes.map(ExtentsAhead::result)));
    }

    private void goAhead() {
        try {
            while (waiting.size() < AHEAD_MAX && extents.hasNext()) {
                var extent = extents.next();
                waiting.add(new Ahead(
                        extent,
                        extent.isHole() || !isWanted.test(extent.chunk())
                                ? Optional.empty()
                                : Optional.of(threads.submit(() -> NamedDamage.read(chunks, path, extent)))));
            }
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            throw NamedDamage.of(path, e);
        }
    }

    /** Waits for what is read; throws what reading threw. */
    static byte[] result(Future<byte[]> read) {
        try {
            return read.get();
        } catch (InterruptedException e) {
            throw Workers.interrupted();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
