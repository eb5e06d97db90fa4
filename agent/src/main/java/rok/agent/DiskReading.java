package rok.agent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import rok.snapshot.Extent;
import rok.volume.ImageFile;

/**
 * Reads ranges of a disk into the store by several workers, some ahead of who asks what they are made of, which comes in their
 * order. Memory grows neither with the disk nor with what changed. For one thread.
 */
final class DiskReading implements Iterator<Extent> {
    /** Pieces that are known or on their way. */
    private static final int AHEAD_MAX = 16;
    /** Changes that are read together, so that their disk is asked for all at once. */
    private static final int TOGETHER_MAX = 256;

    private static final long TOGETHER_BYTES = 4 << 20;

    private final Workers<DiskCutter> workers;
    private final Supplier<DiskSource> source;
    private final Iterator<Piece> pieces;
    private final Progress progress;
    private final long total;
    private final Deque<Reading> ahead = new ArrayDeque<>();
    private Iterator<Extent> extents = List.<Extent>of().iterator();
    private long read;

    private DiskReading(
            Workers<DiskCutter> workers,
            Supplier<DiskSource> source,
            Iterator<Piece> pieces,
            Progress progress,
            long total) {
        this.workers = workers;
        this.source = source;
        this.pieces = pieces;
        this.progress = progress;
        this.total = total;
    }

    /** What one worker does at a time. */
    private record Piece(List<DiskRange> ranges, boolean isSegment) {
        long bytes() {
            return ranges.stream()
                    .filter(range -> !range.isHole())
                    .mapToLong(DiskRange::length)
                    .sum();
        }
    }

    /** All that is stored of a disk, by segments: what lies between is hole. */
    static DiskReading whole(
            Workers<DiskCutter> workers, Supplier<DiskSource> source, ImageFile disk, Progress progress) {
        var segments = Stream.iterate(segment(disk, 0), from -> from < disk.size(), from -> segment(disk, end(from)));
        var pieces =
                segments.map(from -> new Piece(List.of(DiskRange.data(from, Math.min(end(from), disk.size()))), true));
        return new DiskReading(workers, source, pieces.iterator(), progress, disk.size());
    }

    private static long end(long from) {
        return from + DiskCutter.SEGMENT_BYTES;
    }

    /** The first at or after {@code from} that is not all hole. */
    private static long segment(ImageFile disk, long from) {
        if (from >= disk.size() || !disk.hasHoles()) {
            return from;
        }
        return disk.nextData(from) / DiskCutter.SEGMENT_BYTES * DiskCutter.SEGMENT_BYTES;
    }

    /** What changed on a disk, in order. */
    static DiskReading changes(
            Workers<DiskCutter> workers, Supplier<DiskSource> source, List<DiskRange> changes, Progress progress) {
        var total = new Piece(changes, false).bytes();
        return new DiskReading(workers, source, new Together(changes.iterator()), progress, total);
    }

    /** How much was read so far. */
    long readBytes() {
        return read;
    }

    @Override
    public boolean hasNext() {
        while (!extents.hasNext()) {
            if (Thread.currentThread().isInterrupted()) {
                throw Workers.interrupted();
            }
            while (ahead.size() < AHEAD_MAX && pieces.hasNext()) {
                ahead.add(new Reading(pieces.next()));
            }
            if (ahead.isEmpty()) {
                return false;
            }
            var done = ahead.remove();
            extents = done.await().iterator();
            read += done.piece.bytes();
            progress.at(new Progress.Status(0, 1, read, total));
        }
        return true;
    }

    @Override
    public Extent next() {
        if (!hasNext()) {
            throw new NoSuchElementException("Nothing more of the disk is read");
        }
        return extents.next();
    }

    private final class Reading {
        private final Piece piece;
        private final Workers.Job<DiskCutter> job;
        private List<Extent> made = List.of();

        Reading(Piece piece) {
            this.piece = piece;
            this.job = workers.submit(this::read);
        }

        private void read(DiskCutter cutter) {
            try (var disk = source.get()) {
                made = piece.isSegment ? cutter.run(disk, piece.ranges.getFirst()) : cutter.changes(disk, piece.ranges);
            }
        }

        List<Extent> await() {
            job.await();
            return made;
        }
    }

    /** Changes in pieces that are worth a worker's while, and none longer than a segment. */
    private static final class Together implements Iterator<Piece> {
        private final Iterator<DiskRange> changes;
        private final Deque<DiskRange> parts = new ArrayDeque<>();

        Together(Iterator<DiskRange> changes) {
            this.changes = changes;
        }

        @Override
        public boolean hasNext() {
            return !parts.isEmpty() || changes.hasNext();
        }

        @Override
        public Piece next() {
            var taken = new ArrayList<DiskRange>();
            for (var bytes = 0L; hasNext() && taken.size() < TOGETHER_MAX && bytes < TOGETHER_BYTES; ) {
                if (parts.isEmpty()) {
                    parts.addAll(parts(changes.next()));
                }
                var part = parts.remove();
                taken.add(part);
                bytes += part.isHole() ? 0 : part.length();
            }
            return new Piece(taken, false);
        }

        /** By segments of the disk, so that a long change is cut as the disk was at first. */
        private static List<DiskRange> parts(DiskRange change) {
            return change.isHole()
                    ? List.of(change)
                    : Stream.iterate(change.offset(), from -> from < change.end(), DiskReading.Together::nextSegment)
                            .map(from -> DiskRange.data(from, Math.min(nextSegment(from), change.end())))
                            .toList();
        }

        private static long nextSegment(long from) {
            return end(from / DiskCutter.SEGMENT_BYTES * DiskCutter.SEGMENT_BYTES);
        }
    }
}
