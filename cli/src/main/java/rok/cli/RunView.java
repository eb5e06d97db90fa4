package rok.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import rok.agent.Progress;
import rok.names.RokUrl;
import rok.pipeline.Pipeline;
import rok.pipeline.Step;
import rok.runner.RunListener;
import rok.runner.RunNames;
import rok.runner.StepState;

/**
 * Shows a run while it goes on: what steps print, line by line and prefixed by the step, and what happens to them; on a terminal
 * also a table at the bottom that says where every step stands. Says nothing under {@code --json}.
 */
final class RunView implements RunListener, AutoCloseable {
    private static final int LINE_MAX = 1 << 16;
    private static final long PROGRESS_BYTES_MIN = 64 << 20;
    private static final String OF_STEP = "snapshot-";
    private static final Duration TICK = Duration.ofMillis(250);

    private final Output output;
    private final boolean texts;
    private final int width;
    private final RunTable table;
    private final boolean colours = !Terminal.isPlain();
    private final Map<String, StringBuilder> unfinished = new LinkedHashMap<>();
    private String mode = "";
    private String phase = "";
    private boolean closed;

    /** @param texts whether what steps print is shown; what went wrong always is */
    RunView(Output output, Pipeline pipeline, boolean texts) {
        this.output = output;
        this.texts = texts;
        var steps = pipeline.steps().stream().map(Step::name).toList();
        this.table = new RunTable(steps, System.nanoTime());
        this.width = steps.stream().mapToInt(String::length).max().orElse(0);
    }

    /** A line about the Python environment that is being made. */
    synchronized void setUp(String line) {
        output.progress().show(line);
    }

    /** Comes from threads that store; one that is long is told of. */
    void progress(Progress.Status status) {
        var progress = output.progress();
        if (status.bytes() < PROGRESS_BYTES_MIN || !progress.isDue()) {
            return;
        }
        var files = Sizes.count(status.files(), "file", "files");
        if (progress.terminal()) {
            synchronized (this) {
                table.doing(progress.line(phase, files, status.bytes(), status.bytesTotal()));
                bar();
            }
        } else {
            progress.bytes(phase, () -> files, status.bytes(), status.bytesTotal());
        }
    }

    @Override
    public synchronized void started(RunNames names) {
        note("Run %s, bucket %s, file %s".formatted(names.run(), names.bucket(), names.file()));
        if (output.progress().terminal()) {
            Thread.ofPlatform().name("rok-view").daemon().start(this::tick);
        }
    }

    /** Clocks go on while nothing else happens, and a terminal of another size gets lines that fit. */
    private void tick() {
        while (redraw()) {
            try {
                Thread.sleep(TICK);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized boolean redraw() {
        bar();
        return !closed;
    }

    @Override
    public synchronized void phase(String name) {
        phase = name;
        if (name.startsWith(OF_STEP)) {
            table.storing(name.substring(OF_STEP.length()));
        }
        table.doing(name.startsWith(OF_STEP) ? "" : name);
        bar();
    }

    @Override
    public synchronized void mounts(String step, String how, String reason, Map<String, String> places) {
        if (!how.equals(mode)) {
            mode = how;
            var where = String.join(", ", places.values());
            note(
                    how.equals("private")
                            ? "Steps see their volumes at " + where
                            : "Steps see their volumes at the clones' own paths, " + where + " (" + reason + ")");
        }
    }

    @Override
    public synchronized void snapshot(String step, String when, RokUrl url, double seconds) {
        if (!step.isEmpty()) {
            table.stored(step, seconds);
        } else {
            note("%s  snapshot %s  (%s)"
                    .formatted(pad(""), url.version(), Sizes.duration(Duration.ofMillis((long) (seconds * 1000)))));
        }
    }

    @Override
    public synchronized void stepStarted(String step) {
        table.started(step, System.nanoTime());
        table.doing("");
        note("%s  started".formatted(pad(step)));
        bar();
    }

    @Override
    public synchronized void cell(String step, int index, int cells, int cell) {
        table.cell(step, index, cells);
        bar();
    }

    @Override
    public synchronized void text(String step, String stream, String text) {
        if (!texts) {
            return;
        }
        var line = unfinished.computeIfAbsent(step + '\0' + stream, _ -> new StringBuilder());
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '\n') {
                line(step, line);
            } else if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) != '\n') {
                line.setLength(0); // a progress bar draws itself anew
            } else if (c != '\r') {
                line.append(c);
                if (line.length() == LINE_MAX) {
                    line(step, line);
                }
            }
        }
        bar();
    }

    @Override
    public synchronized void metric(String step, String name, Object value) {
        note("%s  metric %s = %s".formatted(pad(step), name, value));
    }

    @Override
    public synchronized void warning(String step, String message) {
        output.warning(step.isEmpty() ? message : step + ": " + message);
    }

    @Override
    public synchronized void failed(String step, int cell, String message, String traceback) {
        finishLines(step);
        if (!output.json()) {
            traceback.lines().forEach(line -> output.line(pad(step) + " | " + line));
            output.flush();
        }
        output.warning("step %s failed%s: %s".formatted(step, cell > 0 ? " in cell " + cell : "", message));
    }

    @Override
    public synchronized void stepFinished(String step, StepState state, double seconds) {
        finishLines(step);
        table.ended(step, state, seconds);
        var took = state == StepState.SKIPPED || seconds == 0
                ? ""
                : " after " + Sizes.duration(Duration.ofMillis((long) (seconds * 1000)));
        note("%s  %s%s".formatted(pad(step), state, took));
        bar();
    }

    @Override
    public synchronized void close() {
        closed = true;
        output.progress().clear();
    }

    private void finishLines(String step) {
        unfinished.forEach((key, line) -> {
            if (key.startsWith(step + '\0') && !line.isEmpty()) {
                line(step, line);
            }
        });
    }

    private void line(String step, StringBuilder text) {
        if (!output.json()) {
            output.line(pad(step) + " | " + text);
            output.flush();
        }
        text.setLength(0);
    }

    private void note(String line) {
        output.note(line);
    }

    /** Where every step stands, on a terminal; not more often than people can see. */
    private void bar() {
        if (!closed && output.progress().terminal() && output.progress().isDue()) {
            var size = Terminal.size();
            output.block(table.lines(System.nanoTime(), size.columns(), size.lines(), colours));
        }
    }

    private String pad(String step) {
        return step + " ".repeat(Math.max(0, width - step.length()));
    }
}
