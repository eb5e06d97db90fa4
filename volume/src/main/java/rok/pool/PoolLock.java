package rok.pool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import rok.linux.Bytes;
import rok.linux.Fd;
import rok.linux.Flags;

/** A file that one holder at a time has locked, whichever process or thread it is. Ends with the process at the latest. */
final class PoolLock implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_MILLIS = 10;

    private final Fd fd;
    private volatile boolean closed;

    private PoolLock(Fd fd) {
        this.fd = fd;
    }

    /** Waits up to a minute; throws {@link PoolException.InUse} after that. */
    static PoolLock acquire(Path file) {
        for (var waited = 0L; waited < PATIENCE.toMillis(); waited += PAUSE_MILLIS) {
            var lock = tryAcquire(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            pause();
        }
        throw new PoolException.InUse(
                "%s has been locked for %d s: another command is at work on this pool; try again when it is done"
                        .formatted(file, PATIENCE.toSeconds()));
    }

    /** Makes the file where there is none. */
    static Optional<PoolLock> tryAcquire(Path file) {
        var files = new PoolFiles();
        var flags = Flags.O_CREAT | Flags.O_RDWR | Flags.O_NOFOLLOW;
        var fd = files.linux().open(Fd.CWD, Bytes.of(file.toString()), flags, PoolFiles.PRIVATE_FILE);
        try {
            if (files.linux().tryLock(fd)) {
                return Optional.of(new PoolLock(fd));
            }
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
        fd.close();
        return Optional.empty();
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException("Interrupted while waiting for a lock", e);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        fd.close();
    }
}
