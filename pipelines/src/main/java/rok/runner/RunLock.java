package rok.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock of one run, held by the process that runs it (or that cleans up after it) for as long as that lives: the kernel
 * lets go of it with the process, however that ends, and no later process can be taken for it.
 */
final class RunLock implements AutoCloseable {
    /**
     * What this process holds. A lock is the process's, and closing any channel of the file gives it up: so a file that is
     * held here is never opened a second time.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock of a run that is about to begin; nobody else knows its name yet. */
    static RunLock make(Path file) {
        // Somebody who cleans up may find the file between its making and its locking, and remove it as a dead run's.
        for (int i = 0; i < 100; i++) {
            var lock = take(file, StandardOpenOption.CREATE);
            if (lock.isPresent() && Files.exists(file)) {
                return lock.get();
            }
            lock.ifPresent(RunLock::close);
        }
        throw new IllegalStateException("The lock of the run is taken away again and again: " + file);
    }

    /** Takes the lock of a run that nobody runs any more; empty while somebody does. */
    static Optional<RunLock> ofDead(Path file) {
        var lock = take(file, StandardOpenOption.CREATE);
        if (lock.isPresent() && !Files.exists(file)) {
            lock.get().close(); // who cleaned up before was done with it just now
            return Optional.empty();
        }
        return lock;
    }

    /** Whether somebody holds the lock. Makes and changes nothing; what can't be looked at counts as held. */
    static boolean isHeld(Path file) {
        if (!Files.exists(file)) {
            return false;
        }
        var lock = take(file, StandardOpenOption.WRITE);
        lock.ifPresent(RunLock::close);
        return lock.isEmpty();
    }

    private static Optional<RunLock> take(Path file, StandardOpenOption option) {
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, option, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return Optional.of(new RunLock(file, channel));
            }
        } catch (IOException e) {
            // Not ours to write, or a file system without locks: as if somebody held it
        }
        close(channel);
        HELD.remove(file);
        return Optional.empty();
    }

    private static void close(@org.jspecify.annotations.Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the file; only then does anybody else get the lock. */
    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The lock of the run cannot be removed: " + file, e);
        }
    }

    @Override
    public void close() {
        close(channel);
        HELD.remove(file);
    }
}
