package rok.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import rok.names.RokUrl;
import rok.runner.RunResult;
import rok.runner.StepState;

/** What a run came to: the document of {@code run --json}, or a table and what to do next. */
record RunReport(
        String experiment,
        String bucket,
        String file,
        String run,
        String name,
        String state,
        double seconds,
        @Nullable String initial,

        @JsonInclude(JsonInclude.Include.ALWAYS) @com.fasterxml.jackson.annotation.JsonProperty("final") @Nullable
        String last,

        List<Step> steps,
        List<RunResult.Metric> metrics) {

    record Step(
            String name,
            String state,
            double seconds,
            double snapshotSeconds,
            @Nullable String before,
            @Nullable String after,
            @Nullable Failure error) {}

    record Failure(int cell, String message, String traceback) {}

    static RunReport of(RunResult result) {
        var names = result.names();
        return new RunReport(
                names.experiment(),
                names.bucket().value(),
                names.file().value(),
                names.uuid(),
                names.run(),
                result.state().toString(),
                result.seconds(),
                text(result.first()),
                text(result.last()),
                result.steps().stream().map(RunReport::of).toList(),
                result.metrics());
    }

    private static Step of(RunResult.StepResult step) {
        return new Step(
                step.name(),
                step.state().toString(),
                step.seconds(),
                Math.round(step.snapshotSeconds() * 1000) / 1000.0,
                text(step.before()),
                text(step.after()),
                step.failure()
                        .map(f -> new Failure(f.cell(), f.message(), f.traceback()))
                        .orElse(null));
    }

    private static @Nullable String text(Optional<RokUrl> url) {
        return url.map(RokUrl::toString).orElse(null);
    }

    static void print(Output output, RunResult result) {
        if (output.json()) {
            output.document(of(result));
            return;
        }
        var rows = new ArrayList<List<String>>();
        for (var step : result.steps()) {
            rows.add(List.of(
                    step.name(),
                    step.state().toString(),
                    duration(step.seconds()),
                    duration(step.snapshotSeconds()),
                    step.before().map(u -> u.version().value()).orElse("-"),
                    step.after().map(u -> u.version().value()).orElse("-")));
        }
        output.line("");
        output.table(List.of("STEP", "STATE", ">TIME", ">SNAPSHOTS", "BEFORE", "AFTER"), rows);
        if (!result.metrics().isEmpty()) {
            output.line("");
            var metrics = result.metrics().stream()
                    .map(m -> List.of(m.name(), m.value().toString(), m.step()))
                    .toList();
            output.table(List.of("METRIC", ">VALUE", "STEP"), metrics);
        }
        output.line("");
        var names = result.names();
        output.line("Run %s %s in %s".formatted(names.run(), result.state(), duration(result.seconds())));
        result.last().ifPresent(url -> output.line("Left behind: " + url));
        next(output, result);
        output.flush();
    }

    private static void next(Output output, RunResult result) {
        var names = result.names();
        var interesting = result.steps().stream()
                .filter(s -> s.after().isPresent())
                .filter(s -> result.state() != StepState.FAILED || s.state() == StepState.FAILED)
                .reduce((_, b) -> b);
        output.note("");
        output.note("  rok versions %s/%s".formatted(names.bucket(), names.file()));
        interesting
                .flatMap(RunResult.StepResult::after)
                .ifPresent(url -> output.note("  rok restore %s/%s@%s FOLDER"
                        .formatted(names.bucket(), names.file(), url.version().value())));
    }

    private static String duration(double seconds) {
        return Sizes.duration(Duration.ofMillis((long) (seconds * 1000)));
    }
}
