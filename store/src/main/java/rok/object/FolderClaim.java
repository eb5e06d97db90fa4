package rok.object;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this process holds in a store's folder while it writes: a folder for its temporary files, and the locks that
 * order replacements between processes. A temporary folder whose owner's lock is gone belonged to a dead process, and
 * goes with the next writer.
 */
// One per folder and process, shared by all stores on it: POSIX drops a process's locks on a file as soon as the
// process
// closes any descriptor of that file.
final class FolderClaim {
    static final String RESERVED = ".store";

    private static final String OWNER = "owner";
    private static final String TEMPORARY = "tmp";
    private static final String LOCKS = "locks";

    private static final int STRIPES = 64;
    private static final long LOCK_WAIT_NANOS = 60_000_000_000L;
    private static final Map<Path, FolderClaim> CLAIMS = new HashMap<>();

    private final Path root;
    private final Path temporary;
    private final FileChannel owner;
    private final FileChannel locks;
    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];
    private final AtomicLong names = new AtomicLong();
    private int users;

    private FolderClaim(Path root) throws IOException {
        this.root = root;
        for (var i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
        var all = root.resolve(RESERVED, TEMPORARY);
        if (!Files.exists(root.resolve(RESERVED))) {
            makeDurable(root);
        }
        Files.createDirectories(all);
        removeDead(all);
        var owned = own(all);
        this.temporary = owned.folder();
        this.owner = owned.owner();
        this.locks =
                FileChannel.open(root.resolve(RESERVED, LOCKS), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    static List<Path> scaffold(Path root) {
        return List.of(root.resolve(RESERVED, TEMPORARY), root.resolve(RESERVED, LOCKS), root.resolve(RESERVED));
    }

    /** The claim on this folder, made if this process has none yet; give it back with {@link #release}. */
    static FolderClaim of(Path folder) throws IOException {
        Files.createDirectories(folder);
        var root = folder.toRealPath();
        synchronized (CLAIMS) {
            var claim = CLAIMS.get(root);
            if (claim == null) {
                claim = new FolderClaim(root);
                CLAIMS.put(root, claim);
            }
            claim.users++;
            return claim;
        }
    }

    void release() throws IOException {
        synchronized (CLAIMS) {
            users--;
            if (users == 0) {
                CLAIMS.remove(root);
                locks.close();
                remove(temporary);
                owner.close();
            }
        }
    }

    /** A path for a file that no other thread or process uses, on the file system of the store. */
    Path temporaryFile() {
        return temporary.resolve(Long.toString(names.incrementAndGet()));
    }

    /** Holds off every other thread and process that replaces or deletes {@code key}, or a key of the same stripe. */
    Held hold(ObjectKey key) throws IOException {
        var stripe = Math.floorMod(key.value().hashCode(), STRIPES);
        stripes[stripe].lock();
        try {
            return new Held(stripes[stripe], lock(stripe));
        } catch (IOException | RuntimeException e) {
            stripes[stripe].unlock();
            throw e;
        }
    }

    // Not FileChannel.lock: an interrupt would close the channel, and with it the locks of the other threads.
    private FileLock lock(int stripe) throws IOException {
        long waited = 0;
        while (true) {
            var lock = locks.tryLock(stripe, 1, false);
            if (lock != null) {
                return lock;
            }
            if (waited > LOCK_WAIT_NANOS || Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("another process keeps the lock on a part of the store");
            }
            var pause = Math.min(10_000_000, 50_000 + waited / 4);
            LockSupport.parkNanos(pause);
            waited += pause;
        }
    }

    /**
     * Before anything lies in a new store, its own name is durable, and those of the folders that were made to get there:
     * they may just have been made by us or by a process that is not gone that far. Folders that we may not write to were
     * there before.
     */
    private static void makeDurable(Path root) throws IOException {
        for (var at = root.getParent(); at != null && Files.isWritable(at); at = at.getParent()) {
            try (var channel = FileChannel.open(at, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (AccessDeniedException e) {
                // One that may be written and not be read: it can't be synced, nor those above in a better way
                return;
            }
        }
    }

    private static Owned own(Path all) throws IOException {
        for (var i = 0; ; i++) {
            var folder = all.resolve(ProcessHandle.current().pid() + "-" + i);
            try {
                Files.createDirectory(folder);
            } catch (FileAlreadyExistsException e) {
                if (i > 100_000) {
                    throw e;
                }
                continue;
            }
            var file = folder.resolve(OWNER);
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.lock();
            // Before we had the lock, another process may have taken the folder for a dead one's. It holds the
            // lock while it removes it, so what is there now stays.
            if (Files.exists(file)) {
                return new Owned(folder, channel);
            }
            channel.close();
        }
    }

    private static void removeDead(Path all) throws IOException {
        try (var folders = Files.newDirectoryStream(all)) {
            for (var folder : folders) {
                removeIfDead(folder);
            }
        }
    }

    // A folder without an owner file may be one that is just being made, and stays, at the cost of an empty folder:
    // unless
    // other files lie in it, which come after the owner file and go before it. Then a power loss took that alone.
    private static void removeIfDead(Path folder) throws IOException {
        var isUsed = isUsed(folder);
        try (var channel = FileChannel.open(folder.resolve(OWNER), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock != null) {
                remove(folder);
            }
        } catch (NoSuchFileException e) {
            if (isUsed) {
                remove(folder);
            }
        } catch (OverlappingFileLockException e) {
            return;
        }
    }

    private static boolean isUsed(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder, file -> !file.endsWith(OWNER))) {
            return files.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    // The owner file goes last: what a killed removal leaves behind is removed by the next one.
    private static void remove(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder, file -> !file.endsWith(OWNER))) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(folder.resolve(OWNER));
        Files.deleteIfExists(folder);
    }

    private record Owned(Path folder, FileChannel owner) {}

    /** A held lock; closing it lets the next one in. */
    record Held(ReentrantLock stripe, FileLock lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try {
                lock.release();
            } finally {
                stripe.unlock();
            }
        }
    }
}
