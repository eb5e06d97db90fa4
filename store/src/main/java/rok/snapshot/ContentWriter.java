package rok.snapshot;

import java.util.Arrays;
import rok.chunk.Chunker;
import rok.repository.ChunkWriter;

/**
 * Takes a byte string of unknown length piece by piece, cuts it into chunks and names it. Holds at most 512 KiB. Not
 * safe for use by several threads.
 */
public final class ContentWriter {
    private static final int BUFFER_BYTES_MAX = 2 * Chunker.CHUNK_BYTES_MAX;

    private final ChunkWriter.Lane lane;
    private final ContentBuilder content;
    private byte[] buffer = new byte[4096];
    private int filled;

    public ContentWriter(ChunkWriter.Lane lane) {
        this.lane = lane;
        this.content = new ContentBuilder(lane);
    }

    public void write(byte[] bytes, int offset, int length) {
        for (var done = 0; done < length; ) {
            makeRoom(length - done);
            var count = Math.min(length - done, buffer.length - filled);
            System.arraycopy(bytes, offset + done, buffer, filled, count);
            filled += count;
            done += count;
        }
    }

    /** Names everything written since the last call, and starts anew. */
    public Content finish() {
        drain(1);
        return content.finish();
    }

    private void makeRoom(int wanted) {
        if (buffer.length - filled < wanted && buffer.length < BUFFER_BYTES_MAX) {
            var size = Math.max(2L * buffer.length, (long) filled + wanted);
            buffer = Arrays.copyOf(buffer, (int) Math.min(size, BUFFER_BYTES_MAX));
        }
        if (filled == buffer.length) {
            drain(Chunker.CHUNK_BYTES_MAX);
        }
    }

    /** Cuts while at least {@code least} bytes are there: with fewer than the largest chunk, a cut may move yet. */
    private void drain(int least) {
        var start = 0;
        while (filled - start >= least) {
            var end = lane.cutRule().cut(buffer, start, filled);
            content.chunk(lane.write(buffer, start, end - start), end - start);
            start = end;
        }
        System.arraycopy(buffer, start, buffer, 0, filled - start);
        filled -= start;
    }
}
