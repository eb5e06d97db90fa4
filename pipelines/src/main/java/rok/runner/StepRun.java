package rok.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rok.pipeline.Step;

/** One step between its two versions: starts the driver, and turns what it says into the record and the log. */
final class StepRun {
    /** The variable by which processes of a run are found, whoever their parent is. */
    static final String MARK = "ROK_RUN";

    /** Bytes of text that the log of a step keeps. */
    private static final long LOG_MAX = 64L << 20;

    private final Step step;
    private final RunRequest request;
    private final RunNames names;
    private final List<Snapshots.Volume> clones;
    private final RunFolder folder;
    private final PythonEnvironment python;
    private final RunRecord record;
    private final RunListener listener;
    private final Freezer freezer;
    private final InstantSource clock;
    private final ObjectMapper json;

    private StepState state = StepState.FAILED;
    private double seconds = -1;
    private long logged;

    StepRun(
            Step step,
            RunRequest request,
            RunNames names,
            List<Snapshots.Volume> clones,
            RunFolder folder,
            PythonEnvironment python,
            RunRecord record,
            RunListener listener,
            Freezer freezer,
            InstantSource clock,
            ObjectMapper json) {
        this.step = step;
        this.request = request;
        this.names = names;
        this.clones = clones;
        this.folder = folder;
        this.python = python;
        this.record = record;
        this.listener = listener;
        this.freezer = freezer;
        this.clock = clock;
        this.json = json;
    }

    StepState run() throws InterruptedException {
        var began = clock.instant();
        var output = folder.output(step.name());
        var privateFolder = folder.privateFolder(step.name());
        var errors = privateFolder.resolve("driver.log");
        var spec = writeSpec(privateFolder, output);
        try (var log = Files.newBufferedWriter(output.resolve(step.name() + ".log"), StandardCharsets.UTF_8);
                var process = freezer.start(
                        () -> StepProcess.start(python, spec, Map.of(MARK, names.uuid()), errors, json))) {
            try {
                process.follow(event -> hear(event, log));
            } finally {
                freezer.ended(process);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The log of step '%s' cannot be written".formatted(step.name()), e);
        }
        if (seconds < 0) {
            seconds = RunRecord.seconds(began, clock.instant());
            state = freezer.isCancelled() ? StepState.CANCELLED : StepState.FAILED;
            if (state == StepState.FAILED) {
                fail(0, "The step ended without a word. Its driver's last words: " + lastWords(errors), "");
            }
        }
        record.stepEnded(step.name(), state, seconds);
        return state;
    }

    private void hear(StepEvent event, Writer log) {
        var name = step.name();
        switch (event) {
            case StepEvent.Mounts m -> {
                freezer.made(m.created());
                record.mounts(name, m.mode(), m.reason());
                listener.mounts(name, m.mode(), m.reason(), m.volumes());
            }
            case StepEvent.CellStarted c -> listener.cell(name, c.index(), c.cells(), c.cell());
            case StepEvent.Text t -> {
                write(log, t.text());
                listener.text(name, t.stream(), t.text());
            }
            case StepEvent.Metric m -> {
                record.metric(new RunResult.Metric(m.name(), m.value(), name));
                listener.metric(name, m.name(), m.value());
            }
            case StepEvent.Warning w -> listener.warning(name, w.message());
            case StepEvent.Failed f -> {
                write(log, f.traceback().isEmpty() ? f.message() + "\n" : f.traceback() + "\n");
                fail(f.cell(), f.name() + ": " + f.message(), f.traceback());
            }
            case StepEvent.Finished f -> {
                seconds = f.seconds();
                state = switch (f.state()) {
                    case "succeeded" -> StepState.SUCCEEDED;
                    case "cancelled" -> StepState.CANCELLED;
                    default -> StepState.FAILED;
                };
            }
            case StepEvent.CellFinished _, StepEvent.Variable _, StepEvent.Frozen _, StepEvent.Other _ -> {}
        }
    }

    private void fail(int cell, String message, String traceback) {
        record.failed(step.name(), new RunResult.Failure(cell, message, traceback));
        listener.failed(step.name(), cell, message, traceback);
    }

    private void write(Writer log, String text) {
        try {
            if (logged <= LOG_MAX) {
                logged += text.length();
                log.write(logged <= LOG_MAX ? text : "\n[… more was printed than the log keeps]\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The log of step '%s' cannot be written".formatted(step.name()), e);
        }
    }

    private Path writeSpec(Path privateFolder, Path output) {
        var environment = new LinkedHashMap<String, String>();
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("PYTHON")) {
                environment.put(name, value); // the user's; taken away from the driver
            }
        });
        environment.put("KALE_SNAPSHOT_FINAL", "false");
        // Its list of fonts takes seconds to make: kept for the next step, and out of the workspace
        environment.putIfAbsent(
                "MPLCONFIGDIR",
                folder.home().resolve("cache").resolve("matplotlib").toString());
        var folders = clones.stream().map(Snapshots.Volume::folder).toList();
        var spec = new StepSpec(json, request, names.uuid(), folders, folder.home())
                .of(step, privateFolder, output, environment);
        try {
            var path = privateFolder.resolve("step.json");
            Files.write(path, json.writeValueAsBytes(spec));
            return path;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The specification of step '%s' cannot be written".formatted(step.name()), e);
        }
    }

    private static String lastWords(Path errors) {
        try (var lines = Files.lines(errors, StandardCharsets.ISO_8859_1)) {
            var last = lines.filter(line -> !line.isBlank()).reduce("", (_, line) -> line);
            return last.isEmpty() ? "none" : last.substring(0, Math.min(last.length(), 500));
        } catch (IOException | UncheckedIOException e) {
            return "none";
        }
    }
}
