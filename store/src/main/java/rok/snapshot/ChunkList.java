package rok.snapshot;

import java.nio.ByteBuffer;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.repository.ChunkReader;

/** A list chunk of either version as it was read and checked: what lies where in a content. docs/format/tree.md has the bytes. */
final class ChunkList {
    static final int MAGIC = 0x526f6b4c; // RokL
    static final byte VERSION = 1;
    /** Its items may be ranges of chunks. */
    static final byte VERSION_OF_RANGES = 2;

    static final int HEADER_BYTES = 8;
    static final int ITEM_BYTES = 40;
    static final int RANGE_BYTES = 48;
    static final int ITEMS_MAX = 4096;
    static final int ITEMS_MIN = 256;
    /** A list ends after an item whose id has these bits of its last word zero. */
    static final long CUT_MASK = 0x1ff;

    static final int DATA_BYTES_MAX = 262_144;

    private final ByteBuffer items;
    private final int count;
    private final int itemBytes;

    private ChunkList(ByteBuffer items, int count, int itemBytes) {
        this.items = items;
        this.count = count;
        this.itemBytes = itemBytes;
    }

    /** Reads the list that {@code id} names, which must be of {@code depth} and cover {@code length} bytes. */
    static ChunkList read(ChunkReader chunks, ChunkId id, int depth, long length) {
        var size = chunks.length(id);
        check(size >= HEADER_BYTES + ITEM_BYTES && size <= HEADER_BYTES + ITEMS_MAX * RANGE_BYTES, id, 0, "its length");
        var in = ByteBuffer.allocate(size);
        chunks.structure().read(id, in);
        in.flip();
        check(in.getInt() == MAGIC, id, 0, "no list");
        var version = in.get();
        if (version > VERSION_OF_RANGES) {
            throw new StoreException.Incompatible(
                    "List chunk %s is of version %d, which a newer Rok wrote: use that one".formatted(id, version));
        }
        check(version == VERSION || (version == VERSION_OF_RANGES && depth == 1), id, 4, "its version");
        check(in.get() == depth, id, 5, "its depth");
        var count = in.getShort() & 0xffff;
        var itemBytes = version == VERSION ? ITEM_BYTES : RANGE_BYTES;
        check(
                count > 0 && count <= ITEMS_MAX && size == HEADER_BYTES + count * itemBytes,
                id,
                6,
                "its number of items");
        var list = new ChunkList(in.slice(), count, itemBytes);
        list.checkItems(id, depth, length);
        if (itemBytes == RANGE_BYTES) {
            list.checkRanges(id);
        }
        return list;
    }

    private void checkItems(ChunkId id, int depth, long length) {
        var left = length;
        var afterHole = false;
        for (var i = 0; i < count; i++) {
            var at = HEADER_BYTES + i * itemBytes;
            var itemLength = length(i);
            var hole = isHole(i);
            check(itemLength > 0 && itemLength <= left, id, at, "the length of an item");
            check(hole || depth > 1 || itemLength <= DATA_BYTES_MAX, id, at, "the length of a data chunk");
            check(!hole || !afterHole, id, at, "a hole after a hole");
            afterHole = hole;
            left -= itemLength;
        }
        check(left == 0, id, HEADER_BYTES, "the sum of its items' lengths");
    }

    private void checkRanges(ChunkId id) {
        var ranges = false;
        var before = extent(0, 0);
        for (var i = 0; i < count; i++) {
            var extent = i == 0 ? before : extent(i, before.end());
            var at = HEADER_BYTES + i * itemBytes;
            if (extent.isHole()) {
                check(extent.first() == 0 && extent.chunkLength() == 0, id, at, "a hole that is a range");
            } else {
                check(
                        extent.first() >= 0
                                && extent.chunkLength() <= DATA_BYTES_MAX
                                && extent.length() <= extent.chunkLength() - extent.first(),
                        id,
                        at,
                        "a range that ends outside of its chunk");
                check(i == 0 || !before.goesOn(extent), id, at, "a range that goes on where the one before it ends");
            }
            ranges |= extent.isRange();
            before = extent;
        }
        check(ranges, id, 4, "a version for ranges, and no range");
    }

    int count() {
        return count;
    }

    long length(int item) {
        return items.getLong(item * itemBytes);
    }

    /** Asked of each item of a disk's lists, so without an object. */
    boolean isHole(int item) {
        var at = item * itemBytes + 8;
        return (items.getLong(at) | items.getLong(at + 8) | items.getLong(at + 16) | items.getLong(at + 24)) == 0;
    }

    /** An item of a list of depth 1, or a hole, which begins at {@code offset} of the content. */
    Extent extent(int item, long offset) {
        var at = item * itemBytes;
        var length = length(item);
        if (itemBytes == RANGE_BYTES) {
            return new Extent(
                    offset, length, id(item), items.getInt(at + ITEM_BYTES), items.getInt(at + ITEM_BYTES + 4));
        }
        return isHole(item) ? Extent.hole(offset, length) : Extent.whole(offset, (int) length, id(item));
    }

    ChunkId id(int item) {
        var at = item * itemBytes + 8;
        return new ChunkId(items.getLong(at), items.getLong(at + 8), items.getLong(at + 16), items.getLong(at + 24));
    }

    private static void check(boolean holds, ChunkId id, int at, String what) {
        if (!holds) {
            throw new StoreException.Corrupt("List chunk %s is corrupt at byte %d: %s".formatted(id, at, what));
        }
    }
}
