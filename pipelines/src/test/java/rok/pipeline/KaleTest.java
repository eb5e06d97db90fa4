package rok.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import rok.notebook.Notebook;
import rok.notebook.NotebookException;

/** What our compiler makes of notebooks, beside what Kale 0.7's own made of them. Every difference is in this class. */
class KaleTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What differs from Kale, and why ours is right. */
    private static final Map<String, List<String>> DIFFERENCES = Map.of(
            // l and r run at the same time and both only read x. Were x saved again by l, r might read what l left of
            // it.
            "diamond",
            List.of("l saves [l] not [l, x]"),
            // Kale takes sum for the built-in although step s gives it another value, and t computes with the wrong
            // one.
            "builtin_shadow",
            List.of("s saves [sum] not []", "t loads [sum] not []"),
            // b does not depend on a, so nobody saves x and Kale's b fails when it loads it. Ours warns.
            "no_prev_uses_var",
            List.of("b loads [] not [x]"),
            // build_model reads its parameters only as defaults of arguments, which its own step has computed already.
            "open-vaccine",
            List.of(
                    "model_evaluation parameters [] not [DROPOUT, EMBED_DIM, HIDDEN_DIM, SP_DROPOUT, TRAIN_SEQUENCE_LENGTH]"),
            // Kale's own documentation lets a step override the defaults; its code does the opposite.
            "steps_defaults",
            List.of("t labels {k=own} not {k=v}"));

    /** Errors of Kale's that are none for us. */
    private static final Map<String, String> ACCEPTED = Map.of(
            "magics", "magics and shell lines run in a real kernel",
            "metrics_middle", "metrics are the last values of a run wherever the cell stands",
            "vol_clone", "a clone volume needs no URL before it is cloned");

    /** Errors of Kale's that are ours too, with a part of our message. */
    private static final Map<String, String> REFUSED = Map.of(
            "bad_step_name", "unknown tag \"block:Bad Name\"",
            "params_expr", "parameter a is not a plain int, float, str or bool",
            "params_multi", "a parameter is assigned on its own",
            "prev_no_block", "it has prev:s but no step name",
            "two_blocks_one_cell", "it has 2 step names, a and b");

    @ParameterizedTest
    @ValueSource(strings = {"candies_sharing", "open-vaccine", "pipeline_parameters_and_metrics", "titanic_dataset_ml"})
    void notebooksBecomeThePipelinesThatKaleMakesOfThem(String name) throws IOException {
        var pipeline = Compiler.compile(Notebooks.read(name));
        var kale = kale(name);
        assertThat(differences(canonical(pipeline), canonical(kale)))
                .isEqualTo(DIFFERENCES.getOrDefault(name, List.of()));
        assertThat(metrics(pipeline)).isEqualTo(map(kale.path("pipeline_metrics")));
        assertThat(pipeline.name()).isEqualTo(kale.at("/config/pipeline_name").asText());
        assertThat(pipeline.description())
                .isEqualTo(kale.at("/config/pipeline_description").asText());
    }

    @Test
    void aNotebookWithClonedVolumesBecomesThePipelineThatKaleMakesOfIt() throws IOException {
        var kale = kale("serving_sklearn_iris");
        var notebook = (ObjectNode) JSON.readTree(Notebooks.bytes("serving_sklearn_iris"));
        // Kale's JupyterLab extension puts the URLs of the clones into the metadata before it compiles.
        var volumes = kale.at("/config/volumes");
        var list = JSON.createArrayNode();
        for (var volume : volumes) {
            var copy = (ObjectNode) volume.deepCopy();
            var annotations = copy.putArray("annotations");
            for (var annotation : volume.path("annotations").properties()) {
                annotations
                        .addObject()
                        .put("key", annotation.getKey())
                        .put("value", annotation.getValue().asText());
            }
            copy.remove("volume_access_mode");
            list.add(copy);
        }
        ((ObjectNode) notebook.at("/metadata/kubeflow_notebook")).set("volumes", list);
        var pipeline = Compiler.compile(Notebook.read(
                "serving_sklearn_iris.ipynb", new ByteArrayInputStream(JSON.writeValueAsBytes(notebook))));
        assertThat(differences(canonical(pipeline), canonical(kale))).isEmpty();
        assertThat(metrics(pipeline)).isEqualTo(map(kale.path("pipeline_metrics")));
    }

    static Stream<String> smallNotebooks() {
        return micro().propertyStream().map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("smallNotebooks")
    void smallNotebooksDifferFromKaleOnlyWhereOursIsRight(String name) throws IOException {
        var micro = micro().path(name);
        var kale = micro.path("kale");
        var notebook = notebook(name, micro);
        if (REFUSED.containsKey(name)) {
            assertThat(kale.path("error").asText()).isNotEmpty();
            assertThatThrownBy(() -> Compiler.compile(notebook.read()))
                    .isInstanceOf(NotebookException.class)
                    .hasMessageContaining(REFUSED.get(name));
            return;
        }
        var pipeline = Compiler.compile(notebook.read());
        if (ACCEPTED.containsKey(name)) {
            assertThat(kale.path("error").asText()).isNotEmpty();
            assertThat(pipeline.steps()).isNotEmpty();
            return;
        }
        assertThat(differences(canonical(pipeline), canonical(kale)))
                .isEqualTo(DIFFERENCES.getOrDefault(name, List.of()));
    }

    @Test
    void aMetricThatNoStepDefinesIsAWarning() throws IOException {
        var pipeline = Compiler.compile(notebook("metrics_unknown_var", micro().path("metrics_unknown_var"))
                .read());
        assertThat(pipeline.metrics()).isEmpty();
        assertThat(pipeline.warnings())
                .contains(new Pipeline.Warning(2, "no step defines the metric zz: it will be missing"));
    }

    private static Map<String, String> metrics(Pipeline pipeline) {
        return pipeline.metrics().stream().collect(Collectors.toMap(Pipeline.Metric::name, Pipeline.Metric::variable));
    }

    /** A pipeline in terms that both compilers have, one line each. */
    private static Map<String, String> canonical(Pipeline pipeline) {
        var lines = new TreeMap<String, String>();
        lines.put("order", pipeline.steps().stream().map(Step::name).toList().toString());
        lines.put(
                "parameters",
                new TreeMap<>(pipeline.parameters().stream()
                                .collect(Collectors.toMap(
                                        Pipeline.Parameter::name, p -> p.type() + " " + p.defaultValue())))
                        .toString());
        for (var step : pipeline.steps()) {
            var at = step.name() + " ";
            lines.put(at + "depends on", new TreeSet<>(step.dependsOn()).toString());
            lines.put(at + "loads", step.loads().toString());
            lines.put(at + "saves", step.saves().toString());
            lines.put(at + "parameters", step.parameters().toString());
            lines.put(at + "limits", new TreeMap<>(step.limits()).toString());
            lines.put(at + "labels", new TreeMap<>(step.labels()).toString());
            lines.put(at + "annotations", new TreeMap<>(step.annotations()).toString());
        }
        return lines;
    }

    private static Map<String, String> canonical(JsonNode kale) {
        var lines = new TreeMap<String, String>();
        lines.put("order", texts(kale.path("order")).toString());
        var parameters = new TreeMap<String, String>();
        for (var entry : kale.path("parameters").properties()) {
            var value = entry.getValue();
            parameters.put(
                    entry.getKey(),
                    value.isArray()
                            ? value.get(0).asText() + " " + value.get(1).asText()
                            : value.path("type").asText() + " "
                                    + value.path("value").asText());
        }
        lines.put("parameters", parameters.toString());
        for (var step : steps(kale).entrySet()) {
            var at = step.getKey() + " ";
            var value = step.getValue();
            lines.put(at + "depends on", new TreeSet<>(texts(either(value, "deps", "dependencies"))).toString());
            lines.put(at + "loads", new TreeSet<>(texts(value.path("ins"))).toString());
            lines.put(at + "saves", new TreeSet<>(texts(value.path("outs"))).toString());
            lines.put(at + "parameters", new TreeSet<>(names(value.path("parameters"))).toString());
            lines.put(at + "limits", map(value.path("limits")).toString());
            lines.put(at + "labels", map(value.path("labels")).toString());
            lines.put(at + "annotations", map(value.path("annotations")).toString());
        }
        return lines;
    }

    private static Map<String, JsonNode> steps(JsonNode kale) {
        var steps = new TreeMap<String, JsonNode>();
        if (kale.path("steps").isArray()) {
            kale.path("steps").forEach(s -> steps.put(s.path("name").asText(), s));
        } else {
            kale.path("steps").properties().forEach(e -> steps.put(e.getKey(), e.getValue()));
        }
        return steps;
    }

    private static JsonNode either(JsonNode node, String one, String other) {
        return node.has(one) ? node.path(one) : node.path(other);
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(t -> texts.add(t.asText()));
        return texts;
    }

    private static List<String> names(JsonNode parameters) {
        return parameters.isArray()
                ? texts(parameters)
                : parameters.propertyStream().map(Map.Entry::getKey).toList();
    }

    private static Map<String, String> map(JsonNode object) {
        var map = new TreeMap<String, String>();
        object.properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
        return map;
    }

    private static List<String> differences(Map<String, String> ours, Map<String, String> kales) {
        var all = new TreeSet<>(ours.keySet());
        all.addAll(kales.keySet());
        return all.stream()
                .filter(key -> !String.valueOf(ours.get(key)).equals(kales.get(key)))
                .map(key -> key + " " + ours.get(key) + " not " + kales.get(key))
                .toList();
    }

    private static JsonNode kale(String name) throws IOException {
        try (var in = KaleTest.class.getResourceAsStream("kale/" + name + ".json")) {
            return JSON.readTree(in);
        }
    }

    private static JsonNode micro() {
        try {
            return kale("micro");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Notebooks notebook(String name, JsonNode micro) throws IOException {
        var notebook = Notebooks.named(name).metadata(micro.path("metadata"));
        for (var cell : micro.path("cells")) {
            notebook.cell(cell.path("source").asText(), texts(cell.path("tags")).toArray(String[]::new));
        }
        return notebook;
    }
}
