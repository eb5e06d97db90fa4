package rok.check;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import rok.catalog.Catalog;
import rok.catalog.Pause;
import rok.catalog.Records;
import rok.catalog.Records.Item;
import rok.check.RepairReport.Action;
import rok.chunk.ChunkId;
import rok.format.StoreException;
import rok.index.Location;
import rok.object.ObjectKey;
import rok.pack.PackEntry;
import rok.pack.PackName;
import rok.repository.Anatomy;
import rok.repository.Epoch;
import rok.repository.Maintenance;
import rok.repository.Repository;

/**
 * Puts a repository right, beside whoever uses it (docs/protocol.md). What is good is written anew and listed before what
 * is damaged goes, and that goes to {@link Quarantine}: so it may be killed at any moment, and be run again.
 */
public final class Repair {
    /** Each round may show, below trees that it healed, others that are lost. */
    private static final int ROUNDS_MAX = 64;
    /** So often a collection is not faster. */
    private static final int TRIES_MAX = 20;

    private final Repository repository;
    private final Anatomy anatomy;
    private final Maintenance maintenance;
    private final Records records;
    private final CheckOptions options;
    private final List<ChunkSource> sources;
    private final Pause pause;
    private final Quarantine quarantine;
    private final List<Action> actions = new ArrayList<>();
    private Set<ChunkId> missing = Set.of();
    private Set<ObjectKey> segments = Set.of();

    /**
     * Of a repository and its catalogue.
     *
     * @param sources what may have lost bytes still
     * @param pause how it waits for the lease of a pin that can't be read
     */
    public Repair(Repository repository, CheckOptions options, List<ChunkSource> sources, Pause pause) {
        this.repository = repository;
        this.anatomy = repository.anatomy();
        this.maintenance = anatomy.maintenance();
        this.records = new Records(anatomy.store(), anatomy.storeKeys());
        this.options = options;
        this.sources = List.copyOf(sources);
        this.pause = pause;
        this.quarantine = new Quarantine(anatomy);
    }

    /** Looks, and says what would be done; changes nothing. */
    public RepairReport plan() {
        var round = new Check(repository, options).look();
        var found = round.report();
        for (var finding : found.findings()) {
            actions.add(new Action("would " + treatment(finding), finding.object(), finding.problem()));
        }
        return new RepairReport(found, actions, found.findings(), found.isGood());
    }

    private static String treatment(Finding finding) {
        return switch (finding.kind()) {
            case REPOSITORY -> "write anew";
            case SEGMENT -> "rebuild from the packs, and quarantine";
            case PACK, RECORD -> "salvage, list anew or quarantine";
            case CHUNK -> "look for copies of";
            case TREE -> "leave";
            case VERSION -> "quarantine, if it cannot be read";
            case BUCKET -> "write anew, without its description";
            case PIN -> "wait for its lease, and quarantine";
            case EPOCH -> "end, and write anew";
        };
    }

    /** Does it. */
    public RepairReport run() {
        var round = new Check(repository, options).look();
        var seen = options.clock().instant();
        var leaving = leaving(round.damage());
        var found = findings(round);
        if (found.isGood()) {
            return new RepairReport(found, actions, List.of(), true);
        }
        settleEpochs(round);
        var isDone = putRight(round, leaving);
        var moved = records(round.versions(), seen);
        var after = after();
        var lost = new ArrayList<>(after.findings());
        found.findings().stream()
                .filter(finding -> moved.contains(finding.object())
                        || (!isDone && isOf(leaving, finding))
                        || isOf(round.damage().closedPacks(), finding))
                .filter(finding -> after.findings().stream()
                        .noneMatch(other -> other.object().equals(finding.object())))
                .forEach(lost::add);
        return new RepairReport(found, actions, lost, lost.isEmpty() && after.findingsMore() == 0);
    }

