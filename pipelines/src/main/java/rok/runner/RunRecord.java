package rok.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import rok.names.RokUrl;

/**
 * What is known of a run while it goes on: states, times, versions, metrics. Each change is written to {@code run.json} of the
 * run's folder, whole, so that others can read along; the last version carries the same document. All threads may call.
 */
final class RunRecord {
    private final RunRequest request;
    private final RunNames names;
    private final Path file;
    private final InstantSource clock;
    private final ObjectMapper json;
    private final Instant began;
    private final Map<String, RunResult.StepResult> steps = new LinkedHashMap<>();
    private final Map<String, Instant> starts = new LinkedHashMap<>();
    private final List<RunResult.Metric> metrics = new ArrayList<>();
    private StepState state = StepState.RUNNING;
    private boolean cloned;
    private Optional<RokUrl> first = Optional.empty();
    private Optional<RokUrl> last = Optional.empty();
    private Optional<Instant> ended = Optional.empty();

    RunRecord(RunRequest request, RunNames names, Path file, InstantSource clock, ObjectMapper json) {
        this.request = request;
        this.names = names;
        this.file = file;
        this.clock = clock;
        this.json = json;
        this.began = clock.instant();
        for (var step : request.pipeline().steps()) {
            steps.put(
                    step.name(),
                    new RunResult.StepResult(
                            step.name(),
                            step.dependsOn(),
                            StepState.WAITING,
                            0,
                            0,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Map.of()));
        }
        write();
    }

    synchronized StepState state(String step) {
        return step(step).state();
    }

    synchronized void first(RokUrl url) {
        first = Optional.of(url);
        write();
    }

    /** Every volume has its clone, whole. */
    synchronized void cloned() {
        cloned = true;
        write();
    }

    synchronized void last(RokUrl url) {
        last = Optional.of(url);
        write();
    }

    synchronized void end(StepState state) {
        this.state = state;
        ended = Optional.of(clock.instant());
        write();
    }

    synchronized void stepStarted(String step) {
        starts.put(step, clock.instant());
        change(step, s -> with(s, StepState.RUNNING, 0));
    }

    synchronized void stepEnded(String step, StepState state, double seconds) {
        change(step, s -> with(s, state, seconds));
    }

    synchronized void snapshot(String step, boolean before, RokUrl url, double seconds) {
        change(
                step,
                s -> new RunResult.StepResult(
                        s.name(),
                        s.dependsOn(),
                        s.state(),
                        s.seconds(),
                        s.snapshotSeconds() + seconds,
                        before ? Optional.of(url) : s.before(),
                        before ? s.after() : Optional.of(url),
                        s.failure(),
                        s.mounts()));
    }

    synchronized void failed(String step, RunResult.Failure failure) {
        change(
                step,
                s -> new RunResult.StepResult(
                        s.name(),
                        s.dependsOn(),
                        s.state(),
                        s.seconds(),
                        s.snapshotSeconds(),
                        s.before(),
                        s.after(),
                        Optional.of(failure),
                        s.mounts()));
    }

    synchronized void mounts(String step, String mode, String reason) {
        change(
                step,
                s -> new RunResult.StepResult(
                        s.name(),
                        s.dependsOn(),
                        s.state(),
                        s.seconds(),
                        s.snapshotSeconds(),
                        s.before(),
                        s.after(),
                        s.failure(),
                        Map.of("mode", mode, "reason", reason)));
    }

    synchronized void metric(RunResult.Metric metric) {
        metrics.removeIf(m -> m.name().equals(metric.name()));
        metrics.add(metric);
        write();
    }

    synchronized RunResult result() {
        return new RunResult(
                names,
                state,
                seconds(began, ended.orElseGet(clock::instant)),
                first,
                last,
                List.copyOf(steps.values()),
                metrics);
    }

    /** The document of the run, without what only this machine cares for. */
    synchronized String document() {
        return RunDocument.of(json, request, result(), began, ended, starts).toString();
    }

    synchronized RunResult.StepResult step(String name) {
        var step = steps.get(name);
        if (step == null) {
            throw new IllegalArgumentException("No step is called " + name);
        }
        return step;
    }

    private void change(String name, UnaryOperator<RunResult.StepResult> change) {
        steps.put(name, change.apply(step(name)));
        write();
    }

    private static RunResult.StepResult with(RunResult.StepResult s, StepState state, double seconds) {
        return new RunResult.StepResult(
                s.name(),
                s.dependsOn(),
                state,
                seconds,
                s.snapshotSeconds(),
                s.before(),
                s.after(),
                s.failure(),
                s.mounts());
    }

    private void write() {
        ObjectNode document = RunDocument.of(json, request, result(), began, ended, starts);
        ProcessIdentity.own().write(document.putObject("process"));
        document.put("cloned", cloned);
        var volumes = document.putArray("folders");
        request.volumes().forEach(v -> volumes.add(v.folder().toString()));
        try {
            var partial = file.resolveSibling(file.getFileName() + ".partial");
            Files.write(partial, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(document));
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("The record of the run cannot be written: " + file, e);
        }
    }

    static double seconds(Instant from, Instant to) {
        return Math.max(0, java.time.Duration.between(from, to).toMillis()) / 1000.0;
    }
}
