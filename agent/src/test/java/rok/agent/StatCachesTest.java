package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatCachesTest {
    @TempDir
    Path temporary;

    @Test
    void whatIsRememberedOfAFolderGoesWithItAtOnceOrWithTheNextDaysPruning() throws Exception {
        try (var store = new TestStore(temporary)) {
            var source = Files.createDirectory(temporary.resolve("source"));
            Files.writeString(source.resolve("file"), "content");
            var version = store.snapshot(source);
            var copy = temporary.resolve("copy");
            var other = temporary.resolve("other");
            assertThat(store.restore(version, copy).damaged()).isEmpty();
            assertThat(store.restore(version, other).damaged()).isEmpty();
            assertThat(remembered(store)).hasSize(3);

            store.caches.forget(copy);
            assertThat(remembered(store)).hasSize(2);

            Files.delete(other.resolve("file"));
            Files.delete(other);
            var partial = Files.writeString(store.cache.resolve("summaries1.new"), "half");
            Files.setLastModifiedTime(partial, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            StatCaches.prune(store.cache, Instant.now());
            assertThat(remembered(store)).hasSize(1);
            assertThat(partial).doesNotExist();

            Files.delete(source.resolve("file"));
            Files.delete(source);
            StatCaches.prune(store.cache, Instant.now());
            assertThat(remembered(store)).as("once a day is enough").hasSize(1);
            StatCaches.prune(store.cache, Instant.now().plus(Duration.ofDays(2)));
            assertThat(remembered(store)).isEmpty();
        }
    }

    private static List<Path> remembered(TestStore store) throws IOException {
        try (var files = Files.walk(store.cache.resolve("stat"))) {
            return files.filter(file -> file.toString().endsWith(".stat")).toList();
        }
    }
}
