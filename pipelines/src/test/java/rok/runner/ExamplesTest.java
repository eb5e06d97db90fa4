package rok.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rok.notebook.Notebook;
import rok.pipeline.Compiler;

/** The example notebooks, unmodified, from their tags to their results. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir
    Path folder = Path.of("/");

    @Test
    void titanicRunsToTheEnd() throws Exception {
        var workspace = workspace("titanic");
        var made = new ProcessBuilder(
                        TestPython.environment().python().toString(),
                        EXAMPLES.resolve("make_data.py").toString(),
                        "titanic",
                        workspace.resolve("data").toString())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(made).isZero();
        var result = run(workspace, "titanic_dataset_ml.ipynb", Map.of(), 2);
        assertThat(result.steps().stream().map(s -> s.name() + " " + s.state()))
                .containsExactlyInAnyOrder(
                        "loaddata succeeded",
                        "datapreprocessing succeeded",
                        "featureengineering succeeded",
                        "randomforest succeeded",
                        "logisticregression succeeded",
                        "naivebayes succeeded",
                        "svm succeeded",
                        "decisiontree succeeded",
                        "results succeeded");
        assertThat(result.state()).isEqualTo(StepState.SUCCEEDED);
    }

    @Test
    void candiesRunsToTheEnd() throws Exception {
        var result = run(workspace("candies"), "candies_sharing.ipynb", Map.of("CANDIES", "12"), 1);
        assertThat(result.state()).isEqualTo(StepState.SUCCEEDED);
        assertThat(result.steps()).hasSize(4);
    }

    @Test
    void parametersAndMetricsRunsToTheEnd() throws Exception {
        var workspace = workspace("parameters");
        var result = run(workspace, "pipeline_parameters_and_metrics.ipynb", Map.of("d1", "3"), 1);
        assertThat(result.state()).isEqualTo(StepState.SUCCEEDED);
        var metrics = new LinkedHashMap<String, Object>();
        result.metrics().forEach(m -> metrics.put(m.name(), m.value()));
        assertThat(metrics).containsEntry("d1", 3.0).containsEntry("d2", 6.0);
        assertThat((Double) metrics.get("sum-result")).isBetween(0.0, 18.0);
    }

    private RunResult run(Path workspace, String notebook, Map<String, String> parameters, int parallel)
            throws IOException, InterruptedException {
        var pipeline = Compiler.compile(Notebook.read(workspace.resolve(notebook)));
        var failures = new ArrayList<String>();
        var listener = new RunListener() {
            @Override
            public void failed(String step, int cell, String message, String traceback) {
                failures.add("%s, cell %d: %s%n%s".formatted(step, cell, message, traceback));
            }
        };
        var request = new RunRequest(
                pipeline,
                pipeline.experiment(),
                notebook,
                List.of(new Snapshots.Volume("workspace", workspace, RunRequest.HOME)),
                Parameters.of(pipeline, parameters),
                Optional.empty(),
                parallel,
                false);
        var result = new PipelineRun(
                        request,
                        new CopiedSnapshots(folder.resolve("store")),
                        TestPython.environment(),
                        folder.resolve("home"),
                        listener,
                        InstantSource.system(),
                        new Random(7))
                .run();
        assertThat(failures).isEmpty();
        return result;
    }

    private Path workspace(String example) throws IOException {
        var workspace = Files.createDirectories(folder.resolve("workspace"));
        try (var files = Files.newDirectoryStream(EXAMPLES.resolve(example), "*.ipynb")) {
            for (var file : files) {
                Files.copy(file, workspace.resolve(file.getFileName()));
            }
        }
        return workspace;
    }
}
