package rok.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import rok.catalog.Version;
import rok.pool.Base;
import rok.pool.BlockVolume;
import rok.pool.FileSystem;
import rok.pool.FreezeOptions;
import rok.pool.MountOptions;
import rok.pool.Pool;
import rok.pool.PoolException;
import rok.pool.PoolKind;

/**
 * The pools of this machine, and the block volumes in them by name. What fails is a {@link PoolException}. Needs root for
 * everything but asking what there is where there is nothing. For one thread; close it.
 */
public final class NodeVolumes implements AutoCloseable {
    private final PoolRegister register;
    private final RandomGenerator random = new SecureRandom();
    private final Map<String, Pool> opened = new LinkedHashMap<>();

    /** @param folder where is written down which pools there are */
    public NodeVolumes(Path folder) {
        this.register = new PoolRegister(folder);
    }

    // Pools.

    /** Of a folder on XFS or Btrfs. */
    public PoolState createPool(String name, Path folder) {
        return created(name, new PoolRegister.Place.Folder(folder), () -> Pool.createIn(folder, random));
    }

    /** Of a new file of {@code size} bytes. */
    public PoolState createPool(String name, Path file, long size, String fileSystem) {
        var kind = switch (fileSystem) {
            case "btrfs" -> PoolKind.BTRFS;
            case "xfs" -> PoolKind.XFS;
            default -> throw new PoolException("A pool can't be on %s: give btrfs or xfs".formatted(fileSystem));
        };
        return created(
                name,
                new PoolRegister.Place.File(file),
                () -> Pool.createFile(file, size, kind, register.mountPoint(name), random));
    }

    /** Written down first: what a crash leaves of it is then seen, and can be removed. */
    private PoolState created(String name, PoolRegister.Place place, Supplier<Pool> maker) {
        register.add(name, place);
        try {
            var pool = maker.get();
            opened.put(name, pool);
            return state(name, pool);
        } catch (RuntimeException e) {
            register.remove(name);
            throw e;
        }
    }

    /** By name. Of one that can't be opened now, why. */
    public List<PoolState> pools() {
        return register.names().stream()
                .map(name -> {
                    try {
                        return state(name, open(name));
                    } catch (PoolException e) {
                        var where = register.place(name).map(Object::toString).orElse("");
                        return new PoolState(name, "", where, 0, 0, 0, 0, String.valueOf(e.getMessage()));
                    }
                })
                .toList();
    }

    private PoolState state(String name, Pool pool) {
        var space = pool.space();
        return new PoolState(
                name,
                pool.kind().toString(),
                register.place(name).map(Object::toString).orElse(""),
                space.capacity(),
                Math.max(0, space.free() - space.reserve()),
                space.reserve(),
                pool.volumes().size(),
                String.join("; ", pool.findings()));
    }

    /** With its file, where that is still there. Throws {@link PoolException.InUse} while there are volumes in it. */
    public void removePool(String name) {
        var place = register.require(name);
        try {
            open(name).remove();
            opened.remove(name);
        } catch (PoolException.NotFound e) {
            if (place instanceof PoolRegister.Place.File(var file) && Files.exists(file)) {
                throw e;
            }
        }
        register.remove(name);
    }

    private Pool open(String name) {
        var pool = opened.get(name);
        if (pool == null) {
            pool = switch (register.require(name)) {
                case PoolRegister.Place.Folder(var folder) -> Pool.open(folder, random);
                case PoolRegister.Place.File(var file) -> Pool.openFile(file, register.mountPoint(name), random);
            };
            opened.put(name, pool);
        }
        return pool;
    }

    /** The one that is named, or the only one. */
    private String poolName(Optional<String> named) {
        var names = register.names();
        if (named.isPresent()) {
            return named.get();
        }
        if (names.isEmpty()) {
            throw new PoolException.NotFound("There is no pool on this machine: make one with rok pool create");
        }
        if (names.size() > 1) {
            throw new PoolException("There are several pools, %s: say which".formatted(String.join(", ", names)));
        }
        return names.getFirst();
    }

    // Volumes.

    private record Found(String pool, BlockVolume volume) {}

    private Optional<Found> lookUp(String name) {
        for (var pool : register.names()) {
            for (var volume : open(pool).volumes()) {
                if (volume.name().equals(name)) {
                    return Optional.of(new Found(pool, volume));
                }
            }
        }
        return Optional.empty();
    }

    private Found find(String name) {
        return lookUp(name)
                .orElseThrow(() -> new PoolException.NotFound(
                        "There is no volume %s on this machine: rok volume ls lists them".formatted(name)));
    }

