package rok.agent;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkCodec;
import rok.chunk.Chunker;
import rok.repository.ChunkReader;
import rok.snapshot.Content;
import rok.snapshot.Extent;
import rok.snapshot.Extents;

/**
 * Proves of a share of what did not change on a disk, another one each time, that it did not: that extents say so is believed
 * of file systems that are not ours. For one use, by one thread.
 */
final class DiskAudit {
    /** As many bytes as one in so many that changed. */
    private static final int SHARE = 20;
    /** In any case. */
    private static final long BYTES_MIN = 1 << 20;
    /** Extents that are looked at to find some that can be proved. */
    private static final int LOOKED_AT_MAX = 100_000;

    private final DiskSource disk;
    private final ChunkCodec codec;
    private final Extents extents;
    private final Iterator<DiskRange> changes;
    private final long budget;
    private final byte[] bytes = new byte[Chunker.CHUNK_BYTES_MAX];
    private @Nullable DiskRange change;
    private long read;

    /**
     * @param before what the disk held, in the store
     * @param changes of the disk since then
     */
    DiskAudit(DiskSource disk, ChunkReader chunks, Content before, List<DiskRange> changes, long from) {
        this.disk = disk;
        this.codec = chunks.codec();
        this.extents = new Extents(chunks, before, from < before.length() ? from : 0);
        this.changes = changes.iterator();
        var changed = changes.stream()
                .filter(range -> !range.isHole())
                .mapToLong(DiskRange::length)
                .sum();
        this.budget = Math.max(BYTES_MIN, changed / SHARE);
        step();
    }

    /**
     * How it went.
     *
     * @param next where the next audit begins
     * @param differs where a page differs that extents call unchanged; -1 where none does
     */
    record Result(long next, long readBytes, long differs) {}

    Result run() {
        var next = 0L;
        for (var looked = 0; extents.hasNext() && read < budget; looked++) {
            var extent = extents.next();
            next = extent.end();
            if (isUnchanged(extent) && !isSame(extent)) {
                return new Result(next, read, extent.offset());
            }
            if (looked == LOOKED_AT_MAX) {
                break;
            }
        }
        return new Result(extents.hasNext() ? next : 0, read, -1);
    }

    /** A hole, or all of a chunk, which can be named by the disk's bytes; and no change in it. */
    private boolean isUnchanged(Extent extent) {
        if (extent.isRange()) {
            return false;
        }
        while (change != null && change.end() <= extent.offset()) {
            step();
        }
        return change == null || change.offset() >= extent.end();
    }

    private boolean isSame(Extent extent) {
        if (extent.isHole()) {
            return isZero(extent);
        }
        var length = (int) extent.length();
        disk.read(bytes, 0, length, extent.offset());
        read += length;
        return codec.id(bytes, 0, length).equals(extent.chunk());
    }

    /** Of what is stored there, as far as there is room for it. */
    private boolean isZero(Extent hole) {
        for (var at = disk.nextData(hole.offset()); at < hole.end() && read < budget; at = disk.nextData(at)) {
            var length = (int) Math.min(bytes.length, hole.end() - at);
            disk.read(bytes, 0, length, at);
            read += length;
            for (var i = 0; i < length; i++) {
                if (bytes[i] != 0) {
                    return false;
                }
            }
            at += length;
        }
        return true;
    }

    private void step() {
        change = changes.hasNext() ? changes.next() : null;
    }
}
