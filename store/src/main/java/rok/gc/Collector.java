package rok.gc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rok.catalog.CatalogScan;
import rok.catalog.CatalogScan.Seen;
import rok.catalog.Pause;
import rok.format.StoreException;
import rok.gc.GcReport.Outcome;
import rok.object.ObjectKey;
import rok.pack.PackName;
import rok.repository.ChunkReader;
import rok.repository.Epoch;
import rok.repository.Maintenance;
import rok.repository.Repository;

/**
 * Collects what no version refers to, beside writers and readers: marks, condemns, waits for those who may not know of it,
 * marks what they committed, and deletes the rest (docs/protocol.md). May be stopped at any point, and any number of them
 * may run; what one began another one finishes.
 */
public final class Collector {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private final Maintenance maintenance;
    private final ChunkReader chunks;
    private final CatalogScan catalog;
    private final Pause pause;

    /** @param pause how it waits for writers */
    public Collector(Repository repository, CatalogScan catalog, Pause pause) {
        this.maintenance = repository.maintenance();
        this.chunks = repository.reader();
        this.catalog = catalog;
        this.pause = pause;
    }

    /** Says what {@link #collect} would do now, and changes nothing. */
    public GcReport plan() {
        return new Round(maintenance.packs()).planned();
    }

    /**
     * Collects. Throws {@link StoreException.Corrupt}, and removes nothing, when the index or something that a version
     * refers to is damaged.
     *
     * @param patience how long to wait for versions that are being written; the next collection waits on
     */
    public GcReport collect(Duration patience) {
        var epoch = maintenance.newest();
        var round = new Round(maintenance.packs());
        if (epoch.state() == Epoch.State.OPEN) {
            return round.settle(epoch.number(), epoch.condemned(), patience);
        }
        return round.collect(epoch.number() + 1, patience);
    }

    /** One collection: what it has seen. */
    private final class Round {
        private final Map<PackName, Long> packs;
        private final Map<ObjectKey, Seen.Kept> kept = new HashMap<>();
        private final List<LiveChunks> marked = new ArrayList<>();
        private Plan plan;
        private long movedBytes;
        private long rescued;
        private boolean isDry;

        Round(Map<PackName, Long> packs) {
            this.packs = packs;
            this.plan = new Plan(Map.of(), Map.of());
        }

        GcReport planned() {
            isDry = true;
            firstMark();
            movedBytes = plan.liveBytesOfSparse();
            return report(plan.condemned().isEmpty() ? Outcome.NOTHING : Outcome.PLANNED, List.of());
        }

        GcReport collect(long number, Duration patience) {
            firstMark();
            if (plan.condemned().isEmpty()) {
                return report(Outcome.NOTHING, List.of());
            }
            empty(number - 1);
            var condemned = plan.condemned();
            return maintenance.publish(number, condemned)
                    ? settle(number, condemned, patience)
                    : report(Outcome.OVERTAKEN, List.of());
        }

        /** From here on another collector may do the same. */
        GcReport settle(long number, Set<PackName> condemned, Duration patience) {
            var decided = maintenance.dead(number);
            if (decided.isEmpty()) {
                var writing = waitForWriters(patience);
                if (!writing.isEmpty()) {
                    return report(Outcome.WAITING, writing);
                }
            }
            // One decision for all collectors: from it on, writers count on what was rescued
            var dead = decided.orElseGet(() -> maintenance.decide(number, stillDead(condemned)));
            rescued = (long) condemned.size() - dead.size();
            maintenance.rewrite(number, dead);
            maintenance.delete(dead);
            maintenance.finish(number);
            return report(Outcome.COLLECTED, List.of());
        }

        /** What of the condemned packs nothing came to refer to. */
        private Set<PackName> stillDead(Set<PackName> condemned) {
            var dead = new HashSet<>(condemned);
            // Listed anew: another collector may have deleted some meanwhile
            dead.removeAll(
                    mark(maintenance.packs().keySet(), condemned).bytesByPack().keySet());
            return dead;
        }

        private void firstMark() {
            plan = new Plan(packs, mark(packs.keySet(), Set.of()).bytesByPack());
        }

        /**
         * Marks what versions refer to that were not seen before: a chunk in a pack that is there and not avoided, where it
         * lies in one. Late segments of writers and collectors that were overtaken list packs that are gone.
         */
        private LiveChunks mark(Set<PackName> there, Set<PackName> avoided) {
            var found = new ArrayList<Seen.Kept>();
            catalog.scan(kept::containsKey, seen -> {
                switch (seen) {
                    case Seen.Kept version -> found.add(version);
                    case Seen.Ended ended -> {
                        if (!isDry) {
                            catalog.tidy(ended);
                        }
                    }
                    case Seen.Written _ -> {}
                }
            });
            // After the records: all that they refer to was listed before they were committed
            var live = new LiveChunks(maintenance.segments(), pack -> there.contains(pack) && !avoided.contains(pack));
            var marking = new Marking(chunks, live, marked);
            for (var version : found) {
                if (isMarked(marking, version)) {
                    kept.put(version.key(), version);
                }
            }
            marked.add(live);
            return live;
        }

        /** False for a version that went meanwhile, and perhaps was collected by somebody else. */
        private boolean isMarked(Marking marking, Seen.Kept version) {
            try {
                marking.add(version.url(), version.roots());
                return true;
            } catch (StoreException.Corrupt e) {
                var stays = new boolean[1];
                catalog.look(version.key(), seen -> stays[0] |= seen instanceof Seen.Kept);
                if (stays[0]) {
                    throw e;
                }
                return false;
            }
        }

        /** Moves what is wanted out of packs that hold little else. */
        private void empty(long generation) {
            var mover = maintenance.mover(generation);
            var live = marked.getFirst();
            for (var pack : List.copyOf(plan.sparse())) {
                try {
                    mover.move(
                            pack,
                            maintenance.entries(pack).stream()
                                    .filter(entry -> live.isLiveIn(pack, entry))
                                    .toList());
                } catch (StoreException.Corrupt | StoreException.Missing e) {
                    // Damaged: check names it, repair mends it. Or gone: another collector emptied it
                    plan.keep(pack);
                }
            }
            movedBytes = mover.finish().bytes();
        }

        /** Waits until all versions have ended that are being written now; names those that have not. */
        private List<String> waitForWriters(Duration patience) {
            var writing = new ArrayList<Seen.Written>();
            catalog.scan(kept::containsKey, seen -> {
                if (seen instanceof Seen.Written written) {
                    writing.add(written);
                }
            });
            var waited = Duration.ZERO;
            while (true) {
                writing.removeIf(written -> !isStillWritten(written));
                if (writing.isEmpty() || waited.compareTo(patience) >= 0) {
                    return writing.stream()
                            .map(written -> written.record().url().toString())
                            .toList();
                }
                pause.sleep(LOOK_AGAIN);
                waited = waited.plus(LOOK_AGAIN);
            }
        }

        private boolean isStillWritten(Seen.Written written) {
            var still = new boolean[1];
            catalog.look(written.key(), seen -> {
                still[0] = seen instanceof Seen.Written now && !catalog.fence(now);
            });
            return still[0];
        }

        private GcReport report(Outcome outcome, List<String> waitedFor) {
            return new GcReport(
                    outcome,
                    kept.size(),
                    marked.isEmpty() ? 0 : marked.getFirst().count(),
                    plan.sizes(packs.keySet()),
                    plan.sizes(plan.dead()),
                    plan.sizes(plan.sparse()),
                    movedBytes,
                    rescued,
                    plan.garbageKept(),
                    waitedFor);
        }
    }
}
