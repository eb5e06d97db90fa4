package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import rok.format.StoreException;
import rok.repository.Repository;
import rok.volume.Existing;

/** What is read of a store behind a network: little waits for its turn, and what lies together comes together. */
class FarStoreTest {
    private static final int FOLDERS = 400;
    private static final int LARGE_FILES = 24;

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
        far.holdUntil(LARGE_FILES / 2);
        var target = temporary.resolve("target");
        var outcome = new Restorer(repository.reader(), store.catalog, store.caches)
                .restore(version, version.members(), target, List.of(), Existing.REFUSE, Progress.NONE);
        assertThat(outcome.damaged()).isEmpty();
        assertSame(target);
        // Twice the trees, which the folder's stat cache is made from too; the large files; their lists
        assertThat(far.ranges()).isLessThan(FOLDERS / 2);
    }

    @Test
    void anExportAsksForMuchAtOnceAndForNeighboursTogether() throws Exception {
        far.holdUntil(LARGE_FILES / 2);
        var archive = new ByteArrayOutputStream();
        new Export(repository.reader(), store.catalog).write(version, version.members(), archive, Progress.NONE);
        assertThat(archive.size()).isGreaterThan(LARGE_FILES << 20);
        assertThat(far.ranges()).isLessThan(FOLDERS / 2);
    }

    /** Also where it goes in the middle of what is read ahead: whoever waits for that is told. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 10, 20})
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
