package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rok.catalog.Version;
import rok.check.Check;
import rok.check.Repair;
import rok.format.StoreException;
import rok.repository.ChunkReader;
import rok.repository.Repository;
import rok.snapshot.Content;
import rok.snapshot.Entry;
import rok.snapshot.TreeReader;
import rok.volume.Existing;

/** What is read of a store behind a network: little waits for its turn, and what lies together comes together. */
class FarStoreTest {
    private static final int FOLDERS = 400;
    private static final int LARGE_FILES = 24;
    /** Most of the data, in ranges of four megabytes. */
    private static final int AT_ONCE = 4;
    /** The data, and trees and lists by ever longer ranges. */
    private static final int RANGES_MAX = 30;

    @TempDir
    Path temporary;

    private TestStore store;
    private FarStore far;
    private Repository repository;
    private Path source;
    private Version version;

    @BeforeEach
    void makeAVersion() throws Exception {
        store = new TestStore(temporary);
        source = temporary.resolve("source");
        var random = new Random(1);
        for (var i = 0; i < FOLDERS; i++) {
            var folder = Files.createDirectories(source.resolve("%d/%d".formatted(i % 20, i)));
            Files.writeString(folder.resolve("small"), "of folder " + i);
        }
        for (var i = 0; i < LARGE_FILES; i++) {
            var content = new byte[1 << 20];
            random.nextBytes(content);
            Files.write(source.resolve("large-" + i), content);
        }
        version = store.snapshot(source);
        far = new FarStore(store.objects);
        repository = Repository.open(far, temporary.resolve("far-cache"));
    }

    @Test
    void aRestoreAsksForMuchAtOnceAndForNeighboursTogether() throws Exception {
        far.holdUntil(AT_ONCE);
        var target = temporary.resolve("target");
        var outcome = new Restorer(repository.reader(), store.catalog, store.caches)
                .restore(version, version.members(), target, List.of(), Existing.REFUSE, Progress.NONE);
        assertThat(outcome.damaged()).isEmpty();
        assertSame(target);
        assertThat(far.ranges()).isLessThan(RANGES_MAX);
    }

    @Test
    void anExportAsksForMuchAtOnceAndForNeighboursTogether() throws Exception {
        far.holdUntil(AT_ONCE);
        var archive = new ByteArrayOutputStream();
        new Export(repository.reader(), store.catalog).write(version, version.members(), archive, Progress.NONE);
        assertThat(archive.size()).isGreaterThan(LARGE_FILES << 20);
        assertThat(far.ranges()).isLessThan(RANGES_MAX);
    }

    @Test
    void aCopyAsksForMuchAtOnceAndForNeighboursTogether() throws Exception {
        far.holdUntil(AT_ONCE);
        var other = new TestStore(temporary.resolve("other"));
        new Copy(repository, store.catalog, other.repository, other.catalog).copy(version, Progress.NONE);
        assertThat(far.ranges()).isLessThan(RANGES_MAX);
    }

    @Test
    void aCheckAsksForNeighboursTogether() {
        assertThat(new Check(repository, DamagedStore.options(0)).run().isGood())
                .isTrue();
        assertThat(far.ranges()).isLessThan(RANGES_MAX);
    }

    @Test
    void treesThatCameOnceAreNotAskedForAgain() {
        var first = list(repository.reader());
        assertThat(first).hasSize(FOLDERS + 20 + 1);
        var asked = far.ranges();
        var another = Repository.open(far, temporary.resolve("far-cache"));
        assertThat(list(another.reader())).isEqualTo(first);
        assertThat(far.ranges()).as("ranges").isEqualTo(asked);
    }

