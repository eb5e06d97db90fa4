package rok.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rok.testkit.Fuzz;
import rok.testkit.Fuzz.Repair;

/** Texts that come from the network, the command line and the keys of a store. */
class NamesFuzzTest {
    private static final Set<Class<? extends RuntimeException>> NAME = Set.of(NameException.class);
    private static final String VERSION = "0199b3f2-5c1e-7a44-9d0b-3f1c2a4e5b60";

    @Test
    void aBrokenRokUrlIsReadOrRefused() {
        var good = texts(
                "/rok/swift/v1/local/bucket/file?version=" + VERSION,
                "https://host:8080/rok/swift/v1/a%20b/%C3%9Cberblick/file_work-1?version=" + VERSION,
                new RokUrl(
                                new AccountName("é"),
                                new BucketName("~.bucket.json"),
                                new FileName("x".repeat(140)),
                                new VersionId(VERSION))
                        .toString());
        new Fuzz("Rok URL", NAME, 4 << 20).run(good, Repair.NONE, (input, _) -> {
            var url = RokUrl.parse(text(input));
            assertThat(RokUrl.parse(url.toString())).isEqualTo(url);
            assertThat(url.file().value()).doesNotContain("/", "\u0000").isNotEqualTo("..");
        });
    }

    @Test
    void aBrokenNameIsReadOrRefused() {
        var good =
                texts("titanic-ml-x2f81", "Überblick 1", ".env", "bucket.json", "~a", "日本語.json", "e\u0301".repeat(20));
        new Fuzz("name", NAME, 4 << 20).run(good, Repair.NONE, (input, _) -> {
            var bucket = new BucketName(text(input));
            var segment = KeySegment.of(bucket);
            assertThat(KeySegment.bucket(segment)).contains(bucket);
            assertThat(segment).matches("[A-Za-z0-9._%~+=@-]{1,199}").doesNotEndWith(".json");
            assertThat(segment).isNotIn(".", "..");
        });
    }

    @Test
    void aBrokenSegmentOfAKeyIsANamesOrNone() {
        var good = Stream.of(
                        "titanic-ml-x2f81",
                        "Überblick 1",
                        ".env",
                        "bucket.json",
                        "~a",
                        "日本".repeat(20),
                        "\u00fc".repeat(70))
                .map(name -> KeySegment.of(new BucketName(name)).getBytes(StandardCharsets.UTF_8))
                .toList();
        new Fuzz("segment of a key", NAME, 4 << 20).run(good, Repair.NONE, (input, _) -> {
            var segment = text(input);
            var bucket = KeySegment.bucket(segment).orElseThrow(() -> new NameException("not a segment"));
            assertThat(KeySegment.of(bucket)).isEqualTo(segment);
        });
    }

    @Test
    void aBrokenVersionIsReadOrRefused() {
        new Fuzz("version", NAME, 8 << 20)
                .run(texts(VERSION, VERSION.toUpperCase(Locale.ROOT)), Repair.NONE, (input, _) -> {
                    var text = text(input);
                    var parsed = VersionId.parse(text);
                    var version = new VersionId(text);
                    assertThat(parsed).contains(version);
                    assertThat(version.value()).matches("[0-9a-f-]{36}");
                    assertThat(version.created()).isNotNull();
                });
    }

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** As UTF-8; where the length says so, every byte a character. */
    private static String text(byte[] input) {
        return new String(input, input.length % 4 == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }
}
