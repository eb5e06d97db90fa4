package rok.pipeline;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a tagged notebook describes, worked out and checked: the compiler's result, and all that a runner or a target
 * needs.
 *
 * @param notebook the notebook's file name, extension included
 * @param experiment its name; falls back to the pipeline's
 * @param steps in an order in which each comes after all it depends on
 */
public record Pipeline(
        String name,
        String description,
        String experiment,
        String notebook,
        List<Parameter> parameters,
        List<Metric> metrics,
        List<Volume> volumes,
        List<Step> steps,
        Settings settings,
        List<Warning> warnings) {
    public Pipeline {
        parameters = List.copyOf(parameters);
        metrics = List.copyOf(metrics);
        volumes = List.copyOf(volumes);
        steps = List.copyOf(steps);
        warnings = List.copyOf(warnings);
    }

    /** The name of the folder beside the notebook in which variables pass from step to step. */
    public String marshalFolder() {
        return "." + notebook + ".kale.marshal.dir";
    }

    /** A parameter; its type is {@code int} (Long or BigInteger), {@code float}, {@code str} or {@code bool} */
    public record Parameter(String name, String type, Object defaultValue) {}

    /** A metric {@code name} is the value of {@code variable} at the end of {@code step}. */
    public record Metric(String name, String variable, String step) {}

    /** A volume; its type is {@code pv}, {@code pvc}, {@code new_pvc}, {@code clone} or {@code snap}; mountPoint is absolute */
    public record Volume(
            String type,
            String name,
            String mountPoint,
            String size,
            boolean snapshot,
            Map<String, String> annotations) {}

    /** What the notebook's metadata says beside steps and volumes. */
    public record Settings(
            boolean autosnapshot, boolean snapshotVolumes, Optional<String> image, Map<String, String> other) {}

    /** Something worth a look; {@code cell} is its number among all cells from 1, or 0 for the whole notebook */
    public record Warning(int cell, String message) {}
}
