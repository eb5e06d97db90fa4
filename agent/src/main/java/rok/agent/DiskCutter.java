package rok.agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import rok.chunk.Chunker;
import rok.chunk.CutRule;
import rok.chunk.PageCutter;
import rok.repository.ChunkWriter;
import rok.snapshot.Extent;

/**
 * Reads disks into the store: cuts between pages, and writes through a lane of its own. Runs of zero pages are holes, whether
 * they are stored or not; short runs of changed pages share chunks (docs/format/tree.md). For one thread.
 */
final class DiskCutter implements Workers.Tools {
    /** Each is cut for itself, as of files. */
    static final int SEGMENT_BYTES = FileCutter.SEGMENT_BYTES;
    /** Shorter runs of zero pages are data; shorter runs of changed pages share chunks. */
    static final int RUN_BYTES_MIN = 16 << 10;

    private static final byte[] ZEROS = new byte[PageCutter.PAGE_BYTES];

    private final ChunkWriter.Lane lane;
    private final CutRule rule;
    private final byte[] buffer = new byte[4 * Chunker.CHUNK_BYTES_MAX];
    private final SharedChunks shared;

    DiskCutter(ChunkWriter.Lane lane) {
        this.lane = lane;
        this.rule = lane.cutRule();
        this.shared = new SharedChunks(lane);
    }

    /** Stores a segment, or a run of changed pages that is long enough, and says what it is made of. */
    List<Extent> run(DiskSource disk, DiskRange range) {
        var extents = new ArrayList<Extent>();
        var position = range.offset();
        var filled = 0;
        while (position < range.end() || filled > 0) {
            var wanted = (int) Math.min(buffer.length - filled, range.end() - position);
            disk.read(buffer, filled, wanted, position);
            filled += wanted;
            position += wanted;
            filled = cut(position, filled, position == range.end(), extents);
        }
        return extents;
    }

    /** Stores what changed, and says what it is made of, in order. */
    List<Extent> changes(DiskSource disk, List<DiskRange> changes) {
        changes.stream().filter(change -> !change.isHole()).forEach(disk::soon);
        var extents = new ArrayList<Extent>();
        for (var change : changes) {
            if (change.isHole()) {
                extents.add(Extent.hole(change.offset(), change.length()));
            } else if (change.length() >= RUN_BYTES_MIN) {
                extents.addAll(run(disk, change));
            } else {
                var length = (int) change.length();
                disk.read(buffer, 0, length, change.offset());
                if (zeros(0, length) == length) {
                    extents.add(Extent.hole(change.offset(), length));
                } else {
                    extents.addAll(shared.add(buffer, length, change.offset()));
                }
            }
        }
        extents.addAll(shared.flush());
        extents.sort(Comparator.comparingLong(Extent::offset));
        return extents;
    }

    /** Cuts what the buffer holds, the last of it only at the end; gives how much is left, moved to the front. */
    private int cut(long position, int filled, boolean atEnd, List<Extent> extents) {
        var start = 0;
        while (filled - start >= Chunker.CHUNK_BYTES_MAX + RUN_BYTES_MIN || (atEnd && start < filled)) {
            var at = position - (filled - start);
            var zeros = zeros(start, filled);
            var goesOn = !extents.isEmpty() && extents.getLast().isHole();
            if (isHole(start, zeros, filled, atEnd) || (goesOn && zeros > 0)) {
                var from = goesOn ? extents.removeLast().offset() : at;
                extents.add(Extent.hole(from, at + zeros - from));
                start += zeros;
                continue;
            }
            var end = firstHole(start + zeros, rule.cutPages(buffer, start, filled), filled, atEnd);
            extents.add(Extent.whole(at, end - start, lane.write(buffer, start, end - start)));
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
        return zeros >= RUN_BYTES_MIN || (atEnd && zeros > 0 && at + zeros == filled);
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
