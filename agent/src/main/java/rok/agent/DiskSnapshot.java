package rok.agent;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import rok.format.StoreException;
import rok.linux.Stat;
import rok.repository.ChunkReader;
import rok.repository.ChunkWriter;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentEdit;
import rok.snapshot.Entry;
import rok.volume.ImageFile;

/**
 * Stores disks that stand still as block volumes (docs/format/tree.md): what changed since another version, or all of it.
 * For one thread; close it.
 */
final class DiskSnapshot implements AutoCloseable {
    /** A disk has no owner, and equal disks have equal hashes. */
    private static final Attributes NOBODYS = new Attributes(0600, 0, 0, Instant.EPOCH, List.of());

    private final ChunkReader chunks;
    private final ChunkWriter.Lane lane;
    private final Progress progress;
    private final Workers<DiskCutter> workers;

    DiskSnapshot(ChunkReader chunks, ChunkWriter writer, Progress progress) {
        this.chunks = chunks;
        this.lane = writer.lane();
        this.progress = progress;
        this.workers = new Workers<>("rok-disk", Workers.count(), () -> new DiskCutter(writer.lane()));
    }

    /**
     * What a disk held, and what changed since.
     *
     * @param disk in the store
     * @param audited where the audit begins
     */
    record Known(Content disk, List<DiskRange> changes, long audited) {}

    /**
     * A disk that was stored.
     *
     * @param top the tree that holds it
     * @param fullRead why all of it was read; empty where only what changed was
     * @param audited where the next audit begins
     */
    record Stored(Entry.Folder top, long size, long changedBytes, long readBytes, String fullRead, long audited) {}

    /** Stores all of it. */
    Stored all(Path image, String why) {
        try (var file = ImageFile.open(image)) {
            return all(image, file, why);
        }
    }

    /** The same, of a disk that is open. */
    Stored all(Path image, ImageFile file, String why) {
        var stat = file.stat();
        var size = file.size();
        var reading = DiskReading.whole(workers, () -> DiskSource.open(image, stat, size), file, progress);
        var content = new ContentEdit(chunks, lane, reading, size).of(new Content(size, 0, Content.NONE));
        return new Stored(tree(content), size, reading.readBytes(), reading.readBytes(), why, 0);
    }

    /** Stores what changed; all of it where what is known turns out to be wrong, or can't be read any more. */
    Stored changes(Path image, Known known) {
        try (var file = ImageFile.open(image)) {
            var stat = file.stat();
            var size = file.size();
            var audit = audit(image, stat, size, known);
            if (audit.differs() >= 0) {
                return all(
                        image,
                        file,
                        "its file system says that nothing changed at byte %,d, and that is wrong"
                                .formatted(audit.differs()));
            }
            var reading =
                    DiskReading.changes(workers, () -> DiskSource.open(image, stat, size), known.changes(), progress);
            var content = new ContentEdit(chunks, lane, reading, size).of(known.disk());
            var changed = reading.readBytes();
            return new Stored(tree(content), size, changed, changed + audit.readBytes(), "", audit.next());
        } catch (StoreException.Corrupt | StoreException.Missing e) {
            return all(image, "what it is compared with can't be read: " + e.getMessage());
        }
    }

    private DiskAudit.Result audit(Path image, Stat stat, long size, Known known) {
        try (var disk = DiskSource.open(image, stat, size)) {
            return new DiskAudit(disk, chunks, known.disk(), known.changes(), known.audited()).run();
        }
    }

    private Entry.Folder tree(Content content) {
        var trees = new TreeBuilder(lane);
        trees.enter(VolumeSnapshot.TOP, Attributes.UNKNOWN_FOLDER);
        trees.add(new Entry.File(VersionFiles.DISK, NOBODYS, content, ByteString.EMPTY), content.length());
        return trees.leave(Optional.empty());
    }

    @Override
    public void close() {
        workers.close();
        lane.close();
    }
}
