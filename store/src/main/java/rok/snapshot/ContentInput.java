package rok.snapshot;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.repository.Chunks;

/**
 * The bytes of a content, as a stream that can go to any position. Holds one chunk. Failures are
 * {@link StoreException}s. Not safe for use by several threads; closing does nothing.
 */
public final class ContentInput extends InputStream {
    private final ChunkReader chunks;
    private final Content content;
    private final Extents extents;
    private byte[] data = new byte[0];
    private Extent current = Extent.hole(0, 0);
    private long position;

    public ContentInput(ChunkReader chunks, Content content) {
        this.chunks = chunks;
        this.content = content;
        this.extents = new Extents(chunks, content, 0);
    }

    public long length() {
        return content.length();
    }

    public long position() {
        return position;
    }

    /** Goes to a position from 0 to the length. */
    public void seek(long target) {
        if (target < 0 || target > content.length()) {
            throw new IllegalArgumentException(
                    "Position %d is outside of %d bytes".formatted(target, content.length()));
        }
        position = target;
    }

    @Override
    public int read() {
        if (!fill()) {
            return -1;
        }
        var value = current.isHole() ? 0 : data[(int) (position - current.offset())] & 0xff;
        position++;
        return value;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        var count = (int) Math.min(length, current.end() - position);
        if (current.isHole()) {
            Arrays.fill(into, offset, offset + count, (byte) 0);
        } else {
            System.arraycopy(data, (int) (position - current.offset()), into, offset, count);
        }
        position += count;
        return count;
    }

    @Override
    public long skip(long count) {
        var skipped = Math.clamp(count, 0, content.length() - position);
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return Math.clamp(current.end() - position, 0, Integer.MAX_VALUE);
    }

    private boolean fill() {
        if (position >= content.length()) {
            return false;
        }
        if (position < current.offset() || position >= current.end()) {
            extents.seek(position);
            var next = extents.next();
            if (!next.isHole()) {
                data = readChunk(chunks, next, data);
            }
            current = next;
        }
        return true;
    }

    /** Reads an extent's chunk into {@code buffer}, or a larger one where it does not fit. */
    private static byte[] readChunk(ChunkReader chunks, Extent extent, byte[] buffer) {
        var into = buffer.length >= extent.length() ? buffer : new byte[(int) extent.length()];
        read(chunks, extent, into);
        return into;
    }

    /**
     * Reads the bytes of an extent that is not a hole to the front of {@code into}, out of its chunk or what was read together
     * with it. Throws {@link StoreException.Corrupt} unless the chunk is as long as its list says.
     */
    public static void read(Chunks chunks, Extent extent, byte[] into) {
        var room = ByteBuffer.wrap(into, 0, (int) extent.length());
        if (extent.isRange()) {
            chunks.readRange(extent.chunk(), extent.chunkLength(), extent.first(), room);
        } else {
            chunks.read(extent.chunk(), room);
        }
        if (room.hasRemaining()) {
            throw new StoreException.Corrupt("Chunk %s has %d bytes where its list says %d"
                    .formatted(extent.chunk(), room.position(), extent.length()));
        }
    }
}
