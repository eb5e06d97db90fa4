package rok.linux;

import java.util.Map;

/** The error numbers of Linux that are told apart somewhere, with their names and what they say to people. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOVERFLOW = 75;
    public static final int EOPNOTSUPP = 95;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;

    private static final Map<Integer, String> TEXTS = Map.ofEntries(
            Map.entry(EPERM, "operation not permitted (EPERM)"),
            Map.entry(ENOENT, "no such file or folder (ENOENT)"),
            Map.entry(ESRCH, "no such process (ESRCH)"),
            Map.entry(EINTR, "interrupted (EINTR)"),
            Map.entry(EIO, "input/output error of the disk (EIO)"),
            Map.entry(ENXIO, "no such device or address (ENXIO)"),
            Map.entry(EBADF, "the file is not open (EBADF)"),
            Map.entry(EAGAIN, "try again (EAGAIN)"),
            Map.entry(ENOMEM, "out of memory (ENOMEM)"),
            Map.entry(EACCES, "permission denied (EACCES)"),
            Map.entry(EBUSY, "in use (EBUSY)"),
            Map.entry(EEXIST, "exists already (EEXIST)"),
            Map.entry(EXDEV, "on another file system (EXDEV)"),
            Map.entry(ENODEV, "no such device (ENODEV)"),
            Map.entry(ENOTDIR, "not a folder (ENOTDIR)"),
            Map.entry(EISDIR, "is a folder (EISDIR)"),
            Map.entry(EINVAL, "invalid argument (EINVAL)"),
            Map.entry(ENFILE, "too many files are open on this machine (ENFILE)"),
            Map.entry(EMFILE, "too many files are open in this process (EMFILE)"),
            Map.entry(ENOTTY, "not supported by this file (ENOTTY)"),
            Map.entry(ETXTBSY, "the program is running (ETXTBSY)"),
            Map.entry(EFBIG, "file too large (EFBIG)"),
            Map.entry(ENOSPC, "no space left on the disk (ENOSPC)"),
            Map.entry(EROFS, "the file system is read-only (EROFS)"),
            Map.entry(EMLINK, "too many links (EMLINK)"),
            Map.entry(ERANGE, "result too large (ERANGE)"),
            Map.entry(ENAMETOOLONG, "name too long (ENAMETOOLONG)"),
            Map.entry(ENOSYS, "not offered by this kernel (ENOSYS)"),
            Map.entry(ENOTEMPTY, "folder not empty (ENOTEMPTY)"),
            Map.entry(ELOOP, "is a symbolic link, or too many of them (ELOOP)"),
            Map.entry(ENODATA, "no such attribute (ENODATA)"),
            Map.entry(EOVERFLOW, "value too large (EOVERFLOW)"),
            Map.entry(EOPNOTSUPP, "not supported by this file system (EOPNOTSUPP)"),
            Map.entry(ESTALE, "stale handle of a network file system (ESTALE)"),
            Map.entry(EDQUOT, "quota used up (EDQUOT)"));

    private Errno() {}

    public static String text(int errno) {
        var text = TEXTS.get(errno);
        return text == null ? "error " + errno : text;
    }
}
