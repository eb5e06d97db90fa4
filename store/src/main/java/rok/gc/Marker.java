package rok.gc;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import rok.catalog.CatalogScan;
import rok.catalog.CatalogScan.Seen;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.index.SegmentGuide;
import rok.object.ObjectKey;
import rok.pack.PackName;
import rok.repository.ChunkReader;
import rok.repository.Maintenance;

/** Marks what records of the catalogue refer to, while versions may be deleted and collected by others. For one thread, which has others help it. */
final class Marker {
    private final Maintenance maintenance;
    private final CatalogScan catalog;
    private final int threads;
    private final Runnable eachFolder;
    private SegmentGuide guide = new SegmentGuide(List.of());

    /**
     * @param threads that walk
     * @param eachFolder is run before a folder is walked, by any thread, and may end it all by what it throws
     */
    Marker(Maintenance maintenance, CatalogScan catalog, int threads, Runnable eachFolder) {
        this.maintenance = maintenance;
        this.catalog = catalog;
        this.threads = threads;
        this.eachFolder = eachFolder;
    }

    /**
     * Marks what was found: a chunk in a pack that is preferred, where it lies in one. What went meanwhile is taken out of
     * {@code found}. Throws {@link StoreException.Corrupt} for a version that is there and damaged.
     *
     * @param segments of an index as new as the records, or newer: all that they refer to was listed before they were
     *     committed
     * @param before what was marked already, and is not walked again
     */
    LiveChunks mark(
            Map<ObjectKey, Seen> found,
            Supplier<List<IndexSegment>> segments,
            Predicate<PackName> isPreferred,
            List<LiveChunks> before) {
        while (true) {
            var live = new LiveChunks(guide(segments.get()), isPreferred);
            var marking = new Marking(maintenance::scope, this::reader, live, before, eachFolder);
            try {
                marking.add(found.values(), threads);
                return live;
            } catch (Marking.Damaged e) {
                if (isThere(e.seen())) {
                    throw e.damage();
                }
                // What it shares with others may have been left half-way: all anew, without it
                found.remove(e.seen().key());
            }
        }
    }

    /** The last one, where the index is as it was. */
    private SegmentGuide guide(List<IndexSegment> segments) {
        if (!guide.segments().equals(segments)) {
            guide = new SegmentGuide(segments);
        }
        return guide;
    }

    private ChunkReader reader(String scope, LiveChunks live) {
        return maintenance.reader(scope, live::find);
    }

    /** False for what went meanwhile, and perhaps was collected by somebody else. */
    private boolean isThere(Seen seen) {
        var stays = new boolean[1];
        catalog.look(seen.key(), now -> stays[0] |= !now.roots().isEmpty());
        return stays[0];
    }
}
