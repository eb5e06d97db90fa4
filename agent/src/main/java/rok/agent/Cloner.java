package rok.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.linux.Bytes;
import rok.repository.ChunkReader;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.snapshot.EntryCodec;
import rok.volume.DirectoryVolume;
import rok.volume.DirectoryWriter;
import rok.volume.Existing;
import rok.volume.FileContent;
import rok.volume.FileOutput;
import rok.volume.FileReader;
import rok.volume.FileReading;
import rok.volume.StatCacheReader;
import rok.volume.Walk;
import rok.volume.WalkEvent;
import rok.volume.WalkOptions;
import rok.volume.Warning;

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
        try (var from = new Source(DirectoryVolume.open(source), run);
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
        private final StatCacheReader known;
        private final Walk walk;
        private final ArrayBlockingQueue<FileReader> readers = new ArrayBlockingQueue<>(64);
        private rok.volume.@Nullable Entry next;

        Source(DirectoryVolume volume, RestoreRun run) {
            this.volume = volume;
            this.run = run;
            this.stored = new ChunkContents(chunks, run);
            Consumer<Warning> unheard = _ -> {};
            this.known = caches.read(volume, catalog, unheard);
            this.walk = volume.walk(WalkOptions.SNAPSHOT, known, unheard);
            this.next = advance();
        }

        private rok.volume.@Nullable Entry advance() {
            while (walk.hasNext()) {
                if (walk.next() instanceof WalkEvent.Found(var entry)
                        && entry.stat().isRegular()
                        && entry.known().isPresent()) {
                    return entry;
                }
            }
            return null;
        }

        @Override
        public FileContent of(ByteString path, Entry.File file) {
            var wanted = Names.onDisk(path);
            while (next != null && compare(next.path(), wanted) < 0) {
                next = advance();
            }
            var there = next;
            if (there == null || !there.path().equals(wanted) || !holds(there, file)) {
                return stored.of(path, file);
            }
            return output -> {
                switch (copy(there, output)) {
                    case DONE -> {
                        run.wroteBytes(file.content().length());
                        run.wroteFile();
                    }
                    case UNTOUCHED -> stored.of(path, file).writeTo(output);
                    case SPOILT -> stored.over(path, file).writeTo(output);
                }
            };
        }

        private static boolean holds(rok.volume.Entry there, Entry.File file) {
            return there.known()
                    .map(made -> EntryCodec.decode(made.toArray()))
                    .filter(made ->
                            made instanceof Entry.File was && was.content().equals(file.content()))
                    .isPresent();
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
            walk.close();
            known.close();
            volume.close();
        }
    }

    /** The order of a walk: names of folders first, as if a slash came before every other byte. */
    static int compare(Bytes a, Bytes b) {
        var length = Math.min(a.length(), b.length());
        for (var i = 0; i < length; i++) {
            var order = Integer.compare(rank(a.at(i)), rank(b.at(i)));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int rank(byte value) {
        return value == '/' ? 0 : value & 0xff;
    }
}
