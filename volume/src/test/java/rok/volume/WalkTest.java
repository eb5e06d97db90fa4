package rok.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.linux.Bytes;
import rok.linux.Fd;
import rok.linux.Flags;
import rok.linux.Syscalls;

class WalkTest {
    @TempDir
    Path folder;

    private final List<Warning> warnings = new ArrayList<>();

    @Test
    void namesComeDepthFirstInTheOrderOfTheirBytes() throws Exception {
        Files.createDirectories(folder.resolve("b/inner"));
        Files.writeString(folder.resolve("b/inner/x"), "x");
        Files.writeString(folder.resolve("b-"), "");
        Files.writeString(folder.resolve("a"), "hello");
        Files.createSymbolicLink(folder.resolve("é"), Path.of("nowhere"));
        assertThat(walk())
                .containsExactly("> ", "a", "> b", "> b/inner", "b/inner/x", "< b/inner", "< b", "b-", "é", "< ");
        assertThat(warnings).isEmpty();
    }

    @Test
    void namesThatAreNotUtf8ComeAsTheyAre() throws Exception {
        var linux = new Syscalls();
        var name = Bytes.of(new byte[] {'n', (byte) 0xFF, '\n'});
        try (var root = linux.open(Fd.CWD, Bytes.of(folder.toString()), Flags.O_DIRECTORY)) {
            linux.open(root, name, Flags.O_CREAT | Flags.O_WRONLY, 0644).close();
        }
        assertThat(walk()).containsExactly("> ", "n\\xff\\x0a", "< ");
    }

    @Test
    void foldersNestedDeeperThanAPathCanSayAreWalked() throws Exception {
        var linux = new Syscalls();
        var name = Bytes.of("n".repeat(200));
        var at = linux.open(Fd.CWD, Bytes.of(folder.toString()), Flags.O_DIRECTORY);
        for (var depth = 0; depth < 200; depth++) {
            linux.makeFolder(at, name, 0755);
            linux.open(at, Bytes.of("z"), Flags.O_CREAT | Flags.O_WRONLY, 0644).close();
            var below = linux.open(at, name, Flags.O_DIRECTORY);
            at.close();
            at = below;
        }
        linux.open(at, Bytes.of("deepest"), Flags.O_CREAT | Flags.O_WRONLY, 0644)
                .close();
        at.close();
        assertThat(walk()).hasSize(2 * 201 + 200 + 1);
        assertThat(warnings).isEmpty();
        new ProcessBuilder("rm", "-rf", folder.resolve(name.toString()).toString())
                .start()
                .waitFor();
    }

    private List<String> walk() {
        var seen = new ArrayList<String>();
        try (var volume = DirectoryVolume.open(folder);
                var walk = volume.walk(WalkOptions.SNAPSHOT, warnings::add)) {
            walk.forEachRemaining(event -> seen.add(
                    switch (event) {
                        case WalkEvent.Enter enter -> "> " + enter.folder();
                        case WalkEvent.Found found -> found.entry().toString();
                        case WalkEvent.Leave leave -> "< " + leave.folder();
                    }));
        }
        return seen;
    }
}
