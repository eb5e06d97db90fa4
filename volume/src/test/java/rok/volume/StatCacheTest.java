package rok.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.linux.Bytes;

class StatCacheTest {
    @TempDir
    Path temporary;

    private Path folder;
    private final List<Warning> warnings = new ArrayList<>();

    @BeforeEach
    void aFolder() throws Exception {
        folder = temporary.resolve("volume");
        Files.createDirectories(folder.resolve("a/deep"));
        Files.createDirectories(folder.resolve("c"));
        for (var name : List.of("a/1", "a/2", "a/deep/3", "b", "c/4", "d")) {
            Files.writeString(folder.resolve(name), name);
        }
        StatCache.awaitLaterStamps();
    }

    @Test
    void nothingIsKnownAtFirstAndEverythingAfterwards() {
        assertThat(snapshot()).isEmpty();
        assertThat(snapshot())
                .containsExactlyInAnyOrder("a/1", "a/2", "a/deep/3", "a/deep/", "a/", "b", "c/4", "c/", "d", "/");
        assertThat(warnings).isEmpty();
    }

    @Test
    void aChangedFileIsUnknownAndSoAreTheFoldersAboveIt() throws Exception {
        snapshot();
        Files.writeString(folder.resolve("a/deep/3"), "other");
        StatCache.awaitLaterStamps();
        assertThat(snapshot()).containsExactlyInAnyOrder("a/1", "a/2", "b", "c/4", "c/", "d");
        assertThat(snapshot()).contains("/");
    }

    @Test
    void aChangeThatKeepsSizeAndTimeIsSeen() throws Exception {
        var file = folder.resolve("b");
        var time = Files.getLastModifiedTime(file);
        snapshot();
        Files.writeString(file, "B");
        Files.setLastModifiedTime(file, time);
        StatCache.awaitLaterStamps();
        assertThat(snapshot()).doesNotContain("b", "/");
    }

    @Test
    void deletedAddedAndReplacedNamesAreSeen() throws Exception {
        snapshot();
        Files.delete(folder.resolve("a/1"));
        Files.writeString(folder.resolve("c/0"), "new");
        Files.delete(folder.resolve("d"));
        Files.createDirectory(folder.resolve("d"));
        StatCache.awaitLaterStamps();
        assertThat(snapshot()).containsExactlyInAnyOrder("a/2", "a/deep/3", "a/deep/", "b", "c/4");
    }

    @Test
    void aFolderThatIsGoneIsPassedOver() throws Exception {
        snapshot();
        TreeRemoval.remove(folder.resolve("a"));
        StatCache.awaitLaterStamps();
        assertThat(snapshot()).containsExactlyInAnyOrder("b", "c/4", "c/", "d");
    }

    @Test
    void aFileTouchedInTheMomentOfTheSnapshotIsNotReliedOn() throws Exception {
        var file = folder.resolve("b");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(3600)));
        snapshot();
        assertThat(snapshot()).contains("a/", "c/").doesNotContain("b", "/");
    }

    @Test
    void everyDamageIsNoticedOrHarmless() throws Exception {
        snapshot();
        var file = cacheFile();
        var good = Files.readAllBytes(file);
        var seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (var round = 0; round < 300; round++) {
            var bad = good.clone();
            if (round % 2 == 0) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                bad = java.util.Arrays.copyOf(bad, random.nextInt(bad.length));
            }
            Files.write(file, bad);
            warnings.clear();
            assertThat(knownOf()).isSubsetOf(all());
            assertThat(warnings).as("round " + round).hasSize(1);
        }
    }

    @Test
    void whatAKilledProcessWasWritingIsForgottenToo() throws Exception {
        snapshot();
        try (var volume = DirectoryVolume.open(folder)) {
            var cache = new StatCache(temporary.resolve("cache"), volume);
            var killed = new ProcessBuilder("true").start();
            killed.waitFor();
            var name = cache.file().getFileName();
            var abandoned = cache.file().resolveSibling("%s.%d.1.tmp".formatted(name, killed.pid()));
            var beingWritten = cache.file()
                    .resolveSibling("%s.%d.99.tmp"
                            .formatted(name, ProcessHandle.current().pid()));
            Files.copy(cache.file(), abandoned);
            Files.copy(cache.file(), beingWritten);
            cache.delete();
            assertThat(cache.file()).doesNotExist();
            assertThat(abandoned).doesNotExist();
            assertThat(beingWritten).exists();
        }
    }

    @Test
    void nothingIsForgottenWhereNothingWasKnown() {
        try (var volume = DirectoryVolume.open(folder)) {
            new StatCache(temporary.resolve("none"), volume).delete();
        }
        assertThat(temporary.resolve("none")).doesNotExist();
    }

    @Test
    void anotherFolderAtTheSamePathIsUnknown() throws Exception {
        snapshot();
        Files.move(folder, temporary.resolve("moved"));
        Files.createDirectories(folder.resolve("a"));
        assertThat(knownOf()).isEmpty();
    }

    private static Set<String> all() {
        return Set.of("a/1", "a/2", "a/deep/3", "a/deep/", "a/", "b", "c/4", "c/", "d", "/");
    }

    private Path cacheFile() {
        try (var volume = DirectoryVolume.open(folder)) {
            return new StatCache(temporary.resolve("cache"), volume).file();
        }
    }

    private Set<String> knownOf() {
        return snapshot(false);
    }

    private Set<String> snapshot() {
        return snapshot(true);
    }

    /** The paths of what is known, folders with a slash; each must have the value that it was given: its path. */
    private Set<String> snapshot(boolean update) {
        var seen = new HashSet<String>();
        try (var volume = DirectoryVolume.open(folder)) {
            var cache = new StatCache(temporary.resolve("cache"), volume);
            try (var known = cache.open(warnings::add);
                    var walk = volume.walk(WalkOptions.SNAPSHOT, known, warnings::add);
                    var writer = cache.update(walk.started(), Bytes.of("context"))) {
                walk.forEachRemaining(event -> look(event, writer, seen));
                if (update) {
                    writer.commit();
                }
            }
        }
        return seen;
    }

    private static void look(WalkEvent event, StatCacheWriter writer, Set<String> seen) {
        switch (event) {
            case WalkEvent.Enter enter -> writer.enter(enter.folder());
            case WalkEvent.Found found -> {
                var path = found.entry().path();
                check(found.entry().known(), path, path.toString(), seen);
                writer.entry(found.entry(), path);
            }
            case WalkEvent.Leave leave -> {
                var path = leave.folder().path();
                check(leave.known(), path, path + "/", seen);
                writer.leave(leave.folder(), Optional.of(path));
            }
        }
    }

    private static void check(Optional<Bytes> known, Bytes path, String shown, Set<String> seen) {
        if (known.isPresent()) {
            assertThat(known).contains(path);
            seen.add(shown);
        }
    }
}
