package rok.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import rok.pipeline.Pipeline;

/** The documents {@code pipeline} and {@code run}, from which a page draws a run; docs/reference/run-documents.md. */
final class RunDocument {
    private RunDocument() {}

    static ObjectNode of(
            ObjectMapper json,
            RunRequest request,
            RunResult result,
            Instant began,
            Optional<Instant> ended,
            Map<String, Instant> starts) {
        var document = json.createObjectNode();
        var names = result.names();
        document.put("format", 1);
        document.put("experiment", names.experiment());
        document.put("bucket", names.bucket().value());
        document.put("file", names.file().value());
        document.put("run", names.uuid());
        document.put("name", names.run());
        document.put("pipeline", request.pipeline().name());
        document.put("notebook", request.notebook());
        document.put("state", result.state().toString());
        document.put("started", began.toString());
        ended.ifPresent(at -> document.put("finished", at.toString()));
        document.put("seconds", result.seconds());
        result.first().ifPresent(url -> document.put("initial", url.toString()));
        result.last().ifPresent(url -> document.put("final", url.toString()));
        var parameters = document.putObject("parameters");
        request.parameters().forEach((name, value) -> parameters.set(name, json.valueToTree(value)));
        var volumes = document.putArray("volumes");
        for (var volume : request.volumes()) {
            volumes.addObject().put("name", volume.name()).put("mount", volume.mount());
        }
        steps(document.putArray("steps"), result, starts);
        var metrics = document.putArray("metrics");
        for (var metric : result.metrics()) {
            var item = metrics.addObject().put("name", metric.name());
            item.set("value", json.valueToTree(metric.value()));
            item.put("step", metric.step());
        }
        return document;
    }

    private static void steps(ArrayNode array, RunResult result, Map<String, Instant> starts) {
        for (var step : result.steps()) {
            var item = array.addObject().put("name", step.name());
            strings(item.putArray("depends_on"), step.dependsOn());
            item.put("state", step.state().toString());
            var start = starts.get(step.name());
            if (start != null) {
                item.put("started", start.toString());
            }
            item.put("seconds", step.seconds()).put("snapshot_seconds", step.snapshotSeconds());
            step.before().ifPresent(url -> item.put("before", url.toString()));
            step.after().ifPresent(url -> item.put("after", url.toString()));
            step.failure()
                    .ifPresent(f -> item.putObject("error")
                            .put("cell", f.cell())
                            .put("message", f.message())
                            .put("traceback", f.traceback()));
            if (!step.mounts().isEmpty()) {
                var mounts = item.putObject("mounts");
                step.mounts().forEach(mounts::put);
            }
        }
    }

    /** The graph: what each step depends on, loads and saves. */
    static ObjectNode of(ObjectMapper json, Pipeline pipeline) {
        var document = json.createObjectNode();
        document.put("format", 1);
        document.put("name", pipeline.name());
        document.put("description", pipeline.description());
        document.put("experiment", pipeline.experiment());
        document.put("notebook", pipeline.notebook());
        var parameters = document.putArray("parameters");
        for (var parameter : pipeline.parameters()) {
            parameters
                    .addObject()
                    .put("name", parameter.name())
                    .put("type", parameter.type())
                    .set("default", json.valueToTree(parameter.defaultValue()));
        }
        var metrics = document.putArray("metrics");
        for (var metric : pipeline.metrics()) {
            metrics.addObject()
                    .put("name", metric.name())
                    .put("variable", metric.variable())
                    .put("step", metric.step());
        }
        var steps = document.putArray("steps");
        for (var step : pipeline.steps()) {
            var item = steps.addObject().put("name", step.name());
            strings(item.putArray("depends_on"), step.dependsOn());
            strings(item.putArray("loads"), step.loads());
            strings(item.putArray("saves"), step.saves());
            item.set("limits", json.valueToTree(new java.util.TreeMap<>(step.limits())));
            item.set("labels", json.valueToTree(new java.util.TreeMap<>(step.labels())));
            item.set("annotations", json.valueToTree(new java.util.TreeMap<>(step.annotations())));
            item.put("snapshot", step.snapshot());
            item.put("code", sources(step));
        }
        return document;
    }

    /** A digest of the step's code: the pipeline's version follows from it too. */
    private static String sources(rok.pipeline.Step step) {
        var code = new StringBuilder();
        step.preamble().forEach(c -> code.append(c.source()).append('\0'));
        step.cells().forEach(c -> code.append(c.source()).append('\0'));
        try {
            var hash = java.security.MessageDigest.getInstance("SHA-256")
                    .digest(code.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return java.util.HexFormat.of().formatHex(hash, 0, 8);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static void strings(ArrayNode array, Collection<String> items) {
        items.forEach(array::add);
    }
}
