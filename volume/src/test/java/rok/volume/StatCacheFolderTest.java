package rok.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.linux.Bytes;

class StatCacheFolderTest {
    private static final long MUCH = 1L << 30;

    @TempDir
    Path temporary;

    @Test
    void whatSpeaksOfAFolderThatIsGoneOrAnotherOneByNowIsRemoved() throws Exception {
        var kept = cacheOf("kept");
        var gone = cacheOf("gone");
        var replaced = cacheOf("replaced");
        TreeRemoval.remove(temporary.resolve("gone"));
        Files.move(temporary.resolve("replaced"), temporary.resolve("elsewhere"));
        Files.createDirectory(temporary.resolve("replaced"));
        var damaged = Files.writeString(kept.resolveSibling("damaged.stat"), "ROKSTAT1 and no more");
        assertThat(folder(MUCH).prune(Instant.now())).isEqualTo(3);
        assertThat(kept).exists();
        assertThat(gone).doesNotExist();
        assertThat(replaced).doesNotExist();
        assertThat(damaged).doesNotExist();
        assertThat(folder(MUCH).prune(Instant.now())).isZero();
    }

    @Test
    void whatWasNotUsedForLongAndWhatAKilledWriterLeftIsRemoved() throws Exception {
        var kept = cacheOf("kept");
        var old = cacheOf("old");
        var partial = Files.writeString(kept.resolveSibling("x.stat.1.1.tmp"), "half");
        var now = Instant.now();
        Files.setLastModifiedTime(
                old, FileTime.from(now.minus(StatCacheFolder.UNUSED_MAX).minusSeconds(1)));
        assertThat(folder(MUCH).prune(now)).isEqualTo(1);
        assertThat(old).doesNotExist();
        assertThat(partial).as("it may be written right now").exists();
        assertThat(folder(MUCH).prune(now.plus(Duration.ofDays(2)))).isEqualTo(1);
        assertThat(partial).doesNotExist();
        assertThat(kept).exists();
    }

    @Test
    void theOldestGoFirstWhereThereIsTooMuch() throws Exception {
        var now = Instant.now();
        var first = cacheOf("first");
        var second = cacheOf("second");
        var third = cacheOf("third");
        Files.setLastModifiedTime(first, FileTime.from(now.minusSeconds(20)));
        Files.setLastModifiedTime(third, FileTime.from(now.minusSeconds(30)));
        assertThat(folder(Files.size(first) + Files.size(second)).prune(now)).isEqualTo(1);
        assertThat(third).doesNotExist();
        assertThat(folder(1).prune(now)).isEqualTo(2);
        assertThat(folder(1).prune(now)).isZero();
    }

    @Test
    void aFolderThatIsNotThereHoldsNothing() {
        assertThat(folder(MUCH).prune(Instant.now())).isZero();
    }

    private StatCacheFolder folder(long bytesMax) {
        return new StatCacheFolder(temporary.resolve("cache"), bytesMax);
    }

    /** A cache as a snapshot of a folder leaves it. */
    private Path cacheOf(String name) throws Exception {
        var folder = Files.createDirectory(temporary.resolve(name));
        try (var volume = DirectoryVolume.open(folder)) {
            var cache = new StatCache(temporary.resolve("cache"), volume);
            try (var writer = cache.update(Instant.now(), Bytes.of(name))) {
                writer.commit();
            }
            return cache.file();
        }
    }
}
