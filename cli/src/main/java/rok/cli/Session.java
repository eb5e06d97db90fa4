package rok.cli;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import rok.agent.NodeVolumes;
import rok.agent.StatCaches;
import rok.api.ErrorDocument.Code;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.CatalogScan;
import rok.catalog.Found;
import rok.catalog.Pause;
import rok.format.StoreException;
import rok.gc.Collector;
import rok.gc.DeleteForecast;
import rok.object.FolderObjectStore;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore;
import rok.object.RemoteObjects;
import rok.repository.Repository;
import rok.runner.StaleRuns;

/** What one command works with: output, home, and the store, which is opened when it is first asked for. Close it. */
final class Session implements AutoCloseable {
    /** How many of a collection's reads go on at once. */
    private static final int REMOTE_READS = 16;

    private final Output output;
    private final Home home;
    private final Optional<String> named;
    private final KeySource keySource;
    private LimitSettings.Given given = LimitSettings.Given.NOTHING;
    private @Nullable LimitSettings limits;
    private @Nullable ObjectStore objects;
    private @Nullable Catalog catalog;
    private @Nullable Repository repository;
    private @Nullable NodeVolumes volumes;

    /** @param named the location of the store; without one it is in the home, and made there by who writes first */
    Session(Output output, Home home, Optional<String> named, KeySource keySource) {
        this.keySource = keySource;
        this.output = output;
        this.home = home;
        this.named = named;
    }

    Output output() {
        return output;
    }

    Home home() {
        return home;
    }

    KeySource keySource() {
        return keySource;
    }

    /** How fast the store may be used; before it is opened. */
    void limit(LimitSettings.Given rates) {
        given = rates;
        if (!rates.isNothing() && named.filter(text -> text.startsWith("s3://")).isEmpty()) {
            output.warning("the limits hold for a store in S3 only, and this one is in a folder");
        }
    }

    /** The limits that hold for a store that is opened now; close them after it. */
    LimitSettings limits() {
        return new LimitSettings(home.limits(), given, output::warning);
    }

    /** Makes the store if there is none yet. Commands that write call it first; reading never makes one. */
    Session forWriting() {
        if (objects == null && named.isEmpty()) {
            var folder = new FolderObjectStore(home.store());
            objects = folder;
            repository = Repository.exists(folder) ? unlocked(folder) : made(folder);
        }
        return this;
    }

    /** The buckets, files and versions; none where nothing was ever stored. What killed commands left is cleaned up first. */
    Catalog catalog() {
        var isFirst = catalog == null;
        var opened = catalogAsItIs();
        if (isFirst) {
            cleanUp();
        }
        return opened;
    }

    /** A version whose files will be read. */
    Found resolve(String text) {
        repository().lookAhead();
        return catalog().resolve(text);
    }

    /** As {@link #catalog}, and nothing is cleaned up: for who only has a moment. */
    Catalog catalogAsItIs() {
        if (catalog == null) {
            var store = objects();
            // What is remembered of one store must not be taken for another's.
            var cache = home.cache().resolve(repository().id());
            catalog = new Catalog(
                    store,
                    Home.ACCOUNT,
                    Optional.of(cache),
                    Actor.system(),
                    repository().dataKeys());
        }
        return catalog;
    }

    /** The block volumes of this machine. */
    NodeVolumes volumes() {
        if (volumes == null) {
            volumes = new NodeVolumes(home.pools());
        }
        return volumes;
    }

    /** Collects what no version refers to. */
    Collector collector() {
        // Who reads over a network waits most of the time
        var threads = objects() instanceof RemoteObjects
                ? REMOTE_READS
                : Runtime.getRuntime().availableProcessors();
        return new Collector(repository(), scan(), Pause.real(), threads);
    }

    /** Says what deleting would free. */
    DeleteForecast forecast() {
        return new DeleteForecast(repository(), scan());
    }

    private CatalogScan scan() {
        return new CatalogScan(objects(), Actor.system(), repository().storeKeys());
    }

    /** Gives up the versions, and ends the runs, of processes that were killed. Next to no work where there are none. */
    void cleanUp() {
        if (!(objects() instanceof MemoryObjectStore)) {
            catalogAsItIs().sweep();
            StatCaches.prune(home.cache(), Instant.now());
            if (StaleRuns.exist(runsHome())) {
                endStaleRuns();
            }
        }
    }

