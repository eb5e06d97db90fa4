package rok.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
import rok.catalog.Actor;
import rok.catalog.Catalog;
import rok.catalog.CatalogScan;
import rok.catalog.FencedException;
import rok.catalog.InUseException;
import rok.catalog.Pending;
import rok.catalog.Version;
import rok.catalog.VersionRecord;
import rok.catalog.Writer;
import rok.format.StoreException;
import rok.gc.Collector;
import rok.gc.GcReport;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.object.MemoryObjectStore;
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
    private static final AccountName ACCOUNT = new AccountName("sim");
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, List.of());
    private static final int BLOCKS = 80;

    final MemoryObjectStore objects = new MemoryObjectStore();
    final Simulation simulation;
    private final SimulatedStore.Faults faults;
    private final Mutation mutation;
    private final Path cache;
    /** Versions whose commit was answered, and the blocks of each. */
    private final Map<RokUrl, List<Integer>> committed = new HashMap<>();

    /** What the blocks are called in trees: equal bytes, equal content. */
    private final Map<Integer, Content> contents = new HashMap<>();

    /** Versions that are being read, or that another one takes parts over from: the deleter likes those best. */
    private final List<RokUrl> used = new ArrayList<>();

    private final Set<RokUrl> deleted = new HashSet<>();
    private final Map<String, Long> counts = new TreeMap<>();

    StoreWorld(long seed, SimulatedStore.Faults faults, Mutation mutation, Path cache) {
        this.simulation = new Simulation(seed);
        this.faults = faults;
        this.mutation = mutation;
        this.cache = cache;
        Repository.create(objects, cache, new Random(seed));
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
        private final Catalog catalog;
        private final Actor actor;
        private final List<Runnable> ticking = new ArrayList<>();
        private Instant ticked = simulation.now();

        Life(Simulation.Actor self) {
            this.self = self;
            this.store = new SimulatedStore(objects, simulation, self, faults, mutation);
            var random = new Random(simulation.random.nextLong());
            var nonce = Long.toHexString(random.nextLong());
            var writer = new Writer(self.name, "", "", "", 1, 1, nonce);
            this.actor = new Actor(writer, simulation::now, random, (period, task) -> {
                ticking.add(task);
                return () -> ticking.remove(task);
            });
            this.repository = Repository.open(store, cache, random);
            this.catalog = new Catalog(store, ACCOUNT, Optional.empty(), actor);
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
                try (var pending = catalog.begin(BUCKET, file, "", Map.of())) {
                    write(pending);
                } catch (StoreException.Unavailable | FencedException e) {
                    count("version not written");
                }
            }
        }

        private void write(Pending pending) {
            try (var session = repository.writer()) {
                var entries = new TreeMap<ByteString, Entry>();
                if (random(2) == 0) {
                    some().ifPresent(base -> takeOver(base, pending, entries));
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
            var member = new Version.Member("data", "directory", "", root, 0, 0);
            var version = new Version(
                    pending.url(),
                    simulation.now(),
                    "",
                    "",
                    Map.of(),
                    Map.of(),
                    "",
                    new Version.Size(0, 0, 0),
                    List.of(member),
                    Optional.empty(),
                    List.of());
            pending.commit(version);
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
                    add(entries, block, Objects.requireNonNull(contents.get(block)));
                }
            }
        }

        private Optional<Version> committed(RokUrl url) {
            return catalog.record(url).orElse(null) instanceof VersionRecord.Committed found
                    ? Optional.of(found.version())
                    : Optional.empty();
        }

        private void add(Map<ByteString, Entry> entries, int block, Content content) {
            contents.put(block, content);
            var name = ByteString.utf8("block-" + block);
            entries.put(name, new Entry.File(name, PLAIN, content, ByteString.EMPTY));
        }

        private Optional<RokUrl> some() {
            return any(new ArrayList<>(committed.keySet()));
        }

        private Optional<RokUrl> any(List<RokUrl> of) {
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
                    catalog.delete(url.get());
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
            try (var _ = catalog.pin(version.get())) {
                used.add(url.get());
                for (var member : version.get().members()) {
                    check(repository.reader(), member.root(), () -> {
                        tick();
                        self.pause(Duration.ofMillis(random(10_000)));
                    });
                }
                count("read");
            } catch (StoreException.Unavailable e) {
                count("read not answered");
            } catch (StoreException.Missing | StoreException.Corrupt e) {
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

        void collect() {
            self.pause(Duration.ofMillis(random(60_000)));
            var collector = new Collector(repository, new CatalogScan(store, actor), self::pause);
            try {
                var report = collector.collect(Duration.ofSeconds(random(300)));
                count("gc " + report.outcome());
                counts.merge("gc packs deleted", report.dead().count(), Long::sum);
                counts.merge("gc packs emptied", report.sparse().count(), Long::sum);
                counts.merge("gc packs rescued", report.rescued(), Long::sum);
            } catch (StoreException.Unavailable e) {
                count("gc not answered");
            }
        }
    }

    /** Every committed version that is in the store reads back, and every one that should be there is. */
    void check() {
        var repository = Repository.open(objects, cache, new Random(1));
        var catalog = new Catalog(objects, ACCOUNT, Optional.empty(), Actor.system());
        for (var url : committed.keySet()) {
            if (!deleted.contains(url) && !(catalog.record(url).orElse(null) instanceof VersionRecord.Committed)) {
                throw new AssertionError("Version %s was committed and is gone".formatted(url));
            }
        }
        for (var file : catalog.files(BUCKET).items()) {
            for (var found : catalog.versions(BUCKET, file.name()).items()) {
                if (catalog.record(found.url()).orElse(null) instanceof VersionRecord.Committed version) {
                    check(
                            repository.reader(),
                            version.version().members().getFirst().root(),
                            () -> {});
                    counts.merge("checked at the end", 1L, Long::sum);
                }
            }
        }
    }

    /** When all is quiet, a few collections leave nothing to be collected. */
    void checkGarbage() {
        var late = simulation.now().plus(Duration.ofDays(30));
        var random = new Random(2);
        var actor = new Actor(new Writer("end", "", "", "", 1, 1, "end"), () -> late, random, (_, _) -> () -> {});
        GcReport report = null;
        for (var i = 0; i < 5 && (report == null || report.outcome() != GcReport.Outcome.NOTHING); i++) {
            var repository = Repository.open(objects, cache, random);
            report =
                    new Collector(repository, new CatalogScan(objects, actor), _ -> {}).collect(Duration.ofSeconds(10));
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
