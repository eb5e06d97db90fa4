package rok.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python side that travels with the binary, and the set-up's ways to end. */
class PythonEnvironmentTest {
    private static final Path PYTHON = Path.of("..", "python");

    @TempDir
    Path folder = Path.of("/");

    @Test
    void everyModuleOfThePackageIsUnpackedAsItIs() throws Exception {
        var packages = TestPython.environment().packages().resolve("rok_steps");
        assertThat(names(packages)).isEqualTo(names(PYTHON.resolve("rok_steps")));
        for (var name : names(packages)) {
            assertThat(Files.readString(packages.resolve(name)))
                    .isEqualTo(Files.readString(PYTHON.resolve("rok_steps").resolve(name)));
        }
    }

    @Test
    void aSetUpThatIsThereDoesNothingAndNeedsNoNetwork() throws Exception {
        TestPython.environment();
        var said = new ArrayList<String>();
        PythonEnvironment.prepare(TestPython.environment().packages().resolve(".."), said::add);
        assertThat(said).isEmpty();
    }

    @Test
    void aMachineWithoutAFittingPythonIsToldWhatToInstall() throws Exception {
        var bin = Files.createDirectories(folder.resolve("bin"));
        for (var tool : List.of("sh", "dirname")) {
            Files.createSymbolicLink(bin.resolve(tool), Path.of("/bin").resolve(tool));
        }
        var old = Files.writeString(bin.resolve("python3"), "#!/bin/sh\nexit 1\n");
        assertThat(old.toFile().setExecutable(true)).isTrue();
        var ended = run(bin, "none");
        assertThat(ended).contains("exit 1").contains("3.10 to 3.13").contains("apt-get install python3-venv");
    }

    @Test
    void aSetUpThatWasKilledStartsAfresh() throws Exception {
        var environment = folder.resolve("env");
        Files.createDirectories(environment.resolve("lib"));
        Files.writeString(environment.resolve("lib").resolve("half"), "a package");
        var empty = Files.writeString(folder.resolve("requirements.txt"), "# nothing\n");
        var process = new ProcessBuilder(
                        "sh", PYTHON.resolve("set-up").toString(), environment.toString(), empty.toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(environment.resolve("lib").resolve("half")).doesNotExist();
        assertThat(environment.resolve("bin").resolve("python")).exists();
        assertThat(environment.resolve("rok-ready")).exists();
    }

    @Test
    void aSetUpThatFailsSaysWhyAndLeavesNoEnvironment() throws Exception {
        var wrong =
                Files.writeString(folder.resolve("requirements.txt"), "rok-has-no-such-package==1 --hash=sha256:00\n");
        var environment = folder.resolve("env");
        var process = new ProcessBuilder(
                        "sh", PYTHON.resolve("set-up").toString(), environment.toString(), wrong.toString())
                .redirectErrorStream(true);
        process.environment().put("PIP_NO_INDEX", "1");
        var started = process.start();
        var said = new String(started.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(started.waitFor()).isEqualTo(1);
        assertThat(said).contains("The packages could not be installed").contains("run this again");
        assertThat(environment.resolve("rok-ready")).doesNotExist();
        assertThatThrownBy(() -> Files.readString(environment.resolve("rok-ready")))
                .isInstanceOf(IOException.class);
    }

    private String run(Path bin, String name) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                        "/bin/sh",
                        PYTHON.resolve("set-up").toString(),
                        folder.resolve(name).toString(),
                        "/dev/null")
                .redirectErrorStream(true);
        builder.environment().put("PATH", bin.toString());
        builder.environment().remove("ROK_PYTHON");
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        return said + "exit " + process.waitFor();
    }

    private static SortedSet<String> names(Path folder) throws IOException {
        var names = new TreeSet<String>();
        try (var files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }
}
