package rok.snapshot;

import java.nio.ByteBuffer;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.repository.ChunkReader;

/** A list chunk as it was read and checked: what lies where in a content. docs/format/tree.md has the bytes. */
final class ChunkList {
    static final int MAGIC = 0x526f6b4c; // RokL
    static final byte VERSION = 1;
    static final int HEADER_BYTES = 8;
    static final int ITEM_BYTES = 40;
    static final int ITEMS_MAX = 4096;
    static final int ITEMS_MIN = 256;
    /** A list ends after an item whose id has these bits of its last word zero. */
    static final long CUT_MASK = 0x1ff;

    static final int DATA_BYTES_MAX = 262_144;

    private final ByteBuffer items;
    private final int count;

    private ChunkList(ByteBuffer items, int count) {
        this.items = items;
        this.count = count;
    }

    /** Reads the list that {@code id} names, which must be of {@code depth} and cover {@code length} bytes. */
    static ChunkList read(ChunkReader chunks, ChunkId id, int depth, long length) {
        var size = chunks.length(id);
        check(size >= HEADER_BYTES + ITEM_BYTES && size <= HEADER_BYTES + ITEMS_MAX * ITEM_BYTES, id, 0, "its length");
        var in = ByteBuffer.allocate(size);
        chunks.structure().read(id, in);
        in.flip();
        check(in.getInt() == MAGIC, id, 0, "no list");
        check(in.get() == VERSION, id, 4, "its version");
        check(in.get() == depth, id, 5, "its depth");
        var count = in.getShort() & 0xffff;
        check(count > 0 && size == HEADER_BYTES + count * ITEM_BYTES, id, 6, "its number of items");
        var list = new ChunkList(in.slice(), count);
        list.checkItems(id, depth, length);
        return list;
    }

    private void checkItems(ChunkId id, int depth, long length) {
        var left = length;
        var afterHole = false;
        for (var i = 0; i < count; i++) {
            var at = HEADER_BYTES + i * ITEM_BYTES;
            var itemLength = length(i);
            var hole = id(i).equals(Content.NONE);
            check(itemLength > 0 && itemLength <= left, id, at, "the length of an item");
            check(hole || depth > 1 || itemLength <= DATA_BYTES_MAX, id, at, "the length of a data chunk");
            check(!hole || !afterHole, id, at, "a hole after a hole");
            afterHole = hole;
            left -= itemLength;
        }
        check(left == 0, id, HEADER_BYTES, "the sum of its items' lengths");
    }

    int count() {
        return count;
    }

    long length(int item) {
        return items.getLong(item * ITEM_BYTES);
    }

    ChunkId id(int item) {
        var at = item * ITEM_BYTES + 8;
        return new ChunkId(items.getLong(at), items.getLong(at + 8), items.getLong(at + 16), items.getLong(at + 24));
    }

    private static void check(boolean holds, ChunkId id, int at, String what) {
        if (!holds) {
            throw new StoreException.Corrupt("List chunk %s is corrupt at byte %d: %s".formatted(id, at, what));
        }
    }
}
