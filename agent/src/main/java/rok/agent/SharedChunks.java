package rok.agent;

import java.util.ArrayList;
import java.util.List;
import rok.repository.ChunkWriter;
import rok.snapshot.Extent;

/**
 * Gathers short runs of pages from all over a disk into chunks of some of them: as many chunks of 4 KiB would make the index as
 * large as the data. For one thread.
 */
final class SharedChunks {
    /** What a reader of one run reads at most. */
    private static final int CHUNK_BYTES = 64 << 10;

    private final ChunkWriter.Lane lane;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private final List<Run> runs = new ArrayList<>();
    private int filled;

    SharedChunks(ChunkWriter.Lane lane) {
        this.lane = lane;
    }

    private record Run(long offset, int length, int first) {}

    /** Takes a run, shorter than a chunk, which may not fit with those before; gives what those are named by then. */
    List<Extent> add(byte[] bytes, int length, long offset) {
        var full = filled + length > CHUNK_BYTES ? flush() : List.<Extent>of();
        System.arraycopy(bytes, 0, chunk, filled, length);
        runs.add(new Run(offset, length, filled));
        filled += length;
        return full;
    }

    /** Stores those that wait, and says what names them. */
    List<Extent> flush() {
        if (runs.isEmpty()) {
            return List.of();
        }
        var id = lane.write(chunk, 0, filled);
        var extents = runs.stream()
                .map(run -> new Extent(run.offset, run.length, id, run.first, filled))
                .toList();
        runs.clear();
        filled = 0;
        return extents;
    }
}
