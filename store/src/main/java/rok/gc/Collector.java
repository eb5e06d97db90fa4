package rok.gc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import rok.catalog.CatalogScan;
import rok.catalog.CatalogScan.Seen;
import rok.catalog.Pause;
import rok.format.StoreException;
import rok.gc.GcReport.Outcome;
import rok.gc.LiveChunks.InPack;
import rok.object.ObjectKey;
import rok.pack.PackName;
import rok.repository.Epoch;
import rok.repository.Maintenance;
import rok.repository.PackMover;
import rok.repository.Repository;

/**
 * Collects what no version refers to, beside writers and readers: marks, condemns, waits for those who may not know of it,
 * marks what they committed, and deletes the rest (docs/protocol.md). May be stopped at any point, and any number of them
 * may run; what one began another one finishes.
 */
public final class Collector {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private final Maintenance maintenance;
    private final CatalogScan catalog;
    private final Pause pause;
    private final Marker marker;
    private final int threads;

    /**
     * One that works by one thread.
     *
     * @param pause how it waits for writers
     */
    public Collector(Repository repository, CatalogScan catalog, Pause pause) {
        this(repository, catalog, pause, 1);
    }

    /**
     * One that works by so many threads, each of which makes one request at a time.
     *
     * @param pause how it waits for writers
     */
    public Collector(Repository repository, CatalogScan catalog, Pause pause, int threads) {
        this.maintenance = repository.maintenance();
        this.catalog = catalog;
        this.pause = pause;
        this.threads = threads;
        this.marker = new Marker(maintenance, catalog, threads, () -> {});
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
        return switch (epoch.state()) {
            case OPEN -> round.resume(epoch, patience);
            case DAMAGED -> round.giveUp(epoch.number());
            case DONE -> round.collect(epoch.number() + 1, patience);
        };
    }

    /** One collection: what it has seen. */
    private final class Round {
        private final Map<ObjectKey, Seen.Kept> kept = new HashMap<>();
        private final List<LiveChunks> marked = new ArrayList<>();
        private Plan plan;
        private Map<PackName, InPack> firstLive = Map.of();
        private long movedBytes;
        private long rescued;

        Round(Map<PackName, Long> packs) {
            this.plan = Plan.dead(packs, Set.of());
        }

        GcReport planned() {
            firstMark(found());
            movedBytes = plan.liveBytesOfSparse();
            return report(plan.condemned().isEmpty() ? Outcome.NOTHING : Outcome.PLANNED, List.of());
        }

        GcReport collect(long number, Duration patience) {
            var found = found();
            firstMark(found);
            tidy(found);
            if (plan.condemned().isEmpty()) {
                return report(Outcome.NOTHING, List.of());
            }
            empty(number - 1);
            var condemned = plan.condemned();
            if (condemned.isEmpty()) {
                // What was to be emptied can't be
                return report(Outcome.NOTHING, List.of());
            }
            return maintenance.publish(number, condemned)
                    ? settle(number, condemned, patience)
                    : report(Outcome.OVERTAKEN, List.of());
        }

        /** Goes on with what another collector began. */
        GcReport resume(Epoch epoch, Duration patience) {
            plan = Plan.dead(plan.packs(), epoch.condemned());
            return settle(epoch.number(), epoch.condemned(), patience);
        }

        /**
         * Ends what another collector began when it is not known any more what that condemned: nothing of it is dead, unless
         * that was decided before.
         */
        GcReport giveUp(long number) {
            var dead = maintenance.decide(number, Set.of());
            plan = Plan.dead(plan.packs(), dead);
            return remove(number, dead);
        }

        /** From here on another collector may do the same. */
        private GcReport settle(long number, Set<PackName> condemned, Duration patience) {
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
            plan.rescueAllBut(dead);
            return remove(number, dead);
        }

        private GcReport remove(long number, Set<PackName> dead) {
            maintenance.rewrite(number, dead, threads);
            maintenance.delete(dead);
            maintenance.finish(number);
            return report(Outcome.COLLECTED, List.of());
        }

        /** What of the condemned packs nothing came to refer to. */
        private Set<PackName> stillDead(Set<PackName> condemned) {
            var found = found();
            // Once more: what is being written may keep a version that went after the first look at its writer,
            // and before the look at it
            found.putAll(found());
            // Listed anew: another collector may have deleted some meanwhile
            var there = maintenance.packs().keySet();
            var dead = new HashSet<>(condemned);
            var live = mark(found, pack -> there.contains(pack) && !condemned.contains(pack));
            var byPack = live.byPack();
            dead.removeAll(byPack.keySet());
            dead.removeIf(pack -> there.contains(pack) && !isSpare(pack, live, byPack));
            return dead;
        }

