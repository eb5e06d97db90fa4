package rok.repository;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import rok.chunk.ChunkCodec;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectStore;
import rok.pack.PackName;

/** A run of records of a pack, read once: by whoever wants it first, or ahead. Safe for use by many threads. */
final class PackRange {
    private final ObjectStore store;
    private final Reach reach;
    private final PackName pack;
    private int from;
    private int to;
    private Consumer<byte[]> sink = _ -> {};
    private boolean tried;
    private Optional<byte[]> bytes = Optional.empty();

    /** @param isFar whether a request waits for a network */
    PackRange(ObjectStore store, boolean isFar, Location first) {
        this.store = store;
        reach = isFar ? Reach.FAR : Reach.NEAR;
        pack = first.pack();
        from = first.offset();
        to = end(first);
    }

    /** One that is here already. */
    PackRange(ObjectStore store, PackName pack, PackPart here) {
        this.store = store;
        this.pack = pack;
        reach = Reach.FAR;
        from = here.from();
        to = from + here.bytes().remaining();
        tried = true;
        bytes = Optional.of(here.bytes().array());
    }

    /**
     * What one request may take.
     *
     * @param bytesMax the longest, and so what a reader waits for at most when it wants one chunk of it
     * @param gapBytesMax what lies between two chunks is read up to this, for that costs less than another request
     */
    private record Reach(int bytesMax, int gapBytesMax) {
        static final Reach NEAR = new Reach(1 << 20, 16 << 10);
        /** Each request takes some milliseconds of a processor, in which a quarter of a megabyte comes. */
        static final Reach FAR = new Reach(4 << 20, 256 << 10);
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
                || next.offset() - to > reach.gapBytesMax
                || end(next) - from > reach.bytesMax
                || end(next) <= next.offset()) {
            return false;
        }
        to = Math.max(to, end(next));
        return true;
    }

    /** Has it begin earlier than with its first chunk; before anything is read. */
    void beginAt(int earlier) {
        from = Math.min(from, earlier);
    }

    /** Who is given the bytes as well, when they come. */
    void tell(Consumer<byte[]> who) {
        sink = who;
    }

    boolean holds(Location chunk) {
        return chunk.pack().equals(pack) && chunk.offset() >= from && end(chunk) <= to && end(chunk) > chunk.offset();
    }

    PackName pack() {
        return pack;
    }

    int from() {
        return from;
    }

    int end() {
        return to;
    }

    int length() {
        return Math.max(0, to - from);
    }

    /** What the pack has there; nothing where it can't be read. */
    synchronized Optional<byte[]> bytes() {
        if (!tried) {
            tried = true;
            bytes = read();
            bytes.ifPresent(sink);
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
