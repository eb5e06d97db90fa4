package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rok.catalog.Version;
import rok.catalog.VersionState;
import rok.names.BucketName;
import rok.names.FileName;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;
import rok.snapshot.Extent;
import rok.snapshot.Extents;
import rok.volume.ImageFile;

/** Disks that became versions, and came back. */
class ImageTest {
    private static final int PAGE = 4096;
    private static final int SEED = 20261129;

    @TempDir
    Path temporary;

    private TestStore store;

    @BeforeEach
    void open() {
        store = new TestStore(temporary.resolve("open"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(StoreKind.class)
    void aDiskComesBackByteForByte(StoreKind kind) throws Exception {
        try (var of = new TestStore(temporary.resolve(kind.name()), kind, "user")) {
            var image = image("disk.img", 70_000_123, new Random(SEED));
            var version = imported(of, image);
            var member = version.members().getFirst();
            assertThat(member.kind()).isEqualTo("block");
            assertThat(member.bytes()).isEqualTo(70_000_123);
            var exporter = new ImageExport(of.repository, of.catalog, of.cache);
            var back = exporter.toFolder(version, member, temporary.resolve("out-" + kind), Progress.NONE);
            assertThat(Files.mismatch(image, back)).isEqualTo(-1);
            var stream = new ByteArrayOutputStream();
            exporter.toStream(version, member, stream, Progress.NONE);
            assertThat(stream.toByteArray()).isEqualTo(Files.readAllBytes(image));
            var again = imported(of, back);
            assertThat(again.hash()).isEqualTo(version.hash());
            assertThat(again.size().fresh()).isZero();
        }
    }

    /** Format 1: what it makes of a disk never changes. */
    @Test
    void aDiskHasTheHashThatItAlwaysHad() throws Exception {
        assertThat(imported(store, image("disk.img", 40_000_000, new Random(SEED)))
                        .hash())
                .isEqualTo("0439c3b3c3c0f8970d1ed9b0d9adfc19781defa83dd419a0248923a5cab7fb4a");
    }

    @Test
    void runsOfZeroPagesAreHolesWhetherTheyAreStoredOrNot() throws Exception {
        var random = new Random(SEED);
        for (var round = 0; round < 20; round++) {
            var bytes = pages(random, 300);
            var stored = Files.write(temporary.resolve("stored-" + round), bytes);
            var version = imported(store, stored);
            check(extents(version), bytes);
            var sparse = sparse("sparse-" + round, bytes);
            assertThat(imported(store, sparse).hash()).isEqualTo(version.hash());
        }
    }

    /** By a second implementation, which was written from docs/format. */
    @Test
    void cutsWhereTheFormatSays() throws Exception {
        var image = image("disk.img", 20_000_123, new Random(SEED + 2));
        var cuts = new StringBuilder();
        for (var extent : extents(imported(store, image))) {
            cuts.append("%d %d %s%n".formatted(extent.offset(), extent.length(), extent.isHole() ? "-" : "+"));
        }
        assertThat(cuts.toString().lines().count()).isGreaterThan(20);
        assertThat(TestStore.python("cut_disk.py", image.toString())).isEqualToNormalizingNewlines(cuts.toString());
    }

    @Test
    void sharesWhatLiesElsewhere() throws Exception {
        var random = new Random(SEED);
        var software = new byte[20 << 20];
        random.nextBytes(software);
        var first = ByteBuffer.allocate(40 << 20);
        first.put(3 * PAGE, software);
        var second = ByteBuffer.allocate(40 << 20);
        second.put(1111 * PAGE, software, 10 << 20, 10 << 20);
        second.put(5000 * PAGE, software, 0, 10 << 20);
        imported(store, Files.write(temporary.resolve("first"), first.array()));
        var version = imported(store, Files.write(temporary.resolve("second"), second.array()));
        assertThat(version.size().fresh()).isLessThan(1 << 20);
    }

    @Test
    void anEmptyDiskAndOneHoleTakeNoData() throws Exception {
        assertThat(imported(store, Files.createFile(temporary.resolve("empty")))
                        .size()
                        .fresh())
                .isLessThan(200);
        var hole = temporary.resolve("hole");
        try (var file = new RandomAccessFile(hole.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        var version = imported(store, hole);
        assertThat(version.size().logical()).isEqualTo(1L << 40);
        assertThat(version.size().fresh()).isLessThan(300);
        assertThat(extents(version)).hasSize(1);
    }

    @Test
    void refusesWhatChangesMeanwhileAndStoresNoVersion() throws Exception {
        var image = image("disk.img", 80_000_000, new Random(SEED));
        Progress writing = status -> {
            try (var file = new RandomAccessFile(image.toFile(), "rw")) {
                file.write(1);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        };
        assertThatThrownBy(() -> importer(store).read(image, request(), writing))
                .isInstanceOf(ImageImport.ChangedException.class)
                .hasMessageContaining("changed while it was read");
        Progress shortening = status -> {
            try (var file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(50_000_000);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        };
        assertThatThrownBy(() -> importer(store).read(image, request(), shortening))
                .isInstanceOf(ImageImport.ChangedException.class);
        assertThatThrownBy(() -> imported(store, temporary)).isInstanceOf(ImageFile.NoImageException.class);
        assertThat(store.catalog
                        .versions(new BucketName("disks"), new FileName("disk"))
                        .items())
                .isNotEmpty()
                .allMatch(version -> version.state() == VersionState.ABORTED);
    }

    private static ImageImport importer(TestStore store) {
        return new ImageImport(store.repository, store.catalog, InstantSource.system());
    }

    private static Version imported(TestStore store, Path image) {
        return importer(store).read(image, request(), Progress.NONE);
    }

    private static Import.Request request() {
        return new Import.Request(new BucketName("disks"), new FileName("disk"), "", "", Map.of(), "disk");
    }

    private List<Extent> extents(Version version) {
        var files = new VersionFiles(store.repository.reader(), version.members()).find(ByteString.utf8("disk"));
        var disk = (Entry.File) ((VersionFiles.Place.Found) files.orElseThrow()).entry();
        var extents = new ArrayList<Extent>();
        new Extents(store.repository.reader(), disk.content(), 0).forEachRemaining(extents::add);
        return extents;
    }

    /** What docs/format/tree.md says of them, read from the bytes alone. */
    private static void check(List<Extent> extents, byte[] bytes) {
        var at = 0L;
        for (var extent : extents) {
            assertThat(extent.offset()).isEqualTo(at).isEqualTo(at / PAGE * PAGE);
            at = extent.end();
        }
        assertThat(at).isEqualTo(bytes.length);
        var holes = new boolean[(bytes.length + PAGE - 1) / PAGE];
        extents.stream().filter(Extent::isHole).forEach(hole -> {
            for (var page = hole.offset() / PAGE; page * PAGE < hole.end(); page++) {
                holes[(int) page] = true;
            }
        });
        for (var page = 0; page < holes.length; ) {
            var end = page;
            while (end < holes.length && isZero(bytes, end)) {
                end++;
            }
            var isHole = end - page >= 4 || (end > page && end == holes.length);
            for (var i = page; i < end; i++) {
                assertThat(holes[i]).as("page %d", i).isEqualTo(isHole);
            }
            if (end < holes.length) {
                assertThat(holes[end]).as("page %d", end).isFalse();
            }
            page = end + 1;
        }
    }

    private static boolean isZero(byte[] bytes, int page) {
        for (var i = page * PAGE; i < Math.min(bytes.length, (page + 1) * PAGE); i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Runs of zero pages and of others, of any length, below a segment. */
    private static byte[] pages(Random random, int count) {
        var bytes = new byte[count * PAGE - random.nextInt(PAGE)];
        for (var page = 0; page < count; ) {
            var run = 1 + random.nextInt(random.nextInt(10) == 0 ? 150 : 6);
            if (random.nextBoolean()) {
                for (var at = page * PAGE; at < Math.min(bytes.length, (page + run) * PAGE); at += 100) {
                    bytes[at] = (byte) (1 + random.nextInt(100));
                }
            }
            page += run;
        }
        return bytes;
    }

    private Path sparse(String name, byte[] bytes) throws IOException {
        var path = temporary.resolve(name);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes.length);
            for (var page = 0; page * PAGE < bytes.length; page++) {
                if (!isZero(bytes, page)) {
                    file.seek((long) page * PAGE);
                    file.write(bytes, page * PAGE, Math.min(PAGE, bytes.length - page * PAGE));
                }
            }
        }
        return path;
    }

    /** As a file system leaves a disk: data here and there, text, zeros that are stored, and holes. */
    private Path image(String name, int length, Random random) throws IOException {
        var path = temporary.resolve(name);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length);
            for (var at = 0L; at < length; at += PAGE * (1L + random.nextInt(3000))) {
                var run = new byte[(int) Math.min(PAGE * (1L + random.nextInt(2000)), length - at)];
                switch (random.nextInt(3)) {
                    case 0 -> random.nextBytes(run);
                    case 1 -> Arrays.fill(run, (byte) random.nextInt(256));
                    default -> {
                        for (var i = 0; i < run.length; i += 1 + random.nextInt(5000)) {
                            run[i] = 1;
                        }
                    }
                }
                file.seek(at);
                file.write(run);
            }
        }
        return path;
    }
}
