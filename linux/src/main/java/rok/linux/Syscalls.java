package rok.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The calls of Linux that volumes need, for one thread: each worker makes its own, for the price of 9 KiB of native memory
 * that every call uses again, so that none allocates. Names are bytes and are taken relative to an open folder. A call
 * that fails throws {@link LinuxException}; EINTR is tried again. Nothing to close: the memory goes with the object.
 *
 * <p>All of them are the one {@code syscall} function of the C library, so that one method handle is linked at start and
 * compiled once, and no version of that library matters.
 */
public final class Syscalls {
    /** What {@link #nextData} and {@link #nextHole} answer when there is none before the end. */
    public static final long NONE = -1;

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(StructLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL = link(Linker.Option.captureCallState("errno"));
    private static final MethodHandle SYSCALL_QUIET = link();

    private static final int STATX_BASIC_BIRTH_MOUNT = 0x17FF | 0x800;
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int LIST_BYTES = 64 << 10;
    private static final int EXTENDED_ATTRIBUTE_BYTES_MAX = 64 << 10;
    private static final int CLOCK_REALTIME_COARSE = 5;

    private final Scratch scratch = new Scratch(CAPTURE);
    private byte[] heap = new byte[0];

    public Syscalls() {}

    private static MethodHandle link(Linker.Option... options) {
        var linker = Linker.nativeLinker();
        var function = linker.defaultLookup().findOrThrow("syscall");
        return linker.downcallHandle(
                function,
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                options);
    }

    static void closeNumber(int number) {
        try {
            var ignored = (long) SYSCALL_QUIET.invokeExact(Syscall.CLOSE.number, (long) number, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The result, or the error number with a minus. */
    private long raw(Syscall call, long a, long b, long c, long d, long e, long f) {
        try {
            while (true) {
                var result = (long) SYSCALL.invokeExact(scratch.errno, call.number, a, b, c, d, e, f);
                if (result >= 0) {
                    return result;
                }
                var errno = (int) ERRNO.get(scratch.errno, 0L);
                if (errno != Errno.EINTR) {
                    return -errno;
                }
            }
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private long call(Object path, Syscall call, long a, long b, long c, long d, long e) {
        return check(raw(call, a, b, c, d, e, 0), path, call);
    }

    private static long check(long result, Object path, Syscall call) {
        if (result < 0) {
            throw new LinuxException((int) -result, call.text, path.toString());
        }
        return result;
    }

    // Terminals.

    /** In {@code struct termios}, behind the flags of input, output and control. */
    private static final int LOCAL_FLAGS_AT = 12;

    /** Columns and lines of the terminal that a descriptor of this process is; empty where it is none, or does not know. */
    public Optional<TerminalSize> terminalSize(int descriptor) {
        if (raw(Syscall.IOCTL, descriptor, Flags.TIOCGWINSZ, scratch.structure(), 0, 0, 0) < 0) {
            return Optional.empty();
        }
        var both = scratch.intAt(0);
        var size = new TerminalSize(both >>> 16, both & 0xffff);
        return size.columns() > 0 && size.lines() > 0 ? Optional.of(size) : Optional.empty();
    }

    /**
     * Has a terminal show what is typed, or not. False where the descriptor is none.
     *
     * @param descriptor of this process
     */
    public boolean echo(int descriptor, boolean on) {
        if (raw(Syscall.IOCTL, descriptor, Flags.TCGETS, scratch.structure(), 0, 0, 0) < 0) {
            return false;
        }
        var flags = scratch.intAt(LOCAL_FLAGS_AT);
        scratch.putInt(LOCAL_FLAGS_AT, on ? flags | Flags.ECHO : flags & ~Flags.ECHO);
        return raw(Syscall.IOCTL, descriptor, Flags.TCSETS, scratch.structure(), 0, 0, 0) >= 0;
    }

    /** What a terminal shows at a time. */
    public record TerminalSize(int columns, int lines) {}

    // Opening.

    /** Opens, or with {@code O_CREAT} makes, {@code name} in {@code folder}; always with {@code O_CLOEXEC}. */
    public Fd open(Fd folder, Bytes name, int flags, int mode) {
        var address = scratch.name(name, "openat");
        var fd = call(name, Syscall.OPENAT, folder.number(), address, flags | Flags.O_CLOEXEC, mode, 0);
        return new Fd((int) fd, name);
    }

    /** Opens for reading, never through a symbolic link at its end. */
    public Fd open(Fd folder, Bytes name, int flags) {
        return open(folder, name, flags | Flags.O_NOFOLLOW, 0);
    }

    /**
     * Opens a path of many names without leaving {@code folder} and without following any link, in one call.
     *
     * @throws LinuxException with ENOSYS or EPERM where kernel or container do not offer openat2
     */
    public Fd openBeneath(Fd folder, Bytes path, int flags) {
        var address = scratch.name(path, "openat2");
        scratch.putLong(0, (flags | Flags.O_CLOEXEC) & 0xFFFFFFFFL);
        scratch.putLong(8, 0);
        scratch.putLong(16, Flags.RESOLVE_BENEATH | Flags.RESOLVE_NO_SYMLINKS | Flags.RESOLVE_NO_MAGICLINKS);
        var fd = call(path, Syscall.OPENAT2, folder.number(), address, scratch.structure(), 24, 0);
        return new Fd((int) fd, path);
    }

    // What is there.

    public Stat stat(Fd folder, Bytes name) {
        var address = scratch.name(name, "statx");
        return statx(name, folder.number(), address, Flags.AT_SYMLINK_NOFOLLOW);
    }

    /** Of the open file itself. */
    public Stat stat(Fd file) {
        return statx(file, file.number(), scratch.name(Bytes.EMPTY, "statx"), Flags.AT_EMPTY_PATH);
    }

    /** Of the entry at a position of a listing of {@code folder}. */
    public Stat stat(Fd folder, Listing listing, int position) {
        var result = statxRaw(folder.number(), listing.nameInto(position, scratch), Flags.AT_SYMLINK_NOFOLLOW);
        if (result < 0) {
            throw new LinuxException(
                    (int) -result, "statx", listing.name(position).toString());
        }
        return statResult();
    }

    private Stat statx(Object path, int folder, long name, int flags) {
        check(statxRaw(folder, name, flags), path, Syscall.STATX);
        return statResult();
    }

    private long statxRaw(int folder, long name, int flags) {
        return raw(Syscall.STATX, folder, name, flags, STATX_BASIC_BIRTH_MOUNT, scratch.structure(), 0);
    }

    private Stat statResult() {
        var s = scratch;
        var mode = s.intAt(28) & 0xFFFF;
        return new Stat(
                mode,
                s.intAt(16),
                s.intAt(20),
                s.intAt(24),
                s.longAt(40),
                s.longAt(32),
                (s.intAt(136) & 0xFFFFFFFFL) << 32 | (s.intAt(140) & 0xFFFFFFFFL),
                s.longAt(112),
                s.intAt(120),
                s.longAt(96),
                s.intAt(104),
                s.longAt(64),
                s.intAt(72),
                s.longAt(80),
                s.intAt(88),
                s.longAt(48),
                s.intAt(4),
                (s.intAt(128) & 0xFFFFFFFFL) << 32 | (s.intAt(132) & 0xFFFFFFFFL),
                s.longAt(144),
                s.longAt(8));
    }

    /** Replaces what {@code listing} holds by the names in an open folder, without {@code .} and {@code ..}, sorted. */
    public void list(Fd folder, Listing listing) {
        listing.clear();
        var buffer = scratch.buffer(LIST_BYTES);
        if (heap.length < LIST_BYTES) {
            heap = new byte[LIST_BYTES];
        }
        while (true) {
            var bytes = (int) call(folder, Syscall.GETDENTS64, folder.number(), buffer.address(), LIST_BYTES, 0, 0);
            if (bytes == 0) {
                break;
            }
            MemorySegment.copy(buffer, JAVA_BYTE, 0, heap, 0, bytes);
            for (var at = 0; at < bytes; at += buffer.get(JAVA_SHORT, at + 16)) {
                addEntry(listing, buffer.get(JAVA_SHORT, at + 16), at);
            }
        }
        listing.sort();
    }

    private void addEntry(Listing listing, int length, int at) {
        var start = at + 19;
        var end = start;
        while (end < at + length && heap[end] != 0) {
            end++;
        }
        var dots = heap[start] == '.' && (end - start == 1 || (end - start == 2 && heap[start + 1] == '.'));
        if (!dots) {
            listing.add(heap, start, end, heap[at + 18]);
        }
    }

    public Bytes readLink(Fd folder, Bytes name) {
        var buffer = scratch.buffer(LIST_BYTES);
        var address = scratch.name(name, "readlinkat");
        var length = call(name, Syscall.READLINKAT, folder.number(), address, buffer.address(), LIST_BYTES, 0);
        return copyOf(buffer, (int) length);
    }

    private static Bytes copyOf(MemorySegment buffer, int length) {
        return length == 0 ? Bytes.EMPTY : Bytes.owned(buffer.asSlice(0, length).toArray(JAVA_BYTE));
    }

    // Contents.

    /** Reads up to {@code length} bytes at {@code position}; 0 at the end. May read fewer than asked. */
    public int read(Fd file, byte[] into, int offset, int length, long position) {
        var count = Math.min(length, BUFFER_BYTES);
        var buffer = scratch.buffer(Math.min(Math.max(count, LIST_BYTES), BUFFER_BYTES));
        var read = (int) call(file, Syscall.PREAD, file.number(), buffer.address(), count, position, 0);
        MemorySegment.copy(buffer, JAVA_BYTE, 0, into, offset, read);
        return read;
    }

    /** Reads into the remaining part of a direct buffer, and moves its position. */
    public int read(Fd file, ByteBuffer into, long position) {
        try {
            var read = (int) call(file, Syscall.PREAD, file.number(), address(into), into.remaining(), position, 0);
            into.position(into.position() + read);
            return read;
        } finally {
            Reference.reachabilityFence(into);
        }
    }

    /** Writes all of it. */
    public void write(Fd file, byte[] from, int offset, int length, long position) {
        var buffer = scratch.buffer(Math.min(Math.max(length, LIST_BYTES), BUFFER_BYTES));
        for (var done = 0; done < length; ) {
            var count = Math.min(length - done, BUFFER_BYTES);
            MemorySegment.copy(from, offset + done, buffer, JAVA_BYTE, 0, count);
            done += (int) call(file, Syscall.PWRITE, file.number(), buffer.address(), count, position + done, 0);
        }
    }

    /** Writes all that remains in a direct buffer. */
    public void write(Fd file, ByteBuffer from, long position) {
        var at = position;
        try {
            while (from.hasRemaining()) {
                var written = (int) call(file, Syscall.PWRITE, file.number(), address(from), from.remaining(), at, 0);
                from.position(from.position() + written);
                at += written;
            }
        } finally {
            Reference.reachabilityFence(from);
        }
    }

    private static long address(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("The buffer is not direct");
        }
        return MemorySegment.ofBuffer(buffer).address();
    }

    /** Where data begins at or after {@code position}, or {@link #NONE}. Moves the file's own position. */
    public long nextData(Fd file, long position) {
        return seek(file, position, Flags.SEEK_DATA);
    }

    /** Where a hole (or the end) begins at or after {@code position}; {@link #NONE} beyond the end. */
    public long nextHole(Fd file, long position) {
        return seek(file, position, Flags.SEEK_HOLE);
    }

    private long seek(Fd file, long position, int whence) {
        var result = raw(Syscall.LSEEK, file.number(), position, whence, 0, 0, 0);
        return result == -Errno.ENXIO ? NONE : check(result, file, Syscall.LSEEK);
    }

    public void truncate(Fd file, long size) {
        call(file, Syscall.FTRUNCATE, file.number(), size, 0, 0, 0);
    }

    public void punchHole(Fd file, long position, long length) {
        var mode = Flags.FALLOC_PUNCH_HOLE | Flags.FALLOC_KEEP_SIZE;
        call(file, Syscall.FALLOCATE, file.number(), mode, position, length, 0);
    }

    /** Reserves the space, so that a full disk is found before anything is written. */
    public void allocate(Fd file, long length) {
        call(file, Syscall.FALLOCATE, file.number(), 0, 0, length, 0);
    }

    /** Makes {@code to} share all blocks of {@code from}; both must be on one file system that can. */
    public void cloneFile(Fd from, Fd to) {
        call(to, Syscall.IOCTL, to.number(), Flags.FICLONE, from.number(), 0, 0);
    }

    /** Copies within the kernel, from and to the same position; gives how much was copied, 0 at the end. */
    public long copyRange(Fd from, Fd to, long position, long length) {
        scratch.putLong(0, position);
        scratch.putLong(8, position);
        var at = scratch.structure();
        return check(
                raw(Syscall.COPY_FILE_RANGE, from.number(), at, to.number(), at + 8, length, 0),
                to,
                Syscall.COPY_FILE_RANGE);
    }

    /** A hint; what comes of it is not asked. */
    public void advise(Fd file, long position, long length, int advice) {
        raw(Syscall.FADVISE, file.number(), position, length, advice, 0, 0);
    }

    public void sync(Fd file) {
        call(file, Syscall.FSYNC, file.number(), 0, 0, 0, 0);
    }

    public void syncData(Fd file) {
        call(file, Syscall.FDATASYNC, file.number(), 0, 0, 0, 0);
    }

    /** Writes out everything of the file system that {@code file} is on. */
    public void syncFileSystem(Fd file) {
        call(file, Syscall.SYNCFS, file.number(), 0, 0, 0, 0);
    }

    // Making and removing.

    public void makeFolder(Fd folder, Bytes name, int mode) {
        call(name, Syscall.MKDIRAT, folder.number(), scratch.name(name, "mkdirat"), mode, 0, 0);
    }

    public void makeSymlink(Fd folder, Bytes name, Bytes target) {
        var content = scratch.second(target, "symlinkat");
        call(name, Syscall.SYMLINKAT, content, folder.number(), scratch.name(name, "symlinkat"), 0, 0);
    }

    /** A second name for a file that is not a folder; never follows a link. */
    public void makeLink(Fd oldFolder, Bytes oldName, Fd folder, Bytes name) {
        var existing = scratch.second(oldName, "linkat");
        var added = scratch.name(name, "linkat");
        call(name, Syscall.LINKAT, oldFolder.number(), existing, folder.number(), added, 0);
    }

    public void makeFifo(Fd folder, Bytes name, int permissions) {
        var address = scratch.name(name, "mknodat");
        call(name, Syscall.MKNODAT, folder.number(), address, Stat.FIFO | permissions, 0, 0);
    }

    public void remove(Fd folder, Bytes name) {
        call(name, Syscall.UNLINKAT, folder.number(), scratch.name(name, "unlinkat"), 0, 0, 0);
    }

    public void removeFolder(Fd folder, Bytes name) {
        call(name, Syscall.UNLINKAT, folder.number(), scratch.name(name, "unlinkat"), Flags.AT_REMOVEDIR, 0, 0);
    }

    /** @param flags {@link Flags#RENAME_NOREPLACE}, {@link Flags#RENAME_EXCHANGE}, or 0 */
    public void rename(Fd oldFolder, Bytes oldName, Fd folder, Bytes name, int flags) {
        var from = scratch.second(oldName, "renameat2");
        var to = scratch.name(name, "renameat2");
        call(name, Syscall.RENAMEAT2, oldFolder.number(), from, folder.number(), to, flags);
    }

    // Owners, modes, times.

    public void setOwner(Fd file, int uid, int gid) {
        call(file, Syscall.FCHOWN, file.number(), uid, gid, 0, 0);
    }

    /** Of the name itself, also where it is a symbolic link. */
    public void setOwner(Fd folder, Bytes name, int uid, int gid) {
        var address = scratch.name(name, "fchownat");
        call(name, Syscall.FCHOWNAT, folder.number(), address, uid, gid, Flags.AT_SYMLINK_NOFOLLOW);
    }

    public void setMode(Fd file, int permissions) {
        call(file, Syscall.FCHMOD, file.number(), permissions, 0, 0, 0);
    }

    /** Follows a link at the end: only for names that were just made here and are no links. */
    public void setMode(Fd folder, Bytes name, int permissions) {
        call(name, Syscall.FCHMODAT, folder.number(), scratch.name(name, "fchmodat"), permissions, 0, 0);
    }

    /** Sets the time of change of the content; leaves the time of access alone. */
    public void setTime(Fd file, long seconds, int nanos) {
        putTimes(seconds, nanos);
        call(file, Syscall.UTIMENSAT, file.number(), 0, scratch.structure(), 0, 0);
    }

    /** Of the name itself, also where it is a symbolic link. */
    public void setTime(Fd folder, Bytes name, long seconds, int nanos) {
        putTimes(seconds, nanos);
        var address = scratch.name(name, "utimensat");
        var times = scratch.structure();
        call(name, Syscall.UTIMENSAT, folder.number(), address, times, Flags.AT_SYMLINK_NOFOLLOW, 0);
    }

    private void putTimes(long seconds, int nanos) {
        scratch.putLong(0, 0);
        scratch.putLong(8, 0x3FFFFFFE); // UTIME_OMIT
        scratch.putLong(16, seconds);
        scratch.putLong(24, nanos);
    }

    // Extended attributes. ACLs are those called system.posix_acl_access and system.posix_acl_default.

    /** The names; empty where the file system has none. */
    public List<Bytes> attributes(Fd file) {
        var buffer = scratch.buffer(EXTENDED_ATTRIBUTE_BYTES_MAX);
        var size = EXTENDED_ATTRIBUTE_BYTES_MAX;
        var length = raw(Syscall.FLISTXATTR, file.number(), buffer.address(), size, 0, 0, 0);
        return attributeNames(length, buffer, file, Syscall.FLISTXATTR);
    }

    /** The same by a path that is not followed at its end, such as {@code /proc/self/fd/N/name}. */
    public List<Bytes> attributes(Fd folder, Bytes name) {
        var buffer = scratch.buffer(EXTENDED_ATTRIBUTE_BYTES_MAX);
        var path = scratch.name(throughProc(folder, name), "llistxattr");
        var size = EXTENDED_ATTRIBUTE_BYTES_MAX;
        var length = raw(Syscall.LLISTXATTR, path, buffer.address(), size, 0, 0, 0);
        return attributeNames(length, buffer, name, Syscall.LLISTXATTR);
    }

    private static List<Bytes> attributeNames(long length, MemorySegment buffer, Object path, Syscall call) {
        if (length == 0 || length == -Errno.EOPNOTSUPP) {
            return List.of();
        }
        check(length, path, call);
        var names = new ArrayList<Bytes>();
        var all = buffer.asSlice(0, length).toArray(JAVA_BYTE);
        for (int start = 0, at = 0; at < all.length; at++) {
            if (all[at] == 0) {
                names.add(Bytes.of(all, start, at));
                start = at + 1;
            }
        }
        return names;
    }

    public Bytes attribute(Fd file, Bytes attribute) {
        var buffer = scratch.buffer(EXTENDED_ATTRIBUTE_BYTES_MAX);
        var name = scratch.name(attribute, "fgetxattr");
        var size = EXTENDED_ATTRIBUTE_BYTES_MAX;
        var length = call(file, Syscall.FGETXATTR, file.number(), name, buffer.address(), size, 0);
        return copyOf(buffer, (int) length);
    }

    public Bytes attribute(Fd folder, Bytes name, Bytes attribute) {
        var buffer = scratch.buffer(EXTENDED_ATTRIBUTE_BYTES_MAX);
        var path = scratch.name(throughProc(folder, name), "lgetxattr");
        var key = scratch.second(attribute, "lgetxattr");
        var size = EXTENDED_ATTRIBUTE_BYTES_MAX;
        var length = call(name, Syscall.LGETXATTR, path, key, buffer.address(), size, 0);
        return copyOf(buffer, (int) length);
    }

    public void setAttribute(Fd file, Bytes attribute, Bytes value) {
        var buffer = bufferOf(value);
        var name = scratch.name(attribute, "fsetxattr");
        call(file, Syscall.FSETXATTR, file.number(), name, buffer, value.length(), 0);
    }

    public void setAttribute(Fd folder, Bytes name, Bytes attribute, Bytes value) {
        var buffer = bufferOf(value);
        var path = scratch.name(throughProc(folder, name), "lsetxattr");
        var key = scratch.second(attribute, "lsetxattr");
        call(name, Syscall.LSETXATTR, path, key, buffer, value.length(), 0);
    }

    public void removeAttribute(Fd file, Bytes attribute) {
        var name = scratch.name(attribute, "fremovexattr");
        call(file, Syscall.FREMOVEXATTR, file.number(), name, 0, 0, 0);
    }

    public void removeAttribute(Fd folder, Bytes name, Bytes attribute) {
        var path = scratch.name(throughProc(folder, name), "lremovexattr");
        call(name, Syscall.LREMOVEXATTR, path, scratch.second(attribute, "lremovexattr"), 0, 0, 0);
    }

    private long bufferOf(Bytes value) {
        var buffer = scratch.buffer(Math.max(value.length(), 1));
        MemorySegment.copy(value.array(), 0, buffer, JAVA_BYTE, 0, value.length());
        return buffer.address();
    }

    private static Bytes throughProc(Fd folder, Bytes name) {
        return Bytes.of("/proc/self/fd/" + folder.number()).child(name);
    }

    // The rest.

    /** The clock that the kernel stamps files with: a tick behind the exact one, never ahead of a stamp still to come. */
    public Instant stampClock() {
        return clock(CLOCK_REALTIME_COARSE);
    }

    /** The exact one. */
    public Instant exactClock() {
        return clock(0);
    }

    private Instant clock(int which) {
        call("the clock", Syscall.CLOCK_GETTIME, which, scratch.structure(), 0, 0, 0);
        return Instant.ofEpochSecond(scratch.longAt(0), scratch.longAt(8));
    }

    public int effectiveUser() {
        return (int) raw(Syscall.GETEUID, 0, 0, 0, 0, 0, 0);
    }

    public int effectiveGroup() {
        return (int) raw(Syscall.GETEGID, 0, 0, 0, 0, 0, 0);
    }

    /** Whether a process of that number exists, of whatever user. */
    public boolean isAlive(int process) {
        return raw(Syscall.KILL, process, 0, 0, 0, 0, 0) != -Errno.ESRCH;
    }

    /** Takes the lock of an open file, that no other open file in any process has meanwhile; false where one has. */
    public boolean tryLock(Fd file) {
        var result = raw(Syscall.FLOCK, file.number(), Flags.LOCK_EX | Flags.LOCK_NB, 0, 0, 0, 0);
        if (result == -Errno.EAGAIN) {
            return false;
        }
        check(result, file, Syscall.FLOCK);
        return true;
    }

    // Extents.

    /**
     * Replaces what {@code batch} holds by the extents of a file from {@code position} on; until {@link Extents#isLast}
     * one goes on behind {@link Extents#end}.
     *
     * @param sync first writes out what is only in memory, without which such data have no address yet
     */
    public void extents(Fd file, long position, boolean sync, Extents batch) {
        var bytes = Extents.HEADER_BYTES + batch.capacity() * Extents.EXTENT_BYTES;
        var buffer = scratch.buffer(bytes);
        fiemap(file, buffer, position, sync, batch.capacity());
        batch.read(buffer);
    }

    /** How many extents a file has, after writing out what is only in memory. */
    public long extentCount(Fd file) {
        var buffer = scratch.buffer(Extents.HEADER_BYTES);
        fiemap(file, buffer, 0, true, 0);
        return buffer.get(JAVA_INT, Extents.MAPPED_AT) & 0xFFFFFFFFL;
    }

    private void fiemap(Fd file, MemorySegment buffer, long position, boolean sync, int count) {
        buffer.set(JAVA_LONG, 0, position);
        buffer.set(JAVA_LONG, 8, Long.MAX_VALUE - position);
        buffer.set(JAVA_INT, 16, sync ? 1 : 0);
        buffer.set(JAVA_INT, Extents.MAPPED_AT, 0);
        buffer.set(JAVA_INT, 24, count);
        buffer.set(JAVA_INT, 28, 0);
        ioctl(file, Flags.FIEMAP, buffer.address());
    }

    /** New files in this folder of XFS get their space in pieces of so many bytes, a multiple of the block's size. */
    public void inheritExtentSize(Fd folder, int bytes) {
        ioctl(folder, Flags.FS_GET_XATTR, scratch.structure());
        scratch.putInt(0, scratch.intAt(0) | Flags.FS_EXTENT_SIZE_INHERIT);
        scratch.putInt(4, bytes);
        ioctl(folder, Flags.FS_SET_XATTR, scratch.structure());
    }

    private long ioctl(Fd file, long request, long argument) {
        return call(file, Syscall.IOCTL, file.number(), request, argument, 0, 0);
    }

    // Freezing. Needs root.

    /**
     * Writes out everything of the file system that an open folder is on, and stops all writing to it until it is thawed:
     * whoever writes waits. Who freezes must make sure that it is thawed whatever happens.
     *
     * @throws LinuxException with EBUSY where somebody froze it already, EOPNOTSUPP where it can't
     */
    public void freeze(Fd folder) {
        ioctl(folder, Flags.FIFREEZE, 0);
    }

    /** False where it was not frozen. */
    public boolean thaw(Fd folder) {
        var result = raw(Syscall.IOCTL, folder.number(), Flags.FITHAW, 0, 0, 0, 0);
        if (result == -Errno.EINVAL) {
            return false;
        }
        check(result, folder, Syscall.IOCTL);
        return true;
    }

    // Loop devices. Needs root.

    private static final int LOOP_INFO_AT = 8;
    private static final int LOOP_CONFIG_BYTES = 304;
    private static final int LOOP_FLAGS_AT = 52;
    private static final int LOOP_NAME_AT = 56;
    private static final int LOOP_NAME_BYTES = 63;

    /**
     * The number of a loop device without a file; the kernel makes one where there is none. It may be another's by the
     * time it is configured.
     *
     * @param control {@code /dev/loop-control}
     */
    public int freeLoop(Fd control) {
        return (int) ioctl(control, Flags.LOOP_CTL_GET_FREE, 0);
    }

    /**
     * Makes a loop device stand for a file, all of it.
     *
     * @param flags of those that {@link Flags} calls {@code LO_}
     * @throws LinuxException with EBUSY where it stands for one already, EINVAL where the file can't do direct I/O
     */
    public void configureLoop(Fd loop, Fd file, Bytes fileName, int flags) {
        for (var at = 0; at < LOOP_CONFIG_BYTES; at += 8) {
            scratch.putLong(at, 0);
        }
        scratch.putInt(0, file.number());
        scratch.putInt(LOOP_INFO_AT + LOOP_FLAGS_AT, flags);
        scratch.putBytes(LOOP_INFO_AT + LOOP_NAME_AT, fileName, LOOP_NAME_BYTES);
        ioctl(loop, Flags.LOOP_CONFIGURE, scratch.structure());
    }

    /** Which file a loop device stands for; empty for none. */
    public Optional<LoopFile> loopFile(Fd loop) {
        var result = raw(Syscall.IOCTL, loop.number(), Flags.LOOP_GET_STATUS64, scratch.structure(), 0, 0, 0);
        if (result == -Errno.ENXIO) {
            return Optional.empty();
        }
        check(result, loop, Syscall.IOCTL);
        var device = scratch.longAt(0);
        var major = (device >>> 8) & 0xFFF;
        var minor = (device & 0xFF) | ((device >>> 12) & 0xFFF00);
        return Optional.of(new LoopFile(major << 32 | minor, scratch.longAt(8), scratch.intAt(LOOP_FLAGS_AT)));
    }

    /**
     * What a loop device stands for.
     *
     * @param device as in {@link Stat}
     * @param flags of those that {@link Flags} calls {@code LO_}
     */
    public record LoopFile(long device, long inode, int flags) {}

    /** Lets go of the file; while somebody else has the device open, only when that one closes it. */
    public void clearLoop(Fd loop) {
        ioctl(loop, Flags.LOOP_CLR_FD, 0);
    }

    /** Makes the device as large as its file is now. */
    public void adoptLoopSize(Fd loop) {
        ioctl(loop, Flags.LOOP_SET_CAPACITY, 0);
    }

    /** Device numbers as in {@code /sys/block}. Needs root. */
    public void makeBlockDevice(Fd folder, Bytes name, int major, int minor, int permissions) {
        var address = scratch.name(name, "mknodat");
        var device = (minor & 0xFFL) | ((long) major << 8) | ((minor & 0xFFF00L) << 12);
        call(name, Syscall.MKNODAT, folder.number(), address, Stat.BLOCK_DEVICE | permissions, device, 0);
    }

    // Mounting. Needs root.

    /**
     * @param flags of those that {@link Flags} calls {@code MS_}
     * @param options of the file system, separated by commas; may be empty
     */
    public void mount(Bytes device, Bytes folder, String type, long flags, String options) {
        var source = scratch.name(device, "mount");
        var target = scratch.second(folder, "mount");
        var text = scratch.buffer(type.length() + options.length() + 2);
        text.setString(0, type);
        text.setString(type.length() + 1, options);
        var address = text.address();
        call(folder, Syscall.MOUNT, source, target, address, flags, address + type.length() + 1);
    }

    /** Never through a symbolic link at its end. */
    public void unmount(Bytes folder) {
        var noFollow = 8;
        call(folder, Syscall.UMOUNT2, scratch.name(folder, "umount2"), noFollow, 0, 0, 0);
    }

    // Subvolumes of Btrfs.

    private static final int BTRFS_ARGUMENT_BYTES = 4096;
    private static final int BTRFS_NAME_AT = 8;
    private static final int BTRFS_NAME_AT_V2 = 56;

    public void makeSubvolume(Fd folder, Bytes name) {
        ioctl(
                folder,
                Flags.BTRFS_SUBVOL_CREATE,
                btrfsArgument(name, BTRFS_NAME_AT).address());
    }

    /** A copy of a subvolume as it is now, sharing everything. */
    public void snapshot(Fd subvolume, Fd folder, Bytes name, boolean readOnly) {
        var argument = btrfsArgument(name, BTRFS_NAME_AT_V2);
        argument.set(JAVA_LONG, 0, subvolume.number());
        argument.set(JAVA_LONG, 16, readOnly ? Flags.BTRFS_SUBVOL_RDONLY : 0);
        ioctl(folder, Flags.BTRFS_SNAP_CREATE_V2, argument.address());
    }

    /** With all that is in it; its space comes back behind the call's back. */
    public void removeSubvolume(Fd folder, Bytes name) {
        ioctl(
                folder,
                Flags.BTRFS_SNAP_DESTROY,
                btrfsArgument(name, BTRFS_NAME_AT).address());
    }

    private MemorySegment btrfsArgument(Bytes name, int at) {
        var argument = scratch.buffer(BTRFS_ARGUMENT_BYTES).asSlice(0, BTRFS_ARGUMENT_BYTES);
        if (!name.isFileName()) {
            throw new IllegalArgumentException("Not the name of a file: " + name);
        }
        argument.fill((byte) 0);
        MemorySegment.copy(name.array(), 0, argument, JAVA_BYTE, at, name.length());
        return argument;
    }

    /** How large the file system is, and how much of it can still be written. */
    public Space space(Fd file) {
        call(file, Syscall.FSTATFS, file.number(), scratch.structure(), 0, 0, 0);
        var block = scratch.longAt(8);
        return new Space(scratch.longAt(16) * block, scratch.longAt(32) * block);
    }

    /** In bytes. */
    public record Space(long capacity, long free) {}

    /** The magic number of the file system: {@code 0xEF53} ext4, {@code 0x58465342} XFS, {@code 0x9123683E} Btrfs. */
    public long fileSystemType(Fd file) {
        call(file, Syscall.FSTATFS, file.number(), scratch.structure(), 0, 0, 0);
        return scratch.longAt(0);
    }
}
