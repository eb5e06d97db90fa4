package rok.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import rok.linux.Extents;
import rok.linux.Flags;
import rok.linux.LinuxException;

/**
 * A folder on XFS or Btrfs that holds the images of volumes, open for this process. Every change waits for the pool's
 * lock, so that processes and threads may use one pool at the same time. What fails is a {@link PoolException}. Needs
 * root. Who opens a pool closes it: its frozen copies and drafts go with it, what is attached and mounted stays.
 */
public final class Pool implements AutoCloseable {
    static final String KIND = "rok-pool";

    private static final long RESERVE_MIN = 64L << 20;
    private static final int RESERVE_PARTS = 100;
    private static final int EXTENTS = 4096;

    private final PoolLayout layout;
    private final PoolKind kind;
    private final String id;
    private final Optional<PoolImage> image;
    private final RandomGenerator random;
    private final String session;
    private final PoolLock sessionLock;
    private final List<String> findings;

    private Pool(
            PoolLayout layout, Document document, PoolKind kind, Optional<PoolImage> image, RandomGenerator random) {
        this.layout = layout;
        this.kind = kind;
        this.id = document.text("id");
        this.image = image;
        this.random = random;
        session = PoolLayout.newId(random);
        sessionLock = PoolLock.tryAcquire(layout.session(session)).orElseThrow();
        try {
            findings = new Reconciliation(new PoolFiles(), layout, kind).run();
        } catch (RuntimeException e) {
            sessionLock.close();
            throw e;
        }
    }

    /**
     * Makes a pool of a folder that is empty, or is made, on Btrfs or on XFS with reflink.
     *
     * @param random where the names of things come from: strong, for they are never to come again
     */
    public static Pool createIn(Path folder, RandomGenerator random) {
        return PoolBirth.createIn(PoolFiles.canonical(folder), Optional.empty(), random);
    }

    /**
     * Makes a pool of a new file on any file system, which grows as it is filled, and mounts it.
     *
     * @param size in bytes, no more than the file system has left
     * @param mountPoint an empty folder, or one to be made
     */
    public static Pool createFile(Path file, long size, PoolKind kind, Path mountPoint, RandomGenerator random) {
        var image = new PoolImage(PoolFiles.canonical(file), PoolFiles.canonical(mountPoint));
        return doing("Can't make the pool " + file, () -> image.create(size, kind, random));
    }

    /** Opens a pool that is a folder, or an image's that is mounted; cleans up behind processes that died. */
    public static Pool open(Path folder, RandomGenerator random) {
        return open(PoolFiles.canonical(folder), Optional.empty(), random);
    }

    /** Opens a pool that is a file; attaches and mounts it where it is not yet, as after a reboot. */
    public static Pool openFile(Path file, Path mountPoint, RandomGenerator random) {
        var image = new PoolImage(PoolFiles.canonical(file), PoolFiles.canonical(mountPoint));
        return doing("Can't open the pool " + file, () -> {
            image.mount();
            return open(image.mountPoint(), Optional.of(image), random);
        });
    }

    static Pool open(Path folder, Optional<PoolImage> image, RandomGenerator random) {
        var layout = new PoolLayout(folder);
        return doing("Can't open the pool in " + folder, () -> {
            var files = new PoolFiles();
            if (!files.exists(layout.document())) {
                throw new PoolException.NotFound("There is no pool in %s: it has no file %s"
                        .formatted(folder, layout.document().getFileName()));
            }
            try (var _ = PoolLock.acquire(layout.lock())) {
                var document = Document.read(files, layout.document(), KIND);
                var kind = PoolBirth.kind(files, folder);
                return new Pool(layout, document, kind, image, random);
            }
        });
    }

    private interface Work<T> {
        T run();
    }

    private static <T> T doing(String doing, Work<T> work) {
        try {
            return work.run();
        } catch (LinuxException e) {
            throw PoolException.of(doing, e);
        }
    }

    /** Does something while nobody else changes the pool. */
    <T> T locked(String doing, Function<PoolFiles, T> work) {
        return doing(doing, () -> {
            try (var _ = PoolLock.acquire(layout.lock())) {
                return work.apply(new PoolFiles());
            }
        });
    }

