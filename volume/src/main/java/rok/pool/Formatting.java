package rok.pool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Puts a file system on a disk, and enlarges one. */
final class Formatting {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long EXT4_MIN = 8L << 20;
    private static final long XFS_MIN = 300L << 20;

    private Formatting() {}

    /** The image stays sparse: what mkfs would write as zeros it leaves as holes. */
    static void format(String volume, Path image, long size, FileSystem fileSystem) {
        var doing = "Can't format volume " + volume;
        switch (fileSystem) {
            case EXT4 -> {
                checkSize(volume, size, fileSystem, EXT4_MIN);
                run(
                        doing,
                        Tool.find("mkfs.ext4", "e2fsprogs"),
                        List.of("-q", "-F", "-b", "4096", "-m", "0", "-E", "discard,lazy_journal_init=1"),
                        image);
            }
            case XFS -> {
                checkSize(volume, size, fileSystem, XFS_MIN);
                run(doing, Tool.find("mkfs.xfs", "xfsprogs"), List.of("-q", "-s", "size=4096"), image);
            }
            case RAW -> {}
        }
    }

    private static void checkSize(String volume, long size, FileSystem fileSystem, long least) {
        if (size < least) {
            throw new PoolException("Volume %s of %d bytes is too small for %s: at least %d MiB"
                    .formatted(volume, size, fileSystem, least >> 20));
        }
    }

    /** A mounted one, to the size of its device. */
    static void grow(String volume, Path device, Path mountPoint, FileSystem fileSystem) {
        var doing = "Can't enlarge the file system of volume " + volume;
        switch (fileSystem) {
            case EXT4 -> {
                try {
                    run(doing, Tool.find("resize2fs", "e2fsprogs"), List.of(), device);
                } catch (PoolException e) {
                    throw new PoolException(
                            "%s. Without CAP_SYS_RESOURCE ext4 only grows unmounted: unmount it, and resize it again"
                                    .formatted(String.valueOf(e.getMessage()).strip()),
                            e);
                }
            }
            case XFS -> run(doing, Tool.find("xfs_growfs", "xfsprogs"), List.of("-d"), mountPoint);
            case RAW -> {}
        }
    }

    /** Ext4 that is not mounted, to the size of its image or device. */
    static void growUnmounted(String volume, Path on) {
        var doing = "Can't enlarge the file system of volume " + volume;
        var repaired = 1;
        var check = List.of(Tool.find("e2fsck", "e2fsprogs").toString(), "-f", "-p", on.toString());
        Tool.run(doing, check, PATIENCE, repaired);
        run(doing, Tool.find("resize2fs", "e2fsprogs"), List.of(), on);
    }

    private static void run(String doing, Path tool, List<String> options, Path on) {
        var command = new ArrayList<String>();
        command.add(tool.toString());
        command.addAll(options);
        command.add(on.toString());
        Tool.run(doing, command, PATIENCE);
    }
}
