package rok.repository;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.index.Location;
import rok.object.ObjectStore;
import rok.pack.PackName;

/**
 * Ranges of packs that hold trees and lists of chunks, the last few megabytes of them. Writers keep those together, what is
 * below a folder before its tree: so a range ends with the chunk that is wanted, and has what is wanted next. It grows while
 * that holds. Safe for use by many threads.
 */
final class StructureRanges {
    private static final long BYTES_MAX = 16 << 20;
    private static final int RANGE_BYTES_MIN = 16 << 10;
    private static final int RANGE_BYTES_MAX = 1 << 20;
    /** So many chunks of a range were wanted: the next may be twice as long. */
    private static final int USES_TO_GROW = 4;

    private final ObjectStore store;
    private final RangesAhead ahead;
    private final Optional<StructureFiles> kept;
    private final Map<PackName, List<PackRange>> ranges = new HashMap<>();
    private final Deque<PackRange> oldest = new ArrayDeque<>();
    private long bytes;
    private int rangeBytes = 128 << 10;
    private int usesSinceLast = USES_TO_GROW / 2;

    StructureRanges(ObjectStore store, RangesAhead ahead, Optional<StructureFiles> kept) {
        this.store = store;
        this.ahead = ahead;
        this.kept = kept;
    }

    /** The range to read the chunk in: one that is here already, or on its way, or a new one. */
    synchronized PackRange range(Location chunk) {
        var ofPack = ranges.computeIfAbsent(chunk.pack(), _ -> new ArrayList<>());
        var after = 0;
        for (var here : ofPack) {
            if (here.holds(chunk)) {
                usesSinceLast++;
                return here;
            }
            if (here.end() <= chunk.offset()) {
                after = Math.max(after, here.end());
            }
        }
        var file = kept.flatMap(files -> files.find(chunk));
        var range = file.isPresent() ? new PackRange(store, chunk.pack(), file.get()) : fresh(chunk, after);
        ofPack.add(range);
        oldest.add(range);
        bytes += range.length();
        makeRoom();
        return range;
    }

    private PackRange fresh(Location chunk, int after) {
        var range = new PackRange(store, true, chunk);
        range.beginAt(Math.max(after, range.end() - rangeBytes()));
        kept.ifPresent(files -> range.tell(content -> files.keep(range.pack(), range.from(), content)));
        usesSinceLast = 0;
        return range;
    }

    private int rangeBytes() {
        if (usesSinceLast >= USES_TO_GROW) {
            rangeBytes = Math.min(RANGE_BYTES_MAX, rangeBytes * 2);
        } else if (usesSinceLast == 0) {
            rangeBytes = Math.max(RANGE_BYTES_MIN, rangeBytes / 2);
        }
        return rangeBytes;
    }

    private void makeRoom() {
        while (bytes > BYTES_MAX && oldest.size() > 1) {
            var range = oldest.remove();
            bytes -= range.length();
            ranges.computeIfPresent(range.pack(), (_, ofPack) -> {
                ofPack.remove(range);
                return ofPack.isEmpty() ? null : ofPack;
            });
            ahead.drop(range);
        }
    }
}
