package rok.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code rok inspect} says of a notebook.
 *
 * @param notebook its file name
 * @param pipeline the pipeline's name
 * @param steps each after all it depends on
 */
public record InspectDocument(
        String notebook,
        String pipeline,
        String description,
        String experiment,
        String marshalFolder,
        List<Parameter> parameters,
        List<Metric> metrics,
        List<Volume> volumes,
        List<Step> steps,
        List<Warning> warnings) {
    public InspectDocument {
        parameters = List.copyOf(parameters);
        metrics = List.copyOf(metrics);
        volumes = List.copyOf(volumes);
        steps = List.copyOf(steps);
        warnings = List.copyOf(warnings);
    }

    /** A parameter of the pipeline; {@code type} is {@code int}, {@code float}, {@code str} or {@code bool}. */
    public record Parameter(
            String name,
            String type,
            @JsonProperty("default") Object defaultValue) {}

    /** The metric {@code name} is what {@code variable} holds at the end of {@code step}. */
    public record Metric(String name, String variable, String step) {}

    /** A volume that the notebook's metadata names. */
    public record Volume(
            String type,
            String name,
            String mountPoint,
            String size,
            boolean snapshot,
            Map<String, String> annotations) {
        public Volume {
            annotations = Map.copyOf(annotations);
        }
    }

    /** A step; {@code cells} are the numbers of its own cells among all cells, from 1. */
    public record Step(
            String name,
            List<String> dependsOn,
            List<String> loads,
            List<String> saves,
            List<String> parameters,
            Map<String, String> limits,
            Map<String, String> labels,
            Map<String, String> annotations,
            @Nullable String image,
            List<Integer> cells,
            boolean snapshot) {
        public Step {
            dependsOn = List.copyOf(dependsOn);
            loads = List.copyOf(loads);
            saves = List.copyOf(saves);
            parameters = List.copyOf(parameters);
            limits = Map.copyOf(limits);
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
            cells = List.copyOf(cells);
        }
    }

    /** Something worth a look; {@code cell} is its number among all cells from 1, or 0 for the whole notebook. */
    public record Warning(int cell, String message) {}
}
