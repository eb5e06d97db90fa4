package rok.agent;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import rok.chunk.ChunkCodec;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.snapshot.ExtentReading;
import rok.snapshot.Extents;
import rok.snapshot.ExtentsAhead;
import rok.volume.FileContent;
import rok.volume.FileOutput;
import rok.volume.OpenFile;

/** Fills files with the chunks of their contents. Safe for use by many threads. */
final class ChunkContents {
    private static final int BUFFERS_MAX = 16;

    private final ChunkReader chunks;
    private final RestoreRun run;
    private final FilesAhead neighbours;
    private final ArrayBlockingQueue<Buffer> buffers = new ArrayBlockingQueue<>(BUFFERS_MAX);

    ChunkContents(ChunkReader chunks, RestoreRun run) {
        this.chunks = chunks;
        this.run = run;
        this.neighbours = new FilesAhead(chunks, _ -> true);
    }

    /** A chunk's plain bytes, and what names them. */
    private static final class Buffer {
        final byte[] bytes = new byte[Chunker.CHUNK_BYTES_MAX];
        final ChunkCodec codec;

        Buffer(ChunkCodec codec) {
            this.codec = codec;
        }
    }

    /** A file whose chunks are damaged is not made, and named. */
    FileContent of(ByteString path, Entry.File file) {
        return new Stored(path, file, Optional.empty(), Optional.empty());
    }

    /**
     * The same, where a file may be in its place already.
     *
     * @param known the one that a stat cache says holds it
     */
    FileContent of(ByteString path, Entry.File file, Optional<rok.volume.Entry> known) {
        return new Stored(path, file, known, Optional.empty());
    }

    /**
     * The same for a file that will be filled, once, unless all is given up: it is read with its neighbours.
     *
     * @param extents where they are known already
     */
    FileContent soon(ByteString path, Entry.File file, Optional<List<Extent>> extents) {
        var content = file.content();
        if (content.root().equals(Content.NONE) || FilesAhead.isLarge(content)) {
            return of(path, file);
        }
        return new Stored(path, file, Optional.empty(), Optional.of(neighbours.begin(content, extents)));
    }

    /** No more come for now. */
    void end() {
        neighbours.end();
    }

    /** The same for a file that may hold other bytes already: holes are written as zeros. */
    FileContent over(ByteString path, Entry.File file) {
        return (output, from, to) -> {
            var zeros = Optional.of(new byte[Chunker.CHUNK_BYTES_MAX]);
            report(path, () -> write(extents(file.content(), from, to), output, zeros));
            run.wroteFile();
        };
    }

    private final class Stored implements FileContent {
        private final ByteString path;
        private final Entry.File file;
        private final Optional<rok.volume.Entry> known;
        /** Comes once, and in order. */
        private final Optional<ExtentReading> begun;

        private final AtomicLong written = new AtomicLong();

        Stored(ByteString path, Entry.File file, Optional<rok.volume.Entry> known, Optional<ExtentReading> begun) {
            this.path = path;
            this.file = file;
            this.known = known;
            this.begun = begun;
        }

        @Override
        public void writeTo(FileOutput output, long from, long to) {
            report(
                    path,
                    () -> write(begun.orElseGet(() -> extents(file.content(), from, to)), output, Optional.empty()));
            if (written.addAndGet(to - from) == file.content().length()) {
                run.wroteFile();
            }
        }

        @Override
        public boolean isDivisible() {
            return begun.isEmpty();
        }

        @Override
        public boolean isIn(OpenFile existing) {
            var isThere = known.filter(entry -> existing.stat().sameState(entry.stat()))
                            .isPresent()
                    || holds(existing, file.content());
            if (isThere) {
                run.kept(file.content().length());
            }
            return isThere;
        }
    }

    /** What is damaged is told, and keeps this file alone from being made. */
    private void report(ByteString path, Runnable writing) {
        try {
            writing.run();
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            run.damaged(path, e);
            throw new FileContent.Unavailable();
        }
    }

    private void write(ExtentReading extents, FileOutput output, Optional<byte[]> zeros) {
        var buffer = take();
        try (extents) {
            for (var next = extents.next(); next.isPresent(); next = extents.next()) {
                var extent = next.get();
                if (!extent.isHole()) {
                    extents.read(extent, buffer.bytes);
                    output.write(buffer.bytes, 0, (int) extent.length(), extent.offset());
                } else {
                    zeros.ifPresent(zero -> writeZeros(extent, zero, output));
                }
                run.wroteBytes(extent.length());
            }
        } finally {
            buffers.offer(buffer);
        }
    }

    /** An extent belongs to the range that it begins in. */
    private ExtentReading extents(Content content, long from, long to) {
        return new ExtentsAhead(chunks, content, from, to, _ -> true);
    }

    private static void writeZeros(Extent hole, byte[] zeros, FileOutput output) {
        for (var at = hole.offset(); at < hole.end(); at += zeros.length) {
            output.write(zeros, 0, (int) Math.min(zeros.length, hole.end() - at), at);
        }
    }

    /** Reads the file and names its bytes as the store does, up to the first that differ. */
    private boolean holds(OpenFile existing, Content content) {
        var buffer = take();
        try {
            var extents = new Extents(chunks, content, 0);
            while (extents.hasNext()) {
                if (!holds(existing, extents.next(), buffer)) {
                    return false;
                }
            }
            return true;
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            return false; // a damaged list of chunks: writing the file tells
        } finally {
            buffers.offer(buffer);
        }
    }

    private boolean holds(OpenFile existing, Extent extent, Buffer buffer) {
        if (extent.isHole()) {
            return existing.nextData(extent.offset()) >= extent.end();
        }
        var length = (int) extent.length();
        if (extent.isRange()) {
            var stored = new byte[length];
            ContentInput.read(chunks, extent, stored);
            return existing.read(buffer.bytes, 0, length, extent.offset()) == length
                    && Arrays.equals(buffer.bytes, 0, length, stored, 0, length);
        }
        return existing.read(buffer.bytes, 0, length, extent.offset()) == length
                && buffer.codec.id(buffer.bytes, 0, length).equals(extent.chunk());
    }

    private Buffer take() {
        var kept = buffers.poll();
        return kept == null ? new Buffer(chunks.codec()) : kept;
    }
}
