package rok.pool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import rok.linux.Errno;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.pool.LoopDevices.Loop;

/** A pool in a file: the file, the loop device that stands for it, and where that is mounted. */
record PoolImage(Path file, Path mountPoint) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    Pool create(long size, PoolKind kind, RandomGenerator random) {
        var files = new PoolFiles();
        checkHost(files, size);
        try (var image = createFile(files)) {
            lock(files, image);
            try {
                files.linux().truncate(image, size);
                format(kind);
                files.linux().sync(image);
                mountLocked(files, kind);
                return PoolBirth.createIn(mountPoint, Optional.of(this), random);
            } catch (RuntimeException e) {
                undo(files, e);
                throw e;
            }
        }
    }

    private Fd createFile(PoolFiles files) {
        try {
            return files.create(file);
        } catch (LinuxException e) {
            throw e.errno() == Errno.EEXIST
                    ? new PoolException.InUse("There is a file %s already: choose another, or open it".formatted(file))
                    : e;
        }
    }

    /** Promised space that is not there would be errors of the disk later. */
    private void checkHost(PoolFiles files, long size) {
        var free = hostFree();
        if (size > free) {
            throw new PoolException.NoSpace("A pool of %d MiB does not fit where %s lies: %d MiB are free there"
                    .formatted(size >> 20, file, free >> 20));
        }
        var least = 320L << 20;
        if (size < least) {
            throw new PoolException(
                    "A pool of %d MiB is too small: at least %d MiB".formatted(size >> 20, least >> 20));
        }
        checkMountPoint(files);
    }

    private void checkMountPoint(PoolFiles files) {
        files.makeFolderIfAbsent(mountPoint);
        if (!files.names(mountPoint).isEmpty()) {
            throw new PoolException("%s is not empty: a pool is mounted on an empty folder".formatted(mountPoint));
        }
    }

    private void format(PoolKind kind) {
        var command = switch (kind) {
            case BTRFS -> List.of(Tool.find("mkfs.btrfs", "btrfs-progs").toString(), "-q", file.toString());
            case XFS ->
                List.of(
                        Tool.find("mkfs.xfs", "xfsprogs").toString(),
                        "-q",
                        "-s",
                        "size=4096",
                        "-m",
                        "reflink=1",
                        file.toString());
        };
        Tool.run("Can't format the pool " + file, command, PATIENCE);
    }

    private void undo(PoolFiles files, RuntimeException failure) {
        try {
            release(files);
            files.removeIfThere(file);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Adopts what is attached and mounted already. */
    void mount() {
        var files = new PoolFiles();
        if (!files.exists(file)) {
            throw new PoolException.NotFound("There is no pool image " + file);
        }
        try (var image = files.open(file, Flags.O_RDONLY)) {
            lock(files, image);
            var loops = new LoopDevices(files);
            var loop = loops.find(file);
            var mounts = Mounts.now();
            if (loop.isPresent() && isMounted(mounts, loop.get())) {
                return;
            }
            checkMountPoint(files);
            mountLocked(files, loop, formatOf(files, image));
        }
    }

    private boolean isMounted(Mounts mounts, Loop loop) {
        var places = mounts.of(loop);
        if (places.stream().anyMatch(mount -> mount.point().equals(mountPoint))) {
            return true;
        }
        if (!places.isEmpty()) {
            throw new PoolException.InUse("The pool %s is mounted on %s, not on %s: open it there, or unmount it"
                    .formatted(file, places.getFirst().point(), mountPoint));
        }
        return false;
    }

    private PoolKind formatOf(PoolFiles files, Fd image) {
        var start = new byte[68 << 10];
        for (var at = 0; at < start.length; ) {
            var read = files.linux().read(image, start, at, start.length - at, at);
            if (read == 0) {
                throw new PoolException.Damaged("%s is no pool: it has only %d bytes".formatted(file, at));
            }
            at += read;
        }
        if (isAt(start, 0, "XFSB")) {
            return PoolKind.XFS;
        }
        if (isAt(start, (64 << 10) + 64, "_BHRfS_M")) {
            return PoolKind.BTRFS;
        }
        throw new PoolException.Damaged("%s holds neither XFS nor Btrfs: it is no pool, or damaged".formatted(file));
    }

    private static boolean isAt(byte[] bytes, int at, String text) {
        for (var i = 0; i < text.length(); i++) {
            if (bytes[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void mountLocked(PoolFiles files, PoolKind kind) {
        mountLocked(files, Optional.empty(), kind);
    }

    private void mountLocked(PoolFiles files, Optional<Loop> attached, PoolKind kind) {
        var loops = new LoopDevices(files);
        var loop = attached.orElseGet(() -> loops.attach(file));
        try {
            var device = PoolFiles.bytes(loop.device());
            var flags = Flags.MS_NOATIME | Flags.MS_NODEV | Flags.MS_NOSUID;
            files.linux().mount(device, PoolFiles.bytes(mountPoint), kind.toString(), flags, "discard");
        } catch (RuntimeException e) {
            if (attached.isEmpty()) {
                loops.detach(loop);
            }
            throw e;
        }
    }

    private void lock(PoolFiles files, Fd image) {
        if (!files.linux().tryLock(image)) {
            throw new PoolException.InUse(
                    "Another process is making or opening the pool %s: try again".formatted(file));
        }
    }

    /** What the file system under the image has left, in bytes. */
    long hostFree() {
        var files = new PoolFiles();
        try (var folder = files.folder(PoolFiles.parent(file))) {
            return files.linux().space(folder).free();
        }
    }

    private void release(PoolFiles files) {
        var loops = new LoopDevices(files);
        var loop = loops.find(file);
        if (loop.isPresent()) {
            for (var mount : Mounts.now().of(loop.get()).reversed()) {
                files.linux().unmount(PoolFiles.bytes(mount.point()));
            }
            loops.detach(loop.get());
        }
    }

    void remove() {
        var files = new PoolFiles();
        release(files);
        files.remove(file);
    }
}
