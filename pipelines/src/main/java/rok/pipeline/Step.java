package rok.pipeline;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step of a pipeline.
 *
 * @param loads variables read from the marshal folder after the preamble and before the cells run, sorted
 * @param saves variables written there afterwards, sorted; each into a new file that replaces the old one in one go,
 *     since a parallel step may be reading it
 * @param parameters pipeline parameters that the step's code uses, sorted
 * @param preamble imports and functions cells, which run first in every step
 * @param cells the step's own, in notebook order
 * @param snapshot whether the step gets its two snapshots
 */
public record Step(
        String name,
        List<String> dependsOn,
        List<String> loads,
        List<String> saves,
        List<String> parameters,
        List<Code> preamble,
        List<Code> cells,
        Map<String, String> limits,
        Map<String, String> labels,
        Map<String, String> annotations,
        Optional<String> image,
        List<Secret> secrets,
        boolean cache,
        boolean report,
        boolean snapshot) {
    public Step {
        dependsOn = List.copyOf(dependsOn);
        loads = List.copyOf(loads);
        saves = List.copyOf(saves);
        parameters = List.copyOf(parameters);
        preamble = List.copyOf(preamble);
        cells = List.copyOf(cells);
        limits = Map.copyOf(limits);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        secrets = List.copyOf(secrets);
    }

    /** A code cell's source, IPython lines included; {@code cell} is its number among all cells, from 1. */
    public record Code(int cell, String source) {}

    /** An environment variable filled from a Kubernetes secret's key. */
    public record Secret(String secret, String key, String variable) {}
}
