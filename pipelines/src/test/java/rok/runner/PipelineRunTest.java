package rok.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.pipeline.Pipeline;
import rok.pipeline.Step;

/** Small pipelines with real drivers and kernels; versions are plain copies. */
class PipelineRunTest {
    private static PythonEnvironment python = new PythonEnvironment(Path.of("/"), Path.of("/"));

    @TempDir
    Path folder = Path.of("/");

    private final List<String> printed = new CopyOnWriteArrayList<>();
    private final Map<String, CountDownLatch> latches = new LinkedHashMap<>();
    private CopiedSnapshots snapshots = new CopiedSnapshots(Path.of("/"));
    private Path workspace = Path.of("/");
    private Path home = Path.of("/");

    @BeforeAll
    static void preparePython() throws InterruptedException {
        python = TestPython.environment();
    }

    @BeforeEach
    void prepare() throws IOException {
        snapshots = new CopiedSnapshots(folder.resolve("store"));
        workspace = Files.createDirectories(folder.resolve("workspace"));
        home = folder.resolve("home");
        Files.writeString(workspace.resolve("small.ipynb"), "{}");
    }

    @Test
    void everyStepRunsOnClonesBetweenTwoVersions() throws Exception {
        Files.writeString(workspace.resolve("input.txt"), "from the workspace");
        var make = step("make", List.of(), "x = open('input.txt').read() + str(n)\nopen('made.txt', 'w').write(x)")
                .saves("x")
                .parameters("n");
        var use = step(
                        "use",
                        List.of("make"),
                        "m = len(x)\nprint('got', x)\nimport shutil, os\nshutil.copytree('.', os.environ['COPY'])")
                .loads("x");
        var copy = folder.resolve("copy");
        use.code = "import os\nos.environ['COPY'] = '" + copy + "'\n" + use.code;
        var pipeline = pipeline(
                List.of(new Pipeline.Parameter("n", "int", 1)),
                List.of(new Pipeline.Metric("length", "m", "use")),
                make,
                use);
        var result = run(pipeline, Map.of("n", 7), 1);

        assertThat(result.state()).isEqualTo(StepState.SUCCEEDED);
        assertThat(result.metrics()).containsExactly(new RunResult.Metric("length", 19.0, "use"));
        assertThat(String.join("", printed)).contains("got from the workspace7");
        assertThat(names())
                .containsExactly(
                        "start/initial",
                        "make/before/initial",
                        "make/after/final",
                        "use/before/initial",
                        "use/after/final",
                        "final/final");
        // The originals are untouched
        assertThat(Files.exists(workspace.resolve("made.txt"))).isFalse();
        // A version after a step holds what the step left: compared with a copy that the step itself took
        assertThat(tree(snapshots.copyOf("use", "after", "workspace"))).isEqualTo(tree(copy));
        assertThat(tree(snapshots.copyOf("make", "before", "workspace"))).isEqualTo(tree(workspace));
        assertThat(tree(snapshots.copyOf("make", "after", "workspace")))
                .containsKeys("made.txt", ".small.ipynb.kale.marshal.dir/x.dillpkl");
        // Nothing is left behind
        assertThat(home.resolve("runs")).isEmptyDirectory();
    }

    @Test
    void versionsCarryTheNamesThatKaleUsersKnow() throws Exception {
        var result = run(pipeline(step("only", List.of(), "pass")), Map.of(), 1);
        var names = result.names();
        assertThat(names.bucket().value()).matches("small-test-[a-z0-9]{5}");
        assertThat(names.file().value()).isEqualTo("small-" + names.uuid());
        assertThat(names.run()).matches("small-[a-z0-9]{5}-[a-z0-9]{5}");
        var before = snapshots.of("only", "before");
        assertThat(before.title()).isEqualTo("Step: only (start)");
        assertThat(snapshots.of("only", "after").title()).isEqualTo("Step: only (end)");
        assertThat(before.labels()).containsEntry("state", "initial").containsEntry("run", names.uuid());
        assertThat(json(before.metadata().get("environment")))
                .isEqualTo(
                        json(
                                "{\"KALE_PIPELINE_STEP\":\"only\",\"KALE_NOTEBOOK_PATH\":\"/home/jovyan/small.ipynb\",\"KALE_SNAPSHOT_FINAL\":false}"));
        assertThat(before.metadata()).containsEntry("kfp_runid", "kfp:run:" + names.uuid());
        assertThat(tree(snapshots.copyOf("only", "after", "+attachments")))
                .containsOnlyKeys("only.ipynb", "only.html", "only.log");
        assertThat(tree(snapshots.copyOf("", "final", "+attachments"))).containsKey("only/only.ipynb");
        assertThat(json(snapshots.of("", "start").metadata().get("pipeline"))
                        .at("/steps/0/name")
                        .asText())
                .isEqualTo("only");
        var document = json(snapshots.last().metadata().get("run"));
        assertThat(document.path("state").asText()).isEqualTo("succeeded");
        assertThat(document.at("/steps/0/after").asText()).contains(names.file().value());
        assertThat(document.at("/steps/0/mounts/mode").asText()).isIn("private", "plain");
        // The same experiment and pipeline: the same bucket and pipeline version, another run
        var again = run(pipeline(step("only", List.of(), "pass")), Map.of(), 1).names();
        assertThat(again.bucket()).isEqualTo(names.bucket());
        assertThat(again.run().substring(0, 11)).isEqualTo(names.run().substring(0, 11));
        assertThat(again.uuid()).isNotEqualTo(names.uuid());
    }

