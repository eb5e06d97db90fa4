package rok.agent;

import java.util.Arrays;
import rok.chunk.Chunker;
import rok.repository.ChunkReader;
import rok.snapshot.Content;
import rok.snapshot.Extent;
import rok.snapshot.ExtentReading;
import rok.snapshot.Extents;

/** A file of another store, to be cut anew. */
final class StoredSource implements CutSource {
    private final Content content;
    /** Looks ahead for holes. */
    private final Extents map;

    private final ExtentReading data;
    private Extent current = Extent.hole(0, 0);
    private final byte[] bytes = new byte[Chunker.CHUNK_BYTES_MAX];

    /** @param data of the content, nothing of it taken yet */
    StoredSource(ChunkReader chunks, Content content, ExtentReading data) {
        this.content = content;
        this.map = new Extents(chunks, content, 0);
        this.data = data;
    }

    @Override
    public long size() {
        return content.length();
    }

    @Override
    public boolean hasHoles() {
        return true; // there may be some
    }

    @Override
    public long nextData(long position) {
        map.seek(position);
        while (map.hasNext()) {
            var extent = map.next();
            if (!extent.isHole()) {
                return Math.max(position, extent.offset());
            }
        }
        return size();
    }

    /** Looks no further than anybody asks at once: then bytes go on where it says that a hole begins. */
    @Override
    public long nextHole(long position) {
        map.seek(position);
        var end = position;
        while (map.hasNext() && end - position < FileCutter.SEGMENT_BYTES) {
            var extent = map.next();
            if (extent.isHole()) {
                return Math.max(position, extent.offset());
            }
            end = extent.end();
        }
        return end;
    }

    @Override
    public int read(byte[] into, int offset, int length, long position) {
        var wanted = (int) Math.min(length, size() - position);
        for (var done = 0; done < wanted; ) {
            done += readSome(into, offset + done, wanted - done, position + done);
        }
        return wanted;
    }

    private int readSome(byte[] into, int offset, int length, long position) {
        while (position >= current.end()) {
            var next = data.next().orElseThrow(() -> new IllegalStateException("Less than the content's length"));
            current = next;
            if (!current.isHole()) {
                data.read(current, bytes);
            }
        }
        var count = (int) Math.min(length, current.end() - position);
        if (current.isHole()) {
            Arrays.fill(into, offset, offset + count, (byte) 0);
        } else {
            System.arraycopy(bytes, (int) (position - current.offset()), into, offset, count);
        }
        return count;
    }
}
