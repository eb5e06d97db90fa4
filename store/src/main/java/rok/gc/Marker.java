package rok.gc;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import rok.catalog.CatalogScan;
import rok.catalog.CatalogScan.Seen;
import rok.format.StoreException;
import rok.index.IndexSegment;
import rok.object.ObjectKey;
import rok.pack.PackName;
import rok.repository.Maintenance;

/** Marks what records of the catalogue refer to, while versions may be deleted and collected by others. For one thread. */
final class Marker {
    private final Maintenance maintenance;
    private final CatalogScan catalog;
    private final Runnable eachFolder;

    /** @param eachFolder is run before a folder is walked, and may end it all by what it throws */
    Marker(Maintenance maintenance, CatalogScan catalog, Runnable eachFolder) {
        this.maintenance = maintenance;
        this.catalog = catalog;
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
            var live = new LiveChunks(segments.get(), isPreferred);
            var marking = new Marking(maintenance::reader, live, before, eachFolder);
            var gone = found.values().stream()
                    .filter(seen -> !isMarked(marking, seen))
                    .findFirst();
            if (gone.isEmpty()) {
                return live;
            }
            // What it shares with others may have been left half-way: all anew, without it
            found.remove(gone.get().key());
        }
    }

    /** False for what went meanwhile, and perhaps was collected by somebody else. */
    private boolean isMarked(Marking marking, Seen seen) {
        try {
            marking.add(maintenance.scope(seen.url().account().value()), seen.url(), seen.roots());
            return true;
        } catch (StoreException.Corrupt e) {
            var stays = new boolean[1];
            catalog.look(seen.key(), now -> stays[0] |= !now.roots().isEmpty());
            if (stays[0]) {
                throw e;
            }
            return false;
        }
    }
}
