package rok.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.CatalogScan;
import rok.catalog.FencedException;
import rok.catalog.InUseException;
import rok.catalog.Pending;
import rok.catalog.Version;
import rok.catalog.VersionRecord;
import rok.catalog.Writer;
import rok.check.Check;
import rok.check.CheckOptions;
import rok.check.Repair;
import rok.check.TimeBox;
import rok.check.Watch;
import rok.format.StoreException;
import rok.gc.Collector;
import rok.gc.GcReport;
import rok.keys.KeyRefusedException;
import rok.keys.Keys;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore;
import rok.repository.ChunkReader;
import rok.repository.Repository;
import rok.snapshot.Attributes;
import rok.snapshot.ByteString;
import rok.snapshot.Content;
import rok.snapshot.ContentInput;
import rok.snapshot.ContentWriter;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;
import rok.snapshot.TreeWriter;

/**
 * Writers, deleters, readers and collectors on one store, each a process of its own, and what they believe. The files of a
 * version say what they must hold, so that a version can be checked by itself.
 */
final class StoreWorld {
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, List.of());
    private static final int BLOCKS = 80;

    final MemoryObjectStore objects = new MemoryObjectStore();
    final Simulation simulation;
    private final SimulatedStore.Faults faults;
    private final Mutation mutation;
    private final Kind kind;
    private final Path cache;
    private final Damages damages;
    /** Versions whose commit was answered, and the blocks of each. */
    private final Map<RokUrl, List<Integer>> committed = new HashMap<>();

    /** What the blocks are called in trees: equal bytes of one account, equal content. */
    private final Map<AccountName, Map<Integer, Content>> contents = new HashMap<>();

    /** Versions that are being read, or that another one takes parts over from: the deleter likes those best. */
    private final List<RokUrl> used = new ArrayList<>();

    private final Set<RokUrl> deleted = new HashSet<>();
    private final Map<String, Long> counts = new TreeMap<>();
    /** Key files that were let in, and those that somebody has begun to take away, perhaps before their adder knew. */
    private final Set<Integer> keyFiles = new TreeSet<>(Set.of(1));

    private final Set<Integer> takenAway = new TreeSet<>();

    private final Optional<Repository> revealing;
    private int rotations;

    StoreWorld(long seed, SimulatedStore.Faults faults, Mutation mutation, Kind kind, Path cache) {
        this(seed, faults, mutation, kind, cache, Damages.NONE);
    }

    StoreWorld(long seed, SimulatedStore.Faults faults, Mutation mutation, Kind kind, Path cache, Damages damages) {
        this.simulation = new Simulation(seed);
        this.faults = faults;
        this.mutation = mutation;
        this.kind = kind;
        this.cache = cache;
        this.damages = damages;
        kind.create(objects, cache, new Random(seed));
        this.revealing =
                kind == Kind.OPEN ? Optional.empty() : Optional.of(kind.open(objects, cache, new Random(seed)));
        for (var i = 0; i < 3; i++) {
            simulation.actor("writer-" + i, self -> new Life(self).write());
        }
        for (var i = 0; i < 2; i++) {
            simulation.actor("deleter-" + i, self -> new Life(self).delete());
        }
        simulation.actor("reader-0", self -> new Life(self).read());
        simulation.actor("reader-1", self -> new Life(self).read());
        simulation.actor("gc-0", self -> new Life(self).collect());
        simulation.actor("gc-1", self -> new Life(self).collect());
        if (damages == Damages.NONE) {
            simulation.actor("check-0", self -> new Life(self).prove());
        } else {
            simulation.actor("damager", self -> damage(self, damages));
            simulation.actor("repair-0", self -> new Life(self).repair());
            simulation.actor("repair-1", self -> new Life(self).repair());
        }
        if (kind != Kind.OPEN) {
            simulation.actor("keys-0", self -> new Life(self).changeKeys());
            simulation.actor("keys-1", self -> new Life(self).changeKeys());
        }
    }

    /** What is done to the store. */
    enum Damages {
        NONE,
        /** Footers and first bytes of packs: readers need neither. */
        UNSEEN,
        /** Index segments as well, which readers miss until they are rebuilt. */
        SEEN
    }

    /** The document that lies there, for mutations that must know what it says. */
    private ByteBuffer revealed(ObjectKey key, ByteBuffer content) {
        if (revealing.isPresent() && key.value().startsWith("catalog/")) {
            for (var account : kind.accounts()) {
                try {
                    var documents = revealing
                            .get()
                            .of(account.value())
                            .dataKeys()
                            .orElseThrow()
                            .documents();
                    return ByteBuffer.wrap(documents.open(key.value(), content, "A document"));
                } catch (StoreException.Corrupt _) {
                    // Perhaps another account's
                }
            }
        }
        return content;
    }

    Map<String, Long> counts() {
        return counts;
    }

    private void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    /** One life of a process: what it has in memory goes with it. */
    private final class Life {
        private final Simulation.Actor self;
        private final ObjectStore store;
        private final Repository repository;
        private final AccountName account;
        private final Map<AccountName, Catalog> catalogs = new HashMap<>();
        private final Actor actor;
        private final List<Runnable> ticking = new ArrayList<>();
        private Instant ticked = simulation.now();

        Life(Simulation.Actor self) {
            this.self = self;
            this.store = new SimulatedStore(objects, simulation, self, faults, mutation, StoreWorld.this::revealed);
            var random = new Random(simulation.random.nextLong());
            var nonce = Long.toHexString(random.nextLong());
            var writer = new Writer(self.name, "", "", "", 1, 1, nonce);
            this.actor = new Actor(writer, simulation::now, random, (period, task) -> {
                ticking.add(task);
                return () -> ticking.remove(task);
            });
            this.repository = kind.open(store, cache, random);
            for (var name : kind.accounts()) {
                var keys = repository.of(name.value()).dataKeys();
                catalogs.put(name, new Catalog(store, name, Optional.empty(), actor, keys));
            }
            // The number at the end of the actor's name
            var which = self.name.charAt(self.name.length() - 1) - '0';
            this.account = kind.accounts().get(which % kind.accounts().size());
        }

        private Catalog catalog(AccountName of) {
            return Objects.requireNonNull(catalogs.get(of));
        }

        private int random(int bound) {
            return simulation.random.nextInt(bound);
        }

        /** What a timer of its own would do meanwhile; a process that sleeps renews nothing. */
        private void tick() {
            if (simulation.now().isAfter(ticked.plusSeconds(10))) {
                ticked = simulation.now();
                List.copyOf(ticking).forEach(Runnable::run);
            }
        }

        void write() {
            for (var versions = 0; versions < 20; versions++) {
                self.pause(Duration.ofMillis(random(20_000)));
                var file = new FileName("file-" + random(4));
                try (var pending = catalog(account).begin(BUCKET, file, "", Map.of())) {
                    write(pending);
                } catch (StoreException.Unavailable | FencedException e) {
                    count("version not written");
                }
            }
        }

        private void write(Pending pending) {
            try (var session = repository.of(account.value()).writer()) {
                var entries = new TreeMap<ByteString, Entry>();
                if (random(2) == 0) {
                    any(committed.keySet().stream()
                                    .filter(url -> url.account().equals(account))
                                    .toList())
                            .ifPresent(base -> takeOver(base, pending, entries));
                }
                var lane = session.lane();
                for (var files = 1 + random(4); files > 0; files--) {
                    tick();
                    self.pause(Duration.ofMillis(random(8_000)));
                    var block = random(BLOCKS);
                    var content = new ContentWriter(lane);
                    content.write(bytes(block), 0, bytes(block).length);
                    add(entries, block, content.finish());
                }
                var tree = new TreeWriter(new ContentWriter(lane), Optional.of(PLAIN));
                entries.values().forEach(tree::add);
                var root = tree.finish();
                lane.close();
                session.flush();
                tick();
                commit(pending, root, entries);
            }
        }

        private void commit(Pending pending, Content root, Map<ByteString, Entry> entries) {
            pending.commit(PlainVersion.of(pending.url(), simulation.now(), root));
            committed.put(
                    pending.url(),
                    entries.keySet().stream().map(StoreWorld::block).toList());
            count("committed");
        }

        /** As a stat cache does: what a committed version refers to, without looking at any chunk of it but its tree. */
        private void takeOver(RokUrl base, Pending pending, Map<ByteString, Entry> entries) {
            var version = committed(base).filter(found -> !repository.isCollecting() || pending.keep(found));
            if (version.isEmpty()) {
                count("base gone");
                return;
            }
            count("taken over");
            used.add(base);
            // Known from the last time: reading it now would find what is gone
            for (var block : committed.getOrDefault(base, List.of())) {
                if (random(2) == 0) {
                    add(entries, block, known(block));
                }
            }
        }

        private Optional<Version> committed(RokUrl url) {
            return catalog(url.account()).record(url).orElse(null) instanceof VersionRecord.Committed found
                    ? Optional.of(found.version())
                    : Optional.empty();
        }

        private void add(Map<ByteString, Entry> entries, int block, Content content) {
            contents.computeIfAbsent(account, _ -> new HashMap<>()).put(block, content);
            var name = ByteString.utf8("block-" + block);
            entries.put(name, new Entry.File(name, PLAIN, content, ByteString.EMPTY));
        }

        private Content known(int block) {
            return Objects.requireNonNull(
                    Objects.requireNonNull(contents.get(account)).get(block));
        }

        private Optional<RokUrl> some() {
            return any(committed.keySet());
        }

        private Optional<RokUrl> any(Collection<RokUrl> from) {
            var of = new ArrayList<>(from);
            of.removeAll(deleted);
            of.sort(Comparator.comparing(RokUrl::version));
            // The newest as often as all others
            return of.isEmpty()
                    ? Optional.empty()
                    : Optional.of(random(2) == 0 ? of.getLast() : of.get(random(of.size())));
        }

        void delete() {
            self.pause(Duration.ofMillis(random(20_000)));
            if (committed.size() - deleted.size() < 5) {
                return;
            }
            var url = random(2) == 0 ? any(used) : some();
            if (url.isPresent()) {
                deleted.add(url.get());
                try {
                    catalog(url.get().account()).delete(url.get());
                    count("deleted");
                } catch (StoreException.Unavailable | StoreException.Missing | InUseException e) {
                    count("delete failed");
                }
            }
        }

        void read() {
            self.pause(Duration.ofMillis(random(5_000)));
            var url = some();
            if (url.isEmpty()) {
                return;
            }
            var stalls = self.stalls;
            var version = committed(url.get());
            if (version.isEmpty()) {
                return;
            }
            // Once it is pinned it may be deleted and collected: it is read all the same
            try (var _ = catalog(url.get().account()).pin(version.get())) {
                used.add(url.get());
                for (var member : version.get().members()) {
                    check(repository.of(url.get().account().value()).reader(), member.root(), () -> {
                        tick();
                        self.pause(Duration.ofMillis(random(10_000)));
                    });
                }
                count("read");
            } catch (StoreException.Unavailable e) {
                count("read not answered");
            } catch (StoreException.Missing | StoreException.Corrupt e) {
                if (damages == Damages.SEEN) {
                    count("read not");
                    return;
                }
                // Gone before it was pinned, or its reader slept longer than its lease
                if (self.stalls == stalls && !(deleted.contains(url.get()) && isGoneMessage(e))) {
                    throw new AssertionError("Version %s can't be read".formatted(url.get()), e);
                }
                count("read too late");
            }
        }

        private boolean isGoneMessage(StoreException e) {
            return String.valueOf(e.getMessage()).startsWith("Version ");
        }

        /** Nothing is damaged, whatever the others do. */
        void prove() {
            self.pause(Duration.ofMillis(random(60_000)));
            try {
                var report = new Check(repository, options(actor)).run();
                if (!report.isGood()) {
                    throw new AssertionError("Said to be damaged: " + report.findings());
                }
                count("proved");
            } catch (StoreException.Unavailable e) {
                count("proof not answered");
            }
        }

        void repair() {
            self.pause(Duration.ofMillis(random(120_000)));
            try {
                var report = new Repair(repository, options(actor), List.of(), self::pause).run();
                count(
                        report.found().isGood()
                                ? "nothing to repair"
                                : report.healed() ? "repaired" : "repaired in part");
            } catch (StoreException.Unavailable | StoreException.Corrupt e) {
                // Damage that came while it was at work
                count("not repaired");
            }
        }

        void collect() {
            self.pause(Duration.ofMillis(random(60_000)));
            var collector =
                    new Collector(repository, new CatalogScan(store, actor, repository.storeKeys()), self::pause);
            try {
                var report = collector.collect(Duration.ofSeconds(random(300)));
                count("gc " + report.outcome());
                counts.merge("gc packs deleted", report.dead().count(), Long::sum);
                counts.merge("gc packs emptied", report.sparse().count(), Long::sum);
                counts.merge("gc packs rescued", report.rescued(), Long::sum);
            } catch (StoreException.Corrupt e) {
                if (damages == Damages.NONE) {
                    throw e;
                }
                count("gc refused");
            } catch (StoreException.Unavailable e) {
                count("gc not answered");
            }
        }

        /** Rotates, lets somebody in, or takes somebody's key away, while all others go on. */
        void changeKeys() {
            self.pause(Duration.ofMillis(random(200_000)));
            var keys = repository.keys().orElseThrow();
            try {
                switch (random(4)) {
                    case 0 -> addKey(keys);
                    case 1 -> removeKey(keys);
                    default -> {
                        keys.rotate();
                        rotations++;
                        count("keys rotated");
                    }
                }
            } catch (StoreException.Unavailable e) {
                count("keys not answered");
            } catch (KeyRefusedException e) {
                // All slots are taken, or another one removed the same
                count("keys refused");
            }
        }

        private void addKey(Keys keys) {
            var which = 2 + random(60_000);
            try (var credential = Kind.key(which)) {
                keys.add(credential, "key " + which, simulation.now());
            }
            keyFiles.add(which);
            count("keys added");
        }

        private void removeKey(Keys keys) {
            var others = keys.slots().stream()
                    .filter(slot -> slot.label().startsWith("key "))
                    .toList();
            if (!others.isEmpty()) {
                var slot = others.get(random(others.size()));
                takenAway.add(Integer.parseInt(slot.label().substring("key ".length())));
                keys.remove(slot.id());
                count("keys removed");
            }
        }
    }

    /** Breaks something at a time, of what a repair can put right without any other copy. */
    private void damage(Simulation.Actor self, Damages damages) {
        self.pause(Duration.ofMillis(simulation.random.nextInt(120_000)));
        var prefix = damages == Damages.SEEN && simulation.random.nextInt(3) == 0 ? "index/" : "packs/";
        List<ObjectKey> keys;
        try (var all = objects.list(new ObjectKey(prefix))) {
            keys = all.map(ObjectStore.ObjectInfo::key).toList();
        }
        if (keys.isEmpty()) {
            return;
        }
        var key = keys.get(simulation.random.nextInt(keys.size()));
        var stored = objects.read(key).orElseThrow().content();
        var bytes = new byte[stored.remaining()];
        stored.get(bytes);
        if (prefix.equals("packs/")) {
            var fromEnd = 1 + simulation.random.nextInt(20);
            bytes[simulation.random.nextInt(4) == 0 ? 3 : bytes.length - fromEnd] ^= 1;
            objects.put(key, ByteBuffer.wrap(bytes), new ObjectStore.Condition.Always());
        } else if (simulation.random.nextBoolean()) {
            bytes[simulation.random.nextInt(bytes.length)] ^= 1;
            objects.put(key, ByteBuffer.wrap(bytes), new ObjectStore.Condition.Always());
        } else {
            objects.delete(key);
        }
        count("damaged " + prefix);
    }

    /** Repairs, when all is quiet, find nothing to do in the end. */
    void checkRepaired() {
        var actor = Actor.system();
        var random = new Random(3);
        for (var i = 0; ; i++) {
            var report = new Repair(kind.open(objects, cache, random), options(actor), List.of(), _ -> {}).run();
            if (!report.healed()) {
                throw new AssertionError("Lost: " + report.lost());
            }
            if (report.found().isGood()) {
                return;
            }
            if (i == 3) {
                throw new AssertionError(
                        "Repair does not end: " + report.found().findings());
            }
        }
    }

    private static CheckOptions options(Actor actor) {
        return new CheckOptions(100, TimeBox.of(() -> 0, Optional.empty()), 1, actor, Watch.NONE);
    }

    /** Every committed version that is in the store reads back, and every one that should be there is. */
    void check() {
        var repository = kind.open(objects, cache, new Random(1));
        for (var account : kind.accounts()) {
            var of = repository.of(account.value());
            check(of.reader(), new Catalog(objects, account, Optional.empty(), Actor.system(), of.dataKeys()));
        }
        repository.keys().ifPresent(this::checkKeys);
    }

    private void check(ChunkReader chunks, Catalog catalog) {
        for (var url : committed.keySet()) {
            if (url.account().equals(catalog.account())
                    && !deleted.contains(url)
                    && !(catalog.record(url).orElse(null) instanceof VersionRecord.Committed)) {
                throw new AssertionError("Version %s was committed and is gone".formatted(url));
            }
        }
        if (catalog.buckets().isEmpty()) {
            return;
        }
        for (var file : catalog.files(BUCKET).items()) {
            for (var found : catalog.versions(BUCKET, file.name()).items()) {
                if (catalog.record(found.url()).orElse(null) instanceof VersionRecord.Committed version) {
                    check(chunks, version.version().members().getFirst().root(), () -> {});
                    counts.merge("checked at the end", 1L, Long::sum);
                }
            }
        }
    }

    /** Every rotation that was said to be made was, and whoever was let in, and not put out, is in. */
    private void checkKeys(Keys keys) {
        if (keys.newest() < 1 + rotations) {
            throw new AssertionError("%d rotations led to generation %d".formatted(rotations, keys.newest()));
        }
        keyFiles.removeAll(takenAway);
        for (var which : keyFiles) {
            Repository.open(objects, cache, _ -> Kind.key(which), new Random(1));
        }
    }

    /** When all is quiet, a few collections leave nothing to be collected. */
    void checkGarbage() {
        var late = simulation.now().plus(Duration.ofDays(30));
        var random = new Random(2);
        var actor = new Actor(new Writer("end", "", "", "", 1, 1, "end"), () -> late, random, (_, _) -> () -> {});
        GcReport report = null;
        for (var i = 0; i < 5 && (report == null || report.outcome() != GcReport.Outcome.NOTHING); i++) {
            var repository = kind.open(objects, cache, random);
            report = new Collector(repository, new CatalogScan(objects, actor, repository.storeKeys()), _ -> {})
                    .collect(Duration.ofSeconds(10));
        }
        if (report == null || report.outcome() != GcReport.Outcome.NOTHING) {
            throw new AssertionError("Garbage stays: " + report);
        }
        check();
    }

    private static void check(ChunkReader chunks, Content root, Runnable between) {
        var tree = new TreeReader(chunks, root);
        while (tree.hasNext()) {
            var file = (Entry.File) tree.next();
            between.run();
            var expected = bytes(block(file.name()));
            var found = new ContentInput(chunks, file.content());
            var read = new byte[expected.length];
            var length = 0;
            for (var n = found.read(read, 0, read.length); n > 0 && length < read.length; ) {
                length += n;
                n = found.read(read, length, read.length - length);
            }
            if (!ByteBuffer.wrap(read, 0, length).equals(ByteBuffer.wrap(expected))) {
                throw new AssertionError("File %s holds something else".formatted(file.name()));
            }
        }
    }

    private static int block(ByteString name) {
        return Integer.parseInt(new String(name.toArray(), StandardCharsets.UTF_8).substring("block-".length()));
    }

    /** Block sizes differ, so that packs are emptied as well as deleted. */
    private static byte[] bytes(int block) {
        var bytes = new byte[200 + 300 * (block % 7)];
        new Random(block).nextBytes(bytes);
        return bytes;
    }
}
