package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rok.catalog.Actor;
import rok.catalog.CatalogScan;
import rok.catalog.Pause;
import rok.catalog.Version;
import rok.gc.Collector;
import rok.names.BucketName;
import rok.names.FileName;
import rok.snapshot.Extent;
import rok.snapshot.Extents;

/** Versions of disks by what changed, compared with the disks byte for byte. */
class DiskVersionsTest {
    private static final int PAGE = CopiedDisks.PAGE;
    private static final int SEED = 20261130;

    @TempDir
    Path temporary;

    private final Random random = new Random(SEED);
    private CopiedDisks disks;
    private TestStore store;
    private int restored;

    @BeforeEach
    void open() throws IOException {
        disks = new CopiedDisks(Files.createDirectories(temporary.resolve("disks")));
        store = new TestStore(temporary.resolve("open"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void everyVersionIsTheDiskAsItWasWhateverWasWritten(StoreKind kind) throws Exception {
        try (var of = new TestStore(temporary.resolve(kind.name()), kind, "user")) {
            disk("disk", 70_000_000);
            var versions = new ArrayList<Version>();
            var states = new ArrayList<byte[]>();
            for (var round = 0; round < 8; round++) {
                versions.add(snapshot(of, "disk"));
                states.add(Files.readAllBytes(disks.image("disk")));
                scatter("disk", 300);
                if (round % 3 == 2) {
                    write("disk", random.nextInt(10_000), 2_000_000);
                    discard("disk", random.nextInt(10_000), 100);
                }
            }
            for (var i = 0; i < versions.size(); i++) {
                assertThat(restored(of, versions.get(i)))
                        .as("round %d, seed %d", i, SEED)
                        .isEqualTo(states.get(i));
            }
            assertThat(capture(versions.getFirst()).fullRead()).isEqualTo("it has no base yet");
            versions.stream()
                    .skip(1)
                    .forEach(version -> assertThat(capture(version).fullRead()).isEmpty());
        }
    }

    @Test
    void scatteredPagesCostWhatTheyHold() throws Exception {
        disk("disk", 100_000_000);
        snapshot(store, "disk");
        var written = scatter("disk", 1_000);
        var version = snapshot(store, "disk");
        var capture = capture(version);
        assertThat(capture.changedBytes()).isEqualTo(written);
        assertThat(capture.readBytes()).isBetween(written, written + written / 20 + (1 << 20) + (256 << 10));
        assertThat(version.size().stored()).isBetween(written, written + written / 4);
        assertThat(extents(store, version)).filteredOn(Extent::isRange).hasSizeGreaterThan(1_000);
    }

    @Test
    void nothingChangedReadsOnlyTheAuditedShareAndMovesOn() throws Exception {
        disk("disk", 20_000_000);
        var first = snapshot(store, "disk");
        var read = 0L;
        for (var round = 0; round < 25; round++) {
            var again = snapshot(store, "disk");
            assertThat(again.hash()).isEqualTo(first.hash());
            assertThat(again.size().fresh()).isZero();
            assertThat(capture(again).changedBytes()).isZero();
            read += capture(again).readBytes();
        }
        assertThat(read).isGreaterThan(20_000_000);
    }

    /** Of a disk that one audit goes through. */
    @Test
    void aChangeThatExtentsDoNotTellIsFoundByTheAuditAndAllIsRead() throws Exception {
        disk("disk", 1_000_000);
        snapshot(store, "disk");
        disks.overlooked = 100;
        write("disk", 100, PAGE);
        var version = snapshot(store, "disk");
        assertThat(capture(version).fullRead()).contains("says that nothing changed");
        assertThat(restored(store, version)).isEqualTo(Files.readAllBytes(disks.image("disk")));
    }

    @Test
    void aBaseWhoseVersionIsDeletedIsNotBuiltOn() throws Exception {
        disk("disk", 5_000_000);
        var first = snapshot(store, "disk");
        store.catalog.delete(first.url());
        var second = snapshot(store, "disk");
        assertThat(capture(second).fullRead())
                .contains("is deleted")
                .contains(first.url().toString());
        collect();
        assertThat(restored(store, second)).isEqualTo(Files.readAllBytes(disks.image("disk")));
    }

    @Test
    void aBaseOfAnotherStoreIsNotBuiltOn() throws Exception {
        disk("disk", 5_000_000);
        snapshot(store, "disk");
        try (var other = new TestStore(temporary.resolve("other"))) {
            var version = snapshot(other, "disk");
            assertThat(capture(version).fullRead()).contains("another store");
            assertThat(restored(other, version)).isEqualTo(Files.readAllBytes(disks.image("disk")));
        }
    }

    @Test
    void chunksOfRangesOutliveTheVersionsThatStoredThem() throws Exception {
        disk("disk", 30_000_000);
        var versions = new ArrayList<Version>();
        for (var round = 0; round < 6; round++) {
            versions.add(snapshot(store, "disk"));
            scatter("disk", 200);
        }
        var last = versions.removeLast();
        var state = restored(store, last);
        versions.forEach(version -> store.catalog.delete(version.url()));
        collect();
        assertThat(restored(store, last)).isEqualTo(state);
        var next = snapshot(store, "disk");
        assertThat(capture(next).fullRead()).isEmpty();
        assertThat(restored(store, next)).isEqualTo(Files.readAllBytes(disks.image("disk")));
    }

    @Test
    void aDiskThatGrewIsAsItIs() throws Exception {
        disk("disk", 40_000_123);
        snapshot(store, "disk");
        try (var file = new RandomAccessFile(disks.image("disk").toFile(), "rw")) {
            file.setLength(70_000_000);
        }
        write("disk", 15_000, 50_000);
        var version = snapshot(store, "disk");
        assertThat(capture(version).fullRead()).isEmpty();
        assertThat(restored(store, version)).isEqualTo(Files.readAllBytes(disks.image("disk")));
    }

    @Test
    void disksAndFoldersMakeOneGroup() throws Exception {
        disk("first", 3_000_000);
        disk("second", 2_000_000);
        var folder = Files.createDirectories(temporary.resolve("folder"));
        Files.writeString(folder.resolve("file"), "text");
        for (var round = 0; round < 2; round++) {
            var version = snapshotter(store)
                    .snapshot(
                            request(new SnapshotRequest.Volume("work", folder, ""), volume("first"), volume("second")),
                            Progress.NONE);
            assertThat(version.members())
                    .extracting(Version.Member::kind)
                    .containsExactly("directory", "block", "block");
            var out = temporary.resolve("group" + round);
            assertThat(store.restore(version, out).damaged()).isEmpty();
            assertThat(out.resolve("work/file")).hasContent("text");
            assertThat(Files.mismatch(out.resolve("first/disk"), disks.image("first")))
                    .isEqualTo(-1);
            assertThat(Files.mismatch(out.resolve("second/disk"), disks.image("second")))
                    .isEqualTo(-1);
            scatter("second", 20);
        }
    }

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void aCopyInAnotherStoreHoldsTheSame(StoreKind kind) throws Exception {
        disk("disk", 10_000_000);
        snapshot(store, "disk");
        scatter("disk", 100);
        var version = snapshot(store, "disk");
        try (var to = new TestStore(temporary.resolve("to"), kind, "user")) {
            var copied = new Copy(store.repository, store.catalog, to.repository, to.catalog)
                    .copy(version, Progress.NONE)
                    .version();
            assertThat(restored(to, copied)).isEqualTo(Files.readAllBytes(disks.image("disk")));
            assertThat(copied.members().getFirst().capture())
                    .isEqualTo(version.members().getFirst().capture());
        }
    }

    private void collect() throws InterruptedException {
        var scan = new CatalogScan(store.objects, Actor.system(), store.repository.storeKeys());
        new Collector(store.repository, scan, Pause.real(), 2).collect(Duration.ofMinutes(1));
    }

    private Snapshotter snapshotter(TestStore of) {
        return new Snapshotter(of.repository, of.catalog, of.caches, disks, InstantSource.system());
    }

    private Version snapshot(TestStore of, String volume) {
        return snapshotter(of).snapshot(request(volume(volume)), Progress.NONE);
    }

    private static SnapshotRequest.Volume volume(String name) {
        return new SnapshotRequest.Volume(name, new SnapshotRequest.Source.Disk(name), "");
    }

    private static SnapshotRequest request(SnapshotRequest.Volume... volumes) {
        return new SnapshotRequest(
                new BucketName("disks"),
                new FileName("disk"),
                "",
                "",
                Map.of(),
                Map.of(),
                List.of(volumes),
                Optional.empty());
    }

    private static Version.Capture capture(Version version) {
        return version.members().getFirst().capture().orElseThrow();
    }

    private byte[] restored(TestStore of, Version version) throws IOException {
        var exporter = new ImageExport(of.repository, of.catalog, of.cache);
        var folder = temporary.resolve("restored-" + restored++);
        var image = exporter.toFolder(version, version.members().getFirst(), folder, Progress.NONE);
        var bytes = Files.readAllBytes(image);
        Files.delete(image);
        return bytes;
    }

    private static List<Extent> extents(TestStore of, Version version) {
        var chunks = of.repository.reader();
        var disk = VersionFiles.disk(chunks, version.members().getFirst()).orElseThrow();
        var extents = new ArrayList<Extent>();
        new Extents(chunks, disk.content(), 0).forEachRemaining(extents::add);
        return extents;
    }

    private void disk(String name, int length) throws IOException {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        Arrays.fill(bytes, length / 3, length / 2, (byte) 0);
        Files.write(disks.image(name), bytes);
    }

    /** Writes so many single pages, each once; gives how many bytes. */
    private long scatter(String name, int count) throws IOException {
        var pages = (int) (Files.size(disks.image(name)) / PAGE);
        var order = new ArrayList<Integer>();
        for (var page = 0; page < pages; page++) {
            order.add(page);
        }
        Collections.shuffle(order, random);
        for (var page : order.subList(0, count)) {
            write(name, page, PAGE);
        }
        return (long) count * PAGE;
    }

    private void write(String name, int page, int length) throws IOException {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        try (var file = new RandomAccessFile(disks.image(name).toFile(), "rw")) {
            file.seek((long) page * PAGE);
            file.write(bytes, 0, (int) Math.min(length, file.length() - (long) page * PAGE));
        }
    }

    private void discard(String name, int page, int count) throws IOException {
        try (var file = new RandomAccessFile(disks.image(name).toFile(), "rw")) {
            file.seek((long) page * PAGE);
            file.write(new byte[(int) Math.min((long) count * PAGE, file.length() - (long) page * PAGE)]);
        }
    }
}
