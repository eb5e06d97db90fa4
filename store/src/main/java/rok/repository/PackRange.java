package rok.repository;

import java.nio.ByteBuffer;
import java.util.Optional;
import rok.chunk.ChunkCodec;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectStore;
import rok.pack.PackName;

/** A run of records of a pack, read once: by whoever wants it first, or ahead. Safe for use by many threads. */
final class PackRange {
    /** The longest, and so what a reader waits for at most when it wants one chunk of it. */
    private static final int BYTES_MAX = 1 << 20;
    /** Reading what lies between two chunks costs less than another request, up to this. */
    private static final int GAP_BYTES_MAX = 16 << 10;

    private final ObjectStore store;
    private final PackName pack;
    private final int from;
    private int to;
    private boolean tried;
    private Optional<byte[]> bytes = Optional.empty();

    PackRange(ObjectStore store, Location first) {
        this.store = store;
        pack = first.pack();
        from = first.offset();
        to = end(first);
    }

    /** An index that is damaged may say anything: such a chunk is read by itself. */
    private static int end(Location location) {
        return location.length() > 0 && location.length() <= ChunkCodec.RECORD_BYTES_MAX
                ? location.offset() + location.length()
                : location.offset();
    }

    /** Whether the next chunk, in the order of packs and offsets, is read with it; before anything is read. */
    boolean takes(Location next) {
        if (!next.pack().equals(pack)
                || next.offset() - to > GAP_BYTES_MAX
                || end(next) - from > BYTES_MAX
                || end(next) <= next.offset()) {
            return false;
        }
        to = Math.max(to, end(next));
        return true;
    }

    int from() {
        return from;
    }

    int length() {
        return Math.max(0, to - from);
    }

    /** What the pack has there; nothing where it can't be read. */
    synchronized Optional<byte[]> bytes() {
        if (!tried) {
            tried = true;
            bytes = read();
        }
        return bytes;
    }

    private Optional<byte[]> read() {
        if (from < 0 || to <= from) {
            return Optional.empty();
        }
        var into = new byte[to - from];
        try {
            store.get(pack.key(), from, ByteBuffer.wrap(into));
            return Optional.of(into);
        } catch (StoreException.Missing | StoreException.Corrupt e) {
            return Optional.empty();
        }
    }
}
