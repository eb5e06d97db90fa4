package rok.volume;

import java.util.List;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.LinuxException;
import rok.linux.Stat;
import rok.linux.Syscalls;

/**
 * A regular file of a volume that {@link FileReader} has opened. Reads go forward from the start; who wants the holes of a
 * sparse file asks {@link #nextData} and {@link #nextHole}.
 */
public final class OpenFile {
    private final Syscalls linux;
    private final Fd fd;
    private final Stat stat;
    private final Bytes path;

    OpenFile(Syscalls linux, Fd fd, Stat stat, Bytes path) {
        this.linux = linux;
        this.fd = fd;
        this.stat = stat;
        this.path = path;
    }

    /** As it was when it was opened. The size is what to expect; that reading gives 0 is what counts. */
    public Stat stat() {
        return stat;
    }

    public Bytes path() {
        return path;
    }

    /** Up to {@code length} bytes from {@code position}, fewer only at the end; 0 at or beyond the end. */
    public int read(byte[] into, int offset, int length, long position) {
        var done = 0;
        while (done < length) {
            var read = linux.read(fd, into, offset + done, length - done, position + done);
            done += read;
            if (read == 0 || position + done == stat.size()) {
                break; // at the expected end: whether it is longer by now, the look after reading tells
            }
        }
        return done;
    }

    /** Whether asking for holes can find any. */
    public boolean maySparse() {
        return stat.maySparse();
    }

    /** Where bytes that are stored begin, from {@code position} on; the file's size when only a hole follows. */
    public long nextData(long position) {
        if (!maySparse()) {
            return Math.min(position, stat.size());
        }
        var data = linux.nextData(fd, position);
        return data == Syscalls.NONE ? stat.size() : Math.min(data, stat.size());
    }

    /** Where the next hole begins, from {@code position} on; the file's size when there is none. */
    public long nextHole(long position) {
        if (!maySparse()) {
            return stat.size();
        }
        var hole = linux.nextHole(fd, position);
        return hole == Syscalls.NONE ? stat.size() : Math.min(hole, stat.size());
    }

    /** Those worth keeping, in the order of their names. */
    public List<Attribute> attributes() {
        return Attributes.of(linux, fd);
    }

    Fd fd() {
        return fd;
    }

    /** Whether all of it could be shared with an empty file of the same file system. */
    boolean reflinkTo(Fd target) {
        try {
            linux.cloneFile(fd, target);
            return true;
        } catch (LinuxException e) {
            return switch (e.errno()) {
                case Errno.EXDEV, Errno.EOPNOTSUPP, Errno.ENOTTY, Errno.EINVAL, Errno.ENOSYS, Errno.EPERM -> false;
                default -> throw e;
            };
        }
    }
}
