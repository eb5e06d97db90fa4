package rok.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static rok.catalog.Fixture.BUCKET;
import static rok.catalog.Fixture.FILE;
import static rok.catalog.Fixture.ME;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.format.Json;
import rok.format.JsonValue;
import rok.format.StoreException;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.object.MemoryObjectStore;
import rok.object.ObjectKey;
import rok.object.ObjectStore.Condition;

class CatalogTest {
    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final Fixture fixture = new Fixture();
    private final Catalog catalog = fixture.catalog(objects);

    @Test
    void aCommittedVersionIsFoundAsItWasGiven() {
        var version = fixture.commit(catalog, "first");

        assertThat(catalog.head(BUCKET, FILE)).contains(version);
        assertThat(catalog.find(version.url()).version()).isEqualTo(version);
        assertThat(catalog.buckets()).extracting(b -> b.name().value()).containsExactly("bucket");
    }

    @Test
    void howADiskWasCaughtIsKept() {
        var capture = new Version.Capture(Duration.ofNanos(4_321_000), 1L << 40, 4096, "its base is gone");
        Version committed;
        try (var pending = catalog.begin(BUCKET, FILE, "disks", Map.of())) {
            var plain = fixture.version(pending.url(), "disks");
            var root = plain.members().getFirst().root();
            committed = pending.commit(new Version(
                    plain.url(),
                    plain.created(),
                    plain.title(),
                    plain.message(),
                    plain.labels(),
                    plain.metadata(),
                    plain.hash(),
                    plain.size(),
                    List.of(new Version.Member("disk", "block", "", root, 1L << 40, 1, Optional.of(capture))),
                    plain.attachments(),
                    plain.warnings()));
        }
        assertThat(catalog.find(committed.url()).version()).isEqualTo(committed);
    }

    @Test
    void versionsAreListedNewestFirstAndFilesByName() {
        for (var i = 0; i < 5; i++) {
            fixture.commit(catalog, "v" + i);
        }
        fixture.commit(catalog, BUCKET, new FileName("bucket.json"), "named as a record");

        assertThat(catalog.versions(BUCKET, FILE).items())
                .extracting(VersionSummary::title)
                .containsExactly("v4", "v3", "v2", "v1", "v0");
        var files = catalog.files(BUCKET).items();
        assertThat(files).extracting(f -> f.name().value()).containsExactly("bucket.json", "file");
        assertThat(files.getLast().versions()).isEqualTo(5);
        assertThat(files.getLast().storedBytes()).isEqualTo(10);
        assertThat(files.getLast().head().orElseThrow().title()).isEqualTo("v4");
    }

    @Test
    void aBucketIsCreatedOnceAndKeepsItsDescription() {
        assertThat(catalog.createBucket(BUCKET, "mine")).isTrue();
        assertThat(catalog.createBucket(BUCKET, "yours")).isFalse();
        fixture.commit(catalog, "first");
        assertThat(catalog.bucket(BUCKET).orElseThrow().description()).isEqualTo("mine");
    }

    @Test
    void aPendingVersionIsSeenWithItsProgressAndIsNotTheHead() {
        var first = fixture.commit(catalog, "first");
        try (var pending = catalog.begin(BUCKET, FILE, "second", Map.of())) {
            pending.progress(new Progress(42, "reading"));
            fixture.ticking.forEach(Runnable::run);

            var listed = catalog.versions(BUCKET, FILE).items().getFirst();
            assertThat(listed.state()).isEqualTo(VersionState.PENDING);
            assertThat(listed.percent()).isEqualTo(42);
            assertThat(listed.message()).isEqualTo("reading");
            assertThat(catalog.head(BUCKET, FILE)).contains(first);
            assertThatThrownBy(() -> catalog.find(pending.url()))
                    .isInstanceOf(StoreException.Missing.class)
                    .hasMessageContaining("still being written (42 %)");
        }
    }

    @Test
    void aWriterThatIsClosedWithoutCommitLeavesAnAbortedVersion() {
        var pending = catalog.begin(BUCKET, FILE, "second", Map.of());
        pending.close();
        assertThat(catalog.record(pending.url())).get().isInstanceOf(VersionRecord.Aborted.class);
        assertThat(fixture.ticking).isEmpty();
        assertThat(catalog.head(BUCKET, FILE)).isEmpty();
    }