    void lockedDo(String doing, Consumer<PoolFiles> work) {
        locked(doing, files -> {
            work.accept(files);
            return id;
        });
    }

    /** 32 hexadecimal digits. */
    public String id() {
        return id;
    }

    /** The folder it is in. */
    public Path path() {
        return layout.root();
    }

    public PoolKind kind() {
        return kind;
    }

    /** What opening found that is not as it should be, and what it did about it; for people. */
    public List<String> findings() {
        return findings;
    }

    PoolLayout layout() {
        return layout;
    }

    String session() {
        return session;
    }

    String newId() {
        return PoolLayout.newId(random);
    }

    Copies copies(PoolFiles files) {
        return Copies.of(kind, files);
    }

    /** Sorted by name, without those whose document can't be read: {@link #unreadable} tells those. */
    public List<BlockVolume> volumes() {
        return locked("Can't list the volumes", files -> {
            var volumes = new ArrayList<BlockVolume>();
            for (var name : recordNames(files)) {
                try {
                    volumes.add(new BlockVolume(this, VolumeRecord.read(files, layout, name)));
                } catch (PoolException e) {
                    // Told by unreadable()
                }
            }
            return volumes;
        });
    }

    /** Why the documents of some volumes can't be read: damaged, or written by a newer Rok. Nothing of those is touched. */
    public List<PoolException> unreadable() {
        return locked("Can't list the volumes", files -> {
            var problems = new ArrayList<PoolException>();
            for (var name : recordNames(files)) {
                try {
                    VolumeRecord.read(files, layout, name);
                } catch (PoolException e) {
                    problems.add(e);
                }
            }
            return problems;
        });
    }

    private List<VolumeRecord.FileName> recordNames(PoolFiles files) {
        return files.names(layout.records()).stream()
                .flatMap(name -> VolumeRecord.FileName.of(name).stream())
                .toList();
    }

    /** Throws {@link PoolException.NotFound} where there is none, {@link PoolException.Damaged} where its document is. */
    public BlockVolume volume(String name) {
        return locked(
                "Can't find volume " + name,
                files -> recordNames(files).stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .map(found -> new BlockVolume(this, VolumeRecord.read(files, layout, found)))
                        .orElseThrow(() -> new PoolException.NotFound(
                                "There is no volume %s in the pool %s".formatted(name, path()))));
    }

    /** @param size in bytes, a multiple of 4,096; what is not written takes no space */
    public BlockVolume create(String name, long size, FileSystem fileSystem) {
        try (var draft = draft(name, size, fileSystem)) {
            doing("Can't make volume " + name, () -> {
                Formatting.format(name, draft.path(), size, fileSystem);
                return id;
            });
            return draft.publish();
        }
    }

    /** A volume in the making whose disk is all zeros, and that its maker writes. */
    public VolumeDraft draft(String name, long size, FileSystem fileSystem) {
        VolumeRecord.checkSize(name, size);
        var record = new VolumeRecord(newId(), name, fileSystem, size);
        return locked("Can't make volume " + name, files -> {
            checkNew(files, name);
            var folder = layout.draft(session, record.id());
            copies(files).makeFolder(folder);
            try (var disk = files.create(folder.resolve(PoolLayout.DISK))) {
                files.linux().truncate(disk, size);
            } catch (LinuxException e) {
                copies(files).remove(folder);
                throw e;
            }
            return new VolumeDraft(this, record);
        });
    }

    /** Of a frozen copy of this pool, sharing all its blocks. */
    public BlockVolume clone(FrozenVolume frozen, String name) {
        var record = new VolumeRecord(newId(), name, frozen.volume().fileSystem(), frozen.size());
        try (var draft = locked("Can't clone volume " + frozen.volume().name(), files -> {
            checkNew(files, name);
            copies(files).copy(frozen.folder(), layout.draft(session, record.id()), false);
            return new VolumeDraft(this, record);
        })) {
            return draft.publish();
        }
    }

