package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import rok.catalog.Actor;
import rok.catalog.CatalogScan;
import rok.catalog.Version;
import rok.check.Finding;
import rok.gc.Collector;
import rok.gc.GcReport;
import rok.volume.Existing;

/**
 * Every object of a store of several versions, broken in every way: a check must find it, and say exactly what reading
 * everything finds to be unreadable; a repair must bring back what can be had, and say exactly what it can't.
 */
@ParameterizedClass
@EnumSource
class DamageMatrixTest {
    private static final long SEED = Long.getLong("rok.damage.seed", System.nanoTime());

    /** So many other objects of its kind take an object's place, chosen anew by each seed. */
    private static final int SWAPS_MAX = 4;

    private static final String ACCOUNT = "user";
    /** Has what the other one has, and more: where they do not share, with keys and ids of its own. */
    private static final String OTHER_ACCOUNT = "other";

    private final Random random = new Random(SEED);
    private final StoreKind kind;

    @TempDir
    Path temp;

    private Path live;
    private Path good;
    private Map<String, String> liveContents = Map.of();
    private final List<Version> versions = new ArrayList<>();
    private final Map<Path, byte[]> pins = new LinkedHashMap<>();

    DamageMatrixTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void makeStore() throws Exception {
        live = Files.createDirectories(temp.resolve("live"));
        write("a/one.txt", 3000);
        write("a/b/two.bin", 120_000);
        write("a/b/c/three.bin", 700_000);
        write("large.bin", 2_500_000);
        Files.createSymbolicLink(live.resolve("link"), Path.of("a/one.txt"));
        for (var i = 0; i < 60; i++) {
            write("many/%d/file".formatted(i), 200 + i);
        }
        try (var other = new TestStore(temp, kind, OTHER_ACCOUNT);
                var store = new TestStore(temp, kind, ACCOUNT)) {
            versions.add(store.snapshot(live));
            other.snapshot(live.resolve("a"));
            rotate(store);
            write("a/b/two.bin", 130_000);
            versions.add(store.snapshot(live));
            write("new/four.bin", 400_000);
            Files.delete(live.resolve("many/3/file"));
            versions.add(store.snapshot(live));
            // Two collections, and what a reader of each of two versions leaves that is killed
            collect(store, "one.bin");
            collect(store, "two.bin");
            for (var version : versions.subList(1, 3)) {
                try (var _ = store.catalog.pin(version)) {
                    keepPins(store.folder.resolve("catalog"));
                }
            }
            keepPins(store.folder.resolve("catalog"));
        }
        good = temp.resolve("store");
        liveContents = TestFolders.contents(live);
    }

    /** Half of the store has other keys then. */
    private static void rotate(TestStore store) {
        store.repository.keys().ifPresent(keys -> {
            keys.rotate();
        });
    }

    /** Makes a version that is deleted, and collects it. */
    private void collect(TestStore store, String passing) throws IOException {
        var bytes = new byte[200_000];
        random.nextBytes(bytes);
        Files.createDirectories(temp.resolve("passing"));
        Files.write(temp.resolve("passing").resolve(passing), bytes);
        store.catalog.delete(store.snapshot(temp.resolve("passing")).url());
        var report = new Collector(
                        store.repository,
                        new CatalogScan(store.objects, Actor.system(), store.repository.storeKeys()),
                        _ -> {})
                .collect(Duration.ZERO);
        assertThat(report.outcome()).isEqualTo(GcReport.Outcome.COLLECTED);
    }

    /** Pins go when they are closed: those seen before are put back. */
    private void keepPins(Path catalog) throws IOException {
        try (var all = Files.walk(catalog)) {
            for (var file : all.filter(path -> path.getFileName().toString().contains("+"))
                    .toList()) {
                pins.put(file, Files.readAllBytes(file));
            }
        }
        for (var pin : pins.entrySet()) {
            Files.write(pin.getKey(), pin.getValue());
        }
    }

