package rok.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.index.Location;
import rok.pack.PackName;

class StructureFilesTest {
    private static final int RANGE_BYTES = 200;
    private static final int RANGES_MAX = 5;

    private final PackName pack = new PackName(1, 2);

    @TempDir
    Path folder;

    private StructureFiles files() {
        return new StructureFiles(folder, RANGES_MAX * RANGE_BYTES, 3L * RANGE_BYTES);
    }

    private static byte[] content(int seed) {
        var content = new byte[RANGE_BYTES];
        new Random(seed).nextBytes(content);
        return content;
    }

    private Location at(int offset, int length) {
        return new Location(pack, offset, length, length);
    }

    @Test
    void whatIsKeptIsFoundByAnotherRunWhereItHoldsTheWholeChunk() {
        files().keep(pack, 1000, content(1));
        var found = files().find(at(1100, 100)).orElseThrow();
        assertThat(found.from()).isEqualTo(1000);
        assertThat(found.bytes()).isEqualTo(ByteBuffer.wrap(content(1)));
        assertThat(files().find(at(1100, 101))).isEmpty();
        assertThat(files().find(at(999, 100))).isEmpty();
        assertThat(files().find(new Location(new PackName(1, 3), 1100, 100, 100)))
                .isEmpty();
        // As a damaged index may have it
        assertThat(files().find(at(1100, 0))).isEmpty();
        assertThat(files().find(at(1100, -1))).isEmpty();
        assertThat(files().find(at(1100, Integer.MAX_VALUE))).isEmpty();
        assertThat(files().find(at(-1, 100))).isEmpty();
    }

    @Test
    void whatWasNotUsedForLongGoesWhenThereIsTooMuch() throws Exception {
        var files = files();
        for (var i = 0; i < RANGES_MAX; i++) {
            files.keep(pack, i * 1000, content(i));
            Files.setLastModifiedTime(
                    folder.resolve("%s-%d-%d".formatted(pack, i * 1000, i * 1000 + RANGE_BYTES)),
                    FileTime.from(Instant.now().minusSeconds(1000 - i)));
        }
        assertThat(files.find(at(0, 10))).as("used just now").isPresent();
        files.keep(pack, 9000, content(9));
        assertThat(files.find(at(0, 10))).isPresent();
        assertThat(files.find(at(1000, 10))).isEmpty();
        assertThat(files.find(at(9000, 10))).isPresent();
        assertThat(bytes()).isLessThanOrEqualTo(3 * (RANGE_BYTES + 4));
    }

    @Test
    void othersThatKeepMoreAreCountedToo() throws Exception {
        var one = files();
        var other = files();
        assertThat(one.find(at(0, 10))).isEmpty();
        for (var i = 0; i < 20; i++) {
            (i % 2 == 0 ? one : other).keep(pack, i * 1000, content(i));
        }
        assertThat(bytes()).isLessThanOrEqualTo(2 * RANGES_MAX * (RANGE_BYTES + 4));
    }

    @Test
    void filesOfOthersAreLeftAlone() throws Exception {
        Files.writeString(folder.resolve("notes"), "mine");
        Files.writeString(folder.resolve(pack + "-7-3"), "upside down");
        var files = files();
        for (var i = 0; i < 20; i++) {
            files.keep(pack, i * 1000, content(i));
        }
        assertThat(folder.resolve("notes")).hasContent("mine");
        assertThat(folder.resolve(pack + "-7-3")).exists();
    }

    @Test
    void whatAKilledProcessLeftGoes() throws Exception {
        var old = Files.writeString(folder.resolve(pack + "-0-20012.new"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7200)));
        var young = Files.writeString(folder.resolve(pack + "-0-20013.new"), "half");
        assertThat(files().find(at(0, 10))).isEmpty();
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    private long bytes() throws IOException {
        try (var all = Files.list(folder)) {
            return all.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
