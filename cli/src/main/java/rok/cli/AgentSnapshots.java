package rok.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import rok.agent.Cloner;
import rok.agent.Progress;
import rok.agent.SnapshotRequest;
import rok.agent.Snapshotter;
import rok.agent.StatCaches;
import rok.api.ErrorDocument.Code;
import rok.catalog.Version;
import rok.catalog.VersionState;
import rok.format.StoreException;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.runner.Snapshots;

/** What a run needs of a store, by the agent in this process. */
final class AgentSnapshots implements Snapshots {
    private final Session session;
    private final Snapshotter snapshotter;
    private final Cloner cloner;
    private final StatCaches caches;
    private final Consumer<Progress.Status> progress;
    private final Map<RokUrl, Version> taken = new ConcurrentHashMap<>();

    /** @param progress hears how far the version is that is being taken */
    AgentSnapshots(Session session, Consumer<Progress.Status> progress) {
        this.session = session.forWriting();
        this.progress = progress;
        var repository = session.repository();
        this.caches = new StatCaches(session.home().cache(), repository);
        this.snapshotter = new Snapshotter(repository, session.catalog(), caches, InstantSource.system());
        this.cloner = new Cloner(repository.reader(), session.catalog(), caches);
    }

    @Override
    public boolean hasBucket(BucketName bucket) {
        return session.catalog().bucket(bucket).isPresent();
    }

    @Override
    public Taken take(Request request) {
        var volumes = request.volumes().stream()
                .map(v -> new SnapshotRequest.Volume(v.name(), v.folder(), v.mount()))
                .toList();
        var version = snapshotter.snapshot(
                new SnapshotRequest(
                        request.bucket(),
                        request.file(),
                        request.title(),
                        request.message(),
                        request.labels(),
                        request.metadata(),
                        volumes,
                        request.attachments()),
                progress::accept);
        taken.put(version.url(), version);
        return new Taken(version.url(), version.warnings());
    }

    @Override
    public void copy(Taken version, Volume source, Path target) {
        var whole = taken(version.url());
        var member = whole.members().stream()
                .filter(m -> m.name().equals(source.name()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No volume is called " + source.name()));
        var outcome = cloner.clone(whole, member, source.folder(), target, progress::accept);
        if (!outcome.damaged().isEmpty()) {
            throw new Refusal(
                    Code.DAMAGED,
                    "The clone of volume '%s' is not whole: %s"
                            .formatted(source.name(), outcome.damaged().getFirst()),
                    "Run the command again: what is missing is read anew");
        }
    }

    @Override
    public List<Labelled> versions(BucketName bucket, FileName file) {
        try {
            return session.catalog().versions(bucket, file).items().stream()
                    .filter(version -> version.state() == VersionState.COMMITTED)
                    .map(version -> new Labelled(version.url(), version.labels()))
                    .toList();
        } catch (StoreException.Missing e) {
            return List.of();
        }
    }

    @Override
    public void forget(Path folder) {
        caches.forget(folder);
    }

    /** A version that this took. */
    Version taken(RokUrl url) {
        var version = taken.get(url);
        if (version == null) {
            throw new IllegalArgumentException("Not taken by this run: " + url);
        }
        return version;
    }
}
