package rok.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import rok.chunk.ChunkId;
import rok.format.Checksum;
import rok.format.StoreException;
import rok.names.AccountName;
import rok.names.BucketName;
import rok.names.FileName;
import rok.names.RokUrl;
import rok.names.VersionId;
import rok.object.ObjectKey;
import rok.snapshot.Content;
import rok.testkit.Fuzz;

/** Records of versions and buckets that somebody else wrote, or broke, with their checksum right. */
class RecordFuzzTest {
    private static final Set<Class<? extends RuntimeException>> REFUSALS =
            Set.of(StoreException.Corrupt.class, StoreException.Incompatible.class);
    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00.5Z");
    private static final int SEAL_BYTES = 22;

    static final RokUrl URL = new RokUrl(
            new AccountName("local"),
            new BucketName("bucket"),
            new FileName("file"),
            new VersionId("0199b3f2-5c1e-7a44-9d0b-3f1c2a4e5b60"));

    @Test
    void aBrokenVersionRecordIsReadOrRefused() {
        var key = CatalogKeys.version(URL);
        var good = records().stream().map(RecordCodec::write).toList();
        good.forEach(bytes -> RecordCodec.read(ByteBuffer.wrap(bytes), key, URL));
        new Fuzz("version record", REFUSALS, 64 << 20).run(good, RecordFuzzTest::sealed, (input, _) -> {
            var record = RecordCodec.read(ByteBuffer.wrap(input), key, URL);
            assertThat(record.url()).isEqualTo(URL);
            // What was read can be listed, and written again as the same
            assertThat(VersionSummary.of(record).url()).isEqualTo(URL);
            assertThat(RecordCodec.read(ByteBuffer.wrap(RecordCodec.write(record)), key, URL))
                    .isEqualTo(record);
        });
    }

    @Test
    void aBrokenBucketRecordIsReadOrRefused() {
        var key = new ObjectKey("catalog/local/bucket/bucket.json");
        var good = List.of(
                RecordCodec.write(new Bucket(URL.bucket(), "", NOW)),
                RecordCodec.write(new Bucket(URL.bucket(), "what the \"é\u0000\ud83d\ude00\" is", NOW)));
        new Fuzz("bucket record", REFUSALS, 16 << 20).run(good, RecordFuzzTest::sealed, (input, _) -> {
            var bucket = RecordCodec.readBucket(ByteBuffer.wrap(input), key);
            assertThat(RecordCodec.readBucket(ByteBuffer.wrap(RecordCodec.write(bucket)), key))
                    .isEqualTo(bucket);
        });
    }

    /** With the seal that the bytes before it demand. */
    static byte[] sealed(byte[] broken, RandomGenerator random) {
        var text = new String(broken, StandardCharsets.ISO_8859_1);
        var seal = text.lastIndexOf(",\"crc32c\":\"");
        var body = seal < 0 ? Math.max(0, broken.length - SEAL_BYTES) : seal;
        var end = ",\"crc32c\":\"%08x\"}\n".formatted(Checksum.of(broken, 0, body));
        var sealed = Arrays.copyOf(broken, body + SEAL_BYTES);
        System.arraycopy(end.getBytes(StandardCharsets.US_ASCII), 0, sealed, body, SEAL_BYTES);
        return sealed;
    }

    static List<VersionRecord> records() {
        var writer = new Writer("host", "machine", "boot", "namespace", 7, 8, "nonce");
        var begin = new VersionRecord.Begin(URL, NOW, writer, 3, "a title", Map.of("k", "v", "step", "train"));
        var content = new Content(70_000, 1, new ChunkId(1, 2, 3, 4));
        var version = new Version(
                URL,
                NOW,
                "a title",
                "why \u0007 not",
                Map.of("k", "v", "step", "train"),
                Map.of("environment", "{\"a\":[1,2]}"),
                "00ff".repeat(16),
                new Version.Size(4, 3, 2),
                List.of(
                        new Version.Member("work", "directory", "/home", content, 4, 1),
                        new Version.Member("data", "directory", "", new Content(0, 0, Content.NONE), 0, 0),
                        new Version.Member(
                                "disk",
                                "block",
                                "",
                                content,
                                70_000,
                                1,
                                Optional.of(new Version.Capture(Duration.ofNanos(1_234_000), 8192, 4096, "why")))),
                Optional.of(content),
                List.of("a socket was left out"));
        return List.of(
                new VersionRecord.Pending(begin, NOW, 5, new Progress(50, "half"), List.of()),
                new VersionRecord.Pending(
                        begin, NOW, 6, Progress.NONE, List.of(new Content(5, 0, new ChunkId(1, 2, 3, 4)))),
                new VersionRecord.Aborted(begin, NOW, "killed"),
                new VersionRecord.Committed(begin, version));
    }
}
