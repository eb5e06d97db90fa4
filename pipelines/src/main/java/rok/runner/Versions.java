package rok.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.pipeline.Step;

/** The versions of one run: what each is called, and what it says about itself. The names are those that Kale's users know. */
final class Versions {
    static final String FIRST = "start";
    static final String BEFORE = "before";
    static final String AFTER = "after";
    static final String LAST = "final";

    /** The name that Kale gives the step which takes the last version. */
    private static final String LAST_STEP = "final_auto_snapshot";

    private final Snapshots snapshots;
    private final RunRequest request;
    private final RunNames names;
    private final ObjectMapper json;

    Versions(Snapshots snapshots, RunRequest request, RunNames names, ObjectMapper json) {
        this.snapshots = snapshots;
        this.request = request;
        this.names = names;
        this.json = json;
    }

    /** The volumes as the run found them. */
    Snapshots.Taken first() {
        var metadata = metadata("", false);
        metadata.put("pipeline", RunDocument.of(json, request.pipeline()).toString());
        return take(
                "Start of run %s".formatted(names.run()),
                labels("", FIRST, "initial"),
                metadata,
                request.volumes(),
                Optional.empty());
    }

    Snapshots.Taken before(Step step, List<Snapshots.Volume> clones) {
        return take(
                "Step: %s (start)".formatted(step.name()),
                labels(step.name(), BEFORE, "initial"),
                metadata(step.name(), false),
                clones,
                Optional.empty());
    }

    Snapshots.Taken after(Step step, List<Snapshots.Volume> clones, RunResult.StepResult result, Path attachments) {
        var metadata = metadata(step.name(), true);
        metadata.put("seconds", Double.toString(result.seconds()));
        result.failure().ifPresent(failure -> {
            metadata.put("error", failure.message());
            metadata.put("traceback", failure.traceback());
        });
        var state =
                result.state() == StepState.SUCCEEDED ? "final" : result.state().toString();
        return take(
                "Step: %s (end)".formatted(step.name()),
                labels(step.name(), AFTER, state),
                metadata,
                clones,
                Optional.of(attachments));
    }

    /** What the run left; the document tells how it went. */
    Snapshots.Taken last(StepState state, String document, List<Snapshots.Volume> volumes, Optional<Path> attachments) {
        var metadata = metadata(LAST_STEP, true);
        metadata.put("pipeline", RunDocument.of(json, request.pipeline()).toString());
        metadata.put("run", document);
        var word = state == StepState.SUCCEEDED ? "final" : state.toString();
        return take(
                "End of run %s (%s)".formatted(names.run(), state),
                labels("", LAST, word),
                metadata,
                volumes,
                attachments.filter(Files::isDirectory));
    }

    private Snapshots.Taken take(
            String title,
            Map<String, String> labels,
            Map<String, String> metadata,
            List<Snapshots.Volume> volumes,
            Optional<Path> attachments) {
        return snapshots.take(
                new Snapshots.Request(names.bucket(), names.file(), title, "", labels, metadata, volumes, attachments));
    }

    private Map<String, String> labels(String step, String phase, String state) {
        var labels = new LinkedHashMap<String, String>();
        labels.put("run", names.uuid());
        labels.put("pipeline", request.pipeline().name());
        if (!step.isEmpty()) {
            labels.put("step", step);
        }
        labels.put("phase", phase);
        labels.put("state", state);
        return labels;
    }

    /** What a notebook server that is made of the version will find in its environment. */
    private Map<String, String> metadata(String step, boolean after) {
        var environment = json.createObjectNode()
                .put("KALE_PIPELINE_STEP", step)
                .put("KALE_NOTEBOOK_PATH", request.volumes().getFirst().mount() + "/" + request.notebook())
                .put("KALE_SNAPSHOT_FINAL", after);
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("environment", environment.toString());
        metadata.put("kfp_runid", "kfp:run:" + names.uuid());
        return metadata;
    }
}
