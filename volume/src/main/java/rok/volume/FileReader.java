package rok.volume;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Stat;
import rok.linux.Syscalls;
import rok.volume.Warning.Problem;

/**
 * Reads files of a volume that a walk has found, for one thread; each worker has its own, and closes it. A file is never
 * opened through a symbolic link, its time of access stays where the system allows that, and it is looked at again after
 * reading: one that changed meanwhile is read again, up to three times.
 */
public final class FileReader implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 3;

    private final Syscalls linux = new Syscalls();
    private final Beneath beneath;
    private final Consumer<Warning> warnings;
    private final int user = linux.effectiveUser();

    /** @param root stays the caller's to close */
    FileReader(Fd root, Consumer<Warning> warnings) {
        this.beneath = new Beneath(linux, root);
        this.warnings = warnings;
    }

    /**
     * Opens a regular file, lets {@code content} read it, and makes sure that it did not change meanwhile; if it did,
     * everything again.
     *
     * @param content is called once for each attempt, and what it gave before is dropped; exceptions of it go through
     */
    public <T> FileReading<T> read(Entry entry, Function<OpenFile, T> content) {
        try {
            return attempts(entry, content);
        } catch (LinuxException e) {
            return switch (e.errno()) {
                case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.ENXIO, Errno.EISDIR, Errno.EAGAIN ->
                    vanished(entry);
                default -> {
                    warn(Problem.UNREADABLE, entry, "can't be read: " + e.reason());
                    yield new FileReading.Unreadable<>(e.reason());
                }
            };
        }
    }

    private <T> FileReading<T> attempts(Entry entry, Function<OpenFile, T> content) {
        var before = entry.stat();
        for (var attempt = 1; ; attempt++) {
            try (var fd = open(entry.folder().path(), entry.name(), before)) {
                if (attempt > 1) {
                    before = linux.stat(fd);
                }
                if (!before.isRegular()) {
                    return vanished(entry);
                }
                var value = content.apply(new OpenFile(linux, fd, before, entry.path()));
                var after = linux.stat(fd);
                var same = before.sameState(after);
                if (same || attempt == ATTEMPTS_MAX) {
                    if (!same) {
                        warn(Problem.CHANGED, entry, "changed while it was read, %d times".formatted(attempt));
                    }
                    return new FileReading.Done<>(value, after, !same);
                }
            }
            beneath.forget();
        }
    }

    private Fd open(Bytes folder, Bytes name, Stat stat) {
        // A FIFO that took the file's place does not hold up a non-blocking open.
        var flags = Flags.O_RDONLY | Flags.O_NONBLOCK;
        if (user == 0 || user == stat.uid()) {
            try {
                return linux.open(beneath.folder(folder), name, flags | Flags.O_NOATIME);
            } catch (LinuxException e) {
                if (e.errno() != Errno.EPERM) {
                    throw e; // else: root of a container that does not own the file
                }
            }
        }
        return linux.open(beneath.folder(folder), name, flags);
    }

    /** Those of an entry that is no regular file; of a file, better ask while it is open. */
    public List<Attribute> attributes(Entry entry) {
        return Attributes.of(linux, beneath.folder(entry.folder().path()), entry.name());
    }

    private <T> FileReading<T> vanished(Entry entry) {
        warn(Problem.VANISHED, entry, "vanished before it could be read");
        return new FileReading.Vanished<>();
    }

    private void warn(Problem problem, Entry entry, String reason) {
        warnings.accept(new Warning(problem, entry.path(), reason));
    }

    @Override
    public void close() {
        beneath.close();
    }
}
