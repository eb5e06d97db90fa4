package rok.repository;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import rok.chunk.ChunkId;
import rok.index.Location;
import rok.object.ObjectStore;

/**
 * Reads neighbours of a pack in one range, when the first of them is wanted. Whatever goes wrong with a range, its chunks
 * are then read one by one, which finds those that moved and names those that are damaged.
 */
final class PackedChunkBatch implements ChunkBatch {
    private final PackedChunkReader reader;
    private final ObjectStore store;
    private final RangesAhead ahead;
    private final List<ChunkId> ids;
    private final List<PackRange> asked = new ArrayList<>();
    private @Nullable Map<ChunkId, Piece> pieces;

    PackedChunkBatch(PackedChunkReader reader, ObjectStore store, RangesAhead ahead, List<ChunkId> ids) {
        this.reader = reader;
        this.store = store;
        this.ahead = ahead;
        this.ids = List.copyOf(ids);
    }

    /** Where a chunk's record lies in a range. */
    private record Piece(PackRange range, Location location) {}

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        var piece = plan().get(id);
        if (piece == null) {
            reader.read(id, into);
        } else {
            reader.read(id, piece.location, piece.range, into);
        }
    }

    @Override
    public void readRange(ChunkId id, int length, int first, ByteBuffer into) {
        reader.readRange(this, id, length, first, into);
    }

    @Override
    public synchronized void ahead() {
        if (reader.isFar()) {
            wanted().forEach(ahead::ask);
        }
    }

    @Override
    public synchronized void later() {
        if (reader.isFar()) {
            wanted().forEach(ahead::askLater);
        }
    }

    /** The ranges, which are let go of at the end, in the order in which they are wanted and not in that of the packs. */
    private List<PackRange> wanted() {
        if (asked.isEmpty()) {
            var ranges = new LinkedHashSet<PackRange>();
            var planned = plan();
            for (var id : ids) {
                var piece = planned.get(id);
                if (piece != null) {
                    ranges.add(piece.range);
                }
            }
            asked.addAll(ranges);
        }
        return asked;
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
            reader.place(id).ifPresent(location -> lying.add(new Lying(id, location)));
        }
        lying.sort(Comparator.comparing(Lying::location, Location.ORDER));
        PackRange range = null;
        for (var chunk : lying) {
            if (range == null || !range.takes(chunk.location)) {
                range = new PackRange(store, reader.isFar(), chunk.location);
            }
            found.put(chunk.id, new Piece(range, chunk.location));
        }
        return found;
    }

    private record Lying(ChunkId id, Location location) {}

    @Override
    public synchronized void close() {
        pieces = Map.of();
        asked.forEach(ahead::drop);
        asked.clear();
    }
}
