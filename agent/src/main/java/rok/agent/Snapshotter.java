package rok.agent;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * Makes a version of folders: a PENDING record; each volume walked, what changed read, cut and stored by workers, what did
 * not change taken from the stat cache; trees; a flush; COMMITTED; and the stat caches for the next time. Interrupted or
 * failed at any point, the version is aborted, and what was written is garbage that nothing refers to. Safe for use by
 * many threads.
 */
public final class Snapshotter {
    private final Repository repository;
    private final Catalog catalog;
    private final StatCaches caches;
    private final InstantSource clock;

    public Snapshotter(Repository repository, Catalog catalog, StatCaches caches, InstantSource clock) {
        this.repository = repository;
        this.catalog = catalog;
        this.caches = caches;
        this.clock = clock;
    }

    /** Throws {@link java.util.concurrent.CancellationException} when the thread is interrupted. */
    public Version snapshot(SnapshotRequest request, Progress progress) {
        try (var opened = new OpenVolumes(request);
                var pending = catalog.begin(request.bucket(), request.file(), request.title(), request.labels());
                var session = new Session(repository.writer(), new Meter(told(pending, progress)))) {
            var version = session.store(request, opened, pending);
            var committed = pending.commit(version);
            session.keepCaches();
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

    /** The volumes, all opened before anything is read: a folder that is not there fails at once. */
    private static final class OpenVolumes implements AutoCloseable {
        private final List<DirectoryVolume> volumes = new ArrayList<>();

        OpenVolumes(SnapshotRequest request) {
            try {
                for (var volume : request.volumes()) {
                    volumes.add(DirectoryVolume.open(volume.folder()));
                }
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        public void close() {
            volumes.forEach(DirectoryVolume::close);
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

        Session(ChunkWriter writer, Meter meter) {
            this.writer = writer;
            this.meter = meter;
            this.lane = writer.lane();
            this.own = new SnapshotTools(lane);
            this.workers = new Workers<>("rok-snapshot", Workers.count(), () -> new SnapshotTools(writer.lane()));
        }

        Version store(SnapshotRequest request, OpenVolumes opened, Pending pending) {
            var members = new ArrayList<Version.Member>();
            var hash = new VersionHash();
            var logical = 0L;
            for (var i = 0; i < request.volumes().size(); i++) {
                var volume = request.volumes().get(i);
                var prefix = request.volumes().size() == 1 ? "" : volume.name();
                var top = walk(opened.volumes.get(i), prefix, Optional.of(pending));
                members.add(new Version.Member(
                        volume.name(), Version.Member.DIRECTORY, volume.mount(), top.tree(), top.bytes(), top.files()));
                hash.add(volume.name(), top.tree());
                logical += top.bytes();
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

        private Entry.Folder attach(Path folder) {
            try (var volume = DirectoryVolume.open(folder)) {
                return walk(volume, "attachments", Optional.empty());
            }
        }

        /** @param version where the volume's files are to be known next time; attachments are not */
        private Entry.Folder walk(DirectoryVolume volume, String prefix, Optional<Pending> version) {
            Consumer<Warning> told = warning -> warnings.add(prefix, warning);
            var reading = new VolumeReading(volume, workers, told);
            var options = version.isPresent() ? WalkOptions.SNAPSHOT : WalkOptions.ALL;
            var update = version.map(pending -> caches.open(volume, catalog, pending, told))
                    .orElseGet(() -> StatCaches.none(volume));
            updates.add(update);
            try (var walk = update.walk(options, told)) {
                var top = new VolumeSnapshot(reading, own, lane, update, meter).run(() -> walk);
                own.forget(volume);
                return top;
            }
        }

        void keepCaches() {
            updates.forEach(StatCaches.Update::commit);
        }

        @Override
        public void close() {
            workers.close();
            own.close();
            updates.forEach(StatCaches.Update::close);
            writer.close();
        }
    }
}
