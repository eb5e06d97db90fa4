package rok.snapshot;

import java.util.ArrayList;
import java.util.List;
import rok.chunk.ChunkId;
import rok.repository.ChunkReader;

/**
 * Walks all that trees refer to. Subtrees that were walked before are asked for, and left out. What is known to be read soon is
 * read together. For one thread.
 */
public final class Reach {
    /** At most 197 kB each, so this many are held at once. */
    private static final int LISTS_TOGETHER = 64;

    private final ChunkReader chunks;
    private final Visitor visitor;
    /** Lists that were entered and not read yet. */
    private final List<Entered> lists = new ArrayList<>();

    public Reach(ChunkReader chunks, Visitor visitor) {
        this.chunks = chunks;
        this.visitor = visitor;
    }

    /** What is told on the way. */
    public interface Visitor {
        /** A chunk that is referred to, once for each reference. */
        void chunk(ChunkId id);

        /** A list chunk, told before; whether what it lists is to be walked, which it is later. */
        boolean enterList(ChunkId id);

        /** A folder in a tree that is walked: {@link #trees} may be called for it, later. */
        void folder(Content tree);
    }

    private record Entered(ChunkId id, int depth, long length) {}

    /** Walks the chunks of folders' trees and those of their files; folders below are told. */
    public void trees(List<Content> trees) {
        var roots = trees.stream().filter(tree -> !tree.isHole()).map(Content::root);
        try (var together = new Together(chunks, roots.toList())) {
            for (var tree : trees) {
                tree(together, tree);
            }
        }
        readLists();
    }

    private void tree(ChunkReader ahead, Content tree) {
        content(tree);
        if (tree.isHole()) {
            return;
        }
        var entries = new TreeReader(ahead, tree);
        while (entries.hasNext()) {
            switch (entries.next()) {
                case Entry.Folder folder -> visitor.folder(folder.tree());
                case Entry.File file -> content(file.content());
                case Entry.Symlink _, Entry.Fifo _ -> {}
            }
            if (lists.size() >= LISTS_TOGETHER) {
                readLists();
            }
        }
    }

    private void content(Content content) {
        if (!content.isHole()) {
            item(content.root(), content.depth(), content.length());
        }
    }

    private void item(ChunkId id, int depth, long length) {
        visitor.chunk(id);
        if (depth > 0 && visitor.enterList(id)) {
            lists.add(new Entered(id, depth, length));
        }
    }

    /** The last first: so those of one level of lists wait, and never all of a file's. */
    private void readLists() {
        while (!lists.isEmpty()) {
            var last = lists.subList(Math.max(0, lists.size() - LISTS_TOGETHER), lists.size());
            var taken = List.copyOf(last);
            last.clear();
            try (var together =
                    new Together(chunks, taken.stream().map(Entered::id).toList())) {
                for (var list : taken) {
                    items(ChunkList.read(together, list.id, list.depth, list.length), list.depth);
                }
            }
        }
    }

    private void items(ChunkList list, int depth) {
        for (var i = 0; i < list.count(); i++) {
            if (!list.isHole(i)) {
                item(list.id(i), depth - 1, list.length(i));
            }
        }
    }
}