    /** What a round found; it still says what was missing. */
    private CheckReport findings(Round round) {
        missing = round.damage().lost();
        segments = round.damage().damagedSegments();
        return round.report();
    }

    /**
     * Looks once more. A collection that ended meanwhile may have kept the place of a chunk that was about to leave, and
     * not the one where it was stored anew: what a pack has that is missed is listed until none is.
     */
    private CheckReport after() {
        for (var tries = 0; ; tries++) {
            var round = new Round(anatomy, structureOnly()).structure();
            var isAnythingUnlisted = round.damage().lost().stream()
                    .anyMatch(id -> round.inventory().unlisted(id).isPresent());
            if (!isAnythingUnlisted || tries == TRIES_MAX) {
                return round.report();
            }
            relist(Set.of(), this::isListedNow);
        }
    }

    private static boolean isOf(Set<PackName> packs, Finding finding) {
        return packs.stream()
                .anyMatch(pack -> finding.object().startsWith(pack.key().value()));
    }

    private CheckOptions structureOnly() {
        return new CheckOptions(0, TimeBox.unbounded(), options.threads(), options.actor(), options.watch());
    }

    private void done(String what, ObjectKey key, String text) {
        actions.add(new Action(what, key.value(), text));
    }

    /** Told once, however often it is tried. */
    private void once(String what, ObjectKey key, String text) {
        var action = new Action(what, key.value(), text);
        if (!actions.contains(action)) {
            actions.add(action);
        }
    }

    /**
     * Packs that go: those that are damaged, or have damaged records, or are not there any more. What may be good, and lacks a
     * key, stays.
     */
    private static Set<PackName> leaving(Damage damage) {
        var packs = new HashSet<>(damage.damagedPacks());
        damage.damagedRecords().forEach(place -> packs.add(place.pack()));
        packs.removeAll(damage.closedPacks());
        return packs;
    }

    private void settleEpochs(Round round) {
        for (var problem : round.epochs()) {
            switch (problem.treatment()) {
                case LEAVE -> {}
                case REMOVE -> {
                    if (quarantine.copy(problem.key())) {
                        anatomy.epochs().settle(problem);
                        done("quarantined", problem.key(), "the collection that it was of goes on");
                    }
                }
                case REPLACE -> {
                    quarantine.copy(problem.key());
                    anatomy.epochs().settle(problem);
                    done("wrote", problem.key(), "the collection that it was of has ended");
                }
            }
        }
    }

    private void relist(Set<PackName> leaving, Relisting.IsListed isListed) {
        var listed = new Relisting(anatomy, isListed).run(leaving);
        if (listed > 0) {
            actions.add(new Action(
                    "rebuilt",
                    "index/",
                    "%s, from what packs say of themselves"
                            .formatted(listed == 1 ? "a segment" : listed + " segments")));
        }
    }

    private boolean isListedNow(PackName pack, PackEntry entry) {
        return anatomy.places()
                .places(entry.id())
                .contains(new Location(pack, entry.offset(), entry.length(), entry.plainLength()));
    }

    /**
     * Lists anew what segments no longer do, stores anew what is good in packs that leave and what else is to be had, puts
     * damaged segments aside, and then has the packs leave. False where collections were faster every time.
     */
    private boolean putRight(Round round, Set<PackName> leaving) {
        var inventory = round.inventory();
        if (!missing.isEmpty() || !segments.isEmpty()) {
            relist(leaving, (pack, entry) -> inventory.isListed(pack, entry, segments));
        }
        for (var tries = 0; tries < TRIES_MAX; tries++) {
            // Before it is looked what is there: where it is done, nothing goes before the next one begins
            var epoch = maintenance.newest();
            anatomy.places().look();
            if (tries > 0) {
                // Of several places of a chunk a collection keeps one, which may be the bad one
                relist(leaving, this::isListedNow);
            }
            salvage(inventory, leaving);
            heal(round, leaving);
            putAside(segments);
            if (leaving.isEmpty()) {
                return true;
            }
            leaving.forEach(pack -> quarantine.copy(pack.key()));
            if (epoch.state() == Epoch.State.OPEN) {
                // A collection that began before: it ends here, and rescues what it had not decided about
                var dead =
                        maintenance.dead(epoch.number()).orElseGet(() -> maintenance.decide(epoch.number(), Set.of()));
                finish(epoch.number(), dead, leaving);
            } else if (maintenance.publish(epoch.number() + 1, leaving)) {
                var dead = maintenance.decide(epoch.number() + 1, leaving);
                finish(epoch.number() + 1, dead, leaving);
                if (dead.containsAll(leaving)) {
                    leaving.forEach(pack -> done("quarantined", pack.key(), "what is good in it was stored anew"));
                    return true;
                }
            }
        }
        return false;
    }

