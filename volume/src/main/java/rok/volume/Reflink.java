package rok.volume;

import java.nio.file.Path;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/** Whether files can share their blocks: on XFS, Btrfs and a few others, and only within one file system. */
public final class Reflink {
    private Reflink() {}

    /** Found out by doing it, with two small files in {@code to} that are removed again. */
    public static boolean isPossible(Path from, Path to) {
        var linux = new Syscalls();
        try (var source = folder(linux, from);
                var target = folder(linux, to)) {
            return linux.stat(source).device() == linux.stat(target).device() && probe(linux, target);
        }
    }

    private static Fd folder(Syscalls linux, Path path) {
        return linux.open(Fd.CWD, Bytes.of(path.toAbsolutePath().toString()), Flags.O_DIRECTORY, 0);
    }

    private static boolean probe(Syscalls linux, Fd folder) {
        var name = ".rok-reflink-%d-%d-"
                .formatted(ProcessHandle.current().pid(), Thread.currentThread().threadId());
        var first = Bytes.of(name + 1);
        var second = Bytes.of(name + 2);
        var flags = Flags.O_CREAT | Flags.O_EXCL | Flags.O_RDWR;
        try (var from = linux.open(folder, first, flags, 0600)) {
            linux.write(from, new byte[4096], 0, 4096, 0);
            try (var to = linux.open(folder, second, flags, 0600)) {
                linux.cloneFile(from, to);
                return true;
            } finally {
                linux.remove(folder, second);
            }
        } catch (LinuxException e) {
            return false;
        } finally {
            removeIfThere(linux, folder, first);
        }
    }

    private static void removeIfThere(Syscalls linux, Fd folder, Bytes name) {
        try {
            linux.remove(folder, name);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }
}
