package rok.agent;

import java.util.ArrayList;
import java.util.List;
import rok.chunk.Chunker;
import rok.chunk.CutRule;
import rok.repository.ChunkWriter;
import rok.snapshot.Content;
import rok.snapshot.ContentBuilder;
import rok.snapshot.Extent;

/** Reads files into the store: cuts, and writes through a lane of its own. For one thread. */
final class FileCutter implements AutoCloseable {
    /** Files are cut in segments of this length, each for itself, so that several workers share one file. */
    static final int SEGMENT_BYTES = 32 << 20;
    /** Shorter holes are read as zeros. */
    static final int HOLE_BYTES_MIN = 64 << 10;

    private final ChunkWriter.Lane lane;
    private final CutRule rule;
    private final byte[] buffer = new byte[4 * Chunker.CHUNK_BYTES_MAX];

    FileCutter(ChunkWriter.Lane lane) {
        this.lane = lane;
        this.rule = lane.cutRule();
    }

    /** Stores a whole file, segment by segment. */
    Content content(CutSource file) {
        var content = new ContentBuilder(lane);
        var size = file.size();
        for (var from = nextSegment(file, 0); from < size; from = nextSegment(file, from + SEGMENT_BYTES)) {
            content.hole(from - content.length());
            segment(file, from).forEach(content::add);
            if (content.length() < Math.min(from + SEGMENT_BYTES, size)) {
                return content.finish();
            }
        }
        content.hole(size - content.length());
        return content.finish();
    }

    /** The first segment at or after {@code from} that is not all hole; the file's size, or more, if there is none. */
    static long nextSegment(CutSource file, long from) {
        if (from >= file.size() || !file.hasHoles()) {
            return from;
        }
        var data = file.nextData(from);
        return data >= file.size() ? data : data / SEGMENT_BYTES * SEGMENT_BYTES;
    }

    /** Stores the segment that begins at {@code from}, and says what it is made of. Ends early where the file does. */
    List<Extent> segment(CutSource file, long from) {
        var extents = new ArrayList<Extent>();
        var to = Math.min(from + SEGMENT_BYTES, file.size());
        for (var at = from; at < to; ) {
            var data = Math.min(file.nextData(at), to);
            if (data - at >= HOLE_BYTES_MIN || (at == from && data == to)) {
                extents.add(Extent.hole(at, data - at));
                at = data;
                continue;
            }
            var end = runEnd(file, data, to);
            if (data(file, at, end, extents) < end) {
                break;
            }
            at = end;
        }
        return extents;
    }

    /** Where the first hole of enough length after {@code at} begins. */
    private static long runEnd(CutSource file, long at, long to) {
        var end = at;
        while (end < to) {
            var hole = Math.min(file.nextHole(end), to);
            var data = hole == to ? to : Math.min(file.nextData(hole), to);
            if (hole == to || data - hole >= HOLE_BYTES_MIN) {
                return hole;
            }
            end = data;
        }
        return to;
    }

    /** Cuts and stores the bytes between two positions; gives where it came to, which is less if the file shrank. */
    private long data(CutSource file, long from, long to, List<Extent> extents) {
        var position = from;
        var end = to;
        var filled = 0;
        do {
            var wanted = (int) Math.min(buffer.length - filled, end - position);
            var count = wanted == 0 ? 0 : file.read(buffer, filled, wanted, position);
            filled += count;
            position += count;
            end = count < wanted ? position : end;
            filled = cut(position, filled, position == end, extents);
        } while (position < end || filled > 0);
        return position;
    }

    /** Cuts what the buffer holds, the last of it only at the end; gives how much is left, moved to the front. */
    private int cut(long position, int filled, boolean atEnd, List<Extent> extents) {
        var start = 0;
        while (filled - start >= Chunker.CHUNK_BYTES_MAX || (atEnd && start < filled)) {
            var end = rule.cut(buffer, start, filled);
            var id = lane.write(buffer, start, end - start);
            extents.add(Extent.whole(position - (filled - start), end - start, id));
            start = end;
        }
        System.arraycopy(buffer, start, buffer, 0, filled - start);
        return filled - start;
    }

    @Override
    public void close() {
        lane.close();
    }
}