    private void finish(long epoch, Set<PackName> dead, Set<PackName> leaving) {
        var unlisted = new HashSet<>(dead);
        unlisted.addAll(leaving);
        maintenance.rewrite(epoch, unlisted, options.threads());
        maintenance.delete(dead);
        maintenance.finish(epoch);
    }

    private void putAside(Set<ObjectKey> segments) {
        for (var segment : segments) {
            if (quarantine.move(segment)) {
                done("quarantined", segment, "what it listed is listed elsewhere now");
            }
        }
    }

    private void salvage(Inventory inventory, Set<PackName> leaving) {
        if (leaving.isEmpty()) {
            return;
        }
        var wanted = missing;
        for (var round = 0; round < ROUNDS_MAX; round++) {
            try (var writers = new Rewriters(anatomy, scope -> isMissing(leaving, scope))) {
                var salvage = new Salvage(anatomy, inventory, writers::lane, wanted);
                salvage.run(List.copyOf(leaving))
                        .forEach((pack, chunks) ->
                                once("salvaged", pack.key(), "%d chunks of it are good".formatted(chunks)));
                if (salvage.copied() > 0) {
                    actions.add(new Action(
                            "healed",
                            "packs/",
                            "%d chunks, from copies of trees on this machine".formatted(salvage.copied())));
                }
                if (writers.flush() == 0 || !salvage.hasUnnamed()) {
                    return;
                }
            }
            // Trees that are there again name what else is wanted
            wanted = new Round(anatomy, structureOnly()).structure().damage().lost();
        }
    }

    /**
     * By the index as it is now it has no place in a pack that is there and stays: all good ones do. In an encrypted store
     * anybody can write into the index, so the place must hold it.
     */
    private Predicate<ChunkId> isMissing(Set<PackName> leaving, String scope) {
        var condemned = maintenance.newest().condemned();
        var there = PackList.of(anatomy.store(), _ -> {});
        var places = anatomy.places();
        places.look();
        return id -> places.places(id).stream()
                .noneMatch(place -> there.find(place.pack()) >= 0
                        && !leaving.contains(place.pack())
                        && !condemned.contains(place.pack())
                        && (!maintenance.isEncrypted() || holds(scope, id, place)));
    }

    private synchronized boolean holds(String scope, ChunkId id, Location place) {
        return maintenance.holds(scope, id, place);
    }

    private void heal(Round first, Set<PackName> leaving) {
        var wanted = missing;
        var accounts = first.damage().accounts();
        for (var round = 0; round < ROUNDS_MAX && !sources.isEmpty() && !wanted.isEmpty(); round++) {
            var before = Set.copyOf(wanted);
            var chunks = 0L;
            for (var scope : accounts.stream().map(anatomy::scope).distinct().toList()) {
                chunks += pour(scope, before, first.inventory(), leaving);
            }
            if (chunks > 0) {
                actions.add(
                        new Action("healed", "packs/", "%d chunks, from what is on this machine".formatted(chunks)));
            }
            // Trees that are there again, also those that were salvaged, name what else is lost
            var damage = new Round(anatomy, structureOnly()).structure().damage();
            if (chunks == 0 && before.containsAll(damage.lost())) {
                return;
            }
            wanted = damage.lost();
            accounts = damage.accounts();
        }
    }