    @Test
    void aFailingCellFailsItsStepAndOtherBranchesFinish() throws Exception {
        var result = run(
                pipeline(
                        step("top", List.of(), "x = 1").saves("x"),
                        step("bad", List.of("top"), "open('left', 'w').write('here')\n1 / 0"),
                        step("below", List.of("bad"), "pass"),
                        step("good", List.of("top"), "print(x)").loads("x")),
                Map.of(),
                1);
        assertThat(result.state()).isEqualTo(StepState.FAILED);
        assertThat(result.steps().stream().map(s -> s.name() + " " + s.state()))
                .containsExactly("top succeeded", "bad failed", "below skipped", "good succeeded");
        var after = snapshots.of("bad", "after");
        assertThat(after.labels()).containsEntry("state", "failed");
        assertThat(after.metadata().get("traceback")).contains("ZeroDivisionError: division by zero");
        assertThat(tree(snapshots.copyOf("bad", "after", "workspace"))).containsKey("left");
        assertThat(snapshots.last().labels()).containsEntry("state", "failed");
        assertThat(json(snapshots.last().metadata().get("run"))
                        .at("/steps/1/error/message")
                        .asText())
                .isEqualTo("ZeroDivisionError: division by zero");
    }

    @Test
    void independentStepsRunSideBySideAndStandStillForVersions() throws Exception {
        // Each waits for the other: they can only end if they run at the same time
        var meet = """
                import os, time, itertools
                open(me, 'w').close()
                for i in itertools.count():
                    open('count-' + me, 'w').write(str(i))
                    if os.path.exists(other) and i > 40: break
                    time.sleep(.01)
                """;
        var result = run(
                pipeline(
                        step("a", List.of(), "me, other = 'a', 'b'\n" + meet),
                        step("b", List.of(), "me, other = 'b', 'a'\n" + meet),
                        step("end", List.of("a", "b"), "pass")),
                Map.of(),
                2);
        assertThat(result.state()).isEqualTo(StepState.SUCCEEDED);
        assertThat(names()).contains("a/after/final", "b/after/final", "end/after/final");
    }

    @Test
    void aStepWithoutSnapshotsGetsNoneAndItsNotebookIsWithTheLastVersion() throws Exception {
        var quiet = step("quiet", List.of(), "print('hello')");
        quiet.snapshot = false;
        run(pipeline(quiet), Map.of(), 1);
        assertThat(names()).containsExactly("start/initial", "final/final");
        assertThat(tree(snapshots.copyOf("", "final", "+attachments"))).containsKey("quiet/quiet.ipynb");
    }

