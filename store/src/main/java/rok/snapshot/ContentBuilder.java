package rok.snapshot;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import rok.chunk.ChunkId;
import rok.repository.ChunkWriter;

/**
 * Puts a content together from its chunks and holes, in order. List chunks are written as they fill, so memory stays
 * below 164 kB a level whatever the length. Not safe for use by several threads.
 */
public final class ContentBuilder {
    private final ChunkWriter.Lane lane;
    private final List<Level> levels = new ArrayList<>();
    private long length;
    private long pendingHole;

    public ContentBuilder(ChunkWriter.Lane lane) {
        this.lane = lane;
    }

    public void chunk(ChunkId id, int chunkLength) {
        if (chunkLength < 1 || chunkLength > ChunkList.DATA_BYTES_MAX) {
            throw new IllegalArgumentException("A data chunk can't have %d bytes".formatted(chunkLength));
        }
        flushHole();
        length = Math.addExact(length, chunkLength);
        append(1, chunkLength, id);
    }

    public void hole(long holeLength) {
        if (holeLength < 0) {
            throw new IllegalArgumentException("A hole can't have %d bytes".formatted(holeLength));
        }
        length = Math.addExact(length, holeLength);
        pendingHole += holeLength;
    }

    public long length() {
        return length;
    }

    /** Names what was put together, and starts anew. */
    public Content finish() {
        flushHole();
        var content = top();
        levels.clear();
        length = 0;
        return content;
    }

    private Content top() {
        for (var depth = 1; depth <= levels.size(); depth++) {
            var level = levels.get(depth - 1);
            if (level.count == 1 && depth == levels.size()) {
                return new Content(length, level.onlyIsHole() ? 0 : depth - 1, level.only());
            }
            if (level.count > 0) {
                writeList(depth, level);
            }
        }
        return new Content(0, 0, Content.NONE);
    }

    private void flushHole() {
        if (pendingHole > 0) {
            var hole = pendingHole;
            pendingHole = 0;
            append(1, hole, Content.NONE);
        }
    }

    private void append(int depth, long itemLength, ChunkId id) {
        if (levels.size() < depth) {
            levels.add(new Level());
        }
        var level = levels.get(depth - 1);
        level.append(itemLength, id);
        if (level.endsAfter(id)) {
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
        append(depth + 1, listLength, id);
    }

    private static final class Level {
        private ByteBuffer list = ByteBuffer.allocate(ChunkList.HEADER_BYTES + 16 * ChunkList.ITEM_BYTES)
                .position(ChunkList.HEADER_BYTES);
        private int count;
        private long length;

        void append(long itemLength, ChunkId id) {
            if (list.remaining() < ChunkList.ITEM_BYTES) {
                var room = Math.min(
                        list.capacity() * 4, ChunkList.HEADER_BYTES + ChunkList.ITEMS_MAX * ChunkList.ITEM_BYTES);
                list = ByteBuffer.allocate(room).put(list.flip());
            }
            list.putLong(itemLength);
            id.write(list);
            count++;
            length += itemLength;
        }

        boolean endsAfter(ChunkId id) {
            return count == ChunkList.ITEMS_MAX
                    || (count >= ChunkList.ITEMS_MIN && (id.d() & ChunkList.CUT_MASK) == 0 && !id.equals(Content.NONE));
        }

        ChunkId write(int depth, ChunkWriter.Lane lane) {
            list.putInt(0, ChunkList.MAGIC)
                    .put(4, ChunkList.VERSION)
                    .put(5, (byte) depth)
                    .putShort(6, (short) count);
            return lane.write(list.array(), 0, list.position());
        }

        ChunkId only() {
            var at = list.position();
            var id = ChunkId.read(list.position(at - ChunkId.BYTES));
            list.position(at);
            return id;
        }

        boolean onlyIsHole() {
            return only().equals(Content.NONE);
        }

        void clear() {
            list.position(ChunkList.HEADER_BYTES);
            count = 0;
            length = 0;
        }
    }
}
