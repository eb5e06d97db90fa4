package rok.agent;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
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
        return output -> fill(path, file, output, Optional.empty());
    }

    /** The same for a file that may hold other bytes already: holes are written as zeros. */
    FileContent over(ByteString path, Entry.File file) {
        return output -> fill(path, file, output, Optional.of(new byte[Chunker.CHUNK_BYTES_MAX]));
    }

    private void fill(ByteString path, Entry.File file, FileOutput output, Optional<byte[]> zeros) {
        try {
            write(file.content(), output, zeros);
            run.wroteFile();
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            run.damaged(path, e);
            throw new FileContent.Unavailable();
        }
    }

    private void write(Content content, FileOutput output, Optional<byte[]> zeros) {
        var kept = buffers.poll();
        var buffer = kept == null ? new byte[Chunker.CHUNK_BYTES_MAX] : kept;
        try {
            var extents = new Extents(chunks, content, 0);
            while (extents.hasNext()) {
                var extent = extents.next();
                if (!extent.isHole()) {
                    ContentInput.read(chunks, extent, buffer);
                    output.write(buffer, 0, (int) extent.length(), extent.offset());
                } else {
                    zeros.ifPresent(bytes -> writeZeros(extent, bytes, output));
                }
                run.wroteBytes(extent.length());
            }
        } finally {
            buffers.offer(buffer);
        }
    }

    private static void writeZeros(Extent hole, byte[] zeros, FileOutput output) {
        for (var at = hole.offset(); at < hole.end(); at += zeros.length) {
            output.write(zeros, 0, (int) Math.min(zeros.length, hole.end() - at), at);
        }
    }
}
