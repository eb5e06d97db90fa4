package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Version;
import rok.volume.DirectoryVolume;
import rok.volume.StatCache;

/** Whatever lies in the cache folder, a snapshot holds what the folder holds. */
class CachesTest {
    @TempDir
    Path temporary;

    private Path folder;
    private TestStore store;
    private final Random random = new Random(29);

    @BeforeEach
    void aFolderOfWhichAVersionIs() throws Exception {
        folder = temporary.resolve("work");
        for (var name : List.of("a/1", "a/2", "a/deep/3", "b", "c/4")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), name + " ".repeat(1000));
        }
        Files.createLink(folder.resolve("c/5"), folder.resolve("b"));
        store = new TestStore(temporary.resolve("one"));
        StatCache.awaitLaterStamps();
        checkSnapshot();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aStatCacheOfAnOlderStateGivesNoOldContent() throws Exception {
        var old = Files.readAllBytes(statCache(store));
        change("a/1");
        checkSnapshot();
        change("b");
        Files.write(statCache(store), old);
        checkSnapshot();
        Files.delete(folder.resolve("c/4"));
        Files.write(statCache(store), old);
        checkSnapshot();
    }

    @Test
    void aStatCacheOfAnotherFolderIsNotBelieved() throws Exception {
        var known = Files.readAllBytes(statCache(store));
        var copy = temporary.resolve("copy");
        Files.move(folder, copy);
        Files.createDirectories(folder.resolve("a"));
        Files.writeString(folder.resolve("a/1"), "another folder by the same name");
        Files.write(statCache(store), known);
        checkSnapshot();
    }

    @Test
    void aStatCacheOfAnotherStoreIsNotBelieved() throws Exception {
        try (var other = new TestStore(temporary.resolve("two"))) {
            other.snapshot(folder);
            change("a/2");
            StatCache.awaitLaterStamps();
            other.snapshot(folder);
            Files.write(statCache(store), Files.readAllBytes(statCache(other)));
        }
        checkSnapshot();
    }

    @Test
    void aDamagedStatCacheGivesNoWrongContent() throws Exception {
        for (var round = 0; round < 25; round++) {
            var good = Files.readAllBytes(statCache(store));
            var bad = round % 5 == 4 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            if (bad.length > 0) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            change(List.of("a/1", "a/deep/3", "b").get(round % 3));
            Files.write(statCache(store), bad);
            checkSnapshot();
        }
    }

    /** Another content of the same size, and the time of the old one. */
    private void change(String name) throws Exception {
        var file = folder.resolve(name);
        var time = Files.getLastModifiedTime(file);
        Files.writeString(file, "%-1000s".formatted(random.nextLong()).substring(0, 1000));
        Files.setLastModifiedTime(file, FileTime.from(time.toInstant()));
        StatCache.awaitLaterStamps();
    }

    private Version checkSnapshot() throws Exception {
        var version = store.snapshot(folder);
        var target = Files.createTempDirectory(temporary, "out").resolve("restored");
        store.restore(version, target);
        assertThat(TestStore.dump(target)).isEqualTo(TestStore.dump(folder));
        return version;
    }

    private Path statCache(TestStore of) throws Exception {
        return new StatCache(of.cache.resolve("stat/" + of.repository.id()), volume(folder)).file();
    }

    private static DirectoryVolume volume(Path folder) {
        try (var volume = DirectoryVolume.open(folder)) {
            return volume;
        }
    }
}
