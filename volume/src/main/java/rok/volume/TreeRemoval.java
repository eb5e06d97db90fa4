package rok.volume;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Objects;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Listing;
import rok.linux.Stat;
import rok.linux.Syscalls;

/**
 * Removes a folder with everything in it, however deep, without following any link. What lies too deep to keep every
 * folder above it open is first moved up.
 */
public final class TreeRemoval {
    private static final int DEPTH_MAX = 64;

    private final Syscalls linux;
    private final Fd top;
    private final ArrayDeque<Bytes> moved = new ArrayDeque<>();
    private int moves;

    private TreeRemoval(Syscalls linux, Fd top) {
        this.linux = linux;
        this.top = top;
    }

    /** Nothing happens where it does not exist. */
    public static void remove(Path path) {
        var linux = new Syscalls();
        var absolute = path.toAbsolutePath().normalize();
        var parent = Objects.requireNonNull(absolute.getParent(), "the root of the file system is not removed");
        try (var folder = linux.open(Fd.CWD, Bytes.of(parent.toString()), Flags.O_DIRECTORY, 0)) {
            remove(linux, folder, Bytes.of(absolute.getFileName().toString()));
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    /** @param folder in which names beginning with {@code .rok-removed-} may be used meanwhile */
    static void remove(Syscalls linux, Fd folder, Bytes name) {
        var removal = new TreeRemoval(linux, folder);
        removal.entry(folder, name, Listing.UNKNOWN, 0);
        while (!removal.moved.isEmpty()) {
            removal.entry(folder, removal.moved.pop(), Stat.DIRECTORY, 0);
        }
    }

    private void entry(Fd folder, Bytes name, int type, int depth) {
        if (type != Stat.DIRECTORY) {
            try {
                linux.remove(folder, name);
                return;
            } catch (LinuxException e) {
                if (e.errno() != Errno.EISDIR) {
                    throw e;
                }
            }
        }
        if (depth < DEPTH_MAX) {
            content(folder, name, depth);
            linux.removeFolder(folder, name);
        } else {
            var up = Bytes.of(
                    ".rok-removed-%d-%d".formatted(ProcessHandle.current().pid(), moves++));
            linux.rename(folder, name, top, up, Flags.RENAME_NOREPLACE);
            moved.push(up);
        }
    }

    private void content(Fd folder, Bytes name, int depth) {
        try (var child = linux.open(folder, name, Flags.O_DIRECTORY)) {
            if ((linux.stat(child).permissions() & 0300) != 0300) {
                linux.setMode(child, 0700);
            }
            var listing = new Listing();
            linux.list(child, listing);
            for (var i = 0; i < listing.size(); i++) {
                entry(child, listing.name(i), listing.type(i), depth + 1);
            }
        }
    }
}