    private void write(String path, int length) throws IOException {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        var file = live.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    /** Breaks the bytes of an object; null deletes it. */
    @FunctionalInterface
    private interface Breaking {
        byte @Nullable [] of(byte[] bytes);
    }

    private Map<String, Breaking> breakings(String key, List<String> keys) throws IOException {
        var ways = new LinkedHashMap<String, Breaking>();
        ways.put("dropped", _ -> null);
        ways.put("empty", _ -> new byte[0]);
        ways.put("cut in the middle", bytes -> Arrays.copyOf(bytes, bytes.length / 2));
        ways.put("cut by one", bytes -> Arrays.copyOf(bytes, bytes.length - 1));
        ways.put("longer by zeros", bytes -> Arrays.copyOf(bytes, bytes.length + 512));
        ways.put("all zeros", bytes -> new byte[bytes.length]);
        ways.put("zeros in the middle", bytes -> zeros(bytes, bytes.length / 3, bytes.length / 2));
        for (var at : new double[] {0, 0.0001, 0.3, 0.7, 0.999, 1, random.nextDouble(), random.nextDouble()}) {
            var bit = 1 << random.nextInt(8);
            ways.put("bit %x at %f".formatted(bit, at), bytes -> flipped(bytes, (int) (at * (bytes.length - 1)), bit));
        }
        for (var fromEnd : new int[] {8, 15, 20, 40}) {
            ways.put("bit at -" + fromEnd, bytes -> flipped(bytes, Math.max(0, bytes.length - fromEnd), 1));
        }
        var others = new ArrayList<>(keys);
        Collections.shuffle(others, random);
        others.removeIf(other -> other.equals(key) || !kind(other).equals(kind(key)));
        for (var other : others.subList(0, Math.min(SWAPS_MAX, others.size()))) {
            var swapped = Files.readAllBytes(good.resolve(other));
            ways.put("swapped with " + other, _ -> swapped);
        }
        return ways;
    }

    private static byte[] zeros(byte[] bytes, int from, int to) {
        Arrays.fill(bytes, from, to, (byte) 0);
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, int at, int bit) {
        bytes[at] ^= (byte) bit;
        return bytes;
    }

    private String kind(String key) {
        if (key.endsWith(".json")) {
            // Two buckets of one name say the same, where no key binds them to their names
            return kind == StoreKind.OPEN ? key : "bucket";
        }
        return key.substring(0, key.indexOf('/'));
    }

    private List<String> keys() throws IOException {
        try (var all = Files.walk(good)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> good.relativize(path).toString())
                    .filter(key -> !key.startsWith(".store") && !key.equals("rok.json") && !key.startsWith("keys/"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aQuarterOfAllDamageIsFoundAndNamedAndRepaired() throws Exception {
        assertThat(run(4)).isGreaterThan(50);
    }

    @Test
    @Tag("slow")
    void everyDamageIsFoundAndNamedAndRepaired() throws Exception {
        assertThat(run(1)).isGreaterThan(150);
    }

    /** One of so many cases, chosen anew by each seed; answers how many there were. */
    private int run(int part) throws Exception {
        System.out.println("damage: -Drok.damage.seed=" + SEED);
        var keys = keys();
        var cases = 0;
        for (var key : keys) {
            for (var way : breakings(key, keys).entrySet()) {
                if (random.nextInt(part) == 0 && !isNothing(key, way.getKey(), way.getValue())) {
                    var name = "%s %s (seed %d)".formatted(key, way.getKey(), SEED);
                    try {
                        one(temp.resolve("case" + cases++), key, way.getValue(), name);
                    } catch (Exception e) {
                        throw new AssertionError(name, e);
                    }
                }
            }
        }
        System.out.println("damage: %d cases".formatted(cases));
        return cases;
    }

    /** What is no damage. */
    private boolean isNothing(String key, String way, Breaking breaking) throws IOException {
        var bytes = Files.readAllBytes(good.resolve(key));
        if (Arrays.equals(bytes, breaking.of(bytes.clone()))) {
            return true;
        }
        if (way.equals("dropped")) {
            // A version that is gone without a trace is one that was deleted; a pin, one whose reader has ended.
            // What an epoch decided is of no interest once it is done, and the last one that is not done will be
            // finished
            return (key.startsWith("catalog/") && !key.endsWith(".json"))
                    || key.endsWith("+dead")
                    || key.equals("gc/0000000002+done");
        }
        // Two lists of one epoch differ in nothing but what they list, where no key binds them to their names
        return kind == StoreKind.OPEN && key.startsWith("gc/") && way.equals("swapped with " + twin(key));
    }

    private static String twin(String key) {
        return key.endsWith("+dead") ? key.substring(0, key.indexOf('+')) : key + "+dead";
    }

    private void one(Path folder, String key, Breaking breaking, String name) throws Exception {
        var broken = folder.resolve("store");
        DamagedStore.copy(good, broken);
        var file = broken.resolve(key);
        var bytes = breaking.of(Files.readAllBytes(file));
        if (bytes == null) {
            Files.delete(file);
        } else {
            Files.write(file, bytes);
        }
        try (var store = DamagedStore.in(broken, folder.resolve("cache"), kind)) {
            var unreadable = store.unreadable();
            var report = store.check(100);
            assertThat(report.findings()).as("findings of " + name).isNotEmpty();
            assertThat(report.complete()).as(name).isTrue();
            assertThat(DamagedStore.hurts(report.findings()))
                    .as("hurts of " + name)
                    .isEqualTo(unreadable);
            // What stands in place of a lost segment is all that is left to name
            if (!key.startsWith("index/")) {
                assertThat(report.findings().stream().map(Finding::object))
                        .as("objects of " + name)
                        .anyMatch(object -> object.startsWith(key));
            }
        }
        var second = folder.resolve("second");
        DamagedStore.copy(broken, second);
        repair(broken, folder.resolve("cache2"), name);
        repairFromLive(second, folder.resolve("cache3"), key, name);
        TestFolders.delete(folder);
    }

    private void repair(Path broken, Path cache, String name) {
        try (var store = DamagedStore.in(broken, cache, kind)) {
            var before = store.unreadable();
            var report = store.repair();
            var after = store.unreadable();
            var lost = DamagedStore.hurts(report.lost());
            assertThat(before).as("repair makes nothing worse: " + name).containsAll(after);
            // Versions whose record was moved away are not there to be read
            var gone = new TreeSet<>(lost);
            gone.removeAll(after);
            assertThat(after).as("lost of " + name).isSubsetOf(lost);
            assertThat(gone).as("lost records of " + name).allMatch(hurt -> !hurt.contains(":"));
            assertThat(report.healed()).as(name).isEqualTo(lost.isEmpty());
            assertThat(store.check(100).isGood())
                    .as("good after repair: " + name)
                    .isEqualTo(after.isEmpty());
            assertThat(store.repair().actions())
                    .as("nothing left to do: " + name)
                    .isEmpty();
        }
    }

    /** The live folder is as its last version: nothing of that may stay lost, and nothing that was written since. */
    private void repairFromLive(Path broken, Path cache, String key, String name) throws Exception {
        try (var store = DamagedStore.in(broken, cache, kind)) {
            var report = store.repair(new LiveFolder(live));
            var last = versions.getLast();
            var isRecord = key.endsWith(last.url().version().value());
            if (!isRecord) {
                assertThat(DamagedStore.hurts(report.lost()))
                        .as("last version of " + name)
                        .noneMatch(hurt -> hurt.startsWith(last.url().version().value()));
                var out = cache.resolve("out");
                new Restorer(
                                store.repository.of(ACCOUNT).reader(),
                                store.catalog(ACCOUNT),
                                new StatCaches(cache, store.repository))
                        .restore(last, last.members(), out, List.of(), Existing.REFUSE, Progress.NONE);
                assertThat(TestFolders.contents(out)).as("bytes of " + name).isEqualTo(liveContents);
            }
        }
    }
}
