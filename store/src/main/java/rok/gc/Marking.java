package rok.gc;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private final LiveChunks live;
    private final List<LiveChunks> before;
    private final Reach reach;
    private final Deque<Content> waiting = new ArrayDeque<>();
    private final Set<ChunkId> queued = new HashSet<>();

    /** @param before what was marked already, and is not walked again */
    Marking(ChunkReader chunks, LiveChunks live, List<LiveChunks> before) {
        this.live = live;
        this.before = before;
        this.reach = new Reach(chunks, this);
    }

    /** Throws {@link StoreException.Corrupt}, naming the version, when something that it refers to is not there. */
    void add(RokUrl url, List<Content> roots) {
        try {
            roots.forEach(this::folder);
            while (!waiting.isEmpty()) {
                reach.tree(waiting.removeLast());
            }
        } catch (StoreException.Missing | StoreException.Corrupt e) {
            throw new StoreException.Corrupt(
                    "Nothing was collected, since version %s is damaged (%s): delete it, or see what rok check says"
                            .formatted(url, e.getMessage()),
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
