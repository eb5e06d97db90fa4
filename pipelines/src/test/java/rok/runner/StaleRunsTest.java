package rok.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.pipeline.Pipeline;
import rok.pipeline.Step;

/** A run whose process was killed, and what the next start makes of it. */
class StaleRunsTest {
    @TempDir
    Path folder = Path.of("/");

    @Test
    void aKilledRunLeavesNoProcessAndIsRecordedAsCancelledByTheNextStart() throws Exception {
        TestPython.environment();
        var home = Files.createDirectories(folder.resolve("home")).toRealPath();
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Runs.class.getName(),
                        folder.toString())
                .inheritIO()
                .start();
        var snapshots = new CopiedSnapshots(folder.resolve("later"));
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(folder.resolve("on")) || !process.isAlive());
            var running = new StaleRuns(home, snapshots).recover();
            assertThat(running).as("a run that goes on is left alone").isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
        var run = onlyRun(home);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ProcessIdentity.carrying(StepRun.MARK, run).isEmpty());

        assertThat(StaleRuns.exist(home)).isTrue();
        assertThat(new StaleRuns(home, snapshots).recover()).hasSize(1);
        assertThat(StaleRuns.exist(home)).isFalse();
        assertThat(snapshots.last().labels())
                .containsEntry("state", "cancelled")
                .containsEntry("phase", "final")
                .containsEntry("run", run);
        assertThat(snapshots.last().metadata().get("run")).contains("\"state\":\"cancelled\"");
        assertThat(Files.exists(snapshots.copyOf("", "final", "workspace").resolve("made-before-the-kill")))
                .isTrue();
        assertThat(new StaleRuns(home, snapshots).recover()).isEmpty();
    }

    @Test
    void aFolderWhoseLockSomebodyHoldsIsLeftAloneAndOneWithoutIsADeadRuns() throws Exception {
        var home = Files.createDirectories(folder.resolve("home"));
        var snapshots = new CopiedSnapshots(folder.resolve("store"));
        var young = RunFolder.lock(home, "young");
        var youngFolder = RunFolder.create(home, "young").path();
        assertThat(StaleRuns.exist(home)).isFalse();
        assertThat(new StaleRuns(home, snapshots).recover()).isEmpty();
        assertThat(youngFolder).exists();
        young.close();
        assertThat(StaleRuns.exist(home)).isTrue();
        assertThat(new StaleRuns(home, snapshots).recover()).isEmpty();
        assertThat(home.resolve("runs")).isEmptyDirectory();
        assertThat(StaleRuns.exist(home)).isFalse();
    }

    @Test
    void aRunThatWasKilledBeforeItsClonesWereWholeEndsWithTheOriginalsAndOneThatHadItsLastVersionGetsNoSecond()
            throws Exception {
        var home = Files.createDirectories(folder.resolve("home")).toRealPath();
        var original = Files.createDirectories(folder.resolve("original"));
        Files.writeString(original.resolve("whole"), "yes");
        var snapshots = new CopiedSnapshots(folder.resolve("store"));
        var uuid = "0198c0de-0000-7000-8000-00000000abcd";
        var record = """
                {"run": "%s", "name": "n", "pipeline": "p", "bucket": "b", "file": "f", "state": "running",
                 "volumes": [{"name": "workspace", "mount": "/w"}], "folders": ["%s"], "cloned": false,
                 "initial": "/rok/swift/v1/user/b/f?version=0198c0de-0000-7000-8000-000000000000",
                 "steps": [{"name": "one", "state": "waiting"}]}
                """.formatted(uuid, original);
        for (int i = 0; i < 2; i++) {
            var left = RunFolder.create(home, uuid);
            Files.writeString(left.record(), record);
            Files.writeString(Files.createDirectories(left.clone(1)).resolve("half"), "no");
            assertThat(new StaleRuns(home, snapshots).recover()).containsExactly(new StaleRuns.Found("n", ""));
            assertThat(left.path()).doesNotExist();
            assertThat(snapshots.forgotten).contains(left.clone(1));
            assertThat(snapshots.requests).hasSize(1);
        }
        var last = snapshots.copyOf("", "final", "workspace");
        assertThat(last.resolve("whole")).exists();
        assertThat(last.resolve("half")).doesNotExist();
        assertThat(snapshots.last().metadata().get("run")).contains("\"state\":\"cancelled\"");
    }

    private static String onlyRun(Path home) throws Exception {
        try (var runs = Files.newDirectoryStream(home.resolve("runs"), Files::isDirectory)) {
            return runs.iterator().next().getFileName().toString();
        }
    }

    /** What is killed: a process of its own that runs a step without end. */
    static final class Runs {
        private Runs() {}

        public static void main(String[] arguments) throws Exception {
            var folder = Path.of(arguments[0]);
            var workspace = Files.createDirectories(folder.resolve("workspace"));
            Files.writeString(workspace.resolve("n.ipynb"), "{}");
            var code = """
                    import subprocess, time
                    open('made-before-the-kill', 'w').close()
                    subprocess.Popen(['setsid', 'sleep', '600'])
                    open(r'%s', 'w').close()
                    time.sleep(600)
                    """.formatted(folder.resolve("on"));
            var step = new Step(
                    "endless",
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(new Step.Code(1, code)),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Optional.empty(),
                    List.of(),
                    true,
                    false,
                    true);
            var pipeline = new Pipeline(
                    "killed",
                    "",
                    "killed",
                    "n.ipynb",
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(step),
                    new Pipeline.Settings(false, false, Optional.empty(), Map.of()),
                    List.of());
            var volumes = List.of(new Snapshots.Volume("workspace", workspace, RunRequest.HOME));
            new PipelineRun(
                            new RunRequest(
                                    pipeline, "killed", "n.ipynb", volumes, Map.of(), Optional.empty(), 1, false),
                            new CopiedSnapshots(folder.resolve("store")),
                            TestPython.environment(),
                            folder.resolve("home"),
                            new RunListener() {},
                            InstantSource.system(),
                            new Random(1))
                    .run();
        }
    }
}
