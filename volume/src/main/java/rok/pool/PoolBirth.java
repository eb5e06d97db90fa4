package rok.pool;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.random.RandomGenerator;
import rok.linux.Errno;
import rok.linux.LinuxException;
import rok.volume.Reflink;

/** Makes the files of a new pool, and takes them away again. */
final class PoolBirth {
    private static final int EXTENT_SIZE_HINT = 1 << 20;

    private PoolBirth() {}

    static Pool createIn(Path folder, Optional<PoolImage> image, RandomGenerator random) {
        var layout = new PoolLayout(folder);
        try {
            make(new PoolFiles(), layout, random);
        } catch (LinuxException e) {
            throw PoolException.of("Can't make a pool in " + folder, e);
        }
        return Pool.open(folder, image, random);
    }

    private static void make(PoolFiles files, PoolLayout layout, RandomGenerator random) {
        files.makeFolderIfAbsent(layout.root());
        var kind = kind(files, layout.root());
        checkEmpty(files, layout);
        if (!Reflink.isPossible(layout.root(), layout.root())) {
            throw new PoolException(
                    "Files on the %s of %s can't share blocks: format it with reflink (mkfs.xfs -m reflink=1), or make a pool in an image file"
                            .formatted(kind, layout.root()));
        }
        try (var _ = PoolLock.acquire(layout.lock())) {
            checkEmpty(files, layout);
            for (var part : layout.folders()) {
                files.makeFolderIfAbsent(part);
            }
            if (kind == PoolKind.XFS) {
                try (var drafts = files.folder(layout.drafts())) {
                    files.linux().inheritExtentSize(drafts, EXTENT_SIZE_HINT);
                }
            }
            Document.write(files, layout.document(), Pool.KIND, Pool.document(PoolLayout.newId(random)));
        }
    }

    static PoolKind kind(PoolFiles files, Path folder) {
        try (var open = files.folder(folder)) {
            var magic = files.linux().fileSystemType(open);
            return Arrays.stream(PoolKind.values())
                    .filter(kind -> kind.magic() == magic)
                    .findFirst()
                    .orElseThrow(() -> new PoolException(
                            "%s is on a file system that is neither Btrfs nor XFS (0x%x): make the pool in an image file there"
                                    .formatted(folder, magic)));
        }
    }

    /** What a crash while making a pool leaves is no obstacle. */
    private static void checkEmpty(PoolFiles files, PoolLayout layout) {
        if (files.exists(layout.document())) {
            throw new PoolException.InUse("There is a pool in %s already: open it".formatted(layout.root()));
        }
        var found = new HashSet<>(files.names(layout.root()));
        layout.folders().forEach(part -> found.remove(part.getFileName().toString()));
        found.remove(layout.lock().getFileName().toString());
        found.remove(layout.document().getFileName() + Document.UNFINISHED);
        if (!found.isEmpty()) {
            throw new PoolException("%s is not empty (%s): choose an empty folder"
                    .formatted(layout.root(), found.iterator().next()));
        }
    }

    static void checkEmpty(PoolFiles files, PoolLayout layout, String session) {
        for (var part : new Path[] {layout.records(), layout.volumes()}) {
            var names = files.names(part);
            if (!names.isEmpty()) {
                throw new PoolException.InUse(
                        "The pool %s can't be removed while there are volumes in it: %d entries in %s, such as %s"
                                .formatted(layout.root(), names.size(), part, names.getFirst()));
            }
        }
        for (var other : files.names(layout.sessions())) {
            if (!other.equals(session)
                    && PoolLock.tryAcquire(layout.session(other))
                            .map(PoolBirth::release)
                            .isEmpty()) {
                throw new PoolException.InUse(
                        "The pool %s can't be removed: another process has it open".formatted(layout.root()));
            }
        }
    }

    private static boolean release(PoolLock lock) {
        lock.close();
        return true;
    }

    /** The document first: without it there is no pool. */
    static void removeLayout(PoolFiles files, PoolLayout layout) {
        files.remove(layout.document());
        for (var part : layout.folders()) {
            try {
                files.removeFolder(part);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOTEMPTY) {
                    throw e;
                }
            }
        }
        files.removeIfThere(layout.lock());
    }
}
