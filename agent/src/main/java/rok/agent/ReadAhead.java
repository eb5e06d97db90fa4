package rok.agent;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import rok.format.StoreException;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.ContentInput;
import rok.snapshot.Extent;

/**
 * Reads chunks at the same time, neighbours together, and hands them over in the order in which they were asked for, between steps
 * that need no chunk. Holds at most {@link #BYTES_MAX} of them. Close it. For one thread.
 */
final class ReadAhead implements AutoCloseable {
    private static final int BYTES_MAX = 32 << 20;
    private static final int STEPS_MAX = 4096;

    private final ChunkReader chunks;
    private final int togetherMax;
    private final long togetherBytesMax;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Step> waiting = new ArrayDeque<>();
    /** What is asked for with the next that comes. */
    private final List<Read> together = new ArrayList<>();

    private long togetherBytes;
    private long bytes;

    ReadAhead(ChunkReader chunks) {
        this.chunks = chunks;
        togetherMax = chunks.isFar() ? 1024 : 64;
        togetherBytesMax = chunks.isFar() ? 8 << 20 : 1 << 20;
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

    /** A chunk that is asked for; its bytes come from one that reads its neighbours too. */
    private record Read(Extent extent, ByteString path, CompletableFuture<byte[]> bytes) {}

    void then(Action action) throws IOException {
        add(new Step(0, action));
    }

    /** @param path that failures name */
    void read(Extent extent, ByteString path, Sink sink) throws IOException {
        var asked = new Read(extent, path, new CompletableFuture<>());
        together.add(asked);
        togetherBytes += extent.length();
        if (togetherBytes >= togetherBytesMax || together.size() == togetherMax) {
            ask();
        }
        add(new Step(extent.length(), () -> sink.take(result(asked))));
    }

    private void ask() {
        var batch =
                chunks.batch(together.stream().map(read -> read.extent.chunk()).toList());
        batch.ahead();
        var left = new AtomicInteger(together.size());
        for (var read : together) {
            threads.execute(() -> {
                try {
                    read.bytes.complete(bytes(batch, read));
                } catch (RuntimeException | Error e) {
                    read.bytes.completeExceptionally(e);
                } finally {
                    if (left.decrementAndGet() == 0) {
                        batch.close();
                    }
                }
            });
        }
        together.clear();
        togetherBytes = 0;
    }

    private static byte[] bytes(ChunkBatch batch, Read read) {
        var into = new byte[(int) read.extent.length()];
        try {
            ContentInput.read(batch, read.extent, into);
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            throw NamedDamage.of(read.path, e);
        }
        return into;
    }

    /** Waits for what is read; throws what reading threw. */
    private byte[] result(Read read) {
        if (!together.isEmpty() && together.getFirst().equals(read)) {
            ask();
        }
        try {
            return read.bytes.get();
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
