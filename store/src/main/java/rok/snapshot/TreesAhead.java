package rok.snapshot;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.parallel.Background;
import rok.repository.ChunkBatch;
import rok.repository.ChunkReader;

/**
 * Opens the trees of a volume for who goes through all of them in their order. Of a store that is far, those that come next
 * are on their way meanwhile: folders are known as soon as the tree above them has come, so that the depth of a volume costs
 * waiting, and the number of its folders does not. Nothing is trusted for having come ahead of its turn: a tree that could
 * not be read then is read once more when it is opened, and tells what is wrong. Close it. Opened by one thread.
 */
public final class TreesAhead implements AutoCloseable {
    /** Of larger trees only the folders are taken note of. */
    private static final long TREE_BYTES_MAX = 1 << 20;

    private static final long BYTES_MAX = 16 << 20;
    private static final int TOGETHER_MAX = 64;
    private static final int ROUNDS_MAX = 16;
    /** Lists of chunks that are read with so many trees. */
    private static final int LISTS_MAX = 1024;

    /** So far ahead in the order. */
    private static final int WINDOW_FOLDERS = 2048;
    /** Folders that are known and whose turn has not come; others are read in their turn. */
    private static final int KNOWN_MAX = 1 << 16;
    /** After so many folders were opened or found, more set out: to look at all that are known for each would cost more. */
    private static final int STRIDE_FOLDERS = 32;
    /** So many folders that come next may be left out at a time. */
    private static final int PASSED_MAX = 64;

    private final ChunkReader chunks;
    private final boolean isOn;
    private final boolean withLists;
    /** Stands before the folder that is opened next; those that are known come after it, in their order. */
    private final Node front = new Node(new Content(0, 0, Content.NONE));

    private final ListsAhead lists;
    private int known;
    private int rounds;
    /** Opened or found since it was last looked which of them may set out. */
    private int moved;

    private long bytes;
    private boolean closed;

    /**
     * @param top the tree that is opened first
     * @param all whether those below it will all be opened; else each is read in its turn
     */
    public TreesAhead(ChunkReader chunks, Content top, boolean all) {
        this(chunks, top, all, false);
    }

    private TreesAhead(ChunkReader chunks, Content top, boolean all, boolean withLists) {
        this.chunks = chunks;
        this.isOn = all && chunks.isFar();
        this.withLists = withLists;
        this.lists = new ListsAhead(chunks);
        if (isOn) {
            insert(front, List.of(top));
        }
    }

    /** For who goes through the files' lists of chunks in the same order; {@link #chunks} has those that have come. */
    public static TreesAhead withLists(ChunkReader chunks, Content top, boolean all) {
        return new TreesAhead(chunks, top, all, true);
    }

    private enum State {
        KNOWN,
        ON_ITS_WAY,
        HERE,
        PASSED
    }

    /** A folder's tree. */
    private static final class Node {
        private final Content tree;
        private State state = State.KNOWN;
        private Optional<byte[]> read = Optional.empty();
        private @Nullable Node next;

        Node(Content tree) {
            this.tree = tree;
        }
    }

    /** Reads as the reader that this one has, without waiting where it wants a list of chunks that has come already. */
    public ChunkReader chunks() {
        return isOn ? lists : chunks;
    }

    /**
     * The extents of a file, where they are known without waiting: it is one chunk, or its list of chunks has come. Nothing
     * for a list that is damaged: who reads the file is told.
     */
    public Optional<List<Extent>> extents(Content file) {
        if (file.depth() > 1 || (file.depth() == 1 && !lists.has(file.root()))) {
            return Optional.empty();
        }
        var found = new ArrayList<Extent>();
        try {
            new Extents(lists, file, 0).forEachRemaining(found::add);
            return Optional.of(found);
        } catch (StoreException.Corrupt | StoreException.Missing _) {
            return Optional.empty();
        }
    }

    /** The tree of the folder that comes next. Throws as {@link TreeReader} does. */
    public TreeReader open(Content tree) {
        var read = isOn ? take(tree) : Optional.<byte[]>empty();
        return read.isPresent() ? TreeReader.of(read.get(), tree) : new TreeReader(chunks, tree);
    }

    /**
     * A folder whose turn has come.
     *
     * @param isUnread nobody reads its tree yet: there was no room for it
     */
    private record Turn(Node node, boolean isUnread) {}

    private Optional<byte[]> take(Content tree) {
        var turn = turn(tree);
        turn.filter(Turn::isUnread).ifPresent(unread -> read(List.of(unread.node)));
        return turn.flatMap(come -> take(come.node));
    }

    /** It comes next, but for folders that were left out; nothing for one that was not known. */
    private synchronized Optional<Turn> turn(Content tree) {
        goOn(0);
        for (var passed = 0; passed <= PASSED_MAX; passed++) {
            var node = nth(passed);
            if (node.isEmpty()) {
                break;
            }
            if (node.get().tree.equals(tree)) {
                for (var i = 0; i < passed; i++) {
                    nth(0).ifPresent(this::leave);
                }
                return Optional.of(turn(node.get()));
            }
        }
        return Optional.empty();
    }

    private Turn turn(Node node) {
        var isUnread = node.state == State.KNOWN;
        if (isUnread) {
            node.state = State.ON_ITS_WAY;
            bytes += kept(node);
        }
        return new Turn(node, isUnread);
    }

    private Optional<Node> nth(int folders) {
        var node = front.next;
        for (var i = 0; i < folders && node != null; i++) {
            node = node.next;
        }
        return Optional.ofNullable(node);
    }

    private void leave(Node node) {
        bytes -= node.state == State.KNOWN ? 0 : kept(node);
        node.state = State.PASSED;
        front.next = node.next;
        known--;
    }