    /** What is kept of trees is believed as far as its checksum goes, and may go at any moment. */
    @Test
    void keptTreesThatAreDamagedOrGoneAreAskedForAgain() throws Exception {
        var first = list(repository.reader());
        var kept = keptFiles();
        assertThat(kept).isNotEmpty();
        for (var i = 0; i < kept.size(); i++) {
            var bytes = Files.readAllBytes(kept.get(i));
            switch (i % 4) {
                case 0 -> bytes[bytes.length / 2] ^= 1;
                case 1 -> bytes = Arrays.copyOf(bytes, bytes.length - 1);
                case 2 -> bytes = Files.readAllBytes(kept.getFirst());
                default -> bytes = new byte[0];
            }
            Files.write(kept.get(i), bytes);
        }
        assertThat(list(Repository.open(far, temporary.resolve("far-cache")).reader()))
                .isEqualTo(first);
        var reading = Repository.open(far, temporary.resolve("far-cache")).reader();
        assertThat(list(reading)).isEqualTo(first);
        for (var file : keptFiles()) {
            Files.delete(file);
        }
        assertThat(list(reading)).isEqualTo(first);
    }

    /** A check reads the store and not what is kept of it; a repair takes what is kept. */
    @Test
    void treesThatTheStoreLostAreFoundAndBroughtBackFromWhatIsKept() throws Exception {
        var all = list(repository.reader());
        var root =
                repository.reader().locate(version.members().getFirst().root().root());
        var pack = store.folder.resolve(root.pack().key().value());
        var bytes = Files.readAllBytes(pack);
        bytes[root.offset() + root.length() / 2] ^= 1;
        Files.write(pack, bytes);

        var damaged = Repository.open(far, temporary.resolve("far-cache"));
        assertThat(list(damaged.reader())).as("from what is kept").isEqualTo(all);
        assertThat(new Check(damaged, DamagedStore.options(0)).run().isGood()).isFalse();
        var report = new Repair(damaged, DamagedStore.options(100), List.of(), _ -> {}).run();
        assertThat(report.lost()).isEmpty();
        assertThat(report.actions())
                .anySatisfy(action -> assertThat(action.text()).contains("1 chunks, from copies of trees"));
        var mended = Repository.open(far, temporary.resolve("empty-cache"));
        assertThat(list(mended.reader())).isEqualTo(all);
        assertThat(new Check(mended, DamagedStore.options(100)).run().isGood()).isTrue();
    }

    private List<Path> keptFiles() throws IOException {
        try (var files = Files.walk(temporary.resolve("far-cache"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("/structure/"))
                    .sorted()
                    .toList();
        }
    }

    /** The trees of all folders, each as its entries' names. */
    private List<List<String>> list(ChunkReader chunks) {
        var listed = new ArrayList<List<String>>();
        for (var member : version.members()) {
            list(chunks, member.root(), listed);
        }
        return listed;
    }

    private static void list(ChunkReader chunks, Content tree, List<List<String>> listed) {
        var names = new ArrayList<String>();
        listed.add(names);
        for (var entries = new TreeReader(chunks, tree); entries.hasNext(); ) {
            var entry = entries.next();
            names.add(entry.name().toString());
            if (entry instanceof Entry.Folder folder) {
                list(chunks, folder.tree(), listed);
            }
        }
    }

    /** Also where it goes in the middle of what is read ahead: whoever waits for that is told. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aStoreThatDoesNotAnswerAnyMoreEndsWhatReadsOfIt(int calls) {
        far.failAfter(calls);
        var restorer = new Restorer(repository.reader(), store.catalog, store.caches);
        assertThatThrownBy(() -> restorer.restore(
                        version,
                        version.members(),
                        temporary.resolve("target"),
                        List.of(),
                        Existing.REFUSE,
                        Progress.NONE))
                .isInstanceOf(StoreException.Unavailable.class);
        far.failAfter(calls);
        var export = new Export(repository.reader(), store.catalog);
        assertThatThrownBy(() -> export.write(version, version.members(), new ByteArrayOutputStream(), Progress.NONE))
                .isInstanceOf(StoreException.Unavailable.class);
    }

    private void assertSame(Path target) throws IOException {
        try (var files = Files.walk(source)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var other = target.resolve(source.relativize(file));
                assertThat(Files.mismatch(file, other)).as("%s", other).isEqualTo(-1);
            }
        }
    }
}
