package rok.snapshot;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.repository.ChunkWriter;

/**
 * Puts a content together from its chunks, ranges of chunks and holes, in order. List chunks are written as they fill, so
 * memory stays below 197 kB a level whatever the length. Not safe for use by several threads.
 */
public final class ContentBuilder {
    private final ChunkWriter.Lane lane;
    private final List<Level> levels = new ArrayList<>();
    private long length;
    /** What came last: what follows may go on where it ends. */
    private @Nullable Extent pending;

    public ContentBuilder(ChunkWriter.Lane lane) {
        this.lane = lane;
    }

    public void chunk(ChunkId id, int chunkLength) {
        add(Extent.whole(length, chunkLength, id));
    }

    public void hole(long holeLength) {
        if (holeLength < 0) {
            throw new IllegalArgumentException("A hole can't have %d bytes".formatted(holeLength));
        }
        if (holeLength > 0) {
            add(Extent.hole(length, holeLength));
        }
    }

    /** Adds what an extent names, wherever that stood. */
    public void add(Extent extent) {
        if (!extent.isHole() && (extent.chunkLength() < 1 || extent.chunkLength() > ChunkList.DATA_BYTES_MAX)) {
            throw new IllegalArgumentException("A data chunk can't have %d bytes".formatted(extent.chunkLength()));
        }
        var next = new Extent(length, extent.length(), extent.chunk(), extent.first(), extent.chunkLength());
        length = Math.addExact(length, extent.length());
        if (pending != null && pending.goesOn(next)) {
            pending = pending.with(next);
        } else {
            flushPending();
            pending = next;
        }
    }

    /**
     * Whether a list of {@code depth} that stood in another content may be {@linkplain #list added} as it is: everything before
     * is in lists, which end where they would have ended.
     */
    boolean isBetweenLists(int depth) {
        flushPendingAtEndOfList();
        if (pending != null) {
            return false;
        }
        for (var level = 0; level < Math.min(depth, levels.size()); level++) {
            if (levels.get(level).count > 0) {
                return false;
            }
        }
        return true;
    }

    /** Adds a list of chunks, {@linkplain #isBetweenLists between lists}, that did not end because its content did. */
    void list(int depth, long listLength, ChunkId id) {
        length = Math.addExact(length, listLength);
        append(depth + 1, new Extent(0, listLength, id, 0, 0));
    }

    public long length() {
        return length;
    }

    /** Names what was put together, and starts anew. */
    public Content finish() {
        flushPending();
        var content = top();
        levels.clear();
        length = 0;
        return content;
    }

    private Content top() {
        for (var depth = 1; depth <= levels.size(); depth++) {
            var level = levels.get(depth - 1);
            if (level.count == 1 && depth == levels.size() && !level.hasRanges) {
                return new Content(length, level.onlyIsHole() ? 0 : depth - 1, level.only());
            }
            if (level.count > 0) {
                writeList(depth, level);
            }
        }
        return new Content(0, 0, Content.NONE);
    }

    private void flushPending() {
        if (pending != null) {
            var item = pending;
            pending = null;
            append(1, item);
        }
    }

    /** What came last may end its list; then nothing can go on in it. */
    private void flushPendingAtEndOfList() {
        if (pending != null && !levels.isEmpty() && levels.getFirst().wouldEndAfter(pending.chunk())) {
            flushPending();
        }
    }

    private void append(int depth, Extent item) {
        while (levels.size() < depth) {
            levels.add(new Level(levels.isEmpty() ? ChunkList.RANGE_BYTES : ChunkList.ITEM_BYTES));
        }
        var level = levels.get(depth - 1);
        level.append(item);
        if (level.endsAfter(item.chunk())) {
            writeList(depth, level);
        }
    }

    private void writeList(int depth, Level level) {
        if (depth > Content.DEPTH_MAX) {
            throw new IllegalStateException("A content can't nest deeper than " + Content.DEPTH_MAX);
        }
        var id = level.write(depth, lane.structure());
        var listLength = level.length;
        level.clear();
        append(depth + 1, new Extent(0, listLength, id, 0, 0));
    }

    /** A list that fills. That of depth 1 has room for ranges, and leaves it out where there are none. */
    private static final class Level {
        private final int itemBytes;
        private ByteBuffer list;
        private int count;
        private long length;
        private boolean hasRanges;

        Level(int itemBytes) {
            this.itemBytes = itemBytes;
            this.list =
                    ByteBuffer.allocate(ChunkList.HEADER_BYTES + 16 * itemBytes).position(ChunkList.HEADER_BYTES);
        }

        void append(Extent item) {
            if (list.remaining() < itemBytes) {
                var room = Math.min(list.capacity() * 4, ChunkList.HEADER_BYTES + ChunkList.ITEMS_MAX * itemBytes);
                list = ByteBuffer.allocate(room).put(list.flip());
            }
            list.putLong(item.length());
            item.chunk().write(list);
            if (itemBytes == ChunkList.RANGE_BYTES) {
                list.putInt(item.first()).putInt(item.chunkLength());
                hasRanges |= item.isRange();
            }
            count++;
            length += item.length();
        }

        boolean endsAfter(ChunkId id) {
            return ends(count, id);
        }

        boolean wouldEndAfter(ChunkId id) {
            return ends(count + 1, id);
        }

        private static boolean ends(int count, ChunkId id) {
            return count == ChunkList.ITEMS_MAX
                    || (count >= ChunkList.ITEMS_MIN && (id.d() & ChunkList.CUT_MASK) == 0 && !id.equals(Content.NONE));
        }

        ChunkId write(int depth, ChunkWriter.Lane lane) {
            var version = hasRanges ? ChunkList.VERSION_OF_RANGES : ChunkList.VERSION;
            if (itemBytes == ChunkList.RANGE_BYTES && !hasRanges) {
                leaveOutRanges();
            }
            list.putInt(0, ChunkList.MAGIC).put(4, version).put(5, (byte) depth).putShort(6, (short) count);
            return lane.write(list.array(), 0, list.position());
        }

        private void leaveOutRanges() {
            var bytes = list.array();
            for (var item = 1; item < count; item++) {
                var from = ChunkList.HEADER_BYTES + item * ChunkList.RANGE_BYTES;
                var to = ChunkList.HEADER_BYTES + item * ChunkList.ITEM_BYTES;
                System.arraycopy(bytes, from, bytes, to, ChunkList.ITEM_BYTES);
            }
            list.position(ChunkList.HEADER_BYTES + count * ChunkList.ITEM_BYTES);
        }

        ChunkId only() {
            return ChunkId.read(list.duplicate().position(ChunkList.HEADER_BYTES + Long.BYTES));
        }

        boolean onlyIsHole() {
            return only().equals(Content.NONE);
        }

        void clear() {
            list.position(ChunkList.HEADER_BYTES);
            count = 0;
            length = 0;
            hasRanges = false;
        }
    }
}
