package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import rok.catalog.Actor;
import rok.catalog.Version;
import rok.check.Check;
import rok.check.CheckOptions;
import rok.check.CheckReport;
import rok.check.Repair;
import rok.check.Statistics;
import rok.check.TimeBox;
import rok.check.Watch;
import rok.check.Whereabouts;
import rok.names.BucketName;
import rok.names.FileName;
import rok.object.FolderObjectStore;
import rok.object.ObjectKey;
import rok.pack.PackReader;
import rok.volume.Existing;

/** Checks beside others, in parts, in a time box; repairs that are killed; and what is told of a store. */
@ParameterizedClass
@EnumSource
class CheckTest {
    private static final String ACCOUNT = "user";

    private final Random random = new Random(7);
    private final StoreKind kind;

    @TempDir
    Path temp;

    CheckTest(StoreKind kind) {
        this.kind = kind;
    }

    private Path write(Path folder, String path, int length) throws IOException {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        var file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    private Path live(String name) throws IOException {
        var live = temp.resolve(name);
        for (var i = 0; i < 30; i++) {
            write(live, "d%d/e/file".formatted(i), 1000 + i);
        }
        write(live, "large", 2_000_000);
        return live;
    }

    @Test
    void aCheckBesideWritersAndDeletersFindsNothing() throws Exception {
        var folders = List.of(live("one"), live("two"));
        var stop = new AtomicBoolean();
        var made = new AtomicLong();
        try (var store = new TestStore(temp, kind, ACCOUNT);
                var threads = Executors.newCachedThreadPool()) {
            var writers = new ArrayList<Callable<Void>>();
            for (var folder : folders) {
                var content = new Random(folder.hashCode());
                writers.add(() -> {
                    for (var i = 0; !stop.get(); i++) {
                        var bytes = new byte[50_000];
                        content.nextBytes(bytes);
                        Files.write(folder.resolve("d%d/e/file".formatted(i % 30)), bytes);
                        store.snapshot(folder);
                        made.incrementAndGet();
                    }
                    return null;
                });
            }
            writers.add(() -> {
                while (!stop.get()) {
                    var files = new FileName("file");
                    var bucket = new BucketName("tests");
                    if (made.get() > 6) {
                        var versions = store.catalog.versions(bucket, files).items();
                        store.catalog.delete(
                                versions.get(versions.size() / 2 + 1).url());
                        made.addAndGet(-1);
                    }
                    Thread.onSpinWait();
                }
                return null;
            });
            var running = writers.stream().map(threads::submit).toList();
            try {
                for (var checks = 0; checks < 12; checks++) {
                    var report = new Check(
                                    kind.open(store.objects, temp.resolve("other-cache")),
                                    DamagedStore.options(checks % 3 == 0 ? 100 : 0))
                            .run();
                    assertThat(report.findings()).isEmpty();
                    assertThat(report.complete()).isTrue();
                }
            } finally {
                stop.set(true);
            }
            for (var writer : running) {
                writer.get();
            }
            assertThat(made.get()).isPositive();
        }
    }

    @Test
    void aRepairBesideWritersHealsAndHurtsNobody() throws Exception {
        var live = live("one");
        var busy = live("two");
        try (var store = new TestStore(temp, kind, ACCOUNT);
                var threads = Executors.newSingleThreadExecutor()) {
            var first = store.snapshot(live);
            breakBiggestPack(store.folder);
            var stop = new AtomicBoolean();
            var written = new ArrayList<Version>();
            var writing = threads.submit(() -> {
                for (var i = 0; !stop.get() || i < 3; i++) {
                    write(busy, "new" + i, 70_000);
                    written.add(store.snapshot(busy));
                }
                return null;
            });
            var repaired = new Repair(
                            kind.open(store.objects, temp.resolve("other-cache")),
                            DamagedStore.options(100),
                            List.of(new LiveFolder(live)),
                            _ -> {})
                    .run();
            stop.set(true);
            writing.get();
            assertThat(repaired.found().isGood()).isFalse();
            assertThat(repaired.healed()).isTrue();
            for (var version : List.of(first, written.getFirst(), written.getLast())) {
                store.restore(version, temp.resolve("out" + version.url().version()));
            }
            assertThat(TestFolders.contents(temp.resolve("out" + first.url().version())))
                    .isEqualTo(TestFolders.contents(live));
        }
    }

    private static void breakBiggestPack(Path store) throws IOException {
        try (var packs = Files.walk(store.resolve("packs"))) {
            var pack = packs.filter(Files::isRegularFile)
                    .max(java.util.Comparator.comparingLong(
                            path -> path.toFile().length()))
                    .orElseThrow();
            var bytes = Files.readAllBytes(pack);
            for (var at = 100; at < bytes.length - 100; at += 50_000) {
                bytes[at] ^= 1;
            }
            Files.write(pack, bytes);
        }
    }

    @Test
    void aRepairThatIsKilledAnywhereIsFinishedByTheNext() throws Exception {
        var live = live("one");
        Version version;
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            version = store.snapshot(live);
            write(live, "later", 100_000);
            version = store.snapshot(live);
        }
        var broken = temp.resolve("store");
        breakBiggestPack(broken);
        try (var segments = Files.list(broken.resolve("index/0"))) {
            Files.write(segments.sorted().findFirst().orElseThrow(), new byte[100]);
        }
        var kills = 0;
        for (var diesAt = 0; diesAt < 100; diesAt++) {
            var folder = temp.resolve("killed" + diesAt);
            DamagedStore.copy(broken, folder.resolve("store"));
            var isKilled = false;
            try (var dying = new DyingStore(new FolderObjectStore(folder.resolve("store")), diesAt)) {
                new Repair(
                                kind.open(dying, folder.resolve("cache")),
                                DamagedStore.options(100),
                                List.of(new LiveFolder(live)),
                                _ -> {})
                        .run();
            } catch (DyingStore.Killed e) {
                isKilled = true;
                kills++;
            }
            try (var store = DamagedStore.in(folder.resolve("store"), folder.resolve("cache2"), kind)) {
                var second = store.repair(new LiveFolder(live));
                assertThat(second.lost())
                        .as("killed at %d, then %s".formatted(diesAt, second.actions()))
                        .isEmpty();
                assertThat(store.check(100).findings()).isEmpty();
                new Restorer(
                                store.repository.of(ACCOUNT).reader(),
                                store.catalog(ACCOUNT),
                                new StatCaches(folder.resolve("cache2"), store.repository))
                        .restore(
                                version,
                                version.members(),
                                folder.resolve("out"),
                                List.of(),
                                Existing.REFUSE,
                                Progress.NONE);
                assertThat(TestFolders.contents(folder.resolve("out"))).isEqualTo(TestFolders.contents(live));
            }
            TestFolders.delete(folder);
            if (!isKilled) {
                break;
            }
        }
        assertThat(kills)
                .as("a repair changes things often enough to be killed")
                .isBetween(5, 99);
    }