    /** How many chunks of a scope the sources gave back. Each account cuts and names what it reads in its own way. */
    private long pour(String scope, Set<ChunkId> wanted, Inventory inventory, Set<PackName> leaving) {
        var isMissing = isMissing(leaving, scope);
        try (var writer = anatomy.rewriter(scope, isMissing)) {
            var healing = new LostChunks(
                    writer,
                    id -> (wanted.contains(id) || inventory.number(id) >= 0) && isMissing.test(id),
                    () -> anatomy.codec(scope));
            sources.forEach(source -> source.pour(healing));
            return writer.flush().newChunks();
        }
    }

    /** Answers which version records were moved away. */
    private Set<String> records(VersionsCheck versions, Instant seen) {
        var moved = new HashSet<String>();
        var pins = new ArrayList<Item.OfPin>();
        try (var items = records.all()) {
            var all = new WithBuckets(records, items.iterator());
            while (all.hasNext()) {
                switch (all.next()) {
                    case Item.OfVersion version -> {
                        if (versions.damagedKeys().contains(version.key()) && isMoved(version)) {
                            moved.add(version.key().value());
                        }
                    }
                    case Item.OfPin pin -> {
                        if (versions.damagedKeys().contains(pin.key()) && isDamaged(pin)) {
                            pins.add(pin);
                        }
                    }
                    case Item.OfBucket bucket -> bucket(bucket);
                    case Item.Foreign foreign -> {
                        if (quarantine.move(foreign.key())) {
                            done("quarantined", foreign.key(), "somebody without the store's keys put it there");
                        }
                    }
                    case Item.Other _ -> {}
                }
            }
        }
        pins(pins, seen);
        return moved;
    }

    /** Whoever reads the version, and lives, writes its pin anew before the lease is over. */
    private void pins(List<Item.OfPin> pins, Instant seen) {
        if (pins.isEmpty()) {
            return;
        }
        var left = Duration.between(options.clock().instant(), seen.plus(Records.lease()));
        if (left.isPositive()) {
            options.watch().at("lease of pins", 0, 0);
            pause.sleep(left);
        }
        for (var pin : pins) {
            if (isDamaged(pin) && quarantine.move(pin.key())) {
                done("quarantined", pin.key(), "nobody renewed it, so nobody reads that version any more");
            }
        }
    }

    private boolean isDamaged(Item.OfPin pin) {
        try {
            records.prove(pin);
            return false;
        } catch (StoreException.Incompatible | StoreException.KeyMissing _) {
            return false;
        } catch (StoreException.Corrupt _) {
            return true;
        }
    }

    private boolean isMoved(Item.OfVersion version) {
        try {
            records.read(version);
            return false;
        } catch (StoreException.Incompatible | StoreException.KeyMissing _) {
            return false;
        } catch (StoreException.Corrupt _) {
            done("quarantined", version.key(), "the version can't be read any more");
            return quarantine.move(version.key());
        }
    }

    private void bucket(Item.OfBucket bucket) {
        try {
            if (records.read(bucket).isPresent()) {
                return;
            }
        } catch (StoreException.Incompatible | StoreException.KeyMissing _) {
            return;
        } catch (StoreException.Corrupt _) {
            quarantine.move(bucket.key());
            done("quarantined", bucket.key(), "");
        }
        if (new Catalog(
                        anatomy.store(),
                        bucket.account(),
                        Optional.empty(),
                        options.actor(),
                        anatomy.dataKeys(bucket.account().value()))
                .createBucket(bucket.bucket(), "")) {
            done("wrote", bucket.key(), "without the description, which is lost");
        }
    }
}
