package rok.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.object.FolderObjectStore;
import rok.object.MemoryObjectStore;
import rok.object.ObjectStore;
import rok.repository.Repository;

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

    /** The buckets, files and versions; none where nothing was ever stored. */
    Catalog catalog() {
        if (catalog == null) {
            var store = objects();
            var opened = new Catalog(store, Home.ACCOUNT, Optional.of(home.cache()), Actor.system());
            if (store instanceof FolderObjectStore) {
                opened.sweep();
            }
            catalog = opened;
        }
        return catalog;
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
