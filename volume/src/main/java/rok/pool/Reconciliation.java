package rok.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rok.linux.Errno;
import rok.linux.LinuxException;
import rok.pool.LoopDevices.FileId;
import rok.pool.LoopDevices.Loop;

/**
 * Puts a pool right after processes that died at work: finishes or removes what they left half done, by the ids in its
 * name and in documents. What it does not know it leaves, and tells. Under the pool's lock.
 */
final class Reconciliation {
    private final PoolFiles files;
    private final PoolLayout layout;
    private final Copies copies;
    private final Map<FileId, Loop> loops;
    private final Set<String> living = new HashSet<>();
    private final Map<String, VolumeRecord.FileName> records = new HashMap<>();
    private final List<String> told = new ArrayList<>();

    Reconciliation(PoolFiles files, PoolLayout layout, PoolKind kind) {
        this.files = files;
        this.layout = layout;
        copies = Copies.of(kind, files);
        loops = new LoopDevices(files).all();
    }

    /** Gives what it found and did, for people. */
    List<String> run() {
        var dead = sessions();
        removeUnfinished(layout.records());
        removeUnfinished(layout.bases());
        files.names(layout.records()).forEach(this::readName);
        mounts();
        drafts();
        volumes();
        bases();
        frozen();
        records.values().forEach(this::record);
        dead.forEach(session -> files.removeIfThere(layout.session(session)));
        return List.copyOf(told);
    }

    private List<String> sessions() {
        var dead = new ArrayList<String>();
        for (var session : files.names(layout.sessions())) {
            if (!PoolLayout.isId(session)) {
                unknown(layout.session(session));
                continue;
            }
            var lock = PoolLock.tryAcquire(layout.session(session));
            if (lock.isPresent()) {
                lock.get().close();
                dead.add(session);
            } else {
                living.add(session);
            }
        }
        return dead;
    }

    private void unknown(Path path) {
        told.add("%s is not of Rok, and left as it is".formatted(path));
    }

    private void removeUnfinished(Path folder) {
        for (var name : files.names(folder)) {
            if (name.endsWith(Document.UNFINISHED)) {
                files.remove(folder.resolve(name));
            }
        }
    }

    private void readName(String name) {
        var parsed = VolumeRecord.FileName.of(name);
        if (parsed.isEmpty()) {
            unknown(layout.records().resolve(name));
        } else {
            records.put(parsed.get().id(), parsed.get());
        }
    }

    /** Where a volume was mounted for a moment to be enlarged. */
    private void mounts() {
        for (var name : files.names(layout.mounts())) {
            var parts = name.split("\\.", -1);
            var point = layout.mounts().resolve(name);
            if (parts.length != 2 || !PoolLayout.isId(parts[0]) || !PoolLayout.isId(parts[1])) {
                unknown(point);
            } else if (!living.contains(parts[0])) {
                attempt(point, () -> {
                    for (var mount : Mounts.now().at(point).stream().toList()) {
                        var disk = layout.volume(parts[1]).resolve(PoolLayout.DISK);
                        var loop = loopOf(disk);
                        if (loop == null || !mount.isOf(loop)) {
                            throw new PoolException("%s is mounted there".formatted(mount.source()));
                        }
                        files.linux().unmount(PoolFiles.bytes(point));
                    }
                    files.removeFolder(point);
                });
            }
        }
    }

    private @Nullable Loop loopOf(Path disk) {
        return files.exists(disk) ? loops.get(FileId.of(files.stat(disk))) : null;
    }

    private void attempt(Path path, Runnable work) {
        try {
            work.run();
        } catch (LinuxException | PoolException e) {
            told.add("%s could not be cleaned up, and is left: %s".formatted(path, e.getMessage()));
        }
    }

    /** One that has a record was being published, or removed without its record being gone: it is a volume. */
    private void drafts() {
        for (var name : files.names(layout.drafts())) {
            var parts = name.split("\\.", -1);
            var draft = layout.drafts().resolve(name);
            if (parts.length != 2 || !PoolLayout.isId(parts[0]) || !PoolLayout.isId(parts[1])) {
                unknown(draft);
            } else if (!living.contains(parts[0])) {
                var volume = layout.volume(parts[1]);
                if (records.containsKey(parts[1]) && !files.exists(volume)) {
                    attempt(draft, () -> files.rename(draft, volume));
                } else {
                    remove(draft, "a volume that was never finished");
                }
            }
        }
    }

    private void remove(Path folder, String what) {
        attempt(folder, () -> {
            var loop = loopOf(folder.resolve(PoolLayout.DISK));
            if (loop != null) {
                throw new PoolException.InUse("%s is attached as %s".formatted(what, loop));
            }
            copies.remove(folder);
            told.add("Removed %s: %s".formatted(folder, what));
        });
    }

    private void volumes() {
        for (var name : files.names(layout.volumes())) {
            if (!records.containsKey(name)) {
                told.add("%s belongs to no volume: its document in %s is gone. It is left as it is"
                        .formatted(layout.volumes().resolve(name), layout.records()));
            }
        }
    }

    private void bases() {
        for (var name : files.names(layout.bases())) {
            if (!PoolLayout.isId(name)) {
                unknown(layout.bases().resolve(name));
            } else if (!records.containsKey(name) && !files.exists(layout.volume(name))) {
                files.remove(layout.base(name));
            }
        }
    }

    private void frozen() {
        for (var name : files.names(layout.frozen())) {
            var parts = name.split("\\.", -1);
            var copy = layout.frozen().resolve(name);
            if (parts.length != 3 || !List.of(parts).stream().allMatch(PoolLayout::isId)) {
                unknown(copy);
            } else if (!living.contains(parts[0]) && isUnused(copy, name, parts[2])) {
                remove(copy, "a frozen copy that nobody uses");
            }
        }
    }

    private boolean isUnused(Path copy, String name, String volume) {
        try {
            return BaseRecord.read(files, layout, volume)
                    .map(base -> !base.folder().equals(name))
                    .orElse(true);
        } catch (PoolException e) {
            told.add("%s may be a base, and is left: %s".formatted(copy, e.getMessage()));
            return false;
        }
    }

    /** A disk that is longer than written down was being enlarged. */
    private void record(VolumeRecord.FileName name) {
        try {
            var record = VolumeRecord.read(files, layout, name);
            var size = files.stat(layout.volume(name.id()).resolve(PoolLayout.DISK))
                    .size();
            if (size > record.size()) {
                record.withSize(size).write(files, layout);
            } else if (size < record.size()) {
                told.add("The image of volume %s has %d bytes of %d: it is left as it is"
                        .formatted(name.name(), size, record.size()));
            }
        } catch (PoolException e) {
            told.add(String.valueOf(e.getMessage()));
        } catch (LinuxException e) {
            told.add(
                    e.errno() == Errno.ENOENT
                            ? "The image of volume %s is not there; its document %s is left"
                                    .formatted(name.name(), layout.record(name.name(), name.id()))
                            : String.valueOf(e.getMessage()));
        }
    }
}
