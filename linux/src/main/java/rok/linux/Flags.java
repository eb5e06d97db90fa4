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

    /** For {@link Syscalls#mount}. */
    public static final long MS_RDONLY = 1;

    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOATIME = 1024;

    /** For {@link Syscalls#configureLoop}: past the page cache of the file's file system. */
    public static final int LO_DIRECT_IO = 16;

    static final long FIEMAP = 0xC020660BL;
    static final long FIFREEZE = 0xC0045877L;
    static final long FITHAW = 0xC0045878L;
    static final long LOOP_CLR_FD = 0x4C01L;
    static final long LOOP_GET_STATUS64 = 0x4C05L;
    static final long LOOP_SET_CAPACITY = 0x4C07L;
    static final long LOOP_CONFIGURE = 0x4C0AL;
    static final long LOOP_CTL_GET_FREE = 0x4C82L;
    static final long BTRFS_SUBVOL_CREATE = 0x5000940EL;
    static final long BTRFS_SNAP_DESTROY = 0x5000940FL;
    static final long BTRFS_SNAP_CREATE_V2 = 0x50009417L;
    static final long BTRFS_SUBVOL_RDONLY = 2;
    static final long FS_GET_XATTR = 0x801C581FL;
    static final long FS_SET_XATTR = 0x401C5820L;
    static final int FS_EXTENT_SIZE_INHERIT = 0x1000;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;
    static final long FICLONE = 0x40049409L;
    static final long TCGETS = 0x5401L;
    static final long TCSETS = 0x5402L;
    static final long TIOCGWINSZ = 0x5413L;
    static final int ECHO = 8;

    private Flags() {}
}
