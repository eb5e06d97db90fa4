package rok.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rok.chunk.Chunker;
import rok.chunk.CutRule;
import rok.chunk.PageCutter;
import rok.repository.ChunkWriter;
import rok.snapshot.Content;
import rok.snapshot.Extent;
import rok.volume.ImageFile;

/**
 * Reads disks into the store, segment by segment: cuts between pages, and writes through a lane of its own. Runs of zero pages
 * are holes, whether they are stored or not (docs/format/tree.md). For one thread.
 */
final class DiskCutter implements Workers.Tools {
    /** Each is cut for itself, as of files. */
    static final int SEGMENT_BYTES = FileCutter.SEGMENT_BYTES;
    /** Shorter runs of zero pages are data. */
    private static final int HOLE_BYTES_MIN = 16 << 10;

    private static final byte[] ZEROS = new byte[PageCutter.PAGE_BYTES];

    private final ChunkWriter.Lane lane;
    private final CutRule rule;
    private final byte[] buffer = new byte[4 * Chunker.CHUNK_BYTES_MAX];

    DiskCutter(ChunkWriter.Lane lane) {
        this.lane = lane;
        this.rule = lane.cutRule();
    }

    /** Stores the segment that begins at {@code from}, and says what it is made of. */
    List<Extent> segment(Path image, ImageFile disk, long from) {
        var extents = new ArrayList<Extent>();
        var to = Math.min(from + SEGMENT_BYTES, disk.size());
        var position = from;
        var filled = 0;
        while (position < to || filled > 0) {
            var wanted = (int) Math.min(buffer.length - filled, to - position);
            var count = wanted == 0 ? 0 : disk.read(buffer, filled, wanted, position);
            if (count < wanted) {
                throw new ImageImport.ChangedException(
                        image, "it ended after %,d of %,d bytes".formatted(position + count, disk.size()));
            }
            filled += count;
            position += count;
            filled = cut(position, filled, position == to, extents);
        }
        return extents;
    }

    /** Cuts what the buffer holds, the last of it only at the end; gives how much is left, moved to the front. */
    private int cut(long position, int filled, boolean atEnd, List<Extent> extents) {
        var start = 0;
        while (filled - start >= Chunker.CHUNK_BYTES_MAX + HOLE_BYTES_MIN || (atEnd && start < filled)) {
            var at = position - (filled - start);
            var zeros = zeros(start, filled);
            var goesOn = !extents.isEmpty() && extents.getLast().isHole();
            if (isHole(start, zeros, filled, atEnd) || (goesOn && zeros > 0)) {
                var from = goesOn ? extents.removeLast().offset() : at;
                extents.add(new Extent(from, at + zeros - from, Content.NONE));
                start += zeros;
                continue;
            }
            var end = firstHole(start + zeros, rule.cutPages(buffer, start, filled), filled, atEnd);
            extents.add(new Extent(at, end - start, lane.write(buffer, start, end - start)));
            start = end;
        }
        System.arraycopy(buffer, start, buffer, 0, filled - start);
        return filled - start;
    }

    /** Where the first hole begins, or else the chunk ends. */
    private int firstHole(int from, int end, int filled, boolean atEnd) {
        for (var at = from; at < end; ) {
            var zeros = zeros(at, filled);
            if (isHole(at, zeros, filled, atEnd)) {
                return at;
            }
            at += zeros + PageCutter.PAGE_BYTES;
        }
        return end;
    }

    private static boolean isHole(int at, int zeros, int filled, boolean atEnd) {
        return zeros >= HOLE_BYTES_MIN || (atEnd && zeros > 0 && at + zeros == filled);
    }

    /** How many bytes of zero pages there are from {@code at} on. */
    private int zeros(int at, int filled) {
        var page = at;
        while (page < filled) {
            var end = Math.min(page + PageCutter.PAGE_BYTES, filled);
            if (Arrays.mismatch(buffer, page, end, ZEROS, 0, end - page) >= 0) {
                break;
            }
            page = end;
        }
        return page - at;
    }

    @Override
    public void close() {
        lane.close();
    }
}