    @Test
    void aDeadWriterOfThisMachineIsFencedByTheNextSweepWhateverItsLease(@TempDir Path cache) {
        var dead = fixture.catalog(objects, Fixture.dead(), Optional.of(cache));
        var pending = dead.begin(BUCKET, FILE, "killed", Map.of());
        var mine = fixture.catalog(objects, ME, Optional.of(cache));

        assertThat(mine.versions(BUCKET, FILE).items().getFirst().state()).isEqualTo(VersionState.ABORTED);
        assertThat(mine.sweep()).isOne();
        assertThat(mine.sweep()).isZero();
        assertThat(mine.record(pending.url())).get().isInstanceOf(VersionRecord.Aborted.class);
        assertThatThrownBy(() -> pending.commit(fixture.version(pending.url(), "too late")))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("given up");

        fixture.pass(Duration.ofDays(2));
        assertThat(mine.sweep()).isZero();
        assertThat(mine.record(pending.url())).isEmpty();
        assertThat(cache.resolve("pending")).isEmptyDirectory();
    }

    @Test
    void aWriterOfAnotherMachineIsFencedOnlyAfterItsLease(@TempDir Path cache) {
        var there = fixture.catalog(objects, Fixture.elsewhere("there"), Optional.of(cache));
        var pending = there.begin(BUCKET, FILE, "slow", Map.of());
        var mine = fixture.catalog(objects, ME, Optional.of(cache));
        fixture.pass(Pending.LEASE.minusSeconds(1));
        assertThat(mine.sweep()).isZero();
        pending.renew();
        fixture.pass(Pending.LEASE.minusSeconds(1));
        assertThat(mine.sweep()).isZero();
        fixture.pass(Duration.ofSeconds(2));
        assertThat(mine.sweep()).isOne();
        pending.renew();
        assertThatThrownBy(pending::check).isInstanceOf(FencedException.class);
    }

    @Test
    void aLivingProcessOfThisMachineIsNeverSwept(@TempDir Path cache) {
        var mine = fixture.catalog(objects, ME, Optional.of(cache));
        try (var pending = mine.begin(BUCKET, FILE, "suspended", Map.of())) {
            fixture.pass(Duration.ofHours(8));
            assertThat(mine.sweep()).isZero();
            pending.commit(fixture.version(pending.url(), "awake"));
        }
        assertThat(cache.resolve("pending")).isEmptyDirectory();
    }

    @Test
    void aDeletedVersionIsGoneAndItsWriterCannotBringItBack() {
        var version = fixture.commit(catalog, "first");
        catalog.delete(version.url());
        assertThat(catalog.record(version.url())).isEmpty();
        assertThatThrownBy(() -> catalog.delete(version.url())).isInstanceOf(StoreException.Missing.class);

        var there = fixture.catalog(objects, Fixture.elsewhere("there"), Optional.empty());
        var pending = there.begin(BUCKET, FILE, "slow", Map.of());
        assertThatThrownBy(() -> catalog.delete(pending.url()))
                .isInstanceOf(InUseException.class)
                .hasMessageContaining("being written by process 7 on there");
        fixture.pass(Duration.ofHours(1));
        catalog.delete(pending.url());
        assertThatThrownBy(() -> pending.commit(fixture.version(pending.url(), "too late")))
                .isInstanceOf(FencedException.class);
        assertThat(catalog.record(pending.url())).isEmpty();
    }

    @Test
    void aCommitRefusesTwoVolumesOfOneName() {
        try (var pending = catalog.begin(BUCKET, FILE, "twice", Map.of())) {
            assertThatThrownBy(() -> pending.commit(fixture.version(pending.url(), "twice", "a", "a")))
                    .hasMessageContaining("Two volumes");
        }
    }

