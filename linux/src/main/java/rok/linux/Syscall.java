package rok.linux;

import java.util.Locale;

/** The numbers of the calls, and the few flags, that differ between processors. */
enum Syscall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    IOCTL(16, 29),
    PREAD(17, 67),
    PWRITE(18, 68),
    KILL(62, 129),
    FLOCK(73, 32),
    FSYNC(74, 82),
    FDATASYNC(75, 83),
    FTRUNCATE(77, 46),
    FCHMOD(91, 52),
    FCHOWN(93, 55),
    GETEUID(107, 175),
    GETEGID(108, 177),
    FSTATFS(138, 44),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    FSETXATTR(190, 7),
    LSETXATTR(189, 6),
    FGETXATTR(193, 10),
    LGETXATTR(192, 9),
    FLISTXATTR(196, 13),
    LLISTXATTR(195, 12),
    FREMOVEXATTR(199, 16),
    LREMOVEXATTR(198, 15),
    GETDENTS64(217, 61),
    FADVISE(221, 223),
    CLOCK_GETTIME(228, 113),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    UNLINKAT(263, 35),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    UTIMENSAT(280, 88),
    FALLOCATE(285, 47),
    SYNCFS(306, 267),
    RENAMEAT2(316, 276),
    COPY_FILE_RANGE(326, 285),
    STATX(332, 291),
    OPENAT2(437, 437);

    private static final boolean ARM = isArm();

    final long number;
    final String text;

    Syscall(int x86, int arm) {
        number = isArm() ? arm : x86;
        text = name().toLowerCase(Locale.ROOT);
    }

    /** Of a flag whose value the two families of processors chose differently. */
    static int flag(int x86, int arm) {
        return ARM ? arm : x86;
    }

    private static boolean isArm() {
        var processor = System.getProperty("os.arch");
        return switch (processor) {
            case "amd64", "x86_64" -> false;
            case "aarch64" -> true;
            default ->
                throw new UnsupportedOperationException(
                        "Rok knows the system calls of amd64 and aarch64, not of " + processor);
        };
    }
}
