package rok.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import rok.catalog.Version;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.Content;

/**
 * Stores the disks of a version, each by what changed since its base, and has them be the bases of the next one. For one
 * thread; close it.
 */
final class DiskMembers implements AutoCloseable {
    private final ChunkReader chunks;
    private final Supplier<DiskSnapshot> maker;
    private final EarlierVersions earlier;
    private final List<Next> next = new ArrayList<>();

    private @Nullable DiskSnapshot snapshot;

    /** @param maker made when there is a disk */
    DiskMembers(ChunkReader chunks, Supplier<DiskSnapshot> maker, EarlierVersions earlier) {
        this.chunks = chunks;
        this.maker = maker;
        this.earlier = earlier;
    }

    /** A disk that was stored, and what it is kept with. */
    private record Next(StillDisk disk, BaseNote note) {}

    /** @param pause how long writers of the group stood still */
    Version.Member store(SnapshotRequest.Volume volume, StillDisk disk, Duration pause) {
        var stored = store(disk);
        next.add(new Next(disk, new BaseNote(earlier.repository(), earlier.url(), volume.name(), stored.audited())));
        return new Version.Member(
                volume.name(),
                Version.Member.BLOCK,
                volume.mount(),
                stored.top().tree(),
                stored.size(),
                1,
                Optional.of(new Version.Capture(pause, stored.changedBytes(), stored.readBytes(), stored.fullRead())));
    }

    private DiskSnapshot disks() {
        var made = snapshot;
        if (made == null) {
            made = maker.get();
            snapshot = made;
        }
        return made;
    }

    private DiskSnapshot.Stored store(StillDisk disk) {
        return switch (disk.base()) {
            case StillDisk.Before.None(var why) -> disks().all(disk.image(), why);
            case StillDisk.Before.Kept(var note) -> {
                var found = find(note);
                yield found.disk.isEmpty()
                        ? disks().all(disk.image(), found.why)
                        : disks().changes(
                                        disk.image(),
                                        new DiskSnapshot.Known(found.disk.get(), disk.changes(), found.audited));
            }
        };
    }

    /** What a base holds, in this store. */
    private record Found(Optional<Content> disk, long audited, String why) {
        static Found not(String why) {
            return new Found(Optional.empty(), 0, why);
        }
    }

    private Found find(String text) {
        var note = BaseNote.read(text);
        if (note.isEmpty()) {
            return Found.not("its base says nothing that can be understood");
        }
        var base = note.get();
        if (!base.repository().equals(earlier.repository())) {
            return Found.not("its last snapshot went to another store");
        }
        var version = earlier.kept(base.version());
        if (version.isEmpty()) {
            return Found.not("the version that its base is of is deleted: " + base.version());
        }
        try {
            return version.get().members().stream()
                    .filter(member -> member.name().equals(base.member()) && member.isBlock())
                    .findFirst()
                    .flatMap(member -> VersionFiles.disk(chunks, member))
                    .map(disk -> new Found(Optional.of(disk.content()), base.audited(), ""))
                    .orElseGet(() -> Found.not("%s has no disk %s".formatted(base.version(), base.member())));
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            return Found.not("what it is compared with can't be read: " + e.getMessage());
        }
    }

    /** The version is COMMITTED: its disks are what the next one is compared with. */
    void keepBases() {
        for (var stored : next) {
            stored.disk.keepAsBase(stored.note.text());
        }
    }

    @Override
    public void close() {
        if (snapshot != null) {
            snapshot.close();
        }
    }
}
