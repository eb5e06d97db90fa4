package rok.notebook;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a notebook says about its pipeline as a whole (key {@code kubeflow_notebook} of its metadata).
 *
 * @param pipelineName as written, not checked yet; empty when there is none
 * @param stepDefaults annotations, labels and limits of every step that has none of its own
 * @param other keys that only other targets read, as JSON text
 */
public record Metadata(
        Optional<String> pipelineName,
        String pipelineDescription,
        Optional<String> experiment,
        Optional<String> image,
        boolean autosnapshot,
        boolean snapshotVolumes,
        List<Volume> volumes,
        List<CellTag> stepDefaults,
        Map<String, String> other) {
    public Metadata {
        volumes = List.copyOf(volumes);
        stepDefaults = List.copyOf(stepDefaults);
        other = Map.copyOf(other);
    }

    static final Metadata NONE = new Metadata(
            Optional.empty(), "", Optional.empty(), Optional.empty(), false, false, List.of(), List.of(), Map.of());

    /** A volume of the notebook server; {@code size} has its unit, as in {@code 5Gi}, and is empty when not given. */
    public record Volume(
            String type,
            String name,
            String mountPoint,
            String size,
            boolean snapshot,
            Optional<String> snapshotName,
            Optional<String> storageClass,
            Optional<String> accessMode,
            Map<String, String> annotations) {
        public Volume {
            annotations = Map.copyOf(annotations);
        }
    }
}
