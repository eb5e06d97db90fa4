package rok.agent;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.catalog.Catalog;
import rok.catalog.Version;
import rok.linux.Stat;
import rok.repository.ChunkWriter;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentBuilder;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.snapshot.VersionHash;
import rok.volume.ImageFile;

/**
 * Makes a version of a disk: an image in a file, or a block device that nobody writes to. It becomes a block volume
 * (docs/format/tree.md), cut between pages by several workers. Failed or interrupted at any point, the version is
 * aborted. Safe for use by many threads.
 */
public final class ImageImport {
    /** Segments that are known or on their way. */
    private static final int AHEAD_MAX = 16;
    /** The disk has no owner, and equal disks have equal hashes. */
    private static final Attributes NOBODYS = new Attributes(0600, 0, 0, Instant.EPOCH, List.of());

    private final Repository repository;
    private final Catalog catalog;
    private final InstantSource clock;

    public ImageImport(Repository repository, Catalog catalog, InstantSource clock) {
        this.repository = repository;
        this.catalog = catalog;
        this.clock = clock;
    }

    /** It was written to, or made shorter, while it was read: what came of it would be no state that it ever had. */
    public static final class ChangedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ChangedException(Path image, String how) {
            super("%s changed while it was read: %s".formatted(image, how));
        }
    }

    /** Throws as {@link ImageFile#openAlone} does, and {@link ChangedException}; then nothing is stored. */
    public Version read(Path image, Import.Request request, Progress progress) {
        try (var source = ImageFile.openAlone(image);
                var pending = catalog.begin(request.bucket(), request.file(), request.title(), request.labels());
                var writer = repository.writer();
                var lane = writer.lane();
                var workers = new Workers<>("rok-image", Workers.count(), () -> new DiskCutter(writer.lane()))) {
            var before = source.stat();
            var size = source.size();
            var told = Snapshotter.told(pending, progress);
            var content = new Cutting(image, before, size, workers, lane, told).run(source);
            if (!source.stat().sameState(before)) {
                throw new ChangedException(image, "its times differ");
            }
            var top = tree(lane, content);
            var totals = writer.flush();
            var hash = new VersionHash();
            hash.add(request.volume(), top.tree());
            return pending.commit(new Version(
                    pending.url(),
                    clock.instant(),
                    request.title(),
                    request.message(),
                    request.labels(),
                    Map.of(),
                    hash.hex(),
                    new Version.Size(size, totals.newBytes(), totals.storedBytes()),
                    List.of(new Version.Member(request.volume(), Version.Member.BLOCK, "", top.tree(), size, 1)),
                    Optional.empty(),
                    List.of()));
        }
    }

    private static Entry.Folder tree(ChunkWriter.Lane lane, Content content) {
        var trees = new TreeBuilder(lane);
        trees.enter(VolumeSnapshot.TOP, Attributes.UNKNOWN_FOLDER);
        trees.add(
                new Entry.File(ByteString.utf8(Version.Member.DISK), NOBODYS, content, ByteString.EMPTY),
                content.length());
        return trees.leave(Optional.empty());
    }

    /** One image's segments, each read by a worker that opens the image for itself. */
    private static final class Cutting {
        private final Path image;
        private final Stat stat;
        private final long size;
        private final Workers<DiskCutter> workers;
        private final ContentBuilder content;
        private final Progress progress;

        Cutting(
                Path image,
                Stat stat,
                long size,
                Workers<DiskCutter> workers,
                ChunkWriter.Lane lane,
                Progress progress) {
            this.image = image;
            this.stat = stat;
            this.size = size;
            this.workers = workers;
            this.content = new ContentBuilder(lane);
            this.progress = progress;
        }

        Content run(ImageFile source) {
            var ahead = new ArrayDeque<Segment>();
            var next = segment(source, 0);
            while (next < size || !ahead.isEmpty()) {
                if (Thread.currentThread().isInterrupted()) {
                    throw Workers.interrupted();
                }
                if (next < size && ahead.size() < AHEAD_MAX) {
                    ahead.add(new Segment(next));
                    next = segment(source, next + DiskCutter.SEGMENT_BYTES);
                    continue;
                }
                var done = ahead.remove();
                content.hole(done.from - content.length());
                FileCutter.append(content, done.await());
                progress.at(new Progress.Status(0, 1, content.length(), size));
            }
            content.hole(size - content.length());
            progress.at(new Progress.Status(1, 1, size, size));
            return content.finish();
        }

        /** The first at or after {@code from} that is not all hole. */
        private long segment(ImageFile source, long from) {
            if (from >= size || !source.hasHoles()) {
                return from;
            }
            return source.nextData(from) / DiskCutter.SEGMENT_BYTES * DiskCutter.SEGMENT_BYTES;
        }

        private final class Segment {
            private final long from;
            private final Workers.Job<DiskCutter> job;
            private List<Extent> extents = List.of();

            Segment(long from) {
                this.from = from;
                this.job = workers.submit(this::read);
            }

            private void read(DiskCutter cutter) {
                try (var source = ImageFile.open(image)) {
                    if (source.stat().inode() != stat.inode()
                            || source.stat().device() != stat.device()
                            || source.size() != size) {
                        throw new ChangedException(image, "there is another one in its place");
                    }
                    extents = cutter.segment(image, source, from);
                }
            }

            List<Extent> await() {
                job.await();
                return extents;
            }
        }
    }
}
