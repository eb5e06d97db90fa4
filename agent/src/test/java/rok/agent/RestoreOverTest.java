package rok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.catalog.Version;
import rok.volume.Existing;

/** Restores into folders that hold something already. */
class RestoreOverTest {
    @TempDir
    Path temporary;

    private TestStore store;
    private Path source;
    private Version version;

    @BeforeEach
    void open() throws Exception {
        store = new TestStore(temporary);
        source = Files.createDirectories(temporary.resolve("source/sub"));
        source = temporary.resolve("source");
        var random = new Random(11);
        for (var name : new String[] {"a", "b", "sub/c"}) {
            var bytes = new byte[200_000];
            random.nextBytes(bytes);
            Files.write(source.resolve(name), bytes);
        }
        try (var sparse = new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
            sparse.setLength(5 << 20);
            sparse.seek(3 << 20);
            sparse.write(7);
        }
        version = store.snapshot(source);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aRestoreThatWouldReplaceFilesIsRefusedBeforeItWritesAnything() throws Exception {
        var target = temporary.resolve("out");
        Files.createDirectories(target.resolve("sub"));
        Files.writeString(target.resolve("sub/c"), "mine");
        Files.writeString(target.resolve("sparse"), "mine too");
        assertThatThrownBy(() -> store.restore(version, target))
                .isInstanceOf(FilesInTheWay.class)
                .hasMessageContaining("2 files")
                .hasMessageContaining("sparse")
                .hasMessageContaining("sub/c");
        assertThat(target.resolve("a")).doesNotExist();
        assertThat(target.resolve("sub/c")).hasContent("mine");
        assertThat(store.restore(version, target, "a").files()).isEqualTo(1);
    }

    @Test
    void whatIsInItsPlaceAlreadyIsLeftThere() throws Exception {
        var target = temporary.resolve("out");
        store.restore(version, target);
        var before = changed(target);
        var outcome = store.restore(version, target, Existing.EXACT);
        assertThat(outcome.kept()).isEqualTo(4);
        assertThat(outcome.files()).isEqualTo(4);
        assertThat(changed(target)).isEqualTo(before);
        assertThat(TestStore.dump(target)).isEqualTo(TestStore.dump(source));
    }

    @Test
    void withoutAnythingRememberedTheFilesAreCompared() throws Exception {
        var target = temporary.resolve("out");
        store.restore(version, target);
        var before = changed(target);
        new ProcessBuilder("rm", "-rf", store.cache.resolve("stat").toString())
                .start()
                .waitFor();
        assertThat(store.restore(version, target, Existing.OVERWRITE).kept()).isEqualTo(4);
        assertThat(changed(target)).isEqualTo(before);
    }

    @Test
    void aChangeIsUndoneThoughSizeAndTimeAreTheSame() throws Exception {
        var target = temporary.resolve("out");
        store.restore(version, target);
        for (var name : new String[] {"a", "sparse"}) {
            var file = target.resolve(name);
            var time = Files.getLastModifiedTime(file);
            try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
                bytes.seek(100);
                bytes.write(bytes.read() + 1);
            }
            Files.setLastModifiedTime(file, time);
        }
        var outcome = store.restore(version, target, Existing.OVERWRITE);
        assertThat(outcome.kept()).isEqualTo(2);
        assertThat(TestStore.dump(target)).isEqualTo(TestStore.dump(source));
    }

    @Test
    void aFileThatIsThereGetsTheMetadataThatItLacks() throws Exception {
        var target = temporary.resolve("out");
        store.restore(version, target);
        Files.setAttribute(target.resolve("a"), "unix:mode", 0600);
        Files.setLastModifiedTime(target.resolve("b"), java.nio.file.attribute.FileTime.fromMillis(1));
        assertThat(store.restore(version, target, Existing.EXACT).kept()).isEqualTo(4);
        assertThat(TestStore.dump(target)).isEqualTo(TestStore.dump(source));
    }

    @Test
    void aFileWithANameElsewhereIsNotTouchedButReplaced() throws Exception {
        var target = temporary.resolve("out");
        store.restore(version, target);
        var elsewhere = temporary.resolve("elsewhere");
        Files.createLink(elsewhere, target.resolve("a"));
        Files.setAttribute(elsewhere, "unix:mode", 0600);
        store.restore(version, target, Existing.EXACT);
        assertThat(Files.getAttribute(elsewhere, "unix:mode")).isEqualTo(0100600);
        assertThat(TestStore.dump(target)).isEqualTo(TestStore.dump(source));
    }

    @Test
    void aLargeFileIsWrittenInPartsAndIsTheSame() throws Exception {
        var large = Files.createDirectories(temporary.resolve("large"));
        var random = new Random(12);
        var block = new byte[1 << 20];
        try (var file = new RandomAccessFile(large.resolve("f").toFile(), "rw")) {
            for (var i = 0; i < 100; i++) {
                random.nextBytes(block);
                file.write(block, 0, block.length - i);
            }
            file.setLength(file.length() + (40 << 20));
        }
        var stored = store.snapshot(large);
        var target = temporary.resolve("out");
        assertThat(store.restore(stored, target).files()).isEqualTo(1);
        assertThat(target.resolve("f")).hasSameBinaryContentAs(large.resolve("f"));
        assertThat(TestStore.dump(target)).isEqualTo(TestStore.dump(large));
    }

    @Test
    void aLargeFileThatIsDamagedIsNotLeftInPieces() throws Exception {
        var large = Files.createDirectories(temporary.resolve("large"));
        var random = new Random(13);
        var block = new byte[1 << 20];
        try (var file = new RandomAccessFile(large.resolve("f").toFile(), "rw")) {
            for (var i = 0; i < 80; i++) {
                random.nextBytes(block);
                file.write(block);
            }
        }
        Files.writeString(large.resolve("g"), "small");
        var stored = store.snapshot(large);
        damageLargestPack();
        var target = temporary.resolve("out");
        var outcome = store.restore(stored, target);
        assertThat(outcome.damaged()).isNotEmpty().allMatch(line -> line.startsWith("f: "));
        assertThat(target.resolve("f")).doesNotExist();
        assertThat(outcome.files()).isEqualTo(1);
        assertThat(target.resolve("g")).hasContent("small");
    }

    private void damageLargestPack() throws IOException {
        try (var packs = Files.walk(store.folder.resolve("packs"))) {
            var pack = packs.filter(Files::isRegularFile)
                    .max(java.util.Comparator.comparingLong(p -> p.toFile().length()))
                    .orElseThrow();
            pack.toFile().setWritable(true);
            try (var file = new RandomAccessFile(pack.toFile(), "rw")) {
                file.seek(file.length() / 2);
                file.write(new byte[] {1, 2, 3, 4});
            }
        }
    }

    /** Inode and time of change of every file: what a rewritten or touched one would not keep. */
    private static String changed(Path folder) throws IOException {
        var seen = new StringBuilder();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                seen.append(file)
                        .append(' ')
                        .append(Files.getAttribute(file, "unix:ino"))
                        .append(' ')
                        .append(Files.getAttribute(file, "unix:ctime"))
                        .append('\n');
            }
        }
        return seen.toString();
    }
}
