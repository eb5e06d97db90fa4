package rok.snapshot;

import rok.chunk.ChunkId;
import rok.repository.ChunkReader;

/** Walks all that a content or a tree refers to. Subtrees that were walked before are asked for, and left out. */
public final class Reach {
    private final ChunkReader chunks;
    private final Visitor visitor;

    public Reach(ChunkReader chunks, Visitor visitor) {
        this.chunks = chunks;
        this.visitor = visitor;
    }

    /** What is told on the way. */
    public interface Visitor {
        /** A chunk that is referred to, once for each reference. */
        void chunk(ChunkId id);

        /** A list chunk, told before; whether what it lists is to be walked. */
        boolean enterList(ChunkId id);

        /** A folder's tree, whose chunks were told before; whether its entries are to be walked. */
        boolean enterTree(ChunkId root);

        /** A folder in a tree that is walked: {@link #tree} may be called for it, now or later. */
        void folder(Content tree);
    }

    /** Walks the chunks of a folder's tree and those of its files; folders below are told. */
    public void tree(Content tree) {
        content(tree);
        if (tree.isHole() || !visitor.enterTree(tree.root())) {
            return;
        }
        var entries = new TreeReader(chunks, tree);
        while (entries.hasNext()) {
            switch (entries.next()) {
                case Entry.Folder folder -> visitor.folder(folder.tree());
                case Entry.File file -> content(file.content());
                case Entry.Symlink _, Entry.Fifo _ -> {}
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
        if (depth == 0 || !visitor.enterList(id)) {
            return;
        }
        var list = ChunkList.read(chunks, id, depth, length);
        for (var i = 0; i < list.count(); i++) {
            if (!list.id(i).equals(Content.NONE)) {
                item(list.id(i), depth - 1, list.length(i));
            }
        }
    }
}
