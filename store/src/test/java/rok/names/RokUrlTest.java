package rok.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RokUrlTest {
    private static final String ID = "0199b3f2-5c1e-7a44-9d0b-3f1c2a4e5b60";
    private static final RokUrl PLAIN =
            new RokUrl(new AccountName("local"), new BucketName("b"), new FileName("f"), new VersionId(ID));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/rok/swift/v1/local/b/f?version=" + ID,
                "http://127.0.0.1:8080/rok/swift/v1/local/b/f?version=" + ID,
                "https://user@rok.example.org/rok/swift/v1/local/b/f?version=" + ID,
                "HTTPS://[::1]:1/rok/swift/v1/local/b/f?version=" + ID,
                "/rok/swift/v1/local/%62/%66?version=0199B3F2-5C1E-7A44-9D0B-3F1C2A4E5B60",
            })
    void everyFormOfOneUrlIsTheSameUrl(String text) {
        assertThat(RokUrl.parse(text)).isEqualTo(PLAIN).hasToString("/rok/swift/v1/local/b/f?version=" + ID);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/rok/swift/v1/local/../../etc/passwd?version=ID | 5 names",
                "/rok/swift/v1/local/../f?version=ID             | must not be '..'",
                "/rok/swift/v1/local/%2e%2e/f?version=ID         | must not be '..'",
                "/rok/swift/v1/local/b/.?version=ID              | must not be '.'",
                "/rok/swift/v1/local/b/a%2F..%2Fc?version=ID     | must not contain '/'",
                "/rok/swift/v1/local/b/a%5Cc?version=ID          | must not contain '\\'",
                "/rok/swift/v1/local/b%0a/f?version=ID           | cannot be shown, U+000A",
                "/rok/swift/v1/local/b%00/f?version=ID           | cannot be shown, U+0000",
                "/rok/swift/v1/local/b/f%1b%5B2J?version=ID      | cannot be shown, U+001B",
                "/rok/swift/v1/local/b/%E2%80%AEfdp?version=ID   | cannot be shown, U+202E",
                "/rok/swift/v1/local/b/%ED%A0%80?version=ID      | not UTF-8",
                "/rok/swift/v1/local/b/%C0%AF?version=ID         | not UTF-8",
                "/rok/swift/v1/local/b/a%2?version=ID            | two hexadecimal digits",
                "/rok/swift/v1/local/b/a%zz?version=ID           | two hexadecimal digits",
                "/rok/swift/v1/local/b/?version=ID               | is empty",
                "/rok/swift/v1/local//f?version=ID               | is empty",
                "/rok/swift/v1/local/b/%20f?version=ID           | begins or ends with a space",
                "/rok/swift/v1/local/b?version=ID                | 2 names",
                "/rok/swift/v1/local/b/f                         | lacks ?version",
                "/rok/swift/v1/local/b/f?version=                | A version is a UUID",
                "/rok/swift/v1/local/b/f?version=ID0             | A version is a UUID",
                "/rok/swift/v1/local/b/f?version=../x            | A version is a UUID",
                "/rok/swift/v1/local/b/f?version=ID&x=1          | nothing else",
                "/rok/swift/v1/local/b/f?version=ID#x            | nothing else",
                "/rok/swift/v1/local/b/f?other=ID                | nothing else",
                "/rok/swift/v2/local/b/f?version=ID              | does not begin with",
                "/etc/passwd                                     | does not begin with",
                "file:///rok/swift/v1/local/b/f?version=ID       | neither http nor https",
                "http:///rok/swift/v1/local/b/f?version=ID       | no host",
                "http://host                                     | no path",
                "local/b/f?version=ID                            | does not begin with",
            })
    void whatIsNoRokUrlIsRefusedWithTheReason(String text, String reason) {
        assertThatThrownBy(() -> RokUrl.parse(text.strip().replace("ID", ID)))
                .isInstanceOf(NameException.class)
                .hasMessageContaining(reason.strip());
    }

    @Test
    void aMessageNeverRepeatsControlCharacters() {
        assertThatThrownBy(() -> RokUrl.parse("/rok/swift/v1/local/b/\u001b[2J?x"))
                .isInstanceOf(NameException.class)
                .message()
                .doesNotContain("\u001b");
        assertThatThrownBy(() -> RokUrl.parse("/" + "x".repeat(100_000)))
                .isInstanceOf(NameException.class)
                .hasMessageContaining("100,001")
                .message()
                .hasSizeLessThan(300);
        assertThatThrownBy(() -> new FileName("y".repeat(5_000_000)))
                .isInstanceOf(NameException.class)
                .message()
                .hasSizeLessThan(300);
    }

    @Test
    void parsingUndoesPrintingForEveryNameThatExists() {
        var seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++) {
            var bucket = name(random, 60);
            var file = name(random, 60);
            try {
                var url = new RokUrl(
                        new AccountName("local"), new BucketName(bucket), new FileName(file), new VersionId(ID));
                assertThat(RokUrl.parse(url.toString())).isEqualTo(url);
                assertThat(RokUrl.parse("https://h:1" + url)).isEqualTo(url);
                assertThat(url.toString()).matches("[!-~]*");
                assertThat(KeySegment.file(KeySegment.of(url.file()))).contains(url.file());
                assertThat(KeySegment.bucket(KeySegment.of(url.bucket()))).contains(url.bucket());
                assertThat(KeySegment.of(url.file())).matches("[A-Za-z0-9._%~+=@-]{1,199}");
            } catch (NameException e) {
                assertThat(e).hasMessageMatching("(?s)A (bucket|file) name .*");
            }
        }
    }

    @Test
    void aMemberIsNamedByTheFileAndItsVolume() {
        var member = PLAIN.member("data_1");
        assertThat(member.file()).isEqualTo(new FileName("f_data_1"));
        assertThat(member.file().memberOf(PLAIN.file())).isEqualTo(Optional.of("data_1"));
        assertThat(PLAIN.file().memberOf(PLAIN.file())).isEmpty();
    }

    @Test
    void twoSpellingsOfOneNameAreOneName() {
        assertThat(new FileName("Cafe\u0301")).isEqualTo(new FileName("Caf\u00e9"));
        assertThat(KeySegment.of(new FileName("Cafe\u0301"))).isEqualTo("Caf%C3%A9");
    }

    /** Any characters, often awkward ones. */
    static String name(Random random, int lengthMax) {
        var text = new StringBuilder();
        for (var left = 1 + random.nextInt(lengthMax); left > 0; left--) {
            text.appendCodePoint(
                    switch (random.nextInt(6)) {
                        case 0 -> random.nextInt(0x20, 0x7f);
                        case 1 -> ".~%?&#=_@+ \\/".charAt(random.nextInt(13));
                        case 2 -> random.nextInt(0xA0, 0x500);
                        case 3 -> 0x1F600 + random.nextInt(64);
                        default -> 'a' + random.nextInt(26);
                    });
        }
        return text.toString();
    }
}
