package rok.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.chunk.Chunker;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.repository.ChunkWriter;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentBuilder;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.snapshot.ExtentReading;
import rok.snapshot.TreeReader;
import rok.snapshot.TreesAhead;

/**
 * Writes trees of one store into another: files by several workers, entries in their order. Where both stores name chunks
 * alike, those that are there already are not even read; otherwise files are cut anew, as the other store cuts. Holds a
 * bounded number of entries. Damage ends it, and names the path. For one thread; close it.
 */
final class TreeCopy implements AutoCloseable {
    private static final int UNFINISHED_MAX = 4096;

    private final ChunkReader from;
    private final boolean sameIds;
    private final Predicate<ChunkId> isWanted;
    private final Meter meter;
    private final ChunkWriter.Lane lane;
    private final Workers<FileTools> workers;
    private final FilesAhead files;
    private final StepsAhead steps;
    /** What comes into the trees, in order: files whose workers may not have done yet. */
    private final Deque<Runnable> unfinished = new ArrayDeque<>();

    private final TreeBuilder trees;

    /** @param sameIds whether both stores name and cut chunks alike */
    TreeCopy(ChunkReader from, ChunkWriter to, boolean sameIds, Meter meter) {
        this.from = from;
        this.sameIds = sameIds;
        this.isWanted = id -> !sameIds || !to.has(id);
        this.meter = meter;
        this.files = new FilesAhead(from, isWanted);
        this.steps = new StepsAhead(from.isFar());
        this.lane = to.lane();
        this.trees = new TreeBuilder(lane);
        this.workers = new Workers<>("copy", Workers.count(), () -> new FileTools(to.lane()));
    }

    /** What a worker writes with. */
    private static final class FileTools implements Workers.Tools {
        private final ChunkWriter.Lane lane;
        private final FileCutter cutter;
        private final byte[] bytes = new byte[Chunker.CHUNK_BYTES_MAX];

        FileTools(ChunkWriter.Lane lane) {
            this.lane = lane;
            this.cutter = new FileCutter(lane);
        }

        @Override
        public void close() {
            cutter.close();
        }
    }

    /** Writes a volume's tree, and what is below it; gives its top folder. */
    Entry.Folder copy(Content tree) {
        try (var ahead = TreesAhead.withLists(from, tree, true)) {
            var entries = NamedDamage.open(ahead, ByteString.EMPTY, tree);
            var self = entries.self().orElseGet(() -> Attributes.UNKNOWN_FOLDER);
            trees.enter(VolumeSnapshot.TOP, self);
            all(ahead, ByteString.EMPTY, entries, 0);
        }
        files.end();
        steps.finish();
        while (!unfinished.isEmpty()) {
            unfinished.remove().run();
        }
        return trees.leave(Optional.empty());
    }

    private void all(TreesAhead ahead, ByteString folder, TreeReader entries, int depth) {
        for (var entry = NamedDamage.next(folder, entries);
                entry.isPresent();
                entry = NamedDamage.next(folder, entries)) {
            add(ahead, folder.child(entry.get().name()), entry.get(), depth);
        }
    }

    private void add(TreesAhead ahead, ByteString path, Entry entry, int depth) {
        switch (entry) {
            case Entry.Folder folder -> {
                if (depth == TreeWriting.DEPTH_MAX) {
                    throw new StoreException.Corrupt("Folder %s is nested too deep".formatted(path));
                }
                then(() -> trees.enter(folder.name(), folder.attributes()));
                all(ahead, path, NamedDamage.open(ahead, path, folder.tree()), depth + 1);
                then(() -> trees.addFolder(trees.leave(Optional.empty()), false));
            }
            case Entry.File file -> {
                var extents = files.begin(file.content(), ahead.extents(file.content()));
                steps.then(file.content().length(), () -> copy(path, file, extents));
            }
            case Entry.Symlink _, Entry.Fifo _ ->
                then(() -> {
                    trees.add(entry, 0);
                    meter.changed(0);
                });
        }
    }

    private void copy(ByteString path, Entry.File file, ExtentReading extents) {
        var copied = new FileCopy(path, file.content(), extents);
        var job = workers.submit(copied);
        finish(() -> {
            job.await();
            var bytes = file.first().isEmpty() ? file.content().length() : 0;
            trees.add(new Entry.File(file.name(), file.attributes(), copied.copied(), file.first()), bytes);
            meter.changed(bytes);
        });
    }

    private void then(Runnable step) {
        steps.then(0, () -> finish(step));
    }

    private void finish(Runnable step) {
        unfinished.add(step);
        if (unfinished.size() > UNFINISHED_MAX) {
            unfinished.remove().run();
        }
    }

    /** One file's way; what it reads is on its way, or here, when a worker takes it up. */
    private final class FileCopy implements Workers.Task<FileTools> {
        private final ByteString path;
        private final Content content;
        private final ExtentReading ahead;
        private @Nullable Content copied;

        FileCopy(ByteString path, Content content, ExtentReading ahead) {
            this.path = path;
            this.content = content;
            this.ahead = ahead;
        }

        @Override
        public void run(FileTools tools) {
            try (ahead) {
                copied = sameIds ? taken(tools) : cut(tools.cutter);
            } catch (StoreException.Corrupt | StoreException.Missing e) {
                throw NamedDamage.of(path, e);
            }
        }

        private Content taken(FileTools tools) {
            var builder = new ContentBuilder(tools.lane);
            for (var next = ahead.next(); next.isPresent(); next = ahead.next()) {
                var extent = next.get();
                if (!extent.isHole() && isWanted.test(extent.chunk())) {
                    // The chunk, which other ranges may be of
                    ahead.read(Extent.whole(extent.offset(), extent.chunkLength(), extent.chunk()), tools.bytes);
                    var _ = tools.lane.write(tools.bytes, 0, extent.chunkLength());
                }
                builder.add(extent);
            }
            return builder.finish();
        }

        private Content cut(FileCutter cutter) {
            return cutter.content(new StoredSource(from, content, ahead));
        }

        Content copied() {
            if (copied == null) {
                throw new IllegalStateException("waited for before");
            }
            return copied;
        }
    }

    @Override
    public void close() {
        workers.close();
        lane.close();
    }
}
