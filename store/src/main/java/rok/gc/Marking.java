package rok.gc;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.names.RokUrl;
import rok.repository.ChunkReader;
import rok.snapshot.Content;
import rok.snapshot.Reach;

/**
 * Marks what versions refer to, each subtree once. Holds the folders that wait, of one version at a time. For one thread.
 */
final class Marking implements Reach.Visitor {
    private final Function<String, ChunkReader> readers;
    private final LiveChunks live;
    private final List<LiveChunks> before;
    private final Runnable eachFolder;
    private final Map<String, Reach> reaches = new HashMap<>();
    private final Deque<Content> waiting = new ArrayDeque<>();
    private final Set<ChunkId> queued = new HashSet<>();

    /**
     * One that has marked nothing.
     *
     * @param readers of what accounts of one scope stored
     * @param before what was marked already, and is not walked again
     * @param eachFolder is run before a folder is walked, and may end it all by what it throws
     */
    Marking(Function<String, ChunkReader> readers, LiveChunks live, List<LiveChunks> before, Runnable eachFolder) {
        this.readers = readers;
        this.live = live;
        this.before = before;
        this.eachFolder = eachFolder;
    }

    /**
     * Marks all that a version refers to. Throws {@link StoreException.Corrupt}, naming it, when something of that is not
     * there.
     *
     * @param scope of the version's account
     */
    void add(String scope, RokUrl url, List<Content> roots) {
        var reach = reaches.computeIfAbsent(scope, name -> new Reach(readers.apply(name), this));
        live.enter(scope);
        try {
            roots.forEach(this::folder);
            while (!waiting.isEmpty()) {
                eachFolder.run();
                reach.tree(waiting.removeLast());
            }
        } catch (StoreException.Missing | StoreException.Corrupt e) {
            throw new StoreException.Corrupt(
                    "Version %s is damaged (%s): delete it, or see what rok check says".formatted(url, e.getMessage()),
                    e);
        } finally {
            waiting.clear();
            queued.clear();
        }
    }

    @Override
    public void chunk(ChunkId id) {
        live.add(id);
    }

    @Override
    public boolean enterList(ChunkId id) {
        return before.stream().noneMatch(earlier -> earlier.hasList(id)) && live.addList(id);
    }

    @Override
    public boolean enterTree(ChunkId root) {
        return live.addTree(root);
    }

    @Override
    public void folder(Content tree) {
        if (!tree.isHole()
                && before.stream().noneMatch(earlier -> earlier.hasTree(tree.root()))
                && !live.hasTree(tree.root())
                && queued.add(tree.root())) {
            waiting.add(tree);
        }
    }
}
