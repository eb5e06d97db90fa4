package rok.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Stat;
import rok.linux.Syscalls;

/** The bytes of a disk, opened: an image in a file, or a block device. Close it. For one thread. */
public final class ImageFile implements AutoCloseable {
    private final Syscalls linux;
    private final Fd fd;
    private final OpenFile content;
    private final long size;

    private ImageFile(Syscalls linux, Fd fd, OpenFile content, long size) {
        this.linux = linux;
        this.fd = fd;
        this.content = content;
        this.size = size;
    }

    /** It is neither a file nor a block device. */
    public static final class NoImageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoImageException(Path path) {
            super("%s is neither a file nor a block device".formatted(path));
        }
    }

    /** A device that is mounted, or that something else has for itself. */
    public static final class InUseException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InUseException(Path device) {
            super("%s is in use: mounted, or part of another device".formatted(device));
        }
    }

    /** Throws {@link rok.linux.LinuxException} where it can't be opened, {@link NoImageException} for a folder and others. */
    public static ImageFile open(Path path) {
        return open(path, 0);
    }

    /** The same; nobody can mount a device meanwhile. Throws {@link InUseException} where somebody has. */
    public static ImageFile openAlone(Path path) {
        try {
            // Without O_CREAT this means devices, and leaves files as they are
            return open(path, Flags.O_EXCL);
        } catch (LinuxException e) {
            throw e.errno() == Errno.EBUSY ? new InUseException(path) : e;
        }
    }

    private static ImageFile open(Path path, int flags) {
        var linux = new Syscalls();
        var name = Bytes.of(path.toAbsolutePath().normalize().toString());
        // Not waiting for somebody to write, where it is a pipe
        var fd = linux.open(Fd.CWD, name, Flags.O_RDONLY | Flags.O_NONBLOCK | flags);
        try {
            var stat = linux.stat(fd);
            if (!stat.isRegular() && stat.type() != Stat.BLOCK_DEVICE) {
                throw new NoImageException(path);
            }
            var size = stat.isRegular() ? stat.size() : deviceSize(path);
            return new ImageFile(linux, fd, new OpenFile(linux, fd, stat, name), size);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static long deviceSize(Path device) {
        try (var channel = FileChannel.open(device)) {
            return channel.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long size() {
        return size;
    }

    /** As it is now. */
    public Stat stat() {
        return linux.stat(fd);
    }

    /** Whether asking for holes can find any. */
    public boolean hasHoles() {
        return size == content.stat().size() && content.maySparse();
    }

    /** Where bytes that are stored begin, from {@code position} on; the size when only a hole follows. */
    public long nextData(long position) {
        return hasHoles() ? content.nextData(position) : Math.min(position, size);
    }

    /** Has the kernel read it ahead, without waiting. */
    public void soon(long position, long length) {
        linux.advise(fd, position, length, Flags.FADV_WILLNEED);
    }

    /** Up to {@code length} bytes from {@code position}, fewer only at the end. */
    public int read(byte[] into, int offset, int length, long position) {
        return content.read(into, offset, length, position);
    }

    @Override
    public void close() {
        fd.close();
    }
}