    private void checkFree(String name) {
        lookUp(name).ifPresent(found -> {
            throw new PoolException.InUse(
                    "There is a volume %s already, in the pool %s: choose another name".formatted(name, found.pool));
        });
    }

    /** By pool and name; without the damaged ones, which {@link #problems} tells. */
    public List<VolumeState> volumes() {
        var all = new ArrayList<VolumeState>();
        for (var pool : register.names()) {
            open(pool).volumes().forEach(volume -> all.add(state(new Found(pool, volume))));
        }
        return all;
    }

    /** Why some volumes can't be used. */
    public List<String> problems() {
        return register.names().stream()
                .flatMap(name -> open(name).unreadable().stream())
                .map(e -> String.valueOf(e.getMessage()))
                .toList();
    }

    public VolumeState volume(String name) {
        return state(find(name));
    }

    private VolumeState state(Found found) {
        var volume = found.volume;
        var usage = open(found.pool).usage(volume);
        return new VolumeState(
                volume.name(),
                volume.id(),
                found.pool,
                volume.fileSystem().toString(),
                volume.size(),
                usage.allocated(),
                usage.exclusive(),
                volume.device().map(Path::toString).orElse(""),
                volume.mountPoints().stream().findFirst().map(Path::toString).orElse(""),
                base(volume).map(note -> note.version().toString()).orElse(""));
    }

    private static Optional<BaseNote> base(BlockVolume volume) {
        return volume.base() instanceof Base.Kept kept ? BaseNote.read(kept.note()) : Optional.empty();
    }

    /** An empty one. */
    public VolumeState create(String name, Optional<String> pool, long size, String fileSystem) {
        var type = FileSystem.of(fileSystem);
        checkFree(name);
        var in = poolName(pool);
        return state(new Found(in, open(in).create(name, size, type)));
    }

    public VolumeState mount(String name, Path folder) {
        var found = find(name);
        found.volume.mount(folder, MountOptions.DEFAULT);
        return state(found);
    }

    public VolumeState unmount(String name) {
        var found = find(name);
        found.volume.unmount();
        return state(found);
    }

    public VolumeState attach(String name) {
        var found = find(name);
        var _ = found.volume.attach();
        return state(found);
    }

    public VolumeState detach(String name) {
        var found = find(name);
        found.volume.detach();
        return state(found);
    }

    public VolumeState resize(String name, long size) {
        var found = find(name);
        found.volume.resize(size);
        return state(found);
    }

    public void remove(String name) {
        find(name).volume.remove();
    }

    /** As it is now; what it is compared with at its next snapshot is what the other one would be. */
    public VolumeState clone(String name, String newName) {
        checkFree(newName);
        var found = find(name);
        var clone = found.volume.clone(newName);
        clone.adoptBase(found.volume);
        return state(new Found(found.pool, clone));
    }

    /**
     * A volume with a version's disk: a copy that takes no time where a disk of this machine has it as its base, else what
     * comes from the store. Its next snapshot is compared with that version.
     */
    public VolumeState restore(
            String name,
            Optional<String> pool,
            Version version,
            Version.Member member,
            ImageExport exporter,
            Progress progress) {
        checkFree(name);
        var in = poolName(pool);
        var note = new BaseNote(exporter.repository(), version.url(), member.name(), 0);
        var near = holder(in, note);
        if (near.isPresent()) {
            var clone = open(in).cloneBase(near.get(), name);
            clone.adoptBase(near.get());
            return state(new Found(in, clone));
        }
        return state(new Found(in, DiskRestore.run(open(in), name, version, member, exporter, note, progress)));
    }

    private Optional<BlockVolume> holder(String pool, BaseNote wanted) {
        return open(pool).volumes().stream()
                .filter(volume ->
                        base(volume).filter(note -> note.isSame(wanted)).isPresent())
                .findFirst();
    }

    /** Catches volumes, of one pool, at one instant. */
    public StillDisks freeze(List<String> names, FreezeOptions options) {
        var found = names.stream().map(this::find).toList();
        var pools = found.stream().map(Found::pool).distinct().toList();
        if (pools.size() != 1) {
            throw new PoolException(
                    "Volumes of one version are to be in one pool, and these are in %s: make a version of each"
                            .formatted(String.join(", ", pools)));
        }
        var pool = open(pools.getFirst());
        return new PoolDisks(pool.freeze(found.stream().map(Found::volume).toList(), options));
    }

    @Override
    public void close() {
        opened.values().forEach(Pool::close);
        opened.clear();
    }
}