        private void firstMark(Map<ObjectKey, Seen> found) {
            // They are waited for, and what they keep is marked if they commit
            found.values().removeIf(Seen.Written.class::isInstance);
            var live = mark(found, plan.packs()::containsKey);
            firstLive = live.byPack();
            var bytes = new HashMap<PackName, Long>();
            firstLive.forEach((pack, in) -> bytes.put(pack, in.bytes()));
            plan = new Plan(plan.packs(), bytes);
            plan.dead().removeIf(pack -> !isSpare(pack, live, firstLive));
        }

        /**
         * What a pack holds that is referred to and said to lie elsewhere does lie there. In an encrypted store the index is
         * not believed in this: whoever may write to the store could name a place where it is not, and have the only copy
         * removed.
         */
        private boolean isSpare(PackName pack, LiveChunks live, Map<PackName, InPack> byPack) {
            if (!maintenance.isEncrypted()) {
                return true;
            }
            try {
                for (var entry : maintenance.entries(pack)) {
                    var elsewhere = live.location(entry.id());
                    if (elsewhere.filter(at -> !at.pack().equals(pack)).isPresent()) {
                        var in = byPack.get(elsewhere.get().pack());
                        if (in == null || !maintenance.holds(in.scope(), entry.id(), elsewhere.get())) {
                            return false;
                        }
                    }
                }
                return true;
            } catch (StoreException.Missing _) {
                return true; // another collector was here
            } catch (StoreException.Corrupt | StoreException.Incompatible _) {
                return false;
            }
        }

        /** Removes what is of no interest any more. */
        private void tidy(Map<ObjectKey, Seen> found) {
            for (var seen : found.values()) {
                if (seen instanceof Seen.Ended ended) {
                    catalog.tidy(ended);
                }
            }
        }

        /** What is in the catalogue that was not marked before. */
        private Map<ObjectKey, Seen> found() {
            var found = new LinkedHashMap<ObjectKey, Seen>();
            catalog.scan(kept::containsKey, seen -> found.put(seen.key(), seen));
            return found;
        }

        /** Marks what was found, and remembers it. */
        private LiveChunks mark(Map<ObjectKey, Seen> found, Predicate<PackName> isPreferred) {
            try {
                var live = marker.mark(found, maintenance::segments, isPreferred, marked);
                found.forEach(this::keep);
                marked.add(live);
                return live;
            } catch (StoreException.Corrupt e) {
                throw new StoreException.Corrupt("Nothing was collected. " + e.getMessage(), e);
            }
        }

        private void keep(ObjectKey key, Seen seen) {
            if (seen instanceof Seen.Kept version) {
                kept.put(key, version);
            }
        }

        /** Moves what is wanted out of packs that hold little else. */
        private void empty(long generation) {
            var movers = new HashMap<String, PackMover>();
            var live = marked.getFirst();
            for (var pack : List.copyOf(plan.sparse())) {
                try {
                    var in = Objects.requireNonNull(firstLive.get(pack));
                    var wanted = maintenance.entries(pack).stream()
                            .filter(entry -> live.isLiveIn(pack, entry))
                            .toList();
                    // Where its footer does not know of all that the index says it has, somebody changed one of them
                    if (wanted.size() != in.chunks() || !isSpare(pack, live, firstLive)) {
                        plan.keep(pack);
                        continue;
                    }
                    movers.computeIfAbsent(in.scope(), scope -> maintenance.mover(scope, generation))
                            .move(pack, wanted);
                } catch (StoreException.Corrupt | StoreException.Missing e) {
                    // Damaged: check names it, repair mends it. Or gone: another collector emptied it
                    plan.keep(pack);
                }
            }
            movedBytes = movers.values().stream()
                    .mapToLong(mover -> mover.finish().bytes())
                    .sum();
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
                    plan.sizes(plan.packs().keySet()),
                    plan.sizes(plan.dead()),
                    plan.sizes(plan.sparse()),
                    movedBytes,
                    rescued,
                    plan.garbageKept(),
                    waitedFor);
        }
    }
}
