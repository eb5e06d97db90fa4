package rok.runner;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.pipeline.Pipeline;

/**
 * What is to be run, and on what.
 *
 * @param notebook the notebook's path inside the workspace
 * @param volumes the workspace first
 * @param parameters a value for each of the pipeline's parameters, in their order
 * @param python the Python of the kernels, where it is not the environment's own
 * @param plainMounts steps see the clones at their own paths, whatever the machine allows
 */
public record RunRequest(
        Pipeline pipeline,
        String experiment,
        String notebook,
        List<Snapshots.Volume> volumes,
        Map<String, Object> parameters,
        Optional<Path> python,
        int stepsParallel,
        boolean plainMounts) {
    /** Where the workspace is mounted, as in the notebook images that people know. */
    public static final String HOME = "/home/jovyan";

    public RunRequest {
        volumes = List.copyOf(volumes);
        parameters = new LinkedHashMap<>(parameters);
        if (volumes.isEmpty() || stepsParallel < 1) {
            throw new IllegalArgumentException("A run has a workspace, and runs at least one step at a time");
        }
    }
}
