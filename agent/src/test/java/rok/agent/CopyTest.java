package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rok.catalog.Version;
import rok.catalog.VersionState;
import rok.format.StoreException;
import rok.names.BucketName;
import rok.names.FileName;

/** Versions in two stores, compared by what they restore to, by another program. */
class CopyTest {
    private static final long SPARSE_BYTES = 40L << 30;

    /** Names that Java can't delete are in it, so another program does. */
    @TempDir(cleanup = CleanupMode.NEVER)
    Path temporary;

    private Path source;

    @BeforeEach
    void aFolder() throws Exception {
        source = temporary.resolve("nasty");
        TestStore.python("nasty.py", source.toString(), "5");
        try (var sparse = new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
            sparse.setLength(SPARSE_BYTES);
            var bytes = new byte[3_000_000];
            new Random(3).nextBytes(bytes);
            sparse.seek(11L << 30);
            sparse.write(bytes);
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        new ProcessBuilder("rm", "-rf", temporary.toString())
                .inheritIO()
                .start()
                .waitFor();
    }

    @ParameterizedTest
    @CsvSource({"OPEN, OPEN", "OPEN, ENCRYPTED", "ENCRYPTED, OPEN", "ENCRYPTED, ENCRYPTED_BY_ACCOUNT"})
    void aVersionRestoresFromAnotherStoreAsItWas(StoreKind here, StoreKind there) throws Exception {
        try (var from = new TestStore(temporary.resolve("from"), here, "user");
                var to = new TestStore(temporary.resolve("to"), there, "user")) {
            var other = Files.createDirectories(temporary.resolve("other"));
            Files.writeString(other.resolve("a"), "text");
            var version = from.snapshot(source, other);
            var outcome = copy(from, to, version);
            assertThat(outcome.isNew()).isTrue();
            var copied = outcome.version();
            assertThat(copied.url().bucket()).isEqualTo(version.url().bucket());
            assertThat(copied.url().file()).isEqualTo(version.url().file());
            assertThat(copied.created()).isEqualTo(version.created());
            assertThat(copied.warnings()).isEqualTo(version.warnings());
            assertThat(copied.metadata())
                    .containsEntry(Copy.SOURCE, version.url().toString());
            assertThat(shown(copied)).isEqualTo(shown(version));
            assertThat(copied.hash().equals(version.hash()))
                    .isEqualTo(here == StoreKind.OPEN && there == StoreKind.OPEN);
            assertThat(dump(to, copied, "b")).isEqualTo(dump(from, version, "a"));
        }
    }

    @ParameterizedTest
    @CsvSource({"OPEN, OPEN", "OPEN, ENCRYPTED"})
    void onlyWhatIsMissingIsMoved(StoreKind here, StoreKind there) throws Exception {
        try (var from = new TestStore(temporary.resolve("from"), here, "user");
                var to = new TestStore(temporary.resolve("to"), there, "user")) {
            var first = from.snapshot(source);
            var copied = copy(from, to, first);
            var again = copy(from, to, first);
            assertThat(again.isNew()).isFalse();
            assertThat(again.version().url()).isEqualTo(copied.version().url());
            var added = new byte[500_000];
            new Random(4).nextBytes(added);
            Files.write(source.resolve("added"), added);
            var second = copy(from, to, from.snapshot(source));
            assertThat(second.isNew()).isTrue();
            assertThat(second.version().size().fresh()).isBetween(500_000L, 700_000L);
        }
    }

    @Test
    void whatTheOtherStoreHasIsNotRead() throws Exception {
        try (var from = new TestStore(temporary.resolve("from"));
                var to = new TestStore(temporary.resolve("to"))) {
            var large = Files.createDirectories(temporary.resolve("large"));
            var bytes = new byte[20_000_000];
            new Random(5).nextBytes(bytes);
            Files.write(large.resolve("large"), bytes);
            copy(from, to, from.snapshot(large));
            Files.writeString(large.resolve("small"), "text");
            var version = from.snapshot(large);
            // Packs of nothing but data: a copy that reads one of them fails
            try (var packs = Files.walk(from.folder.resolve("packs"))) {
                for (var pack : packs.filter(Files::isRegularFile).toList()) {
                    if (Files.size(pack) > 8_000_000) {
                        overwrite(pack, 1000, (int) Files.size(pack) - 200_000);
                    }
                }
            }
            assertThat(copy(from, to, version).version().size().fresh()).isLessThan(10_000);
        }
    }

    @Test
    void damageEndsItAndIsNamedAndNoVersionIsLeft() throws Exception {
        try (var from = new TestStore(temporary.resolve("from"));
                var to = new TestStore(temporary.resolve("to"), StoreKind.ENCRYPTED, "user")) {
            var large = Files.createDirectories(temporary.resolve("large"));
            var bytes = new byte[20_000_000];
            new Random(6).nextBytes(bytes);
            Files.write(large.resolve("numbers.bin"), bytes);
            var version = from.snapshot(large);
            try (var packs = Files.walk(from.folder.resolve("packs"))) {
                for (var pack : packs.filter(Files::isRegularFile).toList()) {
                    if (Files.size(pack) > 1_000_000) {
                        overwrite(pack, 100_000, 100_000);
                    }
                }
            }
            assertThatThrownBy(() -> copy(from, to, version))
                    .isInstanceOf(StoreException.Corrupt.class)
                    .hasMessageContaining("numbers.bin is damaged");
            assertThat(states(to)).containsExactly(VersionState.ABORTED);
        }
    }

    @Test
    void interruptedItLeavesNoVersionAndTheNextOneDoesIt() throws Exception {
        try (var from = new TestStore(temporary.resolve("from"));
                var to = new TestStore(temporary.resolve("to"))) {
            var version = from.snapshot(source);
            var copy = new Copy(from.repository, from.catalog, to.repository, to.catalog);
            assertThatThrownBy(() -> copy.copy(version, status -> {
                        if (status.files() > 20) {
                            throw new CancellationException("enough");
                        }
                    }))
                    .isInstanceOf(CancellationException.class);
            assertThat(states(to)).containsExactly(VersionState.ABORTED);
            assertThat(copy(from, to, version).isNew()).isTrue();
            assertThat(states(to)).containsExactly(VersionState.COMMITTED, VersionState.ABORTED);
        }
    }

    private static List<String> shown(Version version) {
        return version.members().stream()
                .map(member -> "%s at '%s': %d bytes, %d files"
                        .formatted(member.name(), member.mount(), member.bytes(), member.files()))
                .toList();
    }

    private static List<VersionState> states(TestStore store) {
        return store.catalog.versions(new BucketName("tests"), new FileName("file")).items().stream()
                .map(item -> item.state())
                .toList();
    }

    private static Copy.Outcome copy(TestStore from, TestStore to, Version version) {
        return new Copy(from.repository, from.catalog, to.repository, to.catalog).copy(version, Progress.NONE);
    }

    private String dump(TestStore store, Version version, String name) throws Exception {
        var target = temporary.resolve(name);
        var outcome = store.restore(version, target);
        assertThat(outcome.damaged()).isEmpty();
        // The first line is of the folder around the members, which the restore made
        var dump = TestStore.dump(target);
        return dump.substring(dump.indexOf('\n'));
    }

    private static void overwrite(Path file, int from, int length) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[length]), from);
        }
    }
}
