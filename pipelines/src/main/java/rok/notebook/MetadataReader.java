package rok.notebook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import rok.notebook.Notebook.Notice;

/** Understands the key {@code kubeflow_notebook} of a notebook's metadata. */
final class MetadataReader {
    private static final int MAX_VOLUMES = 100;
    private static final Set<String> OURS = Set.of(
            "experiment",
            "experiment_name",
            "pipeline_name",
            "pipeline_description",
            "docker_image",
            "volumes",
            "snapshot_volumes",
            "autosnapshot",
            "steps_defaults");
    private static final Set<String> OTHERS = Set.of(
            "katib_run",
            "katib_metadata",
            "storage_class_name",
            "volume_access_mode",
            "kfp_host",
            "abs_working_dir",
            "marshal_volume",
            "marshal_path",
            "timeout");
    private static final Set<String> VOLUME_TYPES = Set.of("pv", "pvc", "new_pvc", "clone", "snap");
    private static final Set<String> SIZE_TYPES = Set.of("Ti", "Gi", "Mi", "Ki", "");
    private static final Set<String> ACCESS_MODES = Set.of("rom", "rwo", "rwm", "");

    private final String notebook;
    private final List<Notice> notices;

    MetadataReader(String notebook, List<Notice> notices) {
        this.notebook = notebook;
        this.notices = notices;
    }

    Metadata read(JsonNode json) {
        if (json.isMissingNode() || json.isNull()) {
            return Metadata.NONE;
        }
        if (!json.isObject()) {
            throw wrong("kubeflow_notebook", "an object");
        }
        warnOfSlips(json);
        oneOf(json, "volume_access_mode", ACCESS_MODES, "volume_access_mode");
        return new Metadata(
                text(json, "pipeline_name", "pipeline_name"),
                text(json, "pipeline_description", "pipeline_description").orElse(""),
                experiment(json),
                text(json, "docker_image", "docker_image"),
                flag(json, "autosnapshot", "autosnapshot"),
                flag(json, "snapshot_volumes", "snapshot_volumes"),
                volumes(json.path("volumes")),
                stepDefaults(json.path("steps_defaults")),
                others(json));
    }

    private void warnOfSlips(JsonNode json) {
        for (var entry : json.properties()) {
            var key = entry.getKey();
            if (!OURS.contains(key) && !OTHERS.contains(key)) {
                Spelling.closest(key, OURS)
                        .or(() -> Spelling.closest(key, OTHERS))
                        .ifPresent(known -> notices.add(new Notice(
                                0,
                                "the notebook's metadata has " + NotebookReader.quoted(key)
                                        + ", which means nothing: did you mean " + known + "?")));
            }
        }
    }

    private Optional<String> experiment(JsonNode json) {
        var experiment = json.path("experiment");
        if (!experiment.isMissingNode() && !experiment.isNull() && !experiment.isObject()) {
            throw wrong("experiment", "an object with id and name");
        }
        return text(json, "experiment_name", "experiment_name").or(() -> text(experiment, "name", "experiment.name"));
    }

    private List<Metadata.Volume> volumes(JsonNode json) {
        if (json.isMissingNode() || json.isNull()) {
            return List.of();
        }
        if (!json.isArray() || json.size() > MAX_VOLUMES) {
            throw wrong("volumes", "an array of at most " + MAX_VOLUMES + " volumes");
        }
        var volumes = new ArrayList<Metadata.Volume>();
        for (var i = 0; i < json.size(); i++) {
            volumes.add(volume(json.get(i), "volumes[" + i + "]"));
        }
        return volumes;
    }

