package rok.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run as a graph of its steps: what the page draws. The keys of the document that a run keeps with its last version
 * (docs/reference/run-documents.md); a stored one may lack any of them, whoever wrote it.
 *
 * @param run its uuid; {@code name} is for people
 * @param state {@code running}, {@code succeeded}, {@code failed}, {@code cancelled} or {@code unknown}
 * @param started ISO-8601, as all times here; text, since it was stored as such
 * @param initial Rok URL of the first version, as {@code last} of the last
 */
public record RunView(
        String experiment,
        String bucket,
        String file,
        String run,
        String name,
        String pipeline,
        String notebook,
        String state,
        String started,
        @Nullable String finished,
        @Nullable Double seconds,
        @Nullable String initial,
        @JsonProperty("final") @Nullable String last,
        Map<String, Object> parameters,
        List<Step> steps,
        List<Metric> metrics) {
    /** Far above what a notebook has; a document with more was not written by a run. */
    public static final int STEPS_MAX = 10_000;

    public RunView {
        experiment = text(experiment);
        bucket = text(bucket);
        file = text(file);
        run = text(run);
        name = text(name);
        pipeline = text(pipeline);
        notebook = text(notebook);
        state = text(state).isEmpty() ? "unknown" : state;
        started = text(started);
        parameters = parameters == null ? Map.of() : new TreeMap<>(parameters);
        steps = present(steps);
        metrics = present(metrics);
        if (steps.size() > STEPS_MAX || metrics.size() > STEPS_MAX) {
            throw new IllegalArgumentException("A run has at most %,d steps and metrics".formatted(STEPS_MAX));
        }
    }

    /** The same run, seen to be in another state. */
    public RunView in(String otherState, List<Step> otherSteps) {
        return new RunView(
                experiment,
                bucket,
                file,
                run,
                name,
                pipeline,
                notebook,
                otherState,
                started,
                finished,
                seconds,
                initial,
                last,
                parameters,
                otherSteps,
                metrics);
    }

    /** The same run, with its last version, which a document that lies in that version can't name. */
    public RunView endedWith(String url) {
        return new RunView(
                experiment,
                bucket,
                file,
                run,
                name,
                pipeline,
                notebook,
                state,
                started,
                finished,
                seconds,
                initial,
                url,
                parameters,
                steps,
                metrics);
    }

    /**
     * A step.
     *
     * @param state {@code waiting}, {@code running}, {@code succeeded}, {@code failed}, {@code skipped} or {@code cancelled}
     * @param snapshotSeconds what the snapshots before and after it took
     * @param before Rok URL of the version that was taken before the step, as {@code after}
     */
    public record Step(
            String name,
            List<String> dependsOn,
            String state,
            @Nullable String started,
            @Nullable Double seconds,
            @Nullable Double snapshotSeconds,
            @Nullable String before,
            @Nullable String after,
            @Nullable Failure error) {
        public Step {
            name = text(name);
            dependsOn = present(dependsOn);
            state = text(state).isEmpty() ? "unknown" : state;
        }

        public Step in(String otherState) {
            return new Step(name, dependsOn, otherState, started, seconds, snapshotSeconds, before, after, error);
        }
    }

    /** Why a step failed; {@code cell} counts from 1, 0 where it was none. */
    public record Failure(int cell, String message, String traceback) {
        public Failure {
            message = text(message);
            traceback = text(traceback);
        }
    }

    /** A metric; its value is a number, or {@code nan}, {@code inf}, {@code -inf}. */
    public record Metric(String name, @Nullable Object value, String step) {
        public Metric {
            name = text(name);
            step = text(step);
        }
    }

    private static String text(@Nullable String stored) {
        return Objects.requireNonNullElse(stored, "");
    }

    private static <T> List<T> present(@Nullable List<T> stored) {
        return stored == null
                ? List.of()
                : stored.stream().filter(Objects::nonNull).toList();
    }
}
