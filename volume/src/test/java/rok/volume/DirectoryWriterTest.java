package rok.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.linux.Bytes;
import rok.linux.Errno;
import rok.linux.LinuxException;

class DirectoryWriterTest {
    private static final Metadata FOLDER = new Metadata(0750, 0, 0, 1_000_000_001, 5, List.of());
    private static final Metadata FILE = new Metadata(0640, 0, 0, -7, 999_999_999, List.of());

    @TempDir
    Path temporary;

    private final List<Warning> warnings = new CopyOnWriteArrayList<>();

    @Test
    void whatIsWrittenIsThereWithItsMetadata() throws Exception {
        var target = temporary.resolve("new/target");
        try (var writer = DirectoryWriter.open(target, Existing.REFUSE, 2, warnings::add)) {
            writer.enter(Bytes.EMPTY, FOLDER);
            writer.enter(Bytes.of("a"), FOLDER);
            writer.file(Bytes.of("f"), FILE, 5, text("hello"));
            writer.leave();
            writer.hardLink(Bytes.of("b"), Bytes.of("a/f"), FILE, 5, text("hello"));
            writer.symlink(Bytes.of("c"), FILE, Bytes.of("/nowhere"));
            writer.fifo(Bytes.of("d"), FILE);
            writer.file(Bytes.of("hole"), FILE, 100L << 30, (_, _, _) -> {});
            writer.leave();
            writer.finish();
        }
        assertThat(Files.readString(target.resolve("b"))).isEqualTo("hello");
        assertThat(Files.getAttribute(target.resolve("a/f"), "unix:nlink")).isEqualTo(2);
        assertThat(Files.getLastModifiedTime(target.resolve("a/f")).toInstant().getEpochSecond())
                .isEqualTo(-7);
        assertThat(Files.getLastModifiedTime(target).toInstant().getEpochSecond())
                .isEqualTo(1_000_000_001);
        assertThat(Files.size(target.resolve("hole"))).isEqualTo(100L << 30);
        assertThat(warnings).isEmpty();
    }

    @Test
    void anExistingFileIsRefusedByDefaultAndStays() throws Exception {
        Files.writeString(temporary.resolve("f"), "old");
        assertThatThrownBy(() -> write(Existing.REFUSE, "new"))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
        assertThat(Files.readString(temporary.resolve("f"))).isEqualTo("old");
    }

    @Test
    void overwritingReplacesFilesAndKeepsOthers() throws Exception {
        Files.writeString(temporary.resolve("f"), "old");
        Files.writeString(temporary.resolve("other"), "stays");
        write(Existing.OVERWRITE, "new");
        assertThat(Files.readString(temporary.resolve("f"))).isEqualTo("new");
        assertThat(names()).containsExactly("f", "other");
    }

    @Test
    void anExactCopyRemovesTheRest() throws Exception {
        Files.createDirectories(temporary.resolve("other/x"));
        Files.createDirectories(temporary.resolve("f/was/a/folder"));
        write(Existing.EXACT, "new");
        assertThat(Files.readString(temporary.resolve("f"))).isEqualTo("new");
        assertThat(names()).containsExactly("f");
    }

    @Test
    void aLinkInTheTargetIsNeverFollowed() throws Exception {
        var outside = Files.createDirectory(temporary.resolve("outside"));
        var target = Files.createDirectory(temporary.resolve("target"));
        Files.createSymbolicLink(target.resolve("a"), outside);
        assertThatThrownBy(() -> writeInFolder(target, Existing.REFUSE)).isInstanceOf(LinuxException.class);
        assertThat(outside).isEmptyDirectory();
        writeInFolder(target, Existing.OVERWRITE);
        assertThat(outside).isEmptyDirectory();
        assertThat(target.resolve("a/f")).hasContent("x");
    }

    @Test
    void namesThatLeadElsewhereAreRefused() {
        for (var name : List.of("..", ".", "a/b", "", "a\0b", "n".repeat(256))) {
            assertThatThrownBy(() -> {
                        try (var writer = DirectoryWriter.open(temporary, Existing.REFUSE, 1, warnings::add)) {
                            writer.enter(Bytes.EMPTY, FOLDER);
                            writer.file(Bytes.of(name), FILE, 0, (_, _, _) -> {});
                        }
                    })
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private void writeInFolder(Path target, Existing existing) {
        try (var writer = DirectoryWriter.open(target, existing, 1, warnings::add)) {
            writer.enter(Bytes.EMPTY, FOLDER);
            writer.enter(Bytes.of("a"), FOLDER);
            writer.file(Bytes.of("f"), FILE, 1, text("x"));
            writer.leave();
            writer.leave();
            writer.finish();
        }
    }

    private void write(Existing existing, String content) {
        try (var writer = DirectoryWriter.open(temporary, existing, 1, warnings::add)) {
            writer.enter(Bytes.EMPTY, FOLDER);
            writer.file(Bytes.of("f"), FILE, content.length(), text(content));
            writer.leave();
            writer.finish();
        }
    }

    private List<String> names() throws Exception {
        try (var list = Files.list(temporary)) {
            return list.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    private static FileContent text(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return (output, _, _) -> output.write(bytes, 0, bytes.length, 0);
    }
}