    private Metadata.Volume volume(JsonNode json, String at) {
        if (!json.isObject()) {
            throw wrong(at, "an object");
        }
        var type = oneOf(json, "type", VOLUME_TYPES, at + ".type");
        var name = text(json, "name", at + ".name").orElseThrow(() -> wrong(at + ".name", "the volume's name"));
        var mount = text(json, "mount_point", at + ".mount_point")
                .orElseThrow(() -> wrong(at + ".mount_point", "an absolute path"));
        return new Metadata.Volume(
                type,
                name,
                mount,
                size(json, at),
                flag(json, "snapshot", at + ".snapshot"),
                text(json, "snapshot_name", at + ".snapshot_name"),
                text(json, "storage_class_name", at + ".storage_class_name"),
                Optional.of(oneOf(json, "volume_access_mode", ACCESS_MODES, at + ".volume_access_mode"))
                        .filter(mode -> !mode.isEmpty()),
                annotations(json.path("annotations"), at + ".annotations"));
    }

    private String size(JsonNode json, String at) {
        var size = json.path("size");
        if (size.isMissingNode() || size.isNull()) {
            return "";
        }
        if (!(size.isNumber() && size.decimalValue().signum() > 0)
                && !(size.isTextual() && size.textValue().matches("[0-9]{1,15}([.][0-9]{1,3})?"))) {
            throw wrong(at + ".size", "a number above 0");
        }
        return size.asText() + oneOf(json, "size_type", SIZE_TYPES, at + ".size_type");
    }

    private Map<String, String> annotations(JsonNode json, String at) {
        var annotations = new LinkedHashMap<String, String>();
        if (json.isMissingNode() || json.isNull()) {
            return annotations;
        }
        if (!json.isArray()) {
            throw wrong(at, "an array of {key, value}");
        }
        for (var pair : json) {
            var key = text(pair, "key", at + ".key").orElseThrow(() -> wrong(at, "an array of {key, value}"));
            annotations.put(key, text(pair, "value", at + ".value").orElse(""));
        }
        return annotations;
    }

    private List<CellTag> stepDefaults(JsonNode json) {
        if (json.isMissingNode() || json.isNull()) {
            return List.of();
        }
        if (!json.isArray()) {
            throw wrong("steps_defaults", "an array of tags");
        }
        var tags = new ArrayList<CellTag>();
        for (var item : json) {
            var tag = TagGrammar.parse(item.asText(""))
                    .orElseThrow(() -> NotebookException.of(
                            notebook,
                            "unknown tag " + NotebookReader.quoted(item.asText("")) + " in steps_defaults",
                            TagGrammar.advice(item.asText(""))));
            switch (tag) {
                case CellTag.Role _, CellTag.StepName _, CellTag.Prev _ ->
                    throw NotebookException.of(
                            notebook,
                            "steps_defaults holds " + NotebookReader.quoted(item.asText(""))
                                    + ", which says something about one cell",
                            "keep annotations, labels, limits, images, secrets and switches there");
                default -> tags.add(tag);
            }
        }
        return tags;
    }

    private static Map<String, String> others(JsonNode json) {
        var others = new TreeMap<String, String>();
        for (var entry : json.properties()) {
            if (OTHERS.contains(entry.getKey()) && !entry.getValue().isNull()) {
                var value = entry.getValue();
                others.put(entry.getKey(), value.isTextual() ? value.textValue() : value.toString());
            }
        }
        return others;
    }

    private Optional<String> text(JsonNode json, String key, String at) {
        var value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw wrong(at, "text");
        }
        return Optional.of(value.textValue().strip()).filter(text -> !text.isEmpty());
    }

    private boolean flag(JsonNode json, String key, String at) {
        var value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw wrong(at, "true or false");
        }
        return value.booleanValue();
    }

    private String oneOf(JsonNode json, String key, Set<String> allowed, String at) {
        var value = text(json, key, at).orElse("");
        if (!allowed.contains(value)) {
            throw wrong(
                    at,
                    "one of "
                            + String.join(
                                    ", ",
                                    allowed.stream()
                                            .filter(a -> !a.isEmpty())
                                            .sorted()
                                            .toList()));
        }
        return value;
    }

    private NotebookException wrong(String key, String expected) {
        return NotebookException.of(
                notebook,
                "in its metadata, " + key + " is not " + expected,
                "correct kubeflow_notebook in the notebook's metadata");
    }
}
