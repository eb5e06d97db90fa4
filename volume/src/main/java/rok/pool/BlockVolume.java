package rok.pool;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import rok.linux.Flags;
import rok.pool.LoopDevices.Loop;
import rok.pool.Mounts.Mount;

/**
 * A disk in a pool. What is asked is asked of the machine each time, so that several may stand for one volume; may be
 * used by several threads while its pool is open. What fails is a {@link PoolException}.
 */
public final class BlockVolume {
    private final Pool pool;
    private final VolumeRecord record;

    BlockVolume(Pool pool, VolumeRecord record) {
        this.pool = pool;
        this.record = record;
    }

    /** 32 hexadecimal digits that never come again. */
    public String id() {
        return record.id();
    }

    public String name() {
        return record.name();
    }

    public FileSystem fileSystem() {
        return record.fileSystem();
    }

    /** In bytes. */
    public long size() {
        return pool.locked("Can't look at volume " + name(), this::size);
    }

    long size(PoolFiles files) {
        return files.stat(path()).size();
    }

    /** Its image. Who writes to it while it is attached destroys it. */
    public Path path() {
        return folder().resolve(PoolLayout.DISK);
    }

    Path folder() {
        return pool.layout().volume(id());
    }

    Pool pool() {
        return pool;
    }

    /** The block device it is attached as. */
    public Optional<Path> device() {
        return pool.locked(
                "Can't look at volume " + name(), files -> loop(files).map(Loop::device));
    }

    Optional<Loop> loop(PoolFiles files) {
        checkThere(files);
        return new LoopDevices(files).find(path());
    }

    private void checkThere(PoolFiles files) {
        if (!files.exists(path())) {
            throw new PoolException.NotFound("The image of volume %s, %s, is not there".formatted(name(), path()));
        }
    }

    /** The folders it is mounted on, as this process sees it; the first is the oldest. */
    public List<Path> mountPoints() {
        return pool.locked("Can't look at volume " + name(), this::mountPoints);
    }

    List<Path> mountPoints(PoolFiles files) {
        var loop = loop(files);
        return loop.isEmpty()
                ? List.of()
                : Mounts.now().of(loop.get()).stream().map(Mount::point).toList();
    }

    /** Gives the block device; the same one where it is attached already. */
    public Path attach() {
        return pool.locked(
                "Can't attach volume " + name(), files -> attach(files).device());
    }

    private Loop attach(PoolFiles files) {
        var attached = loop(files);
        if (attached.isPresent()) {
            return attached.get();
        }
        var size = size(files);
        var known = VolumeRecord.read(files, pool.layout(), new VolumeRecord.FileName(name(), id()))
                .size();
        if (size < known) {
            throw new PoolException.Damaged(
                    "The image of volume %s, %s, has %d bytes of %d: it was cut off, and is left as it is"
                            .formatted(name(), path(), size, known));
        }
        return new LoopDevices(files).attach(path());
    }

    /** Does nothing where it is not attached; throws {@link PoolException.InUse} while it is mounted or open. */
    public void detach() {
        pool.lockedDo("Can't detach volume " + name(), files -> {
            checkUnmounted(files, "detached");
            detach(files);
        });
    }

    private void detach(PoolFiles files) {
        loop(files).ifPresent(new LoopDevices(files)::detach);
    }

    private void checkUnmounted(PoolFiles files, String what) {
        var places = mountPoints(files);
        if (!places.isEmpty()) {
            throw new PoolException.InUse("Volume %s can't be %s while it is mounted on %s: unmount it first"
                    .formatted(name(), what, places.getFirst()));
        }
    }

