package rok.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.linux.Bytes;
import rok.linux.Stat;
import rok.repository.ChunkWriter;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.snapshot.EntryCodec;
import rok.volume.FileReader;
import rok.volume.Folder;
import rok.volume.WalkEvent;

/**
 * Stores one volume. The walk's events wait in a queue, in order, until what they need was read by the workers; then
 * they become entries of trees. So trees are made in walk order, however the reading goes, and memory is the queue's.
 */
final class VolumeSnapshot {
    /** Entries that were walked but are not in a tree yet. */
    private static final int QUEUE_MAX = 20_000;
    /** What is being read or waits for it: a file weighs 1, one that is read in segments {@link #LARGE_WEIGHT}. */
    private static final int READING_MAX = 12_000;

    private static final int LARGE_WEIGHT = 3_000;
    /** A sparser file than this is read by one worker, which jumps over its holes. */
    private static final long SPARSE_BYTES = 1L << 36;

    /** The volume's top folder as an entry, whose name means nothing. */
    static final ByteString TOP = ByteString.utf8("top");

    private final VolumeReading volume;
    private final SnapshotTools own;
    private final FileReader reader;
    private final ChunkWriter.Lane lane;
    private final Known known;
    private final Meter meter;
    private final TreeBuilder trees;
    private final Deque<Step> queue = new ArrayDeque<>();
    private final Map<Inode, LinkGroup> links = new HashMap<>();
    private FileBatch batch;
    private int reading;
    private Entry.@Nullable Folder top;

    /**
     * @param own tools of the calling thread, for what it reads itself
     * @param lane of the calling thread
     */
    VolumeSnapshot(VolumeReading volume, SnapshotTools own, ChunkWriter.Lane lane, Known known, Meter meter) {
        this.volume = volume;
        this.own = own;
        this.reader = volume.reader(own);
        this.lane = lane;
        this.known = known;
        this.meter = meter;
        this.trees = new TreeBuilder(lane);
        this.batch = new FileBatch(volume);
    }

    /** Takes what was made of entries, in walk order, to know them next time. */
    interface Known {
        void enter(Folder folder);

        /** @param torn it changed while it was read: not to be known next time */
        void file(rok.volume.Entry entry, Stat stat, boolean torn, Bytes made);

        /** @param made empty where it is not to be known next time */
        void folder(Folder folder, Optional<Bytes> made);
    }

    /** Stores all that the walk finds, and gives the top folder. */
    Entry.Folder run(Iterable<WalkEvent> walk) {
        for (var event : walk) {
            queue.add(step(event));
            settleSome();
        }
        sendBatch();
        while (!queue.isEmpty()) {
            settle(queue.remove());
        }
        if (top == null) {
            throw new IllegalStateException("The walk did not leave the top folder");
        }
        return top;
    }

    private void settleSome() {
        while (!queue.isEmpty() && (reading == 0 || reading > READING_MAX || queue.size() > QUEUE_MAX)) {
            if (reading > 0) {
                sendBatch();
            }
            settle(queue.remove());
        }
    }

    /** What an event asks to be done when its turn comes. */
    private sealed interface Step {
        record Enter(Folder folder) implements Step {}

        /** Nothing of the entry changed; {@code made} is what was made of it last time. */
        record Unchanged(rok.volume.Entry entry, Bytes made) implements Step {}

        record Read(rok.volume.Entry entry, Optional<LinkGroup> link, PendingFile file, int weight) implements Step {}

        /** A name of a file that has several; {@code made} as for {@link Unchanged}. */
        record Linked(rok.volume.Entry entry, LinkGroup link, Optional<Bytes> made) implements Step {}

        record Other(rok.volume.Entry entry) implements Step {}

        record Leave(WalkEvent.Leave event) implements Step {}
    }

    private record Inode(long device, long number) {}

    /** The names of one file, so far. */
    private static final class LinkGroup {
        /** Where the file stands in a tree, once it does. */
        private @Nullable ByteString firstPath;

        private Entry.@Nullable File first;
        private int namesLeft;
    }

    private Step step(WalkEvent event) {
        return switch (event) {
            case WalkEvent.Enter(var folder) -> new Step.Enter(folder);
            case WalkEvent.Found(var entry) -> found(entry);
            case WalkEvent.Leave leave -> new Step.Leave(leave);
        };
    }

    private Step found(rok.volume.Entry entry) {
        if (!entry.stat().isRegular()) {
            return entry.known()
                    .<Step>map(made -> new Step.Unchanged(entry, made))
                    .orElseGet(() -> new Step.Other(entry));
        }
        if (entry.stat().nlink() == 1) {
            return entry.known()
                    .<Step>map(made -> new Step.Unchanged(entry, made))
                    .orElseGet(() -> read(entry, Optional.empty()));
        }
        var inode = new Inode(entry.stat().device(), entry.stat().inode());
        var link = links.get(inode);
        if (link != null) {
            if (--link.namesLeft == 0) {
                links.remove(inode);
            }
            return new Step.Linked(entry, link, entry.known());
        }
        var group = new LinkGroup();
        group.namesLeft = entry.stat().nlink() - 1;
        links.put(inode, group);
        return entry.known().isPresent()
                ? new Step.Linked(entry, group, entry.known())
                : read(entry, Optional.of(group));
    }

