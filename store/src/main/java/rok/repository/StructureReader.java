package rok.repository;

import java.nio.ByteBuffer;
import java.util.List;
import rok.chunk.ChunkId;
import rok.index.Location;

/**
 * Reads trees and lists of chunks of a store that is far, with what lies before them in their packs. Whatever goes wrong with a
 * range, its chunks are read one by one, which finds those that moved and names those that are damaged.
 */
final class StructureReader extends ForwardingChunkReader {
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
        reader.read(id, location, ranges.range(location), into);
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
                        .sorted(Location.ORDER.reversed())
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
