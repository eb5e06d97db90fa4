package rok.pool;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Listing;
import rok.linux.Stat;
import rok.linux.Syscalls;

/** The files of a pool by their paths; what fails is a {@link LinuxException} with the path. For one thread. */
final class PoolFiles {
    static final int PRIVATE_FOLDER = 0700;
    static final int PRIVATE_FILE = 0600;

    private final Syscalls linux = new Syscalls();

    Syscalls linux() {
        return linux;
    }

    static Bytes bytes(Path path) {
        return Bytes.of(path.toString());
    }

    static Bytes name(Path path) {
        var name = path.getFileName();
        return Bytes.of(name == null ? "/" : name.toString());
    }

    static Path parent(Path path) {
        var parent = path.toAbsolutePath().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /** As the table of mounts calls it: absolute, without symbolic links; also of a file that is still to be made. */
    static Path canonical(Path path) {
        var absolute = path.toAbsolutePath().normalize();
        try {
            return absolute.toRealPath();
        } catch (IOException e) {
            return parentCanonical(absolute);
        }
    }

    private static Path parentCanonical(Path absolute) {
        var name = absolute.getFileName();
        try {
            return name == null ? absolute : parent(absolute).toRealPath().resolve(name);
        } catch (IOException e) {
            return absolute;
        }
    }

    Fd open(Path path, int flags) {
        return linux.open(Fd.CWD, bytes(path), flags);
    }

    Fd folder(Path path) {
        return linux.open(Fd.CWD, bytes(path), Flags.O_DIRECTORY, 0);
    }

    /** Fails where there is one. */
    Fd create(Path path) {
        var flags = Flags.O_CREAT | Flags.O_EXCL | Flags.O_RDWR;
        return linux.open(Fd.CWD, bytes(path), flags, PRIVATE_FILE);
    }

    Stat stat(Path path) {
        return linux.stat(Fd.CWD, bytes(path));
    }

    boolean exists(Path path) {
        try {
            stat(path);
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return false;
            }
            throw e;
        }
    }

    void makeFolder(Path path) {
        linux.makeFolder(Fd.CWD, bytes(path), PRIVATE_FOLDER);
    }

    void makeFolderIfAbsent(Path path) {
        try {
            makeFolder(path);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    void remove(Path path) {
        linux.remove(Fd.CWD, bytes(path));
    }

    void removeIfThere(Path path) {
        try {
            remove(path);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    void removeFolder(Path path) {
        linux.removeFolder(Fd.CWD, bytes(path));
    }

    /** Replaces what is at {@code to}. Lasting once both folders are synced, which this does. */
    void rename(Path from, Path to) {
        linux.rename(Fd.CWD, bytes(from), Fd.CWD, bytes(to), 0);
        sync(parent(to));
        if (!parent(from).equals(parent(to))) {
            sync(parent(from));
        }
    }

    /** A file or a folder. */
    void sync(Path path) {
        try (var file = open(path, Flags.O_RDONLY)) {
            linux.sync(file);
        }
    }

    void syncFileSystem(Path path) {
        try (var file = open(path, Flags.O_RDONLY)) {
            linux.syncFileSystem(file);
        }
    }

    /** Sorted; those that are no text are as {@link Bytes#toString} shows them, and so match nothing of Rok's. */
    List<String> names(Path folder) {
        var listing = new Listing();
        try (var open = folder(folder)) {
            linux.list(open, listing);
        }
        var names = new ArrayList<String>();
        for (var i = 0; i < listing.size(); i++) {
            names.add(listing.name(i).toString());
        }
        return names;
    }
}