    @Test
    void aCancelledRunIsRecordedAndLeavesNothing() throws Exception {
        var pipeline = pipeline(
                step("long", List.of(), "print('on', flush=True)\nimport time; time.sleep(600)"),
                step("next", List.of("long"), "pass"));
        latches.put("on", new CountDownLatch(1));
        var run = prepare(pipeline, Map.of(), 1);
        var canceller = Thread.ofVirtual().start(() -> {
            try {
                if (latches.get("on").await(60, TimeUnit.SECONDS)) {
                    run.cancel();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var result = run.run();
        canceller.join();
        assertThat(result.state()).isEqualTo(StepState.CANCELLED);
        assertThat(result.steps().stream().map(RunResult.StepResult::state))
                .containsExactly(StepState.CANCELLED, StepState.CANCELLED);
        assertThat(snapshots.last().labels())
                .containsEntry("state", "cancelled")
                .containsEntry("phase", "final");
        assertThat(snapshots.of("long", "after").labels()).containsEntry("state", "cancelled");
        assertThat(ProcessIdentity.carrying(StepRun.MARK, result.names().uuid()))
                .isEmpty();
        assertThat(home.resolve("runs")).isEmptyDirectory();
    }

    @Test
    void volumesAreSeenAtTheirMountPointsAndTheOriginalsAreOutOfReach() throws Exception {
        var data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("rows"), "1 2 3");
        var code = """
                import os
                print('at', os.getcwd(), os.environ['HOME'])
                print(open('/home/jovyan/data/rows').read())
                open('/home/jovyan/data/more', 'w').write('x')
                open(r'%s', 'w').write('through the original path')
                """.formatted(workspace.resolve("absolute"));
        var volumes = List.of(
                new Snapshots.Volume("workspace", workspace, "/home/jovyan"),
                new Snapshots.Volume("data", data, "/home/jovyan/data"));
        var result = new PipelineRun(
                        new RunRequest(
                                pipeline(step("look", List.of(), code)),
                                "e",
                                "small.ipynb",
                                volumes,
                                Map.of(),
                                Optional.empty(),
                                1,
                                false),
                        snapshots,
                        python,
                        home,
                        listener(),
                        InstantSource.system(),
                        new Random(1))
                .run();
        var mounts = result.steps().getFirst().mounts();
        if (!"private".equals(mounts.get("mode"))) {
            assertThat(mounts.get("reason")).isNotEmpty();
            return;
        }
        assertThat(result.state()).isEqualTo(StepState.SUCCEEDED);
        assertThat(String.join("", printed))
                .contains("at /home/jovyan /home/jovyan")
                .contains("1 2 3");
        assertThat(tree(data)).containsOnlyKeys("rows");
        assertThat(tree(workspace)).containsOnlyKeys("small.ipynb");
        assertThat(tree(snapshots.copyOf("look", "after", "data"))).containsOnlyKeys("rows", "more");
        assertThat(tree(snapshots.copyOf("look", "after", "workspace"))).containsOnlyKeys("small.ipynb", "absolute");
    }

    private PipelineRun prepare(Pipeline pipeline, Map<String, Object> parameters, int parallel) {
        var volumes = List.of(new Snapshots.Volume("workspace", workspace, RunRequest.HOME));
        var request = new RunRequest(
                pipeline, "Small test", "small.ipynb", volumes, parameters, Optional.empty(), parallel, false);
        return new PipelineRun(
                request,
                snapshots,
                python,
                home,
                listener(),
                InstantSource.system(),
                new Random(snapshots.requests.size()));
    }

    private RunResult run(Pipeline pipeline, Map<String, Object> parameters, int parallel) throws InterruptedException {
        return prepare(pipeline, parameters, parallel).run();
    }

    private RunListener listener() {
        return new RunListener() {
            @Override
            public void text(String step, String stream, String text) {
                printed.add(text);
                latches.forEach((word, latch) -> {
                    if (text.contains(word)) {
                        latch.countDown();
                    }
                });
            }

            @Override
            public void failed(String step, int cell, String message, String traceback) {
                System.err.println(step + ": " + message);
            }

            @Override
            public void warning(String step, String message) {
                System.err.println(step + ": " + message);
            }
        };
    }

    private List<String> names() {
        return snapshots.requests.stream()
                .map(r -> (r.labels().containsKey("step") ? r.labels().get("step") + "/" : "")
                        + r.labels().get("phase") + "/" + r.labels().get("state"))
                .toList();
    }

    private static JsonNode json(@Nullable String text) throws IOException {
        return new ObjectMapper().readTree(Objects.requireNonNull(text));
    }

    /** Every file below a folder, by path, with its bytes. */
    private static Map<String, String> tree(Path folder) throws IOException {
        var files = new LinkedHashMap<String, String>();
        try (var paths = Files.walk(folder)) {
            for (var path : paths.filter(Files::isRegularFile).sorted().toList()) {
                files.put(folder.relativize(path).toString(), Arrays.toString(Files.readAllBytes(path)));
            }
        }
        return files;
    }

    private static Pipeline pipeline(StepDraft... steps) {
        return pipeline(List.of(), List.of(), steps);
    }

    private static Pipeline pipeline(
            List<Pipeline.Parameter> parameters, List<Pipeline.Metric> metrics, StepDraft... steps) {
        var settings = new Pipeline.Settings(false, false, Optional.empty(), Map.of());
        return new Pipeline(
                "small",
                "",
                "small",
                "small.ipynb",
                parameters,
                metrics,
                List.of(),
                Arrays.stream(steps).map(StepDraft::done).toList(),
                settings,
                List.of());
    }

    private static StepDraft step(String name, List<String> dependsOn, String code) {
        return new StepDraft(name, dependsOn, code);
    }

    /** A step with little in it. */
    private static final class StepDraft {
        private final String name;
        private final List<String> dependsOn;
        private String code;
        private final List<String> loads = new ArrayList<>();
        private final List<String> saves = new ArrayList<>();
        private final List<String> parameters = new ArrayList<>();
        private boolean snapshot = true;

        StepDraft(String name, List<String> dependsOn, String code) {
            this.name = name;
            this.dependsOn = dependsOn;
            this.code = code;
        }

        StepDraft loads(String... names) {
            loads.addAll(List.of(names));
            return this;
        }

        StepDraft saves(String... names) {
            saves.addAll(List.of(names));
            return this;
        }

        StepDraft parameters(String... names) {
            parameters.addAll(List.of(names));
            return this;
        }

        Step done() {
            return new Step(
                    name,
                    dependsOn,
                    loads,
                    saves,
                    parameters,
                    List.of(),
                    List.of(new Step.Code(5, code)),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Optional.empty(),
                    List.of(),
                    true,
                    true,
                    snapshot);
        }
    }
}
