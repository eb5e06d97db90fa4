package rok.gc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import rok.catalog.CatalogScan.Seen;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.parallel.Parallel;
import rok.repository.ChunkReader;
import rok.snapshot.Content;
import rok.snapshot.Reach;

/**
 * Marks what versions refer to, each subtree once, by several threads. Holds the folders that wait: a version is begun when none
 * does.
 */
final class Marking {
    /** So many folders are taken, and their trees read, at once. */
    private static final int TAKEN_MAX = 32;

    private final UnaryOperator<String> scopes;
    private final BiFunction<String, LiveChunks, ChunkReader> readers;
    private final LiveChunks live;
    private final List<LiveChunks> before;
    private final Runnable eachFolder;
    private final Map<String, ChunkReader> readersOfScopes = new ConcurrentHashMap<>();

    /**
     * One that has marked nothing.
     *
     * @param scopes of accounts
     * @param readers of what accounts of one scope stored, from where what is marked says that it lies
     * @param before what was marked already, and is not walked again
     * @param eachFolder is run before a folder is walked, by any thread, and may end it all by what it throws
     */
    Marking(
            UnaryOperator<String> scopes,
            BiFunction<String, LiveChunks, ChunkReader> readers,
            LiveChunks live,
            List<LiveChunks> before,
            Runnable eachFolder) {
        this.scopes = scopes;
        this.readers = readers;
        this.live = live;
        this.before = before;
        this.eachFolder = eachFolder;
    }

    /** Something of a version is not there. */
    static final class Damaged extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Seen seen;
        private final StoreException.Corrupt damage;

        private Damaged(Seen seen, StoreException.Corrupt damage) {
            super(damage);
            this.seen = seen;
            this.damage = damage;
        }

        Seen seen() {
            return seen;
        }

        StoreException.Corrupt damage() {
            return damage;
        }
    }

    /** Marks all that versions refer to; throws {@link Damaged}, and leaves some unmarked, where that is not possible. */
    void add(Collection<Seen> versions, int threads) {
        var waiting = new Waiting(versions.iterator());
        Parallel.run(threads, waiting, () -> false, () -> folders -> {
            try {
                folders.version.walk(folders.trees);
            } finally {
                waiting.isWalked();
            }
        });
    }

    private ChunkReader reader(String scope) {
        return readersOfScopes.computeIfAbsent(scope, name -> readers.apply(name, live));
    }

    /** Folders of one version, the next to be walked. */
    private record Folders(OfVersion version, List<Content> trees) {}

    /** What waits to be walked. The last folder that was found comes first, so that there are never many. */
    private final class Waiting implements Iterator<Folders> {
        private final Iterator<Seen> versions;
        private final Deque<Folders> folders = new ArrayDeque<>();
        /** How many threads walk some, and may find more. */
        private int walking;

        Waiting(Iterator<Seen> versions) {
            this.versions = versions;
        }

        @Override
        public synchronized boolean hasNext() {
            try {
                while (folders.isEmpty()) {
                    if (versions.hasNext()) {
                        new OfVersion(versions.next(), this).begin();
                    } else if (walking == 0) {
                        return false;
                    } else {
                        wait();
                    }
                }
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("Interrupted");
            }
        }

        @Override
        public synchronized Folders next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            walking++;
            return folders.removeLast();
        }

        synchronized void isWalked() {
            walking--;
            notifyAll();
        }

        synchronized void add(Folders found) {
            folders.add(found);
            notifyAll();
        }
    }

    /** What is found in one version. */
    private final class OfVersion {
        private final Seen seen;
        private final String scope;
        private final Waiting waiting;

        OfVersion(Seen seen, Waiting waiting) {
            this.seen = seen;
            this.scope = scopes.apply(seen.url().account().value());
            this.waiting = waiting;
        }

        void begin() {
            naming(() -> {
                var roots = new Found();
                seen.roots().forEach(roots::folder);
                roots.hand();
            });
        }

        void walk(List<Content> trees) {
            eachFolder.run();
            naming(() -> {
                var found = new Found();
                new Reach(reader(scope), found).trees(trees);
                found.hand();
            });
        }

        private void naming(Runnable walk) {
            try {
                walk.run();
            } catch (StoreException.Missing | StoreException.Corrupt e) {
                throw new Damaged(
                        seen,
                        new StoreException.Corrupt(
                                "Version %s is damaged (%s): delete it, or see what rok check says"
                                        .formatted(seen.url(), e.getMessage()),
                                e));
            }
        }

        /** Marks, and gathers folders that nobody has found before. For one thread. */
        private final class Found implements Reach.Visitor {
            private List<Content> trees = new ArrayList<>();

            @Override
            public void chunk(ChunkId id) {
                live.add(id, scope);
            }

            @Override
            public boolean enterList(ChunkId id) {
                return before.stream().noneMatch(earlier -> earlier.hasList(id)) && live.addList(id);
            }

            @Override
            public void folder(Content tree) {
                if (!tree.isHole()
                        && before.stream().noneMatch(earlier -> earlier.hasTree(tree.root()))
                        && live.addTree(tree.root())) {
                    trees.add(tree);
                    if (trees.size() == TAKEN_MAX) {
                        hand();
                    }
                }
            }

            void hand() {
                if (!trees.isEmpty()) {
                    waiting.add(new Folders(OfVersion.this, trees));
                    trees = new ArrayList<>();
                }
            }
        }
    }
}
