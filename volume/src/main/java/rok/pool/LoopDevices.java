package rok.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Stat;

/** The loop devices of this machine: which file each stands for, by device and inode, never by its name. For one thread. */
final class LoopDevices {
    private static final Path CONTROL = Path.of("/dev/loop-control");
    private static final Path BLOCK = Path.of("/sys/block");
    private static final int MAJOR = 7;
    private static final int ATTEMPTS = 50;
    private static final int WAITS = 40;
    private static final long WAIT_MILLIS = 25;

    private final PoolFiles files;

    LoopDevices(PoolFiles files) {
        this.files = files;
    }

    /** A file, whatever it is called. */
    record FileId(long device, long inode) {
        static FileId of(Stat stat) {
            return new FileId(stat.device(), stat.inode());
        }
    }

    /** A loop device that stands for something. */
    record Loop(int number) {
        Path device() {
            return Path.of("/dev/loop" + number);
        }

        /** As in {@link Stat#device} and {@code /proc/self/mountinfo}. */
        boolean isDevice(int major, int minor) {
            return major == MAJOR && minor == number;
        }

        @Override
        public String toString() {
            return device().toString();
        }
    }

    Optional<Loop> find(Path image) {
        return Optional.ofNullable(all().get(FileId.of(files.stat(image))));
    }

    /** All that stand for a file now. */
    Map<FileId, Loop> all() {
        var found = new HashMap<FileId, Loop>();
        for (var number : configured()) {
            try (var open = open(number, Flags.O_RDONLY)) {
                files.linux()
                        .loopFile(open)
                        .ifPresent(file -> found.put(new FileId(file.device(), file.inode()), new Loop(number)));
            } catch (LinuxException e) {
                var isGone = e.errno() == Errno.ENXIO || e.errno() == Errno.ENODEV || e.errno() == Errno.ENOENT;
                if (!isGone) {
                    throw e;
                }
            }
        }
        return found;
    }

    private static List<Integer> configured() {
        var numbers = new ArrayList<Integer>();
        try (var devices = Files.newDirectoryStream(BLOCK, "loop*")) {
            for (var device : devices) {
                var number = device.getFileName().toString().substring("loop".length());
                if (number.matches("[0-9]{1,7}") && Files.exists(device.resolve("loop/backing_file"))) {
                    numbers.add(Integer.valueOf(number));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return numbers;
    }

    /** With direct I/O where the file system under the image can. */
    Loop attach(Path image) {
        try (var control = control();
                var file = files.open(image, Flags.O_RDWR)) {
            for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
                var number = files.linux().freeLoop(control);
                if (configure(number, file, image)) {
                    return new Loop(number);
                }
            }
        }
        throw new PoolException.InUse(
                "No loop device for %s: others took each of %d free ones first; try again".formatted(image, ATTEMPTS));
    }

    private Fd control() {
        try {
            return files.open(CONTROL, Flags.O_RDWR);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENODEV) {
                throw new PoolException("This kernel offers no loop devices: load its module with: modprobe loop", e);
            }
            throw e;
        }
    }

    /** False where somebody else was faster. */
    private boolean configure(int number, Fd file, Path image) {
        try (var open = open(number, Flags.O_RDWR)) {
            var name = PoolFiles.bytes(image);
            try {
                files.linux().configureLoop(open, file, name, Flags.LO_DIRECT_IO);
            } catch (LinuxException e) {
                if (e.errno() != Errno.EINVAL) {
                    throw e;
                }
                files.linux().configureLoop(open, file, name, 0);
            }
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EBUSY || e.errno() == Errno.ENXIO) {
                return false;
            }
            throw e;
        }
    }

    /** Makes the node where nobody else does, as in a container whose /dev is no devtmpfs. */
    private Fd open(int number, int flags) {
        var path = new Loop(number).device();
        try {
            return files.open(path, flags);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        try {
            files.linux().makeBlockDevice(Fd.CWD, PoolFiles.bytes(path), MAJOR, number, PoolFiles.PRIVATE_FILE);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        return files.open(path, flags);
    }

    /** Throws {@link PoolException.InUse} while somebody has it open. */
    void detach(Loop loop) {
        try (var alone = files.open(loop.device(), Flags.O_RDWR | Flags.O_EXCL)) {
            files.linux().clearLoop(alone);
        } catch (LinuxException e) {
            if (e.errno() == Errno.EBUSY) {
                throw new PoolException.InUse(
                        "%s is in use by what is not seen from here: mounted in another mount namespace, or part of another device"
                                .formatted(loop));
            }
            if (e.errno() != Errno.ENXIO) {
                throw e;
            }
        }
        waitUntilGone(loop);
    }

    private static void waitUntilGone(Loop loop) {
        var backing = BLOCK.resolve("loop" + loop.number()).resolve("loop/backing_file");
        for (var i = 0; i < WAITS && Files.exists(backing); i++) {
            try {
                Thread.sleep(WAIT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (Files.exists(backing)) {
            throw new PoolException.InUse(
                    "%s is still open in some process; it goes when that one closes it".formatted(loop));
        }
    }

    void adoptSize(Loop loop) {
        try (var open = files.open(loop.device(), Flags.O_RDWR)) {
            files.linux().adoptLoopSize(open);
        }
    }
}
