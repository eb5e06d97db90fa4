package rok.agent;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Extent;

/**
 * Reads chunks at the same time and hands them over in the order in which they were asked for, between steps that need no
 * chunk. Holds at most {@link #BYTES_MAX} of them. Close it. For one thread.
 */
final class ReadAhead implements AutoCloseable {
    private static final int BYTES_MAX = 32 << 20;
    private static final int STEPS_MAX = 4096;

    private final ChunkReader chunks;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Step> waiting = new ArrayDeque<>();
    private long bytes;

    ReadAhead(ChunkReader chunks) {
        this.chunks = chunks;
    }

    /** Takes the bytes of a chunk. */
    interface Sink {
        void take(byte[] bytes) throws IOException;
    }

    /** Something to do when its turn comes. */
    interface Action {
        void run() throws IOException;
    }

    private record Step(long bytes, Action action) {}

    void then(Action action) throws IOException {
        add(new Step(0, action));
    }

    /** @param path that failures name */
    void read(Extent extent, ByteString path, Sink sink) throws IOException {
        var read = threads.submit(() -> NamedDamage.read(chunks, path, extent));
        add(new Step(extent.length(), () -> sink.take(ExtentsAhead.result(read))));
    }

    private void add(Step step) throws IOException {
        waiting.add(step);
        bytes += step.bytes;
        while (bytes > BYTES_MAX || waiting.size() > STEPS_MAX) {
            doNext();
        }
    }

    /** Does all that waits. */
    void finish() throws IOException {
        while (!waiting.isEmpty()) {
            doNext();
        }
    }

    private void doNext() throws IOException {
        var step = waiting.remove();
        bytes -= step.bytes;
        step.action.run();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.close();
        } catch (CancellationException _) {
            // What nobody waits for any more
        }
    }
}