    /** Of a volume's {@linkplain BlockVolume#base base}, sharing all its blocks. */
    public BlockVolume cloneBase(BlockVolume of, String name) {
        try (var draft = locked("Can't clone the base of volume " + of, files -> {
            checkNew(files, name);
            var base = of.requireBase(files);
            var record = new VolumeRecord(newId(), name, of.fileSystem(), base.size());
            copies(files).copy(base.path(layout), layout.draft(session, record.id()), false);
            return new VolumeDraft(this, record);
        })) {
            return draft.publish();
        }
    }

    /**
     * Copies of several volumes at one instant: everything mounted is frozen, copied, and thawed at once. The group is
     * to be closed.
     *
     * @param volumes of this pool
     */
    public FrozenGroup freeze(List<BlockVolume> volumes, FreezeOptions options) {
        return new Freeze(this, options).toGroup(volumes);
    }

    /** The name is well-formed and free, and there is space. */
    void checkNew(PoolFiles files, String name) {
        VolumeRecord.checkName(name);
        checkFree(files, name);
        checkReserve(files, "make volume " + name);
    }

    void checkFree(PoolFiles files, String name) {
        if (recordNames(files).stream().anyMatch(each -> each.name().equals(name))) {
            throw new PoolException.InUse(
                    "There is a volume %s already in the pool %s: choose another name, or remove it"
                            .formatted(name, path()));
        }
    }

    void checkReserve(PoolFiles files, String doing) {
        var space = space(files);
        if (space.free() < space.reserve()) {
            throw new PoolException.NoSpace(
                    "Can't %s: the pool %s has %d MiB of %d MiB free, of which %d MiB stay free. Remove volumes or bases, or enlarge it"
                            .formatted(
                                    doing, path(), space.free() >> 20, space.capacity() >> 20, space.reserve() >> 20));
        }
    }

    public PoolSpace space() {
        return doing("Can't measure the pool " + path(), () -> space(new PoolFiles()));
    }

    private PoolSpace space(PoolFiles files) {
        try (var root = files.folder(layout.root())) {
            var space = files.linux().space(root);
            var free = image.isPresent() ? Math.min(space.free(), image.get().hostFree()) : space.free();
            var reserve = Math.max(RESERVE_MIN, space.capacity() / RESERVE_PARTS);
            return new PoolSpace(space.capacity(), free, reserve);
        }
    }

    /** Asks for every extent of the volume, so it takes longer the more there are. */
    public VolumeUsage usage(BlockVolume volume) {
        return doing("Can't measure volume " + volume, () -> usage(new PoolFiles(), volume));
    }

    private static VolumeUsage usage(PoolFiles files, BlockVolume volume) {
        var extents = new Extents(EXTENTS);
        var allocated = 0L;
        var shared = 0L;
        try (var disk = files.open(volume.path(), Flags.O_RDONLY)) {
            var at = 0L;
            do {
                files.linux().extents(disk, at, at == 0, extents);
                for (var i = 0; i < extents.count(); i++) {
                    allocated += extents.length(i);
                    shared += extents.isShared(i) ? extents.length(i) : 0;
                }
                at = extents.end();
            } while (!extents.isLast());
        }
        return new VolumeUsage(allocated, allocated - shared, shared);
    }

    /**
     * Takes the pool away, and the file that it is. Throws {@link PoolException.InUse} while there are volumes, also
     * unreadable ones, or another process has it open. It is closed then.
     */
    public void remove() {
        lockedDo("Can't remove the pool " + path(), files -> {
            PoolBirth.checkEmpty(files, layout, session);
            close(files);
            PoolBirth.removeLayout(files, layout);
        });
        doing("Can't remove the pool " + path(), () -> {
            image.ifPresent(PoolImage::remove);
            return id;
        });
    }

    @Override
    public void close() {
        if (!sessionLock.isClosed()) {
            lockedDo("Can't close the pool " + path(), this::close);
        }
    }

    private void close(PoolFiles files) {
        sessionLock.close();
        new Reconciliation(files, layout, kind).run();
    }

    /** Where it is and what of it is a file; for people. */
    @Override
    public String toString() {
        return "pool %s (%s%s)"
                .formatted(path(), kind, image.map(file -> " in " + file.file()).orElse(""));
    }

    static Map<String, String> document(String id) {
        return Map.of("id", id);
    }
}
