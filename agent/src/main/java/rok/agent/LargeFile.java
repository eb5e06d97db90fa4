package rok.agent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.repository.ChunkWriter;
import rok.snapshot.ContentBuilder;
import rok.snapshot.Extent;
import rok.volume.Attribute;
import rok.volume.Entry;
import rok.volume.FileReading;

/**
 * A file that several workers read at once, a segment each. Each looks at the file before and after; if any finds another
 * file than the walk saw, the whole is read again by one worker, which tells how that goes. At most {@link #AHEAD_MAX}
 * segments are known at a time, so memory does not grow with the file.
 */
final class LargeFile implements PendingFile {
    private static final int AHEAD_MAX = 16;

    private final VolumeReading volume;
    private final Entry file;
    private final ChunkWriter.Lane lane;
    private final Deque<Segment> ahead = new ArrayDeque<>();
    private long next;

    /** @param lane of the thread that awaits: lists of chunks go through it */
    LargeFile(VolumeReading volume, Entry file, ChunkWriter.Lane lane) {
        this.volume = volume;
        this.file = file;
        this.lane = lane;
        submitAhead();
    }

    private void submitAhead() {
        while (ahead.size() < AHEAD_MAX && next < file.stat().size()) {
            ahead.add(new Segment(next));
            next += FileCutter.SEGMENT_BYTES;
        }
    }

    @Override
    public Optional<Done> await() {
        var content = new ContentBuilder(lane);
        List<Attribute> xattrs = List.of();
        for (var segment = ahead.poll(); segment != null; segment = ahead.poll()) {
            submitAhead();
            var cut = segment.await();
            if (cut.isEmpty() || cut.get().from != content.length()) {
                return again();
            }
            cut.get().extents.forEach(content::add);
            xattrs = segment.from == 0 ? cut.get().xattrs : xattrs;
        }
        if (content.length() != file.stat().size()) {
            return again();
        }
        return Optional.of(new Done(content.finish(), Names.attributes(file.stat(), xattrs), file.stat(), false));
    }

    /** Reads everything with one worker. */
    private Optional<Done> again() {
        ahead.forEach(Segment::await);
        ahead.clear();
        next = file.stat().size();
        var result = new Whole();
        result.job.await();
        return result.done;
    }

    private final class Whole {
        private Optional<Done> done = Optional.empty();
        private final Workers.Job<SnapshotTools> job = volume.workers()
                .submit(tools ->
                        done = Done.of(volume.reader(tools).read(file, open -> Made.whole(tools.cutter(), open))));
    }

    /** What a segment was found to be. */
    private record Cut(long from, List<Extent> extents, List<Attribute> xattrs) {}

    private final class Segment {
        private final long from;
        private final Workers.Job<SnapshotTools> job;
        private @Nullable FileReading<Cut> reading;

        Segment(long from) {
            this.from = from;
            this.job = volume.workers().submit(this::read);
        }

        private void read(SnapshotTools tools) {
            reading = volume.reader(tools).read(file, open -> {
                var xattrs = from == 0 ? open.attributes() : List.<Attribute>of();
                return new Cut(from, tools.cutter().segment(CutSource.of(open), from), xattrs);
            });
        }

        /** Empty where it is not a segment of the file that the walk saw. */
        Optional<Cut> await() {
            job.await();
            return reading instanceof FileReading.Done<Cut>(var cut, var stat, var torn)
                            && !torn
                            && stat.sameState(file.stat())
                    ? Optional.of(cut)
                    : Optional.empty();
        }
    }
}
