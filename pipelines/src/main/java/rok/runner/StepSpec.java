package rok.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import rok.pipeline.Step;

/** Writes what the driver is to do: the specification of one step, as docs/reference/step-protocol.md has it. */
final class StepSpec {
    private static final int VERSION = 1;
    private static final double GRACE_SECONDS = 5;

    private final ObjectMapper json;
    private final RunRequest request;
    private final String run;
    private final List<Path> clones;
    private final Path home;

    /**
     * @param clones one for each volume, in their order
     * @param home ROK_HOME, which steps have to reach whatever is mounted above it
     */
    StepSpec(ObjectMapper json, RunRequest request, String run, List<Path> clones, Path home) {
        this.json = json;
        this.request = request;
        this.run = run;
        this.clones = List.copyOf(clones);
        this.home = home;
    }

    ObjectNode of(Step step, Path privateFolder, Path output, Map<String, String> environment) {
        var spec = json.createObjectNode();
        spec.put("version", VERSION);
        spec.put("step", step.name());
        spec.put("run", run);
        spec.put("notebook", request.notebook());
        spec.put("python", request.python().map(Path::toString).orElse(null));
        spec.put("mounts", request.plainMounts() ? "plain" : "auto");
        volumes(spec.putArray("volumes"));
        spec.putArray("keep").add(home.toString());
        spec.put("private", privateFolder.toString());
        spec.put("output", output.toString());
        parameters(spec.putArray("parameters"), step);
        step.loads().forEach(spec.putArray("load")::add);
        step.saves().forEach(spec.putArray("save")::add);
        cells(spec.putArray("preamble"), step.preamble());
        cells(spec.putArray("cells"), step.cells());
        metrics(spec.putArray("metrics"), step);
        environment.forEach(spec.putObject("environment")::put);
        spec.put("grace", GRACE_SECONDS);
        spec.put("page", step.report());
        return spec;
    }

    /** A clone is seen at its mount point, and at the folder it was made from: absolute paths lead to the clone, never to the original. */
    private void volumes(ArrayNode array) {
        for (int i = 0; i < clones.size(); i++) {
            var volume = request.volumes().get(i);
            var item = array.addObject()
                    .put("name", volume.name())
                    .put("path", clones.get(i).toString());
            var mounts = new LinkedHashSet<String>();
            mounts.add(volume.mount());
            mounts.add(volume.folder().toString());
            mounts.remove("/");
            mounts.forEach(item.putArray("mounts")::add);
        }
    }

    private void parameters(ArrayNode array, Step step) {
        for (var parameter : request.pipeline().parameters()) {
            if (step.parameters().contains(parameter.name())) {
                array.addObject()
                        .put("name", parameter.name())
                        .put("type", parameter.type())
                        .set("value", json.valueToTree(request.parameters().get(parameter.name())));
            }
        }
    }

    private void metrics(ArrayNode array, Step step) {
        for (var metric : request.pipeline().metrics()) {
            if (metric.step().equals(step.name())) {
                array.addObject().put("name", metric.name()).put("variable", metric.variable());
            }
        }
    }

    private static void cells(ArrayNode array, List<Step.Code> cells) {
        cells.forEach(c -> array.addObject().put("cell", c.cell()).put("source", c.source()));
    }
}
