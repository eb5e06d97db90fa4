package rok.snapshot;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.format.StoreException;
import rok.repository.ChunkReader;

/**
 * The entries of a folder, in the order of their names, as a stream. Throws {@link StoreException.Corrupt}, naming the
 * tree and the byte, as soon as something does not fit; what it gave before that was well-formed. Not safe for use by
 * several threads.
 */
public final class TreeReader implements Iterator<Entry> {
    static final byte[] MAGIC = {'R', 'o', 'k', 'T'};
    static final int VERSION = 1;

    private final TreeInput in;
    private final Optional<Attributes> self;
    private @Nullable Entry next;
    private @Nullable ByteString last;
    private long count;
    private boolean ended;

    public TreeReader(ChunkReader chunks, Content tree) {
        this(new TreeInput(new ContentInput(chunks.structure(), tree), name(tree)));
    }

    /** Of a tree whose bytes were read and checked. */
    static TreeReader of(byte[] bytes, Content tree) {
        return new TreeReader(new TreeInput(bytes, name(tree)));
    }

    private static String name(Content tree) {
        return "Tree %s of %d bytes".formatted(tree.root(), tree.length());
    }

    TreeReader(TreeInput in) {
        this.in = in;
        if (!Arrays.equals(in.raw(MAGIC.length), MAGIC)) {
            throw in.corrupt("no tree");
        }
        var version = in.raw();
        if (version != VERSION) {
            throw in.corrupt("version " + version);
        }
        var flag = in.raw();
        if (flag > 1) {
            throw in.corrupt("flag " + flag);
        }
        self = flag == 1 ? Optional.of(in.attributes()) : Optional.empty();
    }

    /** The folder's own attributes: the tree of a volume's top folder has them, no other. */
    public Optional<Attributes> self() {
        return self;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            advance();
        }
        return next != null;
    }

    @Override
    public Entry next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("The folder has " + count + " entries");
        }
        var entry = next;
        next = null;
        return entry;
    }

    private void advance() {
        var kind = in.raw();
        if (kind == EntryCodec.END) {
            end();
            return;
        }
        var entry = in.entry(kind);
        if (last != null && last.compareTo(entry.name()) >= 0) {
            throw in.corrupt("\"%s\" after \"%s\"".formatted(entry.name(), last));
        }
        last = entry.name();
        next = entry;
        count++;
    }

    private void end() {
        var stated = in.varint();
        if (stated != count) {
            throw in.corrupt("%d entries where it says %d".formatted(count, stated));
        }
        if (!in.atEnd()) {
            throw in.corrupt("bytes after its end");
        }
        ended = true;
    }
}