    /**
     * Attaches and mounts it on an empty folder, or one that is made; does nothing where it is mounted there already.
     * Always with nodev and nosuid.
     */
    public void mount(Path folder, MountOptions options) {
        var point = PoolFiles.canonical(folder);
        pool.lockedDo("Can't mount volume %s on %s".formatted(name(), point), files -> {
            if (fileSystem() == FileSystem.RAW) {
                throw new PoolException("Volume %s is raw: attach it, and use its device".formatted(name()));
            }
            var places = mountPoints(files);
            if (places.contains(point)) {
                return;
            }
            if (!places.isEmpty()) {
                throw new PoolException.InUse("Volume %s is mounted on %s already: unmount it there first"
                        .formatted(name(), places.getFirst()));
            }
            checkMountPoint(files, point);
            var wasAttached = loop(files).isPresent();
            try {
                mountLocked(files, point, options);
            } catch (RuntimeException e) {
                if (!wasAttached) {
                    detach(files);
                }
                throw e;
            }
        });
    }

    private void checkMountPoint(PoolFiles files, Path point) {
        files.makeFolderIfAbsent(point);
        var other = Mounts.now().at(point);
        if (other.isPresent()) {
            throw new PoolException.InUse("%s is mounted on %s: unmount that, or choose another folder for volume %s"
                    .formatted(other.get().source(), point, name()));
        }
        if (!files.names(point).isEmpty()) {
            throw new PoolException("%s is not empty: a volume is mounted on an empty folder".formatted(point));
        }
    }

    private void mountLocked(PoolFiles files, Path point, MountOptions options) {
        var device = PoolFiles.bytes(attach(files).device());
        var flags = Flags.MS_NODEV | Flags.MS_NOSUID | (options.readOnly() ? Flags.MS_RDONLY : 0);
        // A clone has the UUID of what it was cloned from
        var always = fileSystem() == FileSystem.XFS ? "nouuid" : "errors=remount-ro";
        var text = options.discard() ? always + ",discard" : always;
        files.linux().mount(device, PoolFiles.bytes(point), fileSystem().toString(), flags, text);
    }

    /** Unmounts it everywhere and detaches it. Throws {@link PoolException.InUse} while something in it is open. */
    public void unmount() {
        pool.lockedDo("Can't unmount volume " + name(), files -> {
            for (var place : mountPoints(files).reversed()) {
                files.linux().unmount(PoolFiles.bytes(place));
            }
            detach(files);
        });
    }

    /**
     * Enlarges it, mounted or not, with its file system.
     *
     * @param size in bytes; the same as before is allowed, and does what an interrupted call left to do
     */
    public void resize(long size) {
        VolumeRecord.checkSize(name(), size);
        pool.lockedDo("Can't resize volume " + name(), files -> {
            checkThere(files);
            var before = size(files);
            if (size < before) {
                throw new PoolException("Volume %s can't become smaller: it has %d bytes, %d were asked for"
                        .formatted(name(), before, size));
            }
            pool.checkReserve(files, "resize volume " + name());
            try (var disk = files.open(path(), Flags.O_RDWR)) {
                files.linux().truncate(disk, size);
                files.linux().sync(disk);
            }
            record.withSize(size).write(files, pool.layout());
            loop(files).ifPresent(new LoopDevices(files)::adoptSize);
            if (fileSystem() != FileSystem.RAW) {
                growFileSystem(files);
            }
        });
    }

    private void growFileSystem(PoolFiles files) {
        var places = mountPoints(files);
        if (!places.isEmpty()) {
            Formatting.grow(name(), attach(files).device(), places.getFirst(), fileSystem());
            return;
        }
        if (fileSystem() == FileSystem.EXT4) {
            Formatting.growUnmounted(name(), loop(files).map(Loop::device).orElse(path()));
        } else {
            growMountedForIt(files);
        }
    }

    private void growMountedForIt(PoolFiles files) {
        var wasAttached = loop(files).isPresent();
        var point = pool.layout().mounts().resolve(pool.session() + "." + id());
        files.makeFolder(point);
        try {
            mountLocked(files, point, MountOptions.DEFAULT);
            try {
                Formatting.grow(name(), attach(files).device(), point, fileSystem());
            } finally {
                files.linux().unmount(PoolFiles.bytes(point));
            }
        } finally {
            files.removeFolder(point);
            if (!wasAttached) {
                detach(files);
            }
        }
    }