    /** The folder whose {@code runs} go on in this store: what is left of a run must not be recorded in another one. */
    Path runsHome() {
        return named.isEmpty()
                ? home.folder()
                : home.folder().resolve("stores").resolve(repository().id());
    }

    /** What can't be cleaned up now is said and left: whoever only wants to read still can. */
    private void endStaleRuns() {
        try {
            var snapshots = new AgentSnapshots(
                    this,
                    status -> output.progress()
                            .bytes("recording a killed run", () -> "", status.bytes(), status.bytesTotal()));
            for (var found : new StaleRuns(runsHome(), snapshots).recover()) {
                if (found.problem().isEmpty()) {
                    output.note("Run %s had been killed: it is recorded as cancelled now".formatted(found.run()));
                } else {
                    output.warning("Run %s had been killed, and can't be cleaned up after yet: %s"
                            .formatted(found.run(), found.problem()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted");
        } catch (StoreException | UncheckedIOException e) {
            output.warning("Runs that had been killed can't be cleaned up after yet: " + e.getMessage());
        }
    }

    /** What is wrong with {@code rok.json}, so that the store can't be opened; empty where nothing is. */
    Optional<String> repositoryProblem() {
        try (var bare = bare()) {
            return Repository.problem(bare.store);
        }
    }

    /** Writes {@code rok.json} anew, before the store is opened; of one that is not encrypted, which no key may be named for. */
    void rebuildRepository() {
        try (var bare = bare()) {
            requireNoKey("The store in %s would not be, when its rok.json is written anew".formatted(bare.store));
            Repository.rebuild(bare.store);
        }
    }

    /** A store that is opened without looking into it. */
    private record Bare(ObjectStore store, LimitSettings following) implements AutoCloseable {
        @Override
        public void close() {
            store.close();
            following.close();
        }
    }

    private Bare bare() {
        var following = limits();
        var location = named.map(StoreLocation::parse).orElseGet(() -> new StoreLocation.InFolder(home.store()));
        return new Bare(location.open(following), following);
    }

    Repository repository() {
        objects();
        if (repository == null) {
            throw new IllegalStateException("opened with the store");
        }
        return repository;
    }

    private ObjectStore objects() {
        if (objects == null) {
            objects = named.isPresent() ? open(StoreLocation.parse(named.get())) : openOwn();
        }
        return objects;
    }

    /** A store that was named was made by {@code rok init}: a slip in the name must not make another one. */
    private ObjectStore open(StoreLocation location) {
        var following = limits();
        limits = following;
        var store = location.open(following);
        objects = store;
        repository = unlocked(store);
        return store;
    }

    /** A new repository that is not encrypted. */
    Repository made(ObjectStore store) {
        requireNoKey("The store in %s would not be".formatted(store));
        return Repository.create(store, home.cache());
    }

    /** The repository as this user's account sees it. */
    Repository unlocked(ObjectStore store) {
        var opened = Repository.open(store, home.cache(), keySource);
        if (opened.keys().isEmpty()) {
            // Somebody may have put another store in its place, to be shown in the open what comes next
            requireNoKey("The store in %s is not".formatted(store));
        } else {
            hide(opened);
        }
        return opened.of(Home.ACCOUNT.value());
    }

    /** Keeps what is remembered of an encrypted store from other users. */
    void hide(Repository encrypted) {
        for (var place : home.hide(encrypted.id())) {
            output.warning("%s can't be closed to other users, and holds names of an encrypted store in the open"
                    .formatted(place));
        }
    }

    private void requireNoKey(String store) {
        keySource.named().ifPresent(variable -> {
            throw new Refusal(
                    Code.FAILED,
                    "%s names a key, so the store should be encrypted. %s".formatted(variable, store),
                    "unset %s, or name an encrypted store (rok init LOCATION --encrypt makes one)".formatted(variable));
        });
    }

    private ObjectStore openOwn() {
        ObjectStore store = new FolderObjectStore(home.store());
        if (store.isEmpty()) {
            store.close();
            store = new MemoryObjectStore();
            repository = Repository.create(store, home.cache());
        } else {
            repository = unlocked(store);
        }
        return store;
    }

    @Override
    public void close() {
        if (volumes != null) {
            volumes.close();
        }
        if (objects != null) {
            objects.close();
        }
        if (limits != null) {
            limits.close();
        }
        output.flush();
    }
}
