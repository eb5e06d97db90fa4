package rok.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rok.pipeline.Compiler;
import rok.testkit.Fuzz;
import rok.testkit.Fuzz.Repair;

/** Notebooks and tags that somebody broke: each is understood, or refused in words that tell which cell. */
class NotebookFuzzTest {
    private static final Set<Class<? extends RuntimeException>> REFUSALS = Set.of(NotebookException.class);

    private static final String NOTEBOOK = """
            {"nbformat":4,"nbformat_minor":4,"metadata":{"kubeflow_notebook":{"experiment":{"id":"","name":"titanic"},
            "experiment_name":"titanic","pipeline_name":"titanic-ml","pipeline_description":"Predicts","docker_image":"",
            "volumes":[{"annotations":[],"mount_point":"/data","name":"data","size":1,"size_type":"Gi","snapshot":true,
            "type":"clone"}],"snapshot_volumes":true,"autosnapshot":true,"steps_defaults":["label:access-rok:true"]}},
            "cells":[{"cell_type":"markdown","metadata":{},"source":["# Titanic"]},
            {"cell_type":"code","metadata":{"tags":["imports"]},"source":["import os\\n","import numpy as np"],"outputs":[]},
            {"cell_type":"code","metadata":{"tags":["pipeline-parameters"]},"source":"RATE = 0.5\\nN = 3"},
            {"cell_type":"code","metadata":{"tags":["functions"]},"source":"def half(x):\\n    return x * RATE"},
            {"cell_type":"code","metadata":{"tags":["block:load","limit:memory:2Gi"]},"source":["rows = [1, 2, N]\\n","%time a = 1"]},
            {"cell_type":"code","metadata":{"tags":["step:train","prev:load","label:a/b:c","snapshot:enabled"]},
            "source":["model = [half(r) for r in rows]\\nwith open('/data/x') as f: total = sum(model)\\n!ls"],"outputs":[{"x":[1,{}]}]},
            {"cell_type":"code","metadata":{"tags":["skip"]},"source":"1/0"},
            {"cell_type":"code","metadata":{"tags":["pipeline-metrics"]},"source":"print(total)"}]}
            """;

    @Test
    void aBrokenNotebookIsReadAndCompiledOrRefused() {
        new Fuzz("notebook", REFUSALS, 64 << 20).run(List.of(bytes(NOTEBOOK)), Repair.NONE, (input, _) -> {
            var notebook = Notebook.read("a.ipynb", new ByteArrayInputStream(input));
            assertThat(Compiler.compile(notebook).steps()).isNotNull();
        });
    }

    @Test
    void aBrokenTagIsUnderstoodOrAnsweredWithAdvice() {
        var good = Stream.of(
                        "skip",
                        "imports",
                        "step:train_1",
                        "block:",
                        "prev:load",
                        "annotation:a.b/c:d:e",
                        "label:x:y",
                        "limit:nvidia.com/gpu:1",
                        "image:python:3.12",
                        "cache:enabled",
                        "report:disabled",
                        "secret:a.b:c:D_1")
                .map(NotebookFuzzTest::bytes)
                .toList();
        new Fuzz("tag", REFUSALS, 16 << 20).run(good, Repair.NONE, (input, _) -> {
            var text = new String(input, StandardCharsets.UTF_8);
            assertThat(TagGrammar.advice(text)).isNotEmpty();
            if (TagGrammar.parse(text).isEmpty()) {
                throw NotebookException.of("a.ipynb", 1, "", "unknown tag", TagGrammar.advice(text));
            }
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
