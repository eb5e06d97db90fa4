package rok.volume;

import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/**
 * Opens what lies below a folder by its path, however long that is, and never through a symbolic link nor out of the
 * folder. Keeps the folder opened last, since files of one folder tend to come one after the other. For one thread; close
 * it.
 */
final class Beneath implements AutoCloseable {
    /** A call takes paths of up to 4,095 bytes: longer ones are gone in several steps. */
    private static final int STEP_BYTES = 3800;

    private final Syscalls linux;
    private final Fd root;
    private final boolean inOneCall;
    private Bytes openPath = Bytes.EMPTY;
    private @Nullable Fd open;

    /** @param root stays the caller's to close */
    Beneath(Syscalls linux, Fd root) {
        this.linux = linux;
        this.root = root;
        this.inOneCall = offersOpenBeneath();
    }

    private boolean offersOpenBeneath() {
        try (var fd = linux.openBeneath(root, Bytes.of("."), Flags.O_PATH | Flags.O_DIRECTORY)) {
            return fd != Fd.NONE;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOSYS || e.errno() == Errno.EPERM) {
                return false;
            }
            throw e;
        }
    }

    /** The folder of that path, until the next call of this method or {@link #close}. */
    Fd folder(Bytes path) {
        if (path.isEmpty()) {
            return root;
        }
        if (open == null || !path.equals(openPath)) {
            forget();
            open = openFolder(path);
            openPath = path;
        }
        return open;
    }

    /** A folder that the caller closes. */
    Fd openFolder(Bytes path) {
        if (path.isEmpty()) {
            return linux.open(root, Bytes.of("."), Flags.O_DIRECTORY);
        }
        var at = root;
        try {
            for (var start = 0; start < path.length(); ) {
                var end = stepEnd(path, start);
                var step = path.slice(start, end);
                var below = inOneCall
                        ? linux.openBeneath(at, step, Flags.O_DIRECTORY)
                        : linux.open(at, step, Flags.O_DIRECTORY);
                closeStep(at);
                at = below;
                start = end + 1;
            }
            return at;
        } catch (LinuxException e) {
            closeStep(at);
            throw e.at(path);
        }
    }

    private void closeStep(Fd at) {
        if (at != root) {
            at.close();
        }
    }

    private int stepEnd(Bytes path, int start) {
        if (inOneCall && path.length() - start <= STEP_BYTES) {
            return path.length();
        }
        var end = start;
        for (var i = start; i < path.length() && (end == start || (inOneCall && i - start < STEP_BYTES)); i++) {
            if (path.at(i) == '/') {
                end = i;
            }
        }
        return end == start ? path.length() : end;
    }

    /** Closes the folder kept, for instance because it was replaced. */
    void forget() {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    @Override
    public void close() {
        forget();
    }
}
