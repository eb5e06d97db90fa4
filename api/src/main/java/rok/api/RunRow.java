package rok.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A run in a list.
 *
 * @param steps how many are in each state
 */
public record RunRow(
        String bucket,
        String file,
        String run,
        String name,
        String experiment,
        String pipeline,
        String state,
        String started,
        @Nullable Double seconds,
        Map<String, Long> steps,
        List<RunView.Metric> metrics) {
    public RunRow {
        steps = new TreeMap<>(steps);
        metrics = List.copyOf(metrics);
    }

    public static RunRow of(RunView run) {
        var steps = new TreeMap<String, Long>();
        run.steps().forEach(step -> steps.merge(step.state(), 1L, Long::sum));
        return new RunRow(
                run.bucket(),
                run.file(),
                run.run(),
                run.name(),
                run.experiment(),
                run.pipeline(),
                run.state(),
                run.started(),
                run.seconds(),
                steps,
                run.metrics());
    }
}
