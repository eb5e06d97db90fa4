package rok.cli;

import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import rok.agent.StatCaches;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.format.StoreException;
import rok.object.FolderObjectStore;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore;
import rok.repository.Repository;
import rok.runner.StaleRuns;

/** What one command works with: output, home, and the store, which is opened when it is first asked for. Close it. */
final class Session implements AutoCloseable {
    private final Output output;
    private final Home home;
    private @Nullable ObjectStore objects;
    private @Nullable Catalog catalog;
    private @Nullable Repository repository;

    Session(Output output, Home home) {
        this.output = output;
        this.home = home;
    }

    Output output() {
        return output;
    }

    Home home() {
        return home;
    }

    /** Makes the store if there is none yet. Commands that write call it first; reading never makes one. */
    Session forWriting() {
        if (objects == null) {
            var folder = new FolderObjectStore(home.store());
            objects = folder;
            repository = Repository.create(folder, home.cache());
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

    /** As {@link #catalog}, and nothing is cleaned up: for who only has a moment. */
    Catalog catalogAsItIs() {
        if (catalog == null) {
            catalog = new Catalog(objects(), Home.ACCOUNT, Optional.of(home.cache()), Actor.system());
        }
        return catalog;
    }

    /** Gives up the versions, and ends the runs, of processes that were killed. Next to no work where there are none. */
    void cleanUp() {
        if (objects() instanceof FolderObjectStore) {
            catalogAsItIs().sweep();
            StatCaches.prune(home.cache(), Instant.now());
            if (StaleRuns.exist(home.folder())) {
                endStaleRuns();
            }
        }
    }

    /** What can't be cleaned up now is said and left: whoever only wants to read still can. */
    private void endStaleRuns() {
        try {
            var snapshots = new AgentSnapshots(
                    this,
                    status -> output.progress()
                            .bytes("recording a killed run", () -> "", status.bytes(), status.bytesTotal()));
            for (var found : new StaleRuns(home.folder(), snapshots).recover()) {
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

    Repository repository() {
        objects();
        if (repository == null) {
            throw new IllegalStateException("opened with the store");
        }
        return repository;
    }

    private ObjectStore objects() {
        if (objects == null) {
            ObjectStore store = new FolderObjectStore(home.store());
            if (store.isEmpty()) {
                store.close();
                store = new MemoryObjectStore();
                repository = Repository.create(store, home.cache());
            } else {
                repository = Repository.open(store, home.cache());
            }
            objects = store;
        }
        return objects;
    }

    @Override
    public void close() {
        if (objects != null) {
            objects.close();
        }
        output.flush();
    }
}
