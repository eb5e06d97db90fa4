package rok.repository;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.Location;

/**
 * Reads trees and lists of chunks of a store that is far, with what lies before them in their packs. Whatever goes wrong with a
 * range, its chunks are read one by one, which finds those that moved and names those that are damaged.
 */
final class StructureReader extends ForwardingChunkReader {
    private static final Comparator<Location> LAST_FIRST = Comparator.<Location>comparingLong(
                    location -> location.pack().high())
            .thenComparingLong(location -> location.pack().low())
            .thenComparingInt(Location::offset)
            .reversed();

    private final PackedChunkReader reader;
    private final StructureRanges ranges;
    private final RangesAhead ahead;

    StructureReader(PackedChunkReader reader, StructureRanges ranges, RangesAhead ahead) {
        super(reader);
        this.reader = reader;
        this.ranges = ranges;
        this.ahead = ahead;
    }

    @Override
    public void read(ChunkId id, ByteBuffer into) {
        var location = reader.locate(id);
        var range = ranges.range(location);
        var bytes = range.bytes();
        if (bytes.isEmpty() || !range.holds(location)) {
            reader.read(id, into);
            return;
        }
        var start = into.position();
        try {
            reader.decode(id, bytes.get(), location.offset() - range.from(), location.length(), into);
        } catch (StoreException.Corrupt e) {
            reader.read(id, into.position(start));
        }
    }

    @Override
    public ChunkBatch batch(List<ChunkId> ids) {
        return new ChunkBatch() {
            @Override
            public void read(ChunkId id, ByteBuffer into) {
                StructureReader.this.read(id, into);
            }

            @Override
            public void ahead() {
                ids.stream()
                        .flatMap(id -> reader.place(id).stream())
                        .sorted(LAST_FIRST)
                        .map(ranges::range)
                        .distinct()
                        .forEach(ahead::ask);
            }

            @Override
            public void close() {
                // What lies beside them is wanted next
            }
        };
    }
}
