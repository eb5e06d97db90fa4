package rok.snapshot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.repository.ChunkReader;

/**
 * The chunks and holes of a content in order, from any offset. Holds one list of each depth, at most eight of 197 kB.
 * Neighbouring holes of different lists come as they are. Not safe for use by several threads.
 */
public final class Extents implements Iterator<Extent> {
    private final ChunkReader chunks;
    private final Content content;
    private final Deque<Frame> path = new ArrayDeque<>();
    private long position;

    /** Starts with the extent that holds {@code offset}. */
    public Extents(ChunkReader chunks, Content content, long offset) {
        this.chunks = chunks;
        this.content = content;
        seek(offset);
    }

    /** Goes on with the extent that holds {@code offset}; at the content's length there is none. */
    public void seek(long offset) {
        if (offset < 0 || offset > content.length()) {
            throw new IllegalArgumentException("Offset %d is outside of %d bytes".formatted(offset, content.length()));
        }
        position = offset;
    }

    @Override
    public boolean hasNext() {
        return position < content.length();
    }

    @Override
    public Extent next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The content ends at " + content.length());
        }
        var extent = find(position);
        position = extent.end();
        return extent;
    }

    private Extent find(long offset) {
        if (content.depth() == 0) {
            checkData(content.length(), content.root());
            return content.isHole()
                    ? Extent.hole(0, content.length())
                    : Extent.whole(0, (int) content.length(), content.root());
        }
        while (!path.isEmpty() && !path.peek().holds(offset)) {
            path.pop();
        }
        if (path.isEmpty()) {
            path.push(frame(content.root(), content.depth(), 0, content.length()));
        }
        while (true) {
            var frame = path.peek();
            frame.goTo(offset);
            if (frame.depth == 1 || frame.list.isHole(frame.item)) {
                return frame.list.extent(frame.item, frame.itemStart);
            }
            path.push(frame(frame.list.id(frame.item), frame.depth - 1, frame.itemStart, frame.itemLength()));
        }
    }

    private Frame frame(ChunkId id, int depth, long start, long length) {
        return new Frame(ChunkList.read(chunks, id, depth, length), depth, start, length);
    }

    private static void checkData(long length, ChunkId id) {
        if (length > ChunkList.DATA_BYTES_MAX && !id.equals(Content.NONE)) {
            throw new StoreException.Corrupt("A content of %d bytes can't be the one chunk %s".formatted(length, id));
        }
    }

    private static final class Frame {
        private final ChunkList list;
        private final int depth;
        private final long start;
        private final long length;
        private int item;
        private long itemStart;

        Frame(ChunkList list, int depth, long start, long length) {
            this.list = list;
            this.depth = depth;
            this.start = start;
            this.length = length;
            this.itemStart = start;
        }

        boolean holds(long offset) {
            return offset >= start && offset < start + length;
        }

        void goTo(long offset) {
            if (offset < itemStart) {
                item = 0;
                itemStart = start;
            }
            while (offset >= itemStart + itemLength()) {
                itemStart += itemLength();
                item++;
            }
        }

        long itemLength() {
            return list.length(item);
        }
    }
}
