package rok.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents come back as they were written, or not at all. */
class DocumentTest {
    @TempDir
    Path temporary;

    private final PoolFiles files = new PoolFiles();
    private Path file;

    @BeforeEach
    void write() {
        file = temporary.resolve("document");
        Document.write(files, file, "rok-test", Map.of("size", "4096"));
    }

    @Test
    void isReadAsWritten() throws Exception {
        assertThat(Document.read(files, file, "rok-test").number("size")).isEqualTo(4096);
        assertThat(file).content().startsWith("rok-test 1\nsize 4096\ncrc32c ");
        assertThat(files.names(temporary)).containsExactly("document");
        assertThatThrownBy(() -> Document.read(files, file, "rok-test").text("name"))
                .isInstanceOf(PoolException.Damaged.class);
    }

    @Test
    void everyChangedByteAndEveryShorterOneIsFound() throws Exception {
        var whole = Files.readAllBytes(file);
        for (var i = 0; i < whole.length; i++) {
            var broken = whole.clone();
            broken[i] ^= 4;
            Files.write(file, broken);
            var changed = Files.readAllBytes(file);
            assertThatThrownBy(() -> Document.read(files, file, "rok-test"))
                    .isInstanceOf(PoolException.class)
                    .hasMessageContaining(file.toString());
            assertThat(Files.readAllBytes(file)).isEqualTo(changed);
            Files.write(file, Arrays.copyOf(whole, i));
            assertThatThrownBy(() -> Document.read(files, file, "rok-test")).isInstanceOf(PoolException.Damaged.class);
        }
    }

    @Test
    void oneOfANewerRokAndOneThatIsTooLargeAreTold() throws Exception {
        Files.writeString(file, "rok-test 2\nwhatever it holds\n");
        assertThatThrownBy(() -> Document.read(files, file, "rok-test")).hasMessageContaining("use a newer Rok");
        Files.write(file, new byte[Document.BYTES_MAX + 1]);
        assertThatThrownBy(() -> Document.read(files, file, "rok-test")).hasMessageContaining("at most");
        Files.delete(file);
        assertThatThrownBy(() -> Document.read(files, file, "rok-test")).isInstanceOf(PoolException.NotFound.class);
    }

    @Test
    void aLockHasOneHolder() {
        var lock = temporary.resolve("lock");
        try (var held = PoolLock.acquire(lock)) {
            assertThat(PoolLock.tryAcquire(lock)).isEmpty();
            assertThat(held.isClosed()).isFalse();
        }
        var again = PoolLock.tryAcquire(lock);
        assertThat(again).isPresent();
        again.orElseThrow().close();
    }

    @Test
    void mountsWithSpacesAndLettersInTheirNamesAreRead() {
        var line = "43 27 7:12 / /mnt/with\\040space/\u00c3\u00a9 rw,relatime shared:1 master:2 - ext4 /dev/loop12 rw";
        var mount = Mounts.parse(line);
        assertThat(mount.point())
                .isEqualTo(Path.of("/mnt/with space/"
                        + new String(new byte[] {(byte) 0xC3, (byte) 0xA9}, StandardCharsets.UTF_8)));
        assertThat(mount.type()).isEqualTo("ext4");
        assertThat(mount.isOf(new LoopDevices.Loop(12))).isTrue();
        assertThat(mount.isOf(new LoopDevices.Loop(1))).isFalse();
    }
}
