package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Version;
import rok.repository.Repository;
import rok.snapshot.Content;
import rok.volume.Existing;

/** Snapshots and restores of real folders in a real store, compared entry by entry by another program. */
class RoundTripTest {
    /** Names that Java can't delete are in it, so another program does. */
    @TempDir(cleanup = CleanupMode.NEVER)
    Path temporary;

    private TestStore store;

    @BeforeEach
    void open() {
        store = new TestStore(temporary);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        new ProcessBuilder("rm", "-rf", temporary.toString()).start().waitFor();
    }

    @Test
    void anAwkwardFolderComesBackAsItWas() throws Exception {
        var source = temporary.resolve("nasty");
        TestStore.python("nasty.py", source.toString(), "1");
        var version = store.snapshot(source);
        assertThat(version.warnings()).anyMatch(w -> w.contains("socket"));
        var target = temporary.resolve("restored");
        var outcome = store.restore(version, target);
        assertThat(outcome.damaged()).isEmpty();
        assertThat(outcome.warnings()).isEmpty();
        assertThat(TestStore.dump(target)).isEqualTo(TestStore.dump(source));
        assertThat(root(store.snapshot(target)))
                .as("equal folders have equal trees")
                .isEqualTo(root(version));
    }

    @Test
    void anUnchangedFolderIsNotReadAndStoresNothing() throws Exception {
        var source = temporary.resolve("nasty");
        TestStore.python("nasty.py", source.toString(), "2");
        Thread.sleep(30); // beyond the granularity of file times: what was just written is looked at again
        var first = store.snapshot(source);
        var before = bytesRead();
        var second = store.snapshot(source);
        assertThat(bytesRead() - before)
                .as("bytes read, of 38 MB that are there")
                .isLessThan(1_000_000);
        assertThat(second.hash()).isEqualTo(first.hash());
        assertThat(second.size().fresh()).isZero();
        assertThat(second.size().stored()).isZero();
    }

    private static Content root(Version version) {
        return version.members().getFirst().root();
    }

    /** By this process, of anything, so far. */
    private static long bytesRead() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/io"))) {
            if (line.startsWith("rchar: ")) {
                return Long.parseLong(line.substring(7));
            }
        }
        throw new IOException("No rchar");
    }

    @Test
    void aGroupIsRestoredAMemberToAFolder() throws Exception {
        var a = folder("a", 3);
        var b = folder("b", 4);
        var version = store.snapshot(a, b);
        assertThat(version.members()).extracting(m -> m.name()).containsExactly("a", "b");
        store.restore(version, temporary.resolve("out"));
        assertThat(TestStore.dump(temporary.resolve("out/a"))).isEqualTo(TestStore.dump(a));
        assertThat(TestStore.dump(temporary.resolve("out/b"))).isEqualTo(TestStore.dump(b));
        store.restore(version, temporary.resolve("part"), "b/sub", "a/one");
        assertThat(temporary.resolve("part/b/sub/two")).hasSameBinaryContentAs(b.resolve("sub/two"));
        assertThat(temporary.resolve("part/a/one")).hasSameBinaryContentAs(a.resolve("one"));
        assertThat(temporary.resolve("part/b/one")).doesNotExist();
    }

    @Test
    void changesAreFoundAndOnlyTheyAreStored() throws Exception {
        var a = folder("a", 5);
        var first = store.snapshot(a);
        Files.writeString(a.resolve("sub/new"), "new");
        Files.delete(a.resolve("one"));
        var second = store.snapshot(a);
        assertThat(second.hash()).isNotEqualTo(first.hash());
        assertThat(second.size().fresh()).isLessThan(1000);
        var target = temporary.resolve("out");
        store.restore(first, target);
        store.restore(second, target, Existing.EXACT);
        assertThat(TestStore.dump(target)).isEqualTo(TestStore.dump(a));
    }

    @Test
    void aCloneTakesItsBytesFromTheFolderAndIsIncrementalAtOnce() throws Exception {
        var source = temporary.resolve("nasty");
        TestStore.python("nasty.py", source.toString(), "6");
        Thread.sleep(30);
        var version = store.snapshot(source);
        var changed = source.resolve("medium");
        var original = TestStore.dump(source);
        var clone = temporary.resolve("clone");
        var cloner = new Cloner(store.repository.reader(), store.catalog, store.caches);
        var outcome = cloner.clone(version, version.members().getFirst(), source, clone, Progress.NONE);
        assertThat(outcome.damaged()).isEmpty();
        assertThat(TestStore.dump(clone)).isEqualTo(original);
        Files.write(changed, new byte[700_000]);
        var second = temporary.resolve("second");
        cloner.clone(version, version.members().getFirst(), source, second, Progress.NONE);
        assertThat(TestStore.dump(second)).isEqualTo(original);
        var before = bytesRead();
        assertThat(root(store.snapshot(second))).isEqualTo(root(version));
        assertThat(bytesRead() - before).isLessThan(5_000_000);
    }

    @Test
    void damagedPacksCostTheirFilesAndAreNamed() throws Exception {
        var source = folder("a", 7);
        var version = store.snapshot(source);
        try (var packs = Files.walk(store.folder.resolve("packs"))) {
            for (var pack : packs.filter(Files::isRegularFile).toList()) {
                pack.toFile().setWritable(true);
                try (var file = new RandomAccessFile(pack.toFile(), "rw")) {
                    file.seek(2000);
                    file.write(new byte[] {1, 2, 3, 4});
                }
            }
        }
        var fresh = Repository.open(store.objects, temporary.resolve("other cache"));
        var outcome = new Restorer(fresh.reader(), store.catalog, store.caches)
                .restore(
                        version,
                        version.members(),
                        temporary.resolve("out"),
                        List.of(),
                        Existing.REFUSE,
                        Progress.NONE);
        assertThat(outcome.damaged()).hasSize(1).allMatch(d -> d.contains("pack"));
        assertThat(outcome.files()).isEqualTo(2);
    }

    private Path folder(String name, long seed) throws IOException {
        var random = new Random(seed);
        var folder = Files.createDirectories(temporary.resolve(name));
        Files.createDirectories(folder.resolve("sub"));
        for (var file : new String[] {"one", "sub/two", "sub/three"}) {
            var bytes = new byte[random.nextInt(300_000)];
            random.nextBytes(bytes);
            Files.write(folder.resolve(file), bytes);
        }
        return folder;
    }
}
