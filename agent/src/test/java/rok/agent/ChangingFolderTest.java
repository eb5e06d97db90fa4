package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.agent.VersionFiles.Place;
import rok.catalog.Version;
import rok.snapshot.ByteString;
import rok.snapshot.Entry;

/** Folders that change around and during snapshots, and several snapshots at once. */
class ChangingFolderTest {
    @TempDir
    Path temporary;

    private TestStore store;

    @BeforeEach
    void open() {
        store = new TestStore(temporary);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aChangeWithinTheSameTickOfTheClockIsNeverMissed() throws Exception {
        var folder = Files.createDirectories(temporary.resolve("f"));
        for (var i = 0; i < 200; i++) {
            var text = "%06d".formatted(i);
            Files.writeString(folder.resolve("same size"), text);
            assertThat(content(store.snapshot(folder), "same size")).isEqualTo(text);
        }
    }

    @Test
    void hardLinksThatMoveWithTheirFolderAreNamedAnew() throws Exception {
        var folder = Files.createDirectories(temporary.resolve("f"));
        Files.createDirectories(folder.resolve("a"));
        Files.createDirectories(folder.resolve("m"));
        Files.writeString(folder.resolve("a/first"), "linked");
        Files.createLink(folder.resolve("m/second"), folder.resolve("a/first"));
        Thread.sleep(30); // beyond the granularity of file times, so that the cache is used
        store.snapshot(folder);
        Files.move(folder.resolve("a"), folder.resolve("z"));
        var version = store.snapshot(folder);
        store.restore(version, temporary.resolve("out"));
        assertThat(TestStore.dump(temporary.resolve("out"))).isEqualTo(TestStore.dump(folder));
    }

    @Test
    void severalSnapshotsOfOneFolderAtOnceAreAllGood() throws Exception {
        var folder = Files.createDirectories(temporary.resolve("f"));
        var random = new Random(9);
        for (var i = 0; i < 300; i++) {
            var bytes = new byte[random.nextInt(20_000)];
            random.nextBytes(bytes);
            Files.write(folder.resolve("file " + i), bytes);
        }
        var jobs = new ArrayList<Callable<Version>>();
        for (var i = 0; i < 8; i++) {
            jobs.add(() -> {
                try (var own = new TestStore(temporary)) {
                    return own.snapshot(folder);
                }
            });
        }
        try (var threads = Executors.newFixedThreadPool(2)) {
            var versions = new ArrayList<Version>();
            for (var done : threads.invokeAll(jobs)) {
                versions.add(done.get());
            }
            assertThat(versions)
                    .extracting(Version::hash)
                    .containsOnly(versions.getFirst().hash());
            try (var fresh = new TestStore(temporary)) {
                fresh.restore(versions.getLast(), temporary.resolve("out"));
            }
        }
        assertThat(TestStore.dump(temporary.resolve("out"))).isEqualTo(TestStore.dump(folder));
    }

    @Test
    void aHundredGibibytesOfHoleAreStoredAndRestoredAtOnce() throws Exception {
        var folder = Files.createDirectories(temporary.resolve("f"));
        try (var file = new RandomAccessFile(folder.resolve("sparse").toFile(), "rw")) {
            file.setLength(100L << 30);
            file.seek(70L << 30);
            file.write("in the middle".getBytes(StandardCharsets.UTF_8));
        }
        var version = store.snapshot(folder);
        assertThat(version.size().fresh()).isLessThan(100_000);
        store.restore(version, temporary.resolve("out"));
        assertThat(TestStore.dump(temporary.resolve("out"))).isEqualTo(TestStore.dump(folder));
    }

    private String content(Version version, String path) throws Exception {
        var files = new VersionFiles(store.repository.reader(), List.copyOf(version.members()));
        if (files.find(ByteString.utf8(path)).orElseThrow() instanceof Place.Found found
                && found.entry() instanceof Entry.File file) {
            return new String(files.open(file).readAllBytes(), StandardCharsets.UTF_8);
        }
        throw new AssertionError("No file " + path);
    }
}