    /** Nothing says where a chunk lies: records are found by their lengths, and told by what versions miss. */
    @Test
    void packsWithoutFootersAndIndexGiveUpAllThatVersionsNeed() throws Exception {
        var live = live("one");
        Version version;
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            version = store.snapshot(live);
        }
        var folder = temp.resolve("store");
        TestFolders.delete(folder.resolve("index"));
        try (var objects = new FolderObjectStore(folder);
                var packs = Files.walk(folder.resolve("packs"))) {
            for (var pack : packs.filter(Files::isRegularFile).toList()) {
                var key = new ObjectKey(folder.relativize(pack).toString());
                var last = PackReader.entries(objects, PackReader.name(key)).getLast();
                Files.write(pack, Arrays.copyOf(Files.readAllBytes(pack), last.offset() + last.length()));
            }
        }
        try (var store = DamagedStore.in(folder, temp.resolve("cache2"), kind)) {
            assertThat(store.check(100).isGood()).isFalse();
            assertThat(store.repair().lost()).isEmpty();
            assertThat(store.check(100).findings()).isEmpty();
        }
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            store.restore(version, temp.resolve("out"));
        }
        assertThat(TestFolders.contents(temp.resolve("out"))).isEqualTo(TestFolders.contents(live));
    }

    @Test
    void partsAddUpToAllAndTheMemoryOfThemMayBeLost() throws Exception {
        var live = live("one");
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            for (var i = 0; i < 8; i++) {
                write(live, "more" + i, 300_000);
                store.snapshot(live);
            }
            var packs = 0L;
            CheckReport report;
            do {
                report = store(store).check(20);
                packs += report.reach().readPacks();
                assertThat(report.isGood()).isTrue();
                assertThat(report.reach().readPacks()).isPositive();
            } while (report.reach().unverifiedBytes() > 0);
            // The last part is filled up with what was read longest ago
            assertThat(packs)
                    .isBetween(report.reach().packs(), 2 * report.reach().packs());
            assertThat(store(store).check(0).reach().unverifiedBytes()).isZero();
            var kept = store.cache.resolve(store.repository.id()).resolve("verified");
            var bytes = Files.readAllBytes(kept);
            assertThat(bytes).hasSize(16 + 24 * (int) report.reach().packs());
            bytes[20] ^= 1;
            Files.write(kept, bytes);
            assertThat(store(store).check(0).reach().unverifiedBytes())
                    .isEqualTo(report.reach().bytesTotal());
            Files.delete(kept);
            assertThat(store(store).check(100).reach().unverifiedBytes()).isZero();
        }
    }

    private DamagedStore store(TestStore store) {
        return new DamagedStore(store.objects, store.cache, kind);
    }

    @Test
    void timeRunsOutCleanly() throws Exception {
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            store.snapshot(live("one"));
            for (var ticks = 0; ticks < 10; ticks++) {
                var left = new AtomicLong(ticks);
                var box = TimeBox.of(
                        () -> left.getAndDecrement() > 0
                                ? 0
                                : Duration.ofHours(1).toNanos(),
                        Optional.of(Duration.ofMinutes(10)));
                var report =
                        new Check(store.repository, new CheckOptions(100, box, 1, Actor.system(), Watch.NONE)).run();
                assertThat(report.findings()).isEmpty();
                assertThat(report.complete())
                        .isEqualTo(report.reach().readPacks() == report.reach().packsTotal()
                                && report.reach().allVersions());
                if (ticks == 1) {
                    assertThat(report.complete()).isFalse();
                }
            }
        }
        assertThatThrownBy(() -> DamagedStore.options(101)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void statisticsAddUp() throws Exception {
        var live = live("one");
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            var first = store.snapshot(live);
            var second = store.snapshot(live);
            var stats = Statistics.of(store.repository);
            assertThat(stats.versions()).isEqualTo(2);
            assertThat(stats.files()).isEqualTo(1);
            assertThat(stats.logicalBytes())
                    .isEqualTo(first.size().logical() + second.size().logical());
            assertThat(stats.uniqueBytes())
                    .isEqualTo(first.size().fresh() + second.size().fresh());
            assertThat(stats.packBytes())
                    .isEqualTo(first.size().stored() + second.size().stored())
                    .isGreaterThan(stats.recordBytes());
            assertThat(stats.chunkSizes().stream()
                            .mapToLong(Statistics.Bar::chunks)
                            .sum())
                    .isEqualTo(stats.chunks());
            assertThat(stats.chunkSizes().stream()
                            .mapToLong(Statistics.Bar::bytes)
                            .sum())
                    .isEqualTo(stats.uniqueBytes());
            assertThat(stats.deduplication()).isBetween(1.9, 2.0);
            assertThat(stats.largestFiles()).extracting(Statistics.Share::name).containsExactly("tests/file");
            assertThat(stats.damaged()).isEmpty();
        }
    }

    @Test
    void whyNamesEveryUserOfAChunkAndOfItsPack() throws Exception {
        var live = live("one");
        Files.copy(live.resolve("d3/e/file"), live.resolve("copy"));
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            store.snapshot(live);
            Files.delete(live.resolve("copy"));
            store.snapshot(live);
            var id = store.repository.reader().codec().id(Files.readAllBytes(live.resolve("d3/e/file")), 0, 1003);
            var where = new Whereabouts(store.repository);
            var things = where.find(id.toString().substring(0, 16));
            assertThat(things).containsExactly(new Whereabouts.Thing.Chunk(id));
            var answer = where.explain(things.getFirst(), 20);
            assertThat(answer.users())
                    .extracting(hurt -> hurt.path())
                    .containsExactly("copy", "d3/e/file", "d3/e/file");
            assertThat(answer.more()).isFalse();
            assertThat(where.explain(things.getFirst(), 2).more()).isTrue();
            var place = answer.places().getFirst();
            var pack = where.find(place.pack());
            assertThat(pack).hasSize(1);
            assertThat(where.explain(pack.getFirst(), 1000).users())
                    .extracting(hurt -> hurt.path())
                    .contains("large", "copy");
            var segment = where.find(answer.segments().getFirst());
            assertThat(where.explain(segment.getFirst(), 1000).users())
                    .extracting(hurt -> hurt.path())
                    .contains("copy");
            assertThat(where.find("0000000000000000")).isEmpty();
        }
    }

    @Test
    void garbageIsToldAndIsNoDamage() throws Exception {
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            store.snapshot(live("one"));
            try (var writer = store.repository.writer();
                    var lane = writer.lane()) {
                var bytes = new byte[1000];
                random.nextBytes(bytes);
                lane.write(bytes, 0, bytes.length);
                writer.flush();
            }
            try (var segments = Files.list(store.folder.resolve("index/0"))) {
                Files.delete(segments.min(java.util.Comparator.comparingLong(
                                path -> path.toFile().length()))
                        .orElseThrow());
            }
            Files.createDirectories(store.folder.resolve("packs/zz"));
            Files.writeString(store.folder.resolve("packs/zz/what"), "is this");
            var report = store(store).check(100);
            assertThat(report.findings()).isEmpty();
            assertThat(report.notes()).hasSize(2);
            assertThat(store(store).repair().actions()).isEmpty();
        }
    }
}
