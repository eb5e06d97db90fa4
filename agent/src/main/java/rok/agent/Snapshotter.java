package rok.agent;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import rok.catalog.Catalog;
import rok.catalog.Pending;
import rok.catalog.Version;
import rok.repository.ChunkWriter;
import rok.repository.Repository;
import rok.snapshot.Entry;
import rok.snapshot.VersionHash;
import rok.volume.DirectoryVolume;
import rok.volume.WalkOptions;
import rok.volume.Warning;

/**
 * Makes a version of folders and disks: a PENDING record; the disks caught at one instant; each volume walked or compared with
 * what it was, what changed read, cut and stored by workers, what did not change taken from the stat cache or the version
 * before; trees; a flush; COMMITTED; and the stat caches and bases for the next time. Interrupted or failed at any point, the
 * version is aborted, and what was written is garbage that nothing refers to. Safe for use by many threads.
 */
public final class Snapshotter {
    private final Repository repository;
    private final Catalog catalog;
    private final StatCaches caches;
    private final StillDisks.Freezer freezer;
    private final InstantSource clock;

    /** Of folders alone. */
    public Snapshotter(Repository repository, Catalog catalog, StatCaches caches, InstantSource clock) {
        this(
                repository,
                catalog,
                caches,
                volumes -> {
                    throw new IllegalArgumentException("No disks are known here: " + volumes);
                },
                clock);
    }

    public Snapshotter(
            Repository repository,
            Catalog catalog,
            StatCaches caches,
            StillDisks.Freezer freezer,
            InstantSource clock) {
        this.repository = repository;
        this.catalog = catalog;
        this.caches = caches;
        this.freezer = freezer;
        this.clock = clock;
    }

    /** Throws {@link java.util.concurrent.CancellationException} when the thread is interrupted. */
    public Version snapshot(SnapshotRequest request, Progress progress) {
        try (var opened = new OpenVolumes(request);
                var pending = catalog.begin(request.bucket(), request.file(), request.title(), request.labels());
                var still = opened.freeze(freezer);
                var session = new Session(repository.writer(), told(pending, progress), pending)) {
            var version = session.store(request, opened, still, pending);
            var committed = pending.commit(version);
            session.keep();
            return committed;
        }
    }

    /** Whoever watches here, and whoever looks at the version's record. */
    static Progress told(Pending pending, Progress progress) {
        return status -> {
            if (status.files() % 1024 == 0) {
                pending.check();
                var message = "%,d files, %,d bytes".formatted(status.files(), status.bytes());
                pending.progress(new rok.catalog.Progress(0, message));
            }
            progress.at(status);
        };
    }

    /** The folders, all opened before anything is read: one that is not there fails at once. */
    private static final class OpenVolumes implements AutoCloseable {
        private final Map<SnapshotRequest.Volume, DirectoryVolume> folders = new HashMap<>();
        private final List<String> disks = new ArrayList<>();

        OpenVolumes(SnapshotRequest request) {
            try {
                for (var volume : request.volumes()) {
                    switch (volume.source()) {
                        case SnapshotRequest.Source.Folder(var path) -> folders.put(volume, DirectoryVolume.open(path));
                        case SnapshotRequest.Source.Disk(var name) -> disks.add(name);
                    }
                }
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        StillDisks freeze(StillDisks.Freezer freezer) {
            return disks.isEmpty() ? StillDisks.NONE : freezer.freeze(disks);
        }

        DirectoryVolume folder(SnapshotRequest.Volume volume) {
            return Objects.requireNonNull(folders.get(volume), "opened before");
        }

        @Override
        public void close() {
            folders.values().forEach(DirectoryVolume::close);
        }
    }

    /** One version being written. */
    private final class Session implements AutoCloseable {
        private final ChunkWriter writer;
        private final Meter meter;
        private final ChunkWriter.Lane lane;
        private final SnapshotTools own;
        private final Workers<SnapshotTools> workers;
        private final WarningList warnings = new WarningList();
        private final List<StatCaches.Update> updates = new ArrayList<>();
        private final EarlierVersions earlier;
        private final DiskMembers disks;

        Session(ChunkWriter writer, Progress progress, Pending pending) {
            this.writer = writer;
            this.meter = new Meter(progress);
            this.earlier = new EarlierVersions(repository, catalog, pending);
            var reader = repository.reader();
            this.disks = new DiskMembers(reader, () -> new DiskSnapshot(reader, writer, progress), earlier);
            this.lane = writer.lane();
            this.own = new SnapshotTools(lane);
            this.workers = new Workers<>("rok-snapshot", Workers.count(), () -> new SnapshotTools(writer.lane()));
        }

        Version store(SnapshotRequest request, OpenVolumes opened, StillDisks still, Pending pending) {
            var members = new ArrayList<Version.Member>();
            var hash = new VersionHash();
            var logical = 0L;
            var caught = still.disks().iterator();
            still.warnings().forEach(warnings::add);
            for (var volume : request.volumes()) {
                var prefix = request.volumes().size() == 1 ? "" : volume.name();
                var member = volume.source() instanceof SnapshotRequest.Source.Disk
                        ? disks.store(volume, caught.next(), still.pause())
                        : folder(volume, opened.folder(volume), prefix);
                members.add(member);
                hash.add(volume.name(), member.root());
                logical += member.bytes();
            }
            var attachments = request.attachments().map(this::attach);
            logical += attachments.map(Entry.Folder::bytes).orElse(0L);
            pending.progress(new rok.catalog.Progress(99, "writing the index"));
            var totals = writer.flush();
            return new Version(
                    pending.url(),
                    clock.instant(),
                    request.title(),
                    request.message(),
                    request.labels(),
                    request.metadata(),
                    hash.hex(),
                    new Version.Size(logical, totals.newBytes(), totals.storedBytes()),
                    members,
                    attachments.map(Entry.Folder::tree),
                    warnings.toList());
        }

        private Version.Member folder(SnapshotRequest.Volume volume, DirectoryVolume opened, String prefix) {
            var top = walk(opened, prefix, true);
            return new Version.Member(
                    volume.name(), Version.Member.DIRECTORY, volume.mount(), top.tree(), top.bytes(), top.files());
        }

        private Entry.Folder attach(Path folder) {
            try (var volume = DirectoryVolume.open(folder)) {
                return walk(volume, "attachments", false);
            }
        }

        /** @param isKnown whether its files are to be known next time */
        private Entry.Folder walk(DirectoryVolume volume, String prefix, boolean isKnown) {
            Consumer<Warning> told = warning -> warnings.add(prefix, warning);
            var reading = new VolumeReading(volume, workers, told);
            var options = isKnown ? WalkOptions.SNAPSHOT : WalkOptions.ALL;
            var update = isKnown ? caches.open(volume, earlier, told) : StatCaches.none(volume);
            updates.add(update);
            try (var walk = update.walk(options, told)) {
                var top = new VolumeSnapshot(reading, own, lane, update, meter).run(() -> walk);
                own.forget(volume);
                return top;
            }
        }

        /** The version is COMMITTED: what it saw is known next time. */
        void keep() {
            updates.forEach(StatCaches.Update::commit);
            disks.keepBases();
        }

        @Override
        public void close() {
            workers.close();
            disks.close();
            own.close();
            updates.forEach(StatCaches.Update::close);
            writer.close();
        }
    }
}
