package rok.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.repository.ChunkWriter;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentBuilder;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;

/**
 * Writes trees of one store into another: files by several workers, entries in their order. Where both stores name chunks
 * alike, those that are there already are not even read; otherwise files are cut anew, as the other store cuts. Holds a
 * bounded number of entries. Damage ends it, and names the path. For one thread; close it.
 */
final class TreeCopy implements AutoCloseable {
    private static final int WAITING_MAX = 4096;

    private final ChunkReader from;
    private final Optional<Predicate<ChunkId>> isThere;
    private final Meter meter;
    private final ChunkWriter.Lane lane;
    private final Workers<FileTools> workers;
    private final ExecutorService reads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final TreeBuilder trees;

    /** @param sameIds whether both stores name and cut chunks alike */
    TreeCopy(ChunkReader from, ChunkWriter to, boolean sameIds, Meter meter) {
        this.from = from;
        this.isThere = sameIds ? Optional.of(to::has) : Optional.empty();
        this.meter = meter;
        this.lane = to.lane();
        this.trees = new TreeBuilder(lane);
        this.workers = new Workers<>("copy", Workers.count(), () -> new FileTools(to.lane()));
    }

    /** What a worker writes with. */
    private static final class FileTools implements Workers.Tools {
        private final ChunkWriter.Lane lane;
        private final FileCutter cutter;

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
        var entries = NamedDamage.open(from, ByteString.EMPTY, tree);
        var self = entries.self().orElseGet(() -> Attributes.UNKNOWN_FOLDER);
        trees.enter(VolumeSnapshot.TOP, self);
        all(ByteString.EMPTY, entries, 0);
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
        return trees.leave(Optional.empty());
    }

    private void all(ByteString folder, TreeReader entries, int depth) {
        for (var entry = NamedDamage.next(folder, entries);
                entry.isPresent();
                entry = NamedDamage.next(folder, entries)) {
            add(folder.child(entry.get().name()), entry.get(), depth);
        }
    }

    private void add(ByteString path, Entry entry, int depth) {
        switch (entry) {
            case Entry.Folder folder -> {
                if (depth == TreeWriting.DEPTH_MAX) {
                    throw new StoreException.Corrupt("Folder %s is nested too deep".formatted(path));
                }
                then(() -> trees.enter(folder.name(), folder.attributes()));
                all(path, NamedDamage.open(from, path, folder.tree()), depth + 1);
                then(() -> trees.addFolder(trees.leave(Optional.empty()), false));
            }
            case Entry.File file -> {
                var copied = new FileCopy(path, file.content());
                var job = workers.submit(copied);
                then(() -> {
                    job.await();
                    var bytes = file.first().isEmpty() ? file.content().length() : 0;
                    trees.add(new Entry.File(file.name(), file.attributes(), copied.copied(), file.first()), bytes);
                    meter.changed(bytes);
                });
            }
            case Entry.Symlink _, Entry.Fifo _ ->
                then(() -> {
                    trees.add(entry, 0);
                    meter.changed(0);
                });
        }
    }

    private void then(Runnable step) {
        waiting.add(step);
        if (waiting.size() > WAITING_MAX) {
            waiting.remove().run();
        }
    }

    /** One file's way; what it reads first is on its way when a worker takes it up. */
    private final class FileCopy implements Workers.Task<FileTools> {
        private final ByteString path;
        private final Content content;
        private final ExtentsAhead ahead;
        private @Nullable Content copied;

        FileCopy(ByteString path, Content content) {
            this.path = path;
            this.content = content;
            Predicate<ChunkId> isWanted = isThere.map(Predicate::not).orElse(_ -> true);
            this.ahead = new ExtentsAhead(from, path, content, isWanted, reads);
        }

        @Override
        public void run(FileTools tools) {
            copied = isThere.isPresent() ? taken(tools.lane) : cut(tools.cutter);
        }

        private Content taken(ChunkWriter.Lane to) {
            var builder = new ContentBuilder(to);
            for (var next = ahead.next(); next.isPresent(); next = ahead.next()) {
                var extent = next.get().extent();
                var length = (int) extent.length();
                if (extent.isHole()) {
                    builder.hole(extent.length());
                } else {
                    builder.chunk(
                            next.get()
                                    .bytes()
                                    .map(bytes -> to.write(bytes, 0, length))
                                    .orElse(extent.chunk()),
                            length);
                }
            }
            return builder.finish();
        }

        private Content cut(FileCutter cutter) {
            try {
                return cutter.content(new StoredSource(from, content, ahead));
            } catch (StoreException.Missing e) {
                throw NamedDamage.of(path, e);
            }
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
        reads.shutdownNow();
        lane.close();
    }
}
