package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import rok.catalog.Actor;
import rok.catalog.CatalogScan;
import rok.catalog.Version;
import rok.check.CheckReport;
import rok.check.Finding;
import rok.format.StoreException;
import rok.gc.Collector;
import rok.gc.GcReport;
import rok.index.SessionIndex;
import rok.object.FolderObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore.Condition;
import rok.pack.PackEntry;
import rok.pack.PackReader;
import rok.repository.Repository;

/**
 * What somebody without a key puts into an encrypted store: a check names it, and a repair neither believes it nor throws away
 * anything that may be good.
 */
@ParameterizedClass
@EnumSource(value = StoreKind.class, names = "OPEN", mode = EnumSource.Mode.EXCLUDE)
class StrangerTest {
    private static final String ACCOUNT = "user";

    private final StoreKind kind;
    private final Random random = new Random(5);

    @TempDir
    Path temp;

    private Path live;
    private Path folder;
    private Version version;

    StrangerTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void makeStore() throws Exception {
        live = Files.createDirectories(temp.resolve("live"));
        for (var i = 0; i < 5; i++) {
            Files.write(live.resolve("file" + i), bytes(60_000));
        }
        folder = temp.resolve("store");
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            version = store.snapshot(live);
        }
    }

    private byte[] bytes(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Path more() throws IOException {
        var more = Files.createDirectories(temp.resolve("more"));
        Files.write(more.resolve("file"), bytes(300_000));
        return more;
    }

    private DamagedStore store() {
        return DamagedStore.in(folder, temp.resolve("cache" + random.nextLong()), kind);
    }

    private CheckReport check() {
        try (var store = store()) {
            return store.check(100);
        }
    }

    private void put(String key, byte[] content) throws IOException {
        var file = folder.resolve(key);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private String onlyKey(String below, String ending) throws IOException {
        try (var all = Files.walk(folder.resolve(below))) {
            return all.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString())
                    .filter(key -> key.endsWith(ending))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Map<String, String> contents() throws Exception {
        var contents = new TreeMap<>(TestFolders.contents(folder));
        contents.keySet().removeIf(key -> key.startsWith(".store"));
        return contents;
    }

    private GcReport collect() {
        try (var store = store()) {
            return new Collector(
                            store.repository,
                            new CatalogScan(store.objects, Actor.system(), store.repository.storeKeys()),
                            _ -> {})
                    .collect(Duration.ZERO);
        }
    }

    private void named(Finding.Kind as, String object) {
        assertThat(check().findings()).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(as);
            assertThat(finding.object()).startsWith(object);
            assertThat(finding.problem()).doesNotContain("Exception").isNotBlank();
        });
    }

    /** All is as it was, and nothing is left to find, or in the way of a collection. */
    private void repairs() throws Exception {
        try (var store = store()) {
            var report = store.repair();
            assertThat(report.found().isGood()).isFalse();
            assertThat(DamagedStore.hurts(report.lost())).isEmpty();
        }
        assertThat(check().findings()).isEmpty();
        collect();
        assertThat(check().findings()).isEmpty();
        restores();
    }

    private void restores() throws Exception {
        var out = temp.resolve("out" + random.nextLong());
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            store.restore(version, out);
        }
        assertThat(TestFolders.contents(out)).isEqualTo(TestFolders.contents(live));
    }

    @Test
    void recordsUnderNamesOfHisOwn() throws Exception {
        var record = onlyKey("catalog", version.url().version().value());
        var planted = "catalog/aaaa/bbbb/cccc/" + version.url().version();
        put(planted, Files.readAllBytes(folder.resolve(record)));
        put("catalog/aaaa/bbbb/bucket.json", "{}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::collect).hasMessageContaining("not made with the store's keys");
        named(Finding.Kind.VERSION, planted);
        named(Finding.Kind.BUCKET, "catalog/aaaa/bbbb/bucket.json");
        repairs();
        assertThat(folder.resolve("quarantine").resolve(planted)).exists();
    }

    @Test
    void aPinThatNobodySealed() throws Exception {
        var planted = onlyKey("catalog", version.url().version().value()) + "+0123456789abcdef";
        put(planted, bytes(300));
        named(Finding.Kind.PIN, planted);
        repairs();
    }

    @Test
    void documentsOfCollectionsInTheOpen() throws Exception {
        try (var open = new TestStore(temp.resolve("open"))) {
            open.catalog.delete(open.snapshot(more()).url());
            new Collector(open.repository, new CatalogScan(open.objects, Actor.system()), _ -> {})
                    .collect(Duration.ZERO);
        }
        var theirs = temp.resolve("open/store/gc");
        for (var name : List.of("0000000001", "0000000001+dead", "0000000001+done")) {
            put("gc/" + name, Files.readAllBytes(theirs.resolve(name)));
            named(Finding.Kind.EPOCH, "gc/" + name);
            repairs();
        }
    }

    /** A collection that is open stays so: nobody but its collector says that it is done. */
    @Test
    void anEndThatNobodyWrote() throws Exception {
        try (var store = store()) {
            assertThat(store.repository.maintenance().publish(1, List.of())).isTrue();
        }
        put("gc/0000000001+done", new byte[] {'\n'});
        named(Finding.Kind.EPOCH, "gc/0000000001+done");
        try (var store = store()) {
            store.repair();
            assertThat(store.repository.maintenance().newest().state()).isEqualTo(rok.repository.Epoch.State.OPEN);
        }
        assertThat(check().findings()).isEmpty();
        assertThat(collect().outcome()).isEqualTo(GcReport.Outcome.COLLECTED);
        restores();
    }

    private List<PackEntry> entries(FolderObjectStore objects, String key) {
        return PackReader.entries(objects, PackReader.name(new ObjectKey(key)));
    }

    /** A segment that names another place for what is needed: the good pack is not given up for it. */
    @Test
    void aSegmentThatLies() throws Exception {
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            Files.write(live.resolve("later"), bytes(70_000));
            version = store.snapshot(live);
        }
        var packs = new ArrayList<String>();
        try (var all = Files.walk(folder.resolve("packs"))) {
            all.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString())
                    .forEach(packs::add);
        }
        assertThat(packs).hasSizeGreaterThan(1);
        try (var objects = new FolderObjectStore(folder)) {
            var session = new SessionIndex();
            var real = entries(objects, packs.getFirst());
            var other = PackReader.name(new ObjectKey(packs.getLast()));
            real.forEach(entry -> session.claim(entry.id()));
            session.setDurable(session.place(other, real));
            objects.put(
                    new ObjectKey("index/0/00112233445566778899aabbccddeeff"),
                    session.listable().segment(List.of(), ByteBuffer::allocate),
                    new Condition.IfAbsent());
        }
        assertThat(check().findings())
                .anySatisfy(finding -> assertThat(finding.problem()).contains("00112233445566778899aabbccddeeff"));
        repairs();
    }

    /** Of the same ids at the same places, with all checksums right, and encrypted with other keys. */
    @Test
    void aPackInPlaceOfAnother() throws Exception {
        var pack = onlyKey("packs", "");
        var before = Files.readAllBytes(folder.resolve(pack));
        var bytes = before.clone();
        try (var objects = new FolderObjectStore(folder)) {
            for (var entry : entries(objects, pack)) {
                var end = entry.offset() + entry.length() - 4;
                bytes[end - 1] ^= 1;
                ByteBuffer.wrap(bytes).putInt(end, rok.format.Checksum.of(bytes, entry.offset(), entry.length() - 4));
            }
        }
        put(pack, bytes);
        named(Finding.Kind.RECORD, pack);
        try (var store = store()) {
            var report = store.repair(new LiveFolder(live));
            assertThat(report.lost()).isEmpty();
        }
        assertThat(check().findings()).isEmpty();
        restores();
    }

    /** What is needed and opens with no key that there is now may be good: nothing of it is moved. */
    @Test
    void keysThatAreOlderThanWhatTheyAreToOpen() throws Exception {
        var keys = onlyKey("keys", "");
        var older = Files.readAllBytes(folder.resolve(keys));
        try (var store = new TestStore(temp, kind, ACCOUNT)) {
            store.repository.keys().orElseThrow().rotate();
            Files.write(live.resolve("later"), bytes(70_000));
            version = store.snapshot(live);
            assertThat(collect().outcome()).isNotNull();
        }
        var newer = Files.readAllBytes(folder.resolve(keys));
        put(keys, older);
        var before = contents();
        assertThat(check().findings())
                .anySatisfy(finding -> assertThat(finding.problem())
                        .contains("key generation 2")
                        .contains("put the newer one in its place"));
        try (var store = store()) {
            var report = store.repair();
            assertThat(report.healed()).isFalse();
            assertThat(report.actions()).isEmpty();
        }
        assertThat(contents()).isEqualTo(before);
        put(keys, newer);
        assertThat(check().findings()).isEmpty();
        restores();
    }

    /** Nothing else is left of who wrote it: its keys are not known, and nothing is done to it. */
    @Test
    void aPackOfAnAccountThatIsNotThere() throws Exception {
        try (var other = new TestStore(temp, kind, "other")) {
            other.snapshot(more());
        }
        // Where accounts share, the other one's versions are theirs who are left
        var mine = Path.of(onlyKey("catalog", version.url().version().value()));
        try (var accounts = Files.list(folder.resolve("catalog"))) {
            for (var account : accounts.toList()) {
                if (!account.getFileName().equals(mine.getName(1))) {
                    TestFolders.delete(account);
                }
            }
        }
        var before = contents();
        var report = check();
        assertThat(report.findings()).isEmpty();
        if (kind == StoreKind.ENCRYPTED_BY_ACCOUNT) {
            assertThat(report.notes()).isNotEmpty();
        }
        try (var store = store()) {
            assertThat(store.repair().actions()).isEmpty();
        }
        assertThat(contents()).isEqualTo(before);
        restores();
    }

    /** A store that is not encrypted in its place would take the next snapshot in the open. */
    @Test
    void aStoreWithoutItsParametersIsNotMadeAnOpenOne() throws Exception {
        try (var open = new TestStore(temp.resolve("open"))) {
            open.snapshot(live);
        }
        try (var packs = Files.walk(temp.resolve("open/store/packs"))) {
            var plain = packs.filter(Files::isRegularFile).findFirst().orElseThrow();
            put("packs/00/00000000000000000000000000000000", Files.readAllBytes(plain));
        }
        Files.delete(folder.resolve("rok.json"));
        var keys = onlyKey("keys", "");
        for (var round = 0; round < 2; round++) {
            var before = contents();
            try (var objects = new FolderObjectStore(folder)) {
                assertThat(Repository.problem(objects)).isPresent();
                assertThatThrownBy(() -> Repository.rebuild(objects))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("put back a copy");
            }
            assertThat(contents()).isEqualTo(before);
            Files.deleteIfExists(folder.resolve(keys));
        }
    }
}
