package rok.volume;

import java.nio.ByteBuffer;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/** A new file that is being filled. Ranges may be written in any order; what is left out are holes. For one thread. */
public final class FileOutput {
    private static final long COPY_BYTES = 1 << 30;
    private static final int BUFFER_BYTES = 256 << 10;

    private final Syscalls linux;
    private final Fd fd;
    private long end;
    /** Taken over from another file, with the length that one had by then. */
    private boolean whole;

    FileOutput(Syscalls linux, Fd fd) {
        this.linux = linux;
        this.fd = fd;
    }

    public void write(byte[] from, int offset, int length, long position) {
        linux.write(fd, from, offset, length, position);
        end = Math.max(end, position + length);
    }

    /** @param from a direct buffer, all that remains of it */
    public void write(ByteBuffer from, long position) {
        end = Math.max(end, position + from.remaining());
        linux.write(fd, from, position);
    }

    /** Takes over a whole file: by sharing its blocks where the file system can, else copied, holes staying holes. */
    public void copyOf(OpenFile source) {
        if (!source.reflinkTo(fd)) {
            copyRanges(source);
        }
        end = source.stat().size();
        linux.truncate(fd, end);
        whole = true;
    }

    private void copyRanges(OpenFile source) {
        var size = source.stat().size();
        for (var at = source.nextData(0); at < size; ) {
            var stop = source.nextHole(at);
            copyRange(source, at, stop);
            at = stop < size ? source.nextData(stop) : size;
        }
    }

    private void copyRange(OpenFile source, long from, long to) {
        try {
            for (var at = from; at < to; ) {
                var copied = linux.copyRange(source.fd(), fd, at, Math.min(to - at, COPY_BYTES));
                if (copied == 0) {
                    return; // shorter by now: what reads it notices
                }
                at += copied;
            }
        } catch (LinuxException e) {
            switch (e.errno()) {
                case Errno.EXDEV, Errno.EOPNOTSUPP, Errno.ENOSYS, Errno.EINVAL -> copyThroughMemory(source, from, to);
                default -> throw e;
            }
        }
    }

    private void copyThroughMemory(OpenFile source, long from, long to) {
        var buffer = new byte[(int) Math.min(to - from, BUFFER_BYTES)];
        for (var at = from; at < to; ) {
            var read = source.read(buffer, 0, (int) Math.min(buffer.length, to - at), at);
            if (read == 0) {
                return;
            }
            linux.write(fd, buffer, 0, read, at);
            at += read;
        }
    }

    /** Gives the file its length, where its last bytes are a hole. */
    void endAt(long length) {
        if (whole) {
            return;
        }
        if (end > length) {
            throw new IllegalStateException("%d bytes were written to a file of %d".formatted(end, length));
        }
        if (end < length) {
            linux.truncate(fd, length);
        }
    }
}