    /** Throws {@link PoolException.InUse} while it is attached. Its base goes too; frozen copies that are open stay. */
    public void remove() {
        pool.lockedDo("Can't remove volume " + name(), files -> {
            checkUnmounted(files, "removed");
            var loop = loop(files);
            if (loop.isPresent()) {
                throw new PoolException.InUse("Volume %s can't be removed while it is attached as %s: detach it first"
                        .formatted(name(), loop.get()));
            }
            var layout = pool.layout();
            var draft = layout.draft(pool.session(), id());
            files.rename(folder(), draft);
            files.remove(record.file(layout));
            files.sync(layout.records());
            removeBase(files);
            pool.copies(files).remove(draft);
        });
    }

    private void removeBase(PoolFiles files) {
        var layout = pool.layout();
        var base = readBase(files);
        files.removeIfThere(layout.base(id()));
        if (base.isPresent() && files.exists(base.get().path(layout))) {
            pool.copies(files).remove(base.get().path(layout));
        }
    }

    private Optional<BaseRecord> readBase(PoolFiles files) {
        try {
            return BaseRecord.read(files, pool.layout(), id());
        } catch (PoolException e) {
            return Optional.empty();
        }
    }

    /** A volume that shares all blocks with this one as it is now; where this is mounted, it is frozen for that moment. */
    public BlockVolume clone(String newName) {
        var options = FreezeOptions.DEFAULT;
        try (var draft = new Freeze(pool, options).toDraft(this, newName)) {
            return draft.publish();
        }
    }

    /** What is kept to compare with. */
    public Base base() {
        return pool.locked("Can't look at the base of volume " + name(), files -> {
            try {
                var found = BaseRecord.read(files, pool.layout(), id());
                if (found.isEmpty()) {
                    return new Base.None();
                }
                var disk = found.get().path(pool.layout()).resolve(PoolLayout.DISK);
                return files.exists(disk)
                        ? new Base.Kept(disk, found.get().size(), found.get().note())
                        : new Base.Lost("The base of volume %s, %s, is not there".formatted(name(), disk));
            } catch (PoolException e) {
                return new Base.Lost(String.valueOf(e.getMessage()));
            }
        });
    }

    BaseRecord requireBase(PoolFiles files) {
        var base = BaseRecord.read(files, pool.layout(), id());
        if (base.isEmpty() || !files.exists(base.get().path(pool.layout()))) {
            throw new PoolException.NotFound("Volume %s has no base".formatted(name()));
        }
        return base.get();
    }

    /** Makes another volume's base, where it has one, the base of this one too. Both are of one pool. */
    public void adoptBase(BlockVolume other) {
        if (!(other.base() instanceof Base.Kept)) {
            return;
        }
        pool.lockedDo("Can't keep a base of volume " + name(), files -> {
            var base = other.requireBase(files);
            var copy = pool.layout().frozen(pool.session(), pool.newId(), id());
            pool.copies(files).copy(base.path(pool.layout()), copy, true);
            keepBase(files, copy, base.size(), base.note());
        });
    }

    /** Where nobody has written to it yet. */
    void keepBaseOfNow(PoolFiles files, String note) {
        var copy = pool.layout().frozen(pool.session(), pool.newId(), id());
        pool.copies(files).copy(folder(), copy, true);
        keepBase(files, copy, size(files), note);
    }

    /** Replaces the base by a frozen copy, and removes the old one. */
    void keepBase(PoolFiles files, Path frozen, long size, String note) {
        var old = readBase(files);
        files.sync(frozen.resolve(PoolLayout.DISK));
        files.sync(frozen);
        files.sync(PoolFiles.parent(frozen));
        var kept = new BaseRecord(String.valueOf(frozen.getFileName()), size, note);
        kept.write(files, pool.layout(), id());
        if (old.isPresent() && !old.get().folder().equals(kept.folder())) {
            var folder = old.get().path(pool.layout());
            if (files.exists(folder)) {
                pool.copies(files).remove(folder);
            }
        }
    }

    /** Its name. */
    @Override
    public String toString() {
        return name();
    }
}
