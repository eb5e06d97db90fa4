package rok.gc;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import rok.catalog.CatalogScan;
import rok.catalog.CatalogScan.Seen;
import rok.format.StoreException;
import rok.names.RokUrl;
import rok.object.ObjectKey;
import rok.pack.PackName;
import rok.repository.Repository;

/**
 * What deleting versions would free, before it is done: marks what all others refer to, and then what only these do. Safe
 * for use by many threads, one after the other.
 */
public final class DeleteForecast {
    private final Repository repository;
    private final CatalogScan catalog;
    /** Held by who looks: each look may take all the bandwidth and memory of a collection. */
    private final ReentrantLock one = new ReentrantLock();

    public DeleteForecast(Repository repository, CatalogScan catalog) {
        this.repository = repository;
        this.catalog = catalog;
    }

    /**
     * What would be freed, with what packs say of it. Others that refer to the same: versions of all accounts that share
     * their chunks, versions that are being written, and whoever reads a version that is deleted already.
     *
     * @param chunks that nothing else refers to
     * @param bytes of those
     * @param collected how many bytes more the next collection gives back than without the delete. Less than {@code bytes}
     *     where some lie beside much that is needed, more where the rest of a pack is garbage already
     */
    public record Freed(long chunks, long bytes, long collected) {}

    /** Ends a walk that takes too long. */
    private static final class OutOfTime extends RuntimeException {
        private static final long serialVersionUID = 1;

        OutOfTime() {
            super("out of time", null, false, false);
        }
    }

    /**
     * Looks at the whole store, as a collection does. Versions that are not there free nothing. Throws {@link
     * StoreException.Corrupt}, naming it, when another version is damaged: what that refers to is not known.
     *
     * @param timeMax nothing is answered when it takes longer
     */
    public Optional<Freed> of(Set<RokUrl> going, Duration timeMax) {
        var end = System.nanoTime() + timeMax.toNanos();
        var isMine = false;
        try {
            isMine = one.tryLock(timeMax.toNanos(), TimeUnit.NANOSECONDS);
            return isMine
                    ? Optional.of(look(going, () -> {
                        if (System.nanoTime() - end > 0) {
                            throw new OutOfTime();
                        }
                    }))
                    : Optional.empty();
        } catch (OutOfTime _) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted");
        } finally {
            if (isMine) {
                one.unlock();
            }
        }
    }

    private Freed look(Set<RokUrl> going, Runnable eachStep) {
        var maintenance = repository.maintenance();
        var marker = new Marker(maintenance, catalog, 1, eachStep);
        var these = new LinkedHashMap<ObjectKey, Seen>();
        var others = new LinkedHashMap<ObjectKey, Seen>();
        catalog.scan(_ -> false, seen -> {
            eachStep.run();
            // What is pinned of a version that goes is freed when its reader is done
            (seen instanceof Seen.Kept && going.contains(seen.url()) ? these : others).put(seen.key(), seen);
        });
        var packs = maintenance.packs();
        var segments = maintenance.segments();
        var needed = marker.mark(others, () -> segments, packs::containsKey, List.of());
        var lost = marker.mark(these, () -> segments, packs::containsKey, List.of(needed));
        return freed(packs, needed, lost);
    }

    private static Freed freed(Map<PackName, Long> packs, LiveChunks needed, LiveChunks lost) {
        var alone = lost.byPackWithout(needed);
        var after = new HashMap<PackName, Long>();
        needed.byPack().forEach((pack, in) -> after.put(pack, in.bytes()));
        var before = new HashMap<>(after);
        alone.forEach((pack, in) -> before.merge(pack, in.bytes(), Long::sum));
        return new Freed(
                alone.values().stream().mapToLong(LiveChunks.InPack::chunks).sum(),
                alone.values().stream().mapToLong(LiveChunks.InPack::bytes).sum(),
                Math.max(0, new Plan(packs, after).freedBytes() - new Plan(packs, before).freedBytes()));
    }
}
