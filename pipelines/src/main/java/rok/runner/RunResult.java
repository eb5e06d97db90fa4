package rok.runner;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.names.RokUrl;

/**
 * How a run ended, or how far it is.
 *
 * @param state RUNNING, SUCCEEDED, FAILED or CANCELLED
 * @param last the version that holds what the run left; empty while it runs
 */
public record RunResult(
        RunNames names,
        StepState state,
        double seconds,
        Optional<RokUrl> first,
        Optional<RokUrl> last,
        List<StepResult> steps,
        List<Metric> metrics) {
    public RunResult {
        steps = List.copyOf(steps);
        metrics = List.copyOf(metrics);
    }

    /** One step; {@code snapshotSeconds} is what its two versions took together. */
    public record StepResult(
            String name,
            List<String> dependsOn,
            StepState state,
            double seconds,
            double snapshotSeconds,
            Optional<RokUrl> before,
            Optional<RokUrl> after,
            Optional<Failure> failure,
            Map<String, String> mounts) {
        public StepResult {
            dependsOn = List.copyOf(dependsOn);
            mounts = Map.copyOf(mounts);
        }
    }

    /** Why a step failed; {@code cell} is its number in the notebook, or 0. */
    public record Failure(int cell, String message, String traceback) {}

    /** A metric; {@code value} is a Double, or the text {@code nan}, {@code inf}, {@code -inf}. */
    public record Metric(String name, Object value, String step) {}
}
