package rok.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rok.linux.Extents;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.LinuxException;
import rok.linux.Syscalls;

/**
 * Where a copy of a disk can differ from an earlier one, by where their blocks lie: both share a block or they don't.
 *
 * @param ranges in order, disjoint and as long as possible
 * @param unknownBytes what of them counts as changed only because the file system gives no address, as for compressed data
 * @param notComparable why nothing could be compared, so that everything counts as changed
 */
public record ChangedExtents(List<Range> ranges, long unknownBytes, Optional<String> notComparable) {
    private static final int BATCH = 4096;

    public ChangedExtents {
        ranges = List.copyOf(ranges);
    }

    /** What is there now. */
    public enum Kind {
        /** Bytes, to be read. */
        DATA,
        /** Zeros, where there was something else or nothing before. */
        HOLE
    }

    /**
     * In bytes.
     *
     * @param end exclusive
     */
    public record Range(long start, long end, Kind kind) {
        public long length() {
            return end - start;
        }
    }

    /** How many bytes are of that kind. */
    public long bytes(Kind kind) {
        return ranges.stream()
                .filter(range -> range.kind == kind)
                .mapToLong(Range::length)
                .sum();
    }

    /**
     * Compares two disks that nobody writes to.
     *
     * @param size of {@code now}; what lies behind the end of {@code base} has changed
     */
    public static ChangedExtents between(Path base, Path now, long size) {
        var files = new PoolFiles();
        try (var before = files.open(base, Flags.O_RDONLY);
                var after = files.open(now, Flags.O_RDONLY)) {
            var linux = files.linux();
            var same = sameFileSystem(linux, before, after);
            var old = new Cursor(linux, before, linux.stat(before).size());
            var merge = new Merge(same ? old : new Cursor(linux, before, 0), new Cursor(linux, after, size), size);
            merge.run();
            var problem = same
                    ? Optional.<String>empty()
                    : Optional.of("%s and %s are not on one file system".formatted(base, now));
            return new ChangedExtents(merge.ranges, merge.unknownBytes, problem);
        } catch (LinuxException e) {
            throw PoolException.of("Can't compare %s with %s".formatted(now, base), e);
        }
    }

    /** Subvolumes of one Btrfs have device numbers of their own, but are seen through one mount. */
    private static boolean sameFileSystem(Syscalls linux, Fd first, Fd second) {
        var one = linux.stat(first);
        var other = linux.stat(second);
        return one.device() == other.device() || (one.mount() != 0 && one.mount() == other.mount());
    }

    private static final class Merge {
        private final Cursor base;
        private final Cursor now;
        private final long size;
        private final List<Range> ranges = new ArrayList<>();
        private long unknownBytes;

        Merge(Cursor base, Cursor now, long size) {
            this.base = base;
            this.now = now;
            this.size = size;
        }

        void run() {
            for (var at = 0L; at < size; ) {
                base.seek(at);
                now.seek(at);
                var end = Math.min(size, Math.min(base.end, now.end));
                if (base.isHole && now.isHole) {
                    at = end;
                    continue;
                }
                if (now.isHole) {
                    add(at, end, Kind.HOLE);
                } else if (base.isHole || !base.hasAddress || !now.hasAddress || base.address != now.address) {
                    add(at, end, Kind.DATA);
                    unknownBytes +=
                            now.hasAddress && (base.isHole || base.hasAddress || base.isBehindEnd) ? 0 : end - at;
                }
                at = end;
            }
        }

        private void add(long start, long end, Kind kind) {
            if (!ranges.isEmpty()) {
                var last = ranges.getLast();
                if (last.end == start && last.kind == kind) {
                    ranges.set(ranges.size() - 1, new Range(last.start, end, kind));
                    return;
                }
            }
            ranges.add(new Range(start, end, kind));
        }
    }

    /** Goes through the extents of a file once, some thousand at a time. */
    private static final class Cursor {
        private final Syscalls linux;
        private final Fd file;
        private final long size;
        private final Extents batch = new Extents(BATCH);
        private int index;
        private boolean isRead;

        /** At the position asked for: whether there is a hole, where what is there lies, and up to where that is so. */
        boolean isHole;

        boolean hasAddress;
        boolean isBehindEnd;
        long address;
        long end;

        Cursor(Syscalls linux, Fd file, long size) {
            this.linux = linux;
            this.file = file;
            this.size = size;
        }

        /** Positions never go back. */
        void seek(long at) {
            isBehindEnd = at >= size;
            if (isBehindEnd) {
                isHole = false;
                hasAddress = false;
                end = Long.MAX_VALUE;
                return;
            }
            if (!findExtent(at)) {
                isHole = true;
                end = size;
            } else if (batch.start(index) > at) {
                isHole = true;
                end = Math.min(size, batch.start(index));
            } else {
                isHole = false;
                hasAddress = batch.hasAddress(index);
                address = batch.address(index) + at - batch.start(index);
                end = Math.min(size, batch.end(index));
            }
        }

        /** The first written extent that ends behind {@code at}; false where there is none. */
        private boolean findExtent(long at) {
            while (true) {
                while (index < batch.count()) {
                    if (batch.end(index) > at && !batch.isUnwritten(index)) {
                        return true;
                    }
                    index++;
                }
                if (isRead && batch.isLast()) {
                    return false;
                }
                linux.extents(file, isRead ? batch.end() : at, !isRead, batch);
                isRead = true;
                index = 0;
            }
        }
    }
}