    private synchronized Optional<byte[]> take(Node node) {
        try {
            while (node.state != State.HERE) {
                wait();
            }
        } catch (InterruptedException e) {
            // Whoever reads next is told
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        leave(node);
        goOn(1);
        return node.read;
    }

    /** Under the lock: so many more were opened or found. */
    private void goOn(int folders) {
        moved += folders;
        var isNextAtHome = front.next != null && front.next.state == State.KNOWN;
        if (isNextAtHome || moved >= STRIDE_FOLDERS) {
            begin();
        }
    }

    /** Under the lock: those that come next set out, as many as there is room for. */
    private void begin() {
        moved = 0;
        while (!closed && rounds < ROUNDS_MAX) {
            var nodes = next();
            if (nodes.isEmpty()) {
                return;
            }
            rounds++;
            Background.start("trees", () -> {
                try {
                    read(nodes);
                } catch (StoreException e) {
                    return; // opening them tells
                } finally {
                    ended();
                }
            });
        }
    }

    private synchronized void ended() {
        rounds--;
        begin();
    }

    private List<Node> next() {
        var nodes = new ArrayList<Node>();
        var seen = 0;
        for (var node = front.next;
                node != null && seen++ < WINDOW_FOLDERS && nodes.size() < TOGETHER_MAX && bytes < BYTES_MAX;
                node = node.next) {
            if (node.state == State.KNOWN) {
                node.state = State.ON_ITS_WAY;
                bytes += kept(node);
                nodes.add(node);
            }
        }
        return nodes;
    }

    private static long kept(Node node) {
        return node.tree.length() <= TREE_BYTES_MAX ? node.tree.length() : 0;
    }

    /** All of them come, whatever goes wrong: somebody may wait for them. */
    private void read(List<Node> nodes) {
        try {
            readTogether(nodes);
        } finally {
            nodes.forEach(this::come);
        }
    }

    /** What is below them sets out before their lists of chunks are read, and they come with those. */
    private void readTogether(List<Node> nodes) {
        var files = new ArrayList<ChunkId>();
        var ids = nodes.stream()
                .filter(node -> node.tree.depth() == 0)
                .map(node -> node.tree.root())
                .toList();
        try (var batch = chunks.structure().batch(ids)) {
            batch.ahead();
            for (var node : nodes) {
                read(node, batch, files);
            }
        }
        allFound();
        if (withLists && !files.isEmpty()) {
            readLists(files);
        }
    }

    /** What one of them that is damaged keeps from coming is read by who wants it. */
    private void readLists(List<ChunkId> ids) {
        try (var batch = chunks.structure().batch(ids)) {
            batch.ahead();
            for (var id : ids) {
                var into = ByteBuffer.allocate(Math.clamp(chunks.length(id), 1, Chunker.CHUNK_BYTES_MAX));
                batch.read(id, into);
                if (!into.hasRemaining()) {
                    lists.put(id, into.array());
                }
            }
        } catch (StoreException e) {
            return;
        }
    }

    private void read(Node node, ChunkBatch batch, List<ChunkId> files) {
        try {
            if (kept(node) > 0) {
                var read = bytes(node.tree, batch);
                found(node, Optional.of(read), folders(TreeReader.of(read, node.tree), files));
            } else {
                found(node, Optional.empty(), folders(new TreeReader(chunks, node.tree), files));
            }
        } catch (StoreException e) {
            return; // opening it tells
        }
    }

    private synchronized void found(Node node, Optional<byte[]> read, List<Content> folders) {
        if (node.state == State.ON_ITS_WAY) {
            node.read = read;
            insert(node, folders);
            goOn(folders.size());
        }
    }

    private synchronized void allFound() {
        begin();
    }

    private synchronized void come(Node node) {
        if (node.state == State.ON_ITS_WAY) {
            node.state = State.HERE;
            notifyAll();
        }
    }

    private void insert(Node before, List<Content> folders) {
        var last = before;
        for (var folder : folders) {
            if (known == KNOWN_MAX) {
                return;
            }
            var node = new Node(folder);
            node.next = last.next;
            last.next = node;
            last = node;
            known++;
        }
    }

    private byte[] bytes(Content tree, ChunkBatch batch) {
        var into = new byte[(int) tree.length()];
        if (tree.depth() == 0) {
            ContentInput.read(batch, Extent.whole(0, (int) tree.length(), tree.root()), into);
            return into;
        }
        try (var extents = new ExtentsAhead(chunks.structure(), tree, 0, tree.length(), _ -> true)) {
            for (var next = extents.next(); next.isPresent(); next = extents.next()) {
                var extent = next.get();
                if (!extent.isHole()) {
                    var piece = new byte[(int) extent.length()];
                    extents.read(extent, piece);
                    System.arraycopy(piece, 0, into, (int) extent.offset(), piece.length);
                }
            }
        }
        return into;
    }

    /** The trees below it, and the lists of chunks of its files, up to where it is damaged. */
    private static List<Content> folders(TreeReader entries, List<ChunkId> lists) {
        var folders = new ArrayList<Content>();
        try {
            while (folders.size() < KNOWN_MAX && entries.hasNext()) {
                switch (entries.next()) {
                    case Entry.Folder folder -> folders.add(folder.tree());
                    case Entry.File file
                    when file.content().depth() > 0 && lists.size() < LISTS_MAX ->
                        lists.add(file.content().root());
                    default -> {}
                }
            }
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            return folders; // opening it tells
        }
        return folders;
    }

    /** What is on its way still comes, to nobody. */
    @Override
    public synchronized void close() {
        closed = true;
        front.next = null;
    }
}
