package rok.pool;

import java.nio.file.Path;
import rok.linux.Flags;

/** How a pool's file system makes a folder with a disk, copies it sharing its blocks, and removes it. For one thread. */
sealed interface Copies {
    /** The folder of a volume, of its own and empty. */
    void makeFolder(Path folder);

    /** The whole disk as it is now, also what was not written out yet. {@code to} is new. */
    void copy(Path from, Path to, boolean readOnly);

    /** Also one that is half made. Fails where something is in it that Rok did not put there. */
    void remove(Path folder);

    static Copies of(PoolKind kind, PoolFiles files) {
        return switch (kind) {
            case BTRFS -> new Snapshots(files);
            case XFS -> new Reflinks(files);
        };
    }

    /** Of subvolumes. */
    record Snapshots(PoolFiles files) implements Copies {
        /** What every subvolume's top folder has for an inode number. */
        private static final long TOP = 256;

        @Override
        public void makeFolder(Path folder) {
            try (var parent = files.folder(PoolFiles.parent(folder))) {
                files.linux().makeSubvolume(parent, PoolFiles.name(folder));
            }
            try (var made = files.folder(folder)) {
                files.linux().setMode(made, PoolFiles.PRIVATE_FOLDER);
            }
        }

        @Override
        public void copy(Path from, Path to, boolean readOnly) {
            try (var source = files.folder(from);
                    var parent = files.folder(PoolFiles.parent(to))) {
                files.linux().snapshot(source, parent, PoolFiles.name(to), readOnly);
            }
        }

        @Override
        public void remove(Path folder) {
            if (files.stat(folder).inode() != TOP) {
                throw new PoolException("%s is no subvolume, and left as it is".formatted(folder));
            }
            try (var parent = files.folder(PoolFiles.parent(folder))) {
                files.linux().removeSubvolume(parent, PoolFiles.name(folder));
            }
        }
    }

    /** Of files in plain folders. */
    record Reflinks(PoolFiles files) implements Copies {
        @Override
        public void makeFolder(Path folder) {
            files.makeFolder(folder);
        }

        @Override
        public void copy(Path from, Path to, boolean readOnly) {
            files.makeFolder(to);
            try (var source = files.open(from.resolve(PoolLayout.DISK), Flags.O_RDONLY);
                    var target = files.create(to.resolve(PoolLayout.DISK))) {
                files.linux().cloneFile(source, target);
                if (readOnly) {
                    files.linux().setMode(target, 0400);
                }
            }
        }

        @Override
        public void remove(Path folder) {
            files.removeIfThere(folder.resolve(PoolLayout.DISK));
            files.removeFolder(folder);
        }
    }
}
