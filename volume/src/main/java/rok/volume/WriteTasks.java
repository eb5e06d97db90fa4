package rok.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rok.linux.Fd;

/** The threads of a {@link DirectoryWriter}: they take tasks in small batches from a bounded queue. */
final class WriteTasks implements AutoCloseable {
    private static final int BATCHES_MAX = 16;
    private static final int BATCH_TASKS_MAX = 32;
    private static final long BATCH_BYTES_MAX = 256 << 10;
    private static final List<WriteTask> END = List.of();

    /** Makes temporary names differ between the writers of this process. */
    private static final AtomicLong WRITERS = new AtomicLong();

    private final ArrayBlockingQueue<List<WriteTask>> queue = new ArrayBlockingQueue<>(BATCHES_MAX);
    private final Set<TargetFolder> open = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final MetadataWriter metadata;
    private final WriteWorker ownWorker;
    private final List<SharedFile> shared = new ArrayList<>();
    private List<WriteTask> batch = new ArrayList<>();
    private long batchBytes;
    private int batchesUnderWay;
    private boolean ended;

    WriteTasks(Fd root, Existing existing, int threadCount, Consumer<Warning> warnings) {
        metadata = new MetadataWriter(warnings);
        var umask = umask();
        var prefix = ".rok-new-%d-%d".formatted(ProcessHandle.current().pid(), WRITERS.incrementAndGet());
        ownWorker = new WriteWorker(root, existing, metadata, umask, prefix + "-");
        for (var i = 0; i < threadCount; i++) {
            var worker = new WriteWorker(root, existing, metadata, umask, prefix + "-" + i + "-");
            threads.add(Thread.ofPlatform().daemon().name("rok-write-" + i).start(() -> work(worker)));
        }
    }

    /** Asked of /proc: the call that tells it also changes it, for all threads. */
    private static int umask() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("Umask:"))
                    .mapToInt(line -> Integer.parseInt(line.substring(6).trim(), 8))
                    .findFirst()
                    .orElse(0777);
        } catch (IOException e) {
            return 0777; // unknown: every mode is set
        }
    }

    /** A file that is written in parts, to be abandoned when the writing ends before they do. */
    SharedFile share(WriteTask.File file, int parts) {
        shared.removeIf(SharedFile::isOver);
        var made = new SharedFile(file, parts);
        shared.add(made);
        return made;
    }

    void submit(WriteTask task) {
        batch.add(task);
        batchBytes += task.bytes();
        if (batch.size() >= BATCH_TASKS_MAX || batchBytes >= BATCH_BYTES_MAX) {
            flush();
        }
    }

    private void flush() {
        throwFailure();
        if (batch.isEmpty()) {
            return;
        }
        synchronized (this) {
            batchesUnderWay++;
        }
        put(batch);
        batch = new ArrayList<>(BATCH_TASKS_MAX);
        batchBytes = 0;
    }

    private void put(List<WriteTask> tasks) {
        try {
            queue.put(tasks);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while writing a folder", e);
        }
    }

    void opened(TargetFolder folder) {
        open.add(folder);
    }

    /** No more comes into this folder. */
    void left(TargetFolder folder) {
        if (folder.leave()) {
            ownWorker.finish(folder, open::remove);
        }
    }

    /** Waits until everything submitted is done. */
    void drain() {
        flush();
        try {
            synchronized (this) {
                while (batchesUnderWay > 0) {
                    wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while writing a folder", e);
        }
        throwFailure();
    }

    void finish() {
        drain();
        metadata.report();
    }

    void throwFailure() {
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private void work(WriteWorker worker) {
        try (worker) {
            for (var tasks = queue.take(); !tasks.isEmpty(); tasks = queue.take()) {
                run(worker, tasks);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(WriteWorker worker, List<WriteTask> tasks) {
        try {
            for (var task : tasks) {
                if (failure.get() == null) {
                    runUnlessUnavailable(worker, task);
                    if (task.folder().endTask()) {
                        worker.finish(task.folder(), open::remove);
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        } finally {
            synchronized (this) {
                batchesUnderWay--;
                notifyAll();
            }
        }
    }

    private static void runUnlessUnavailable(WriteWorker worker, WriteTask task) {
        try {
            worker.run(task);
        } catch (FileContent.Unavailable _) {
            // Whoever threw it has told why, and the rest goes on
        }
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        failure.compareAndSet(null, new IllegalStateException("The writing was given up"));
        threads.forEach(_ -> put(END));
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        shared.forEach(ownWorker::abandon);
        open.forEach(TargetFolder::close);
        ownWorker.close();
    }
}