    @Test
    void aFileNameTooLongToStoreIsRefusedBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> catalog.begin(BUCKET, new FileName("x".repeat(200)), "", Map.of()))
                .hasMessageContaining("at most 140 bytes");
        assertThat(catalog.head(BUCKET, new FileName("x".repeat(200)))).isEmpty();
    }

    @Test
    void everyFlippedBitOfARecordIsFoundAndHidesNoOtherVersion() {
        var first = fixture.commit(catalog, "first");
        var second = fixture.commit(catalog, "second");
        var key = CatalogKeys.version(second.url());
        var stored = objects.read(key).orElseThrow().content();
        var bytes = new byte[stored.remaining()];
        stored.duplicate().get(bytes);
        for (var i = 0; i < bytes.length; i++) {
            var hurt = bytes.clone();
            hurt[i] ^= (byte) (1 << (i % 8));
            put(key, hurt);
            assertThatThrownBy(() -> catalog.find(second.url()))
                    .as("byte %d", i)
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining(second.url().version().value());
        }
        for (var length = 0; length < bytes.length; length += 7) {
            put(key, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> catalog.find(second.url())).isInstanceOf(StoreException.Corrupt.class);
        }
        var listing = catalog.versions(BUCKET, FILE);
        assertThat(listing.items()).extracting(VersionSummary::title).containsExactly("first");
        assertThat(listing.damaged()).singleElement().asString().contains(key.value());
        assertThat(catalog.find(first.url()).version()).isEqualTo(first);
        assertThat(catalog.files(BUCKET).damaged()).hasSize(1);
        catalog.delete(second.url());
        assertThat(catalog.versions(BUCKET, FILE).damaged()).isEmpty();
    }

    @Test
    void aRecordOfANewerFormatIsRefusedByName() {
        var version = fixture.commit(catalog, "first");
        var key = CatalogKeys.version(version.url());
        var json = Json.unseal(objects.read(key).orElseThrow().content(), "it");
        var members = new LinkedHashMap<>(json.members());
        members.put("format", JsonValue.of(2));
        put(key, Json.seal(new JsonValue.JsonObject(members)));
        assertThatThrownBy(() -> catalog.find(version.url()))
                .isInstanceOf(StoreException.Incompatible.class)
                .hasMessageContaining("has format 2")
                .hasMessageContaining("upgrade");
    }

    @Test
    void aRecordThatWasMovedToAnotherPlaceIsNotBelieved() {
        var version = fixture.commit(catalog, "first");
        var other = new RokUrl(
                Fixture.LOCAL, BUCKET, new FileName("elsewhere"), version.url().version());
        put(
                CatalogKeys.version(other),
                bytes(objects.read(CatalogKeys.version(version.url()))
                        .orElseThrow()
                        .content()));
        assertThatThrownBy(() -> catalog.find(other))
                .isInstanceOf(StoreException.Corrupt.class)
                .hasMessageContaining("belongs to another version");
    }

    @Test
    void aBucketWithoutItsRecordStillListsItsFiles() {
        var version = fixture.commit(catalog, "first");
        objects.delete(CatalogKeys.bucketRecord(Fixture.LOCAL, BUCKET));
        assertThat(catalog.buckets()).extracting(Bucket::name).containsExactly(BUCKET);
        assertThat(catalog.find(version.url()).version()).isEqualTo(version);
        assertThatThrownBy(() -> catalog.files(new BucketName("other")))
                .isInstanceOf(StoreException.Missing.class)
                .hasMessageContaining("no bucket other");
    }

    @Test
    void theCacheChangesNoListing(@TempDir Path cache) throws Exception {
        var cached = fixture.catalog(objects, ME, Optional.of(cache));
        for (var i = 0; i < 300; i++) {
            fixture.commit(catalog, BUCKET, new FileName("f" + i % 7), "v" + i);
        }
        assertThat(cached.files(BUCKET)).isEqualTo(catalog.files(BUCKET));
        assertThat(cached.files(BUCKET)).isEqualTo(catalog.files(BUCKET));
        var summaries = cache.resolve("catalog/local/bucket.summaries");
        var size = Files.size(summaries);
        assertThat(cached.versions(BUCKET, new FileName("f3"))).isEqualTo(catalog.versions(BUCKET, new FileName("f3")));
        assertThat(Files.size(summaries)).isEqualTo(size);

        // Torn, then damaged in the middle: what follows is learnt again
        for (var at : new long[] {size - 3, size / 2, 12, 3}) {
            var bytes = Files.readAllBytes(summaries);
            bytes[(int) at] ^= 4;
            Files.write(summaries, bytes);
            assertThat(cached.files(BUCKET)).isEqualTo(catalog.files(BUCKET));
            assertThat(Files.size(summaries)).isEqualTo(size);
        }
        for (var version : catalog.versions(BUCKET, new FileName("f3")).items()) {
            catalog.delete(version.url());
        }
        assertThat(cached.files(BUCKET)).isEqualTo(catalog.files(BUCKET));
    }

    private void put(ObjectKey key, byte[] bytes) {
        objects.put(key, ByteBuffer.wrap(bytes), new Condition.Always());
    }

    private static byte[] bytes(ByteBuffer content) {
        var bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return bytes;
    }
}
