package rok.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.volume.DirectoryVolume;
import rok.volume.DirectoryWriter;
import rok.volume.Existing;
import rok.volume.FileContent;
import rok.volume.FileOutput;
import rok.volume.FileReader;
import rok.volume.FileReading;

/**
 * Makes a folder equal to a member of a version, and takes the bytes from the folder that it was made from, wherever that
 * one's stat cache says that they are still there: shared where the file system can, else copied by the kernel. The rest
 * comes from the store. The clone's next snapshot is incremental. Safe for use by many threads.
 */
public final class Cloner {
    private final ChunkReader chunks;
    private final Catalog catalog;
    private final StatCaches caches;

    public Cloner(ChunkReader chunks, Catalog catalog, StatCaches caches) {
        this.chunks = chunks;
        this.catalog = catalog;
        this.caches = caches;
    }

    /**
     * @param source the folder that was snapshotted; changed since then, or another one, only costs time
     * @param target is made; must be empty if it is there
     */
    public Restorer.Outcome clone(Version version, Version.Member member, Path source, Path target, Progress progress) {
        var run = new RestoreRun(progress, List.of(member));
        try (var _ = catalog.pin(version);
                var from = new Source(DirectoryVolume.open(source), run);
                var writer = DirectoryWriter.open(
                        target, Existing.REFUSE, Workers.count(), warning -> run.warn(warning.toString()))) {
            new TreeWriting(chunks, writer, run, from).write(member, Selection.ALL);
            writer.finish();
        }
        if (run.isExact()) {
            caches.seed(target, chunks, version.url(), member);
        }
        return run.outcome();
    }

    /** What came of copying a file. */
    private enum Copy {
        DONE,
        /** It is another file by now. */
        UNTOUCHED,
        /** It changed while it was copied, so the copy holds anything. */
        SPOILT
    }

    /** The folder that was snapshotted, walked beside the version's trees. */
    private final class Source implements TreeWriting.Contents, AutoCloseable {
        private final DirectoryVolume volume;
        private final RestoreRun run;
        private final ChunkContents stored;
        private final KnownFiles known;
        private final ArrayBlockingQueue<FileReader> readers = new ArrayBlockingQueue<>(64);

        Source(DirectoryVolume volume, RestoreRun run) {
            this.volume = volume;
            this.run = run;
            this.stored = new ChunkContents(chunks, run);
            this.known = new KnownFiles(volume, caches.read(volume, catalog, _ -> {}));
        }

        @Override
        public FileContent of(ByteString path, Entry.File file, boolean isLink, Optional<List<Extent>> extents) {
            var there = known.at(path, file);
            return there.isEmpty()
                    ? stored.of(path, file)
                    : (output, from, to) -> {
                        switch (copy(there.get(), output)) {
                            case DONE -> {
                                run.wroteBytes(file.content().length());
                                run.wroteFile();
                            }
                            case UNTOUCHED -> stored.of(path, file).writeTo(output, from, to);
                            case SPOILT -> stored.over(path, file).writeTo(output, from, to);
                        }
                    };
        }

        private Copy copy(rok.volume.Entry there, FileOutput output) {
            var kept = readers.poll();
            var reader = kept == null ? volume.reader(_ -> {}) : kept;
            var attempts = new AtomicInteger();
            try {
                var reading = reader.read(there, open -> {
                    var same = open.stat().sameState(there.stat());
                    if (same) {
                        attempts.incrementAndGet();
                        output.copyOf(open);
                    }
                    return same;
                });
                var done = reading instanceof FileReading.Done<Boolean>(var copied, var stat, var torn)
                        && copied
                        && !torn
                        && stat.sameState(there.stat());
                return done ? Copy.DONE : attempts.get() == 0 ? Copy.UNTOUCHED : Copy.SPOILT;
            } finally {
                if (!readers.offer(reader)) {
                    reader.close();
                }
            }
        }

        @Override
        public void close() {
            readers.forEach(FileReader::close);
            known.close();
            volume.close();
        }
    }
}
