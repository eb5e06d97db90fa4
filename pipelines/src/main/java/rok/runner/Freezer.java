package rok.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Knows which steps run, and holds them still while a version of the clones that they share is taken, so that it is one point
 * in time. Steps go on right after; should this process die meanwhile, their drivers end them.
 */
final class Freezer {
    private final ReentrantLock lock = new ReentrantLock();
    /** Changed under the lock; read by {@link #cancel} without, which must not wait for a version. */
    private final Set<StepProcess> running = ConcurrentHashMap.newKeySet();

    /** In the order in which they were made. Not under the lock: a process tells of them that is just to be held still. */
    private final Queue<Path> mountFolders = new ConcurrentLinkedQueue<>();

    private volatile boolean cancelled;

    /** Starts a process, unless the run was cancelled: not while a version is taken. */
    StepProcess start(Supplier<StepProcess> starter) {
        lock.lock();
        try {
            var process = starter.get();
            running.add(process);
            if (cancelled) {
                process.cancel();
            }
            return process;
        } finally {
            lock.unlock();
        }
    }

    void ended(StepProcess process) {
        lock.lock();
        try {
            running.remove(process);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Remembers folders that were made inside clones as mount points; they go as soon as no step stands in them. Waits for
     * nothing: who calls it reads what the process says, its answer to being held still too.
     */
    void made(Iterable<String> folders) {
        folders.forEach(folder -> mountFolders.add(Path.of(folder)));
    }

    /**
     * Takes something while nothing moves.
     *
     * @param notStill is run when some process could not be held
     */
    <T> T still(Supplier<T> taking, Runnable notStill) throws InterruptedException {
        lock.lockInterruptibly();
        var frozen = new ArrayList<StepProcess>();
        try {
            for (var process : running) {
                frozen.add(process);
                if (!process.freeze()) {
                    notStill.run();
                }
            }
            if (running.isEmpty()) {
                removeMountFolders();
            }
            return taking.get();
        } finally {
            frozen.forEach(StepProcess::thaw);
            lock.unlock();
        }
    }

    /** Ends the steps that run, and any that start from now on. Does not wait for a version that is being taken. */
    void cancel() {
        cancelled = true;
        for (var process : new ArrayList<>(running)) {
            process.cancel();
        }
    }

    boolean isCancelled() {
        return cancelled;
    }

    private void removeMountFolders() {
        for (var folder : mountFolders.stream().distinct().toList().reversed()) {
            try {
                var above = folder.getParent();
                if (above != null && Files.isDirectory(folder)) {
                    var time = Files.getLastModifiedTime(above);
                    Files.deleteIfExists(folder);
                    Files.setLastModifiedTime(above, time);
                }
            } catch (IOException ignored) {
                // The step put something there: it stays
            }
        }
        mountFolders.clear();
    }
}
