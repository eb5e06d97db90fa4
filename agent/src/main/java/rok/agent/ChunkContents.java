package rok.agent;

import java.util.concurrent.ArrayBlockingQueue;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.Entry;
import rok.snapshot.Extents;
import rok.volume.FileContent;
import rok.volume.FileOutput;

/** Fills files with the chunks of their contents. Safe for use by many threads. */
final class ChunkContents {
    private static final int BUFFERS_MAX = 16;

    private final ChunkReader chunks;
    private final RestoreRun run;
    private final ArrayBlockingQueue<byte[]> buffers = new ArrayBlockingQueue<>(BUFFERS_MAX);

    ChunkContents(ChunkReader chunks, RestoreRun run) {
        this.chunks = chunks;
        this.run = run;
    }

    /** A file whose chunks are damaged is not made, and named. */
    FileContent of(ByteString path, Entry.File file) {
        return output -> {
            try {
                write(file.content(), output);
                run.wroteFile();
            } catch (StoreException.Corrupt | StoreException.Missing e) {
                run.damaged(path, e);
                throw new FileContent.Unavailable();
            }
        };
    }

    void write(Content content, FileOutput output) {
        var kept = buffers.poll();
        var buffer = kept == null ? new byte[Chunker.CHUNK_BYTES_MAX] : kept;
        try {
            var extents = new Extents(chunks, content, 0);
            while (extents.hasNext()) {
                var extent = extents.next();
                if (!extent.isHole()) {
                    ContentInput.read(chunks, extent, buffer);
                    output.write(buffer, 0, (int) extent.length(), extent.offset());
                }
                run.wroteBytes(extent.length());
            }
        } finally {
            buffers.offer(buffer);
        }
    }
}