    private Step read(rok.volume.Entry entry, Optional<LinkGroup> link) {
        var size = entry.stat().size();
        var large = size > FileCutter.SEGMENT_BYTES && !(entry.stat().maySparse() && size > SPARSE_BYTES);
        var weight = large ? LARGE_WEIGHT : 1;
        reading += weight;
        if (large) {
            return new Step.Read(entry, link, new LargeFile(volume, entry, lane), weight);
        }
        var part = batch.add(entry);
        if (batch.isFull()) {
            sendBatch();
        }
        return new Step.Read(entry, link, part, 1);
    }

    private void sendBatch() {
        if (!batch.isEmpty()) {
            batch.submit();
            batch = new FileBatch(volume);
        }
    }

    private void settle(Step step) {
        switch (step) {
            case Step.Enter(var folder) -> {
                var name = folder.parent().isEmpty() ? TOP : Names.stored(folder.name());
                trees.enter(name, Names.attributes(folder.stat(), folder.attributes()));
                known.enter(folder);
            }
            case Step.Unchanged(var entry, var made) -> unchanged(entry, made, size(entry));
            case Step.Read(var entry, var link, var file, var weight) -> {
                reading -= weight;
                file.await().ifPresent(done -> settleRead(entry, link, done));
            }
            case Step.Linked(var entry, var link, var made) -> settleLinked(entry, link, made);
            case Step.Other(var entry) -> settleOther(entry);
            case Step.Leave(var event) -> settleLeave(event);
        }
    }

    private static long size(rok.volume.Entry entry) {
        return entry.stat().isRegular() ? entry.stat().size() : 0;
    }

    private void unchanged(rok.volume.Entry entry, Bytes made, long bytes) {
        trees.addUnchanged(made.toArray(), bytes);
        known.file(entry, entry.stat(), false, made);
        meter.unchanged(bytes);
    }

    private void settleRead(rok.volume.Entry entry, Optional<LinkGroup> link, PendingFile.Done done) {
        var file = new Entry.File(Names.stored(entry.name()), done.attributes(), done.content(), ByteString.EMPTY);
        link.ifPresent(group -> {
            group.first = file;
            group.firstPath = Names.stored(entry.path());
        });
        changed(entry, done.stat(), done.torn(), file, done.content().length());
    }

    private void changed(rok.volume.Entry entry, Stat stat, boolean torn, Entry made, long bytes) {
        trees.add(made, bytes);
        known.file(entry, stat, torn, Bytes.of(EntryCodec.encode(made)));
        meter.changed(bytes);
    }

    private void settleLinked(rok.volume.Entry entry, LinkGroup link, Optional<Bytes> made) {
        var then = made.map(bytes -> (Entry.File) EntryCodec.decode(bytes.toArray()));
        var first = link.first;
        var path = link.firstPath;
        if (first == null || path == null) {
            settleFirst(entry, link, then);
            return;
        }
        var file = new Entry.File(Names.stored(entry.name()), first.attributes(), first.content(), path);
        if (made.isPresent() && then.get().equals(file)) {
            unchanged(entry, made.get(), 0);
        } else {
            changed(entry, entry.stat(), false, file, 0);
        }
    }

    /** A name that comes first of its file's, or whose earlier names vanished before they could be read. */
    private void settleFirst(rok.volume.Entry entry, LinkGroup link, Optional<Entry.File> then) {
        if (then.isEmpty()) {
            var reading = reader.read(entry, open -> PendingFile.Made.whole(own.cutter(), open));
            PendingFile.Done.of(reading).ifPresent(done -> settleRead(entry, Optional.of(link), done));
            return;
        }
        var was = then.get();
        var file = new Entry.File(was.name(), was.attributes(), was.content(), ByteString.EMPTY);
        link.first = file;
        link.firstPath = Names.stored(entry.path());
        if (file.equals(was)) {
            unchanged(entry, Bytes.of(EntryCodec.encode(file)), size(entry));
        } else {
            changed(entry, entry.stat(), false, file, size(entry));
        }
    }

    private void settleOther(rok.volume.Entry entry) {
        var name = Names.stored(entry.name());
        var made = entry.stat().isSymlink()
                ? new Entry.Symlink(name, Names.attributes(entry.stat(), List.of()), Names.stored(entry.target()))
                : new Entry.Fifo(name, Names.attributes(entry.stat(), reader.attributes(entry)));
        changed(entry, entry.stat(), false, made, 0);
    }

    private void settleLeave(WalkEvent.Leave event) {
        var then = event.known().map(made -> (Entry.Folder) EntryCodec.decode(made.toArray()));
        var folder = trees.leave(then);
        known.folder(event.folder(), Optional.of(Bytes.of(EntryCodec.encode(folder))));
        if (trees.isAtTop()) {
            top = folder;
        } else {
            trees.addFolder(folder, then.isPresent() && then.get().equals(folder));
        }
    }
}
