package rok.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySegmentTest {
    /** The rows of the table in docs/format/catalog.md. */
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| `([^`]+)` \\|");

    @Test
    void theExamplesOfTheFormatHold() throws IOException {
        var text = Files.readString(Path.of("..", "docs", "format", "catalog.md"));
        var rows = ROW.matcher(text.substring(text.indexOf("| name | segment |"), text.indexOf("A name has exactly")))
                .results()
                .toList();
        assertThat(rows).hasSizeGreaterThan(4);
        for (var row : rows) {
            assertThat(KeySegment.of(new FileName(row.group(1)))).isEqualTo(row.group(2));
        }
    }

    @Test
    void aLongNameOfAnyScriptFits() {
        for (var name : new String[] {"数".repeat(46), "\uD83D\uDE00".repeat(35), "щ".repeat(70), "%".repeat(140)}) {
            var segment = KeySegment.of(new FileName(name));
            assertThat(segment).hasSizeLessThanOrEqualTo(KeySegment.LENGTH_MAX);
            assertThat(KeySegment.file(segment)).contains(new FileName(name));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%2e",
                "a%41",
                ".hidden",
                "a.json",
                "bucket.json",
                "%",
                "%ZZ",
                "~",
                "~YQ",
                "~!!",
                "a b",
                "",
                ".",
                "..",
                "Cafe%CC%81",
                "%0A",
                "~gIA"
            })
    void aSegmentThatNoNameIsWrittenAsIsNoName(String segment) {
        assertThat(KeySegment.file(segment)).isEmpty();
    }

    @Test
    void idsRiseAlsoWhenTheClockGoesBack() {
        var clock = new long[] {1_700_000_000_000L};
        var ids = new VersionIds(() -> Instant.ofEpochMilli(clock[0]), new Random(5));
        var seen = new HashSet<VersionId>();
        var last = ids.next();
        assertThat(last.created()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_000L));
        for (var i = 0; i < 20_000; i++) {
            clock[0] += i % 3 == 0 ? -5 : 1;
            var next = ids.next();
            assertThat(next).isGreaterThan(last);
            assertThat(next.value().charAt(14)).isEqualTo('7');
            assertThat("89ab").contains(next.value().substring(19, 20));
            assertThat(seen.add(next)).isTrue();
            last = next;
        }
    }
}
