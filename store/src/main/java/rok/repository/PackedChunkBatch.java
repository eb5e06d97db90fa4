package rok.repository;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkCodec;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectStore;
import rok.pack.PackName;

/**
 * Reads neighbours of a pack in one range, when the first of them is wanted. Whatever goes wrong with a range, its chunks
 * are then read one by one, which finds those that moved and names those that are damaged.
 */
final class PackedChunkBatch implements ChunkBatch {
    /** The longest range, and so what a reader waits for at most when it wants one chunk of it. */
    private static final int RANGE_BYTES_MAX = 1 << 20;
    /** Reading what lies between two chunks costs less than another request, up to this. */
    private static final int GAP_BYTES_MAX = 16 << 10;

    private final PackedChunkReader reader;
    private final ObjectStore store;
    private final List<ChunkId> ids;
    private @Nullable Map<ChunkId, Piece> pieces;

    PackedChunkBatch(PackedChunkReader reader, ObjectStore store, List<ChunkId> ids) {
        this.reader = reader;
        this.store = store;
        this.ids = List.copyOf(ids);
    }

    /** Where a chunk's record lies in a range. */
    private record Piece(Range range, Location location) {}

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        var piece = plan().get(id);
        var bytes = piece == null ? Optional.<byte[]>empty() : piece.range.bytes(store);
        if (piece == null || bytes.isEmpty()) {
            reader.read(id, into);
            return;
        }
        var start = into.position();
        try {
            var location = piece.location;
            reader.decode(id, bytes.get(), location.offset() - piece.range.from, location.length(), into);
        } catch (StoreException.Corrupt e) {
            reader.read(id, into.position(start));
        }
    }

    private synchronized Map<ChunkId, Piece> plan() {
        if (pieces == null) {
            pieces = ranges();
        }
        return pieces;
    }

    private Map<ChunkId, Piece> ranges() {
        var found = new HashMap<ChunkId, Piece>(ids.size() * 2);
        var lying = new ArrayList<Lying>(ids.size());
        for (var id : ids) {
            locate(id).ifPresent(location -> lying.add(new Lying(id, location)));
        }
        lying.sort(Lying.ORDER);
        Range range = null;
        for (var chunk : lying) {
            if (range == null || !range.takes(chunk.location)) {
                range = new Range(chunk.location);
            }
            found.put(chunk.id, new Piece(range, chunk.location));
        }
        return found;
    }

    private Optional<Location> locate(ChunkId id) {
        try {
            return Optional.of(reader.locate(id));
        } catch (StoreException.Missing | StoreException.Corrupt e) {
            return Optional.empty(); // whoever reads it is told
        }
    }

    private record Lying(ChunkId id, Location location) {
        static final Comparator<Lying> ORDER = Comparator.<Lying>comparingLong(
                        l -> l.location.pack().high())
                .thenComparingLong(l -> l.location.pack().low())
                .thenComparingInt(l -> l.location.offset());
    }

    @Override
    public synchronized void close() {
        pieces = Map.of();
    }

    /** A run of a pack, read once. */
    private static final class Range {
        private final PackName pack;
        private final int from;
        private int to;
        private boolean tried;
        private Optional<byte[]> bytes = Optional.empty();

        Range(Location first) {
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

        boolean takes(Location next) {
            if (!next.pack().equals(pack)
                    || next.offset() - to > GAP_BYTES_MAX
                    || end(next) - from > RANGE_BYTES_MAX
                    || end(next) <= next.offset()) {
                return false;
            }
            to = Math.max(to, end(next));
            return true;
        }

        synchronized Optional<byte[]> bytes(ObjectStore store) {
            if (!tried) {
                tried = true;
                bytes = read(store);
            }
            return bytes;
        }

        private Optional<byte[]> read(ObjectStore store) {
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
}
