package rok.linux;

/** Flags of the calls in {@link Syscalls}. */
public final class Flags {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    /** Opening a FIFO that nobody writes to does not wait. */
    public static final int O_NONBLOCK = 0x800;

    public static final int O_DIRECTORY = Syscall.flag(0x10000, 0x4000);
    public static final int O_NOFOLLOW = Syscall.flag(0x20000, 0x8000);
    /** Only for the owner of a file, and root: reading it then does not change its time of access. */
    public static final int O_NOATIME = 0x40000;

    public static final int O_CLOEXEC = 0x80000;
    /** A handle on the name only: for stat, links and extended attributes of what can't be opened. */
    public static final int O_PATH = 0x200000;

    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_EMPTY_PATH = 0x1000;

    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;

    /** For {@link Syscalls#openBeneath}: no part of the path may be a symbolic link. */
    public static final int RESOLVE_NO_SYMLINKS = 4;

    public static final int RESOLVE_NO_XDEV = 1;
    public static final int RESOLVE_NO_MAGICLINKS = 2;
    /** For {@link Syscalls#openBeneath}: the path may not leave the folder it starts from. */
    public static final int RESOLVE_BENEATH = 8;

    public static final int FALLOC_KEEP_SIZE = 1;
    public static final int FALLOC_PUNCH_HOLE = 2;

    public static final int FADV_SEQUENTIAL = 2;
    public static final int FADV_WILLNEED = 3;
    public static final int FADV_DONTNEED = 4;

    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;
    static final long FICLONE = 0x40049409L;
    static final long TCGETS = 0x5401L;
    static final long TCSETS = 0x5402L;
    static final long TIOCGWINSZ = 0x5413L;
    static final int ECHO = 8;

    private Flags() {}
}
