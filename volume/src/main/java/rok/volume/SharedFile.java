package rok.volume;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import rok.linux.Fd;

/**
 * A new file that several threads fill, a range each: the first of them makes it, the last completes it. When one fails,
 * the file goes, and the descriptor is closed once nobody uses it.
 */
final class SharedFile {
    private final WriteTask.File task;
    private int partsLeft;
    private int users;
    private boolean failed;
    private @Nullable Fd fd;

    SharedFile(WriteTask.File task, int parts) {
        this.task = task;
        this.partsLeft = parts;
    }

    WriteTask.File task() {
        return task;
    }

    /** The open file, until {@link #release}; nothing where it failed already. */
    synchronized @Nullable Fd use(Supplier<Fd> maker) {
        if (failed) {
            return null;
        }
        if (fd == null) {
            fd = maker.get();
        }
        users++;
        return fd;
    }

    /** Ends a use; closes the file of one that failed. */
    synchronized void release() {
        users--;
        closeIfUnused();
    }

    /** Whether this was the last part of a file that is whole now: the caller completes and closes it. */
    synchronized boolean endPart() {
        partsLeft--;
        return partsLeft == 0 && !failed;
    }

    /** Nothing is left to do for it. */
    synchronized boolean isOver() {
        return failed || partsLeft == 0;
    }

    /** Whether this is the first failure, and there is a file that has to be removed. */
    synchronized boolean fail() {
        var first = !failed && fd != null;
        failed = true;
        closeIfUnused();
        return first;
    }

    synchronized void close() {
        if (fd != null) {
            fd.close();
            fd = null;
        }
    }

    private void closeIfUnused() {
        if (failed && users == 0) {
            close();
        }
    }
}
