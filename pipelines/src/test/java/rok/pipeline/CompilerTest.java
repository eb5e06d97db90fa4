package rok.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rok.notebook.NotebookException;

class CompilerTest {
    private static Notebooks nb() {
        return Notebooks.named("nb");
    }

    private static Step step(Pipeline pipeline, String name) {
        return pipeline.steps().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static NotebookException error(Notebooks notebook) {
        var error = catchThrowableOfType(NotebookException.class, notebook::compile);
        assertThat(error).isNotNull();
        assertThat(error.hint()).isNotEmpty();
        return error;
    }

    private static List<String> warnings(Pipeline pipeline) {
        return pipeline.warnings().stream()
                .map(w -> w.cell() + ": " + w.message())
                .toList();
    }

    // ---- the real notebooks, worked out by hand ----

    @Test
    void candiesIsAChainOfThreeKids() throws IOException {
        var pipeline = Compiler.compile(Notebooks.read("candies_sharing"));
        assertThat(pipeline.name()).isEqualTo("candies-sharing");
        assertThat(pipeline.experiment()).as("falls back to the pipeline's").isEqualTo("candies-sharing");
        assertThat(pipeline.marshalFolder()).isEqualTo(".candies_sharing.ipynb.kale.marshal.dir");
        assertThat(pipeline.parameters()).containsExactly(new Pipeline.Parameter("CANDIES", "int", 20L));
        assertThat(flow(pipeline))
                .containsExactly(
                        "sack [] loads [] saves []",
                        "kid1 [sack] loads [] saves [kid1]",
                        // kid2 mentions kid1, so it is kid2's kid1 that kid3 gets
                        "kid2 [kid1] loads [kid1] saves [kid1, kid2]",
                        "kid3 [kid2] loads [kid1, kid2] saves []");
        assertThat(step(pipeline, "kid1").preamble())
                .extracting(Step.Code::cell)
                .containsExactly(2, 4);
    }

    @Test
    void titanicFansOutToFiveModelsAndIn() throws IOException {
        var pipeline = Compiler.compile(Notebooks.read("titanic_dataset_ml"));
        assertThat(flow(pipeline))
                .containsExactly(
                        "loaddata [] loads [] saves [PREDICTION_LABEL, test_df, train_df]",
                        // mean, std, dataset, deck and the others stay inside their step
                        "datapreprocessing [loaddata] loads [test_df, train_df] saves [test_df, train_df]",
                        "featureengineering [datapreprocessing] loads [PREDICTION_LABEL, test_df, train_df] saves [train_df, train_labels]",
                        "randomforest [featureengineering] loads [train_df, train_labels] saves [acc_random_forest]",
                        "logisticregression [featureengineering] loads [train_df, train_labels] saves [acc_log]",
                        "naivebayes [featureengineering] loads [train_df, train_labels] saves [acc_gaussian]",
                        "svm [featureengineering] loads [train_df, train_labels] saves [acc_linear_svc]",
                        "decisiontree [featureengineering] loads [train_df, train_labels] saves [acc_decision_tree]",
                        "results [randomforest, logisticregression, naivebayes, svm, decisiontree] loads [acc_decision_tree, acc_gaussian, acc_linear_svc, acc_log, acc_random_forest] saves []");
        assertThat(step(pipeline, "datapreprocessing").cells())
                .extracting(Step.Code::cell)
                .containsExactly(22, 24, 26, 28, 30, 31, 33);
        assertThat(pipeline.warnings()).isEmpty();
    }

    @Test
    void openVaccineContinuesAStepByAnEmptyBlock() throws IOException {
        var pipeline = Compiler.compile(Notebooks.read("open-vaccine"));
        assertThat(step(pipeline, "model_evaluation").cells())
                .extracting(Step.Code::cell)
                .containsExactly(47, 48);
        assertThat(step(pipeline, "model_evaluation").loads())
                .containsExactly(
                        "build_model",
                        "gru_layer",
                        "lstm_layer",
                        "model",
                        "process_features",
                        "tokenizer",
                        "unprocessed_x_private_test",
                        "unprocessed_x_public_test",
                        "vocab_size");
        assertThat(step(pipeline, "preprocess_data").saves())
                .contains("tokenizer")
                .doesNotContain("process_labels");
        assertThat(pipeline.settings().autosnapshot()).isTrue();
        assertThat(pipeline.settings().other()).containsKey("katib_metadata");
    }

    @Test
    void parametersAndMetricsAreTyped() throws IOException {
        var pipeline = Compiler.compile(Notebooks.read("pipeline_parameters_and_metrics"));
        assertThat(pipeline.parameters())
                .containsExactly(
                        new Pipeline.Parameter("d1", "int", 5L),
                        new Pipeline.Parameter("d2", "int", 6L),
                        new Pipeline.Parameter("booltest", "bool", true),
                        new Pipeline.Parameter("strtest", "str", "test"));
        assertThat(pipeline.metrics())
                .containsExactly(
                        new Pipeline.Metric("d1", "d1", "create_matrix"),
                        new Pipeline.Metric("d2", "d2", "create_matrix"),
                        new Pipeline.Metric("sum-result", "sum_result", "sum_matrix"));
        assertThat(step(pipeline, "create_matrix").limits()).containsExactly(Map.entry("nvidia.com/gpu", "2"));
    }

    @Test
    void servingHasItsWorkspaceFirstAndLabelsOnEveryStep() throws IOException {
        var pipeline = Compiler.compile(Notebooks.read("serving_sklearn_iris"));
        assertThat(pipeline.volumes())
                .extracting(Pipeline.Volume::mountPoint)
                .containsExactly("/home/jovyan", "/home/jovyan/data");
        assertThat(pipeline.steps())
                .allMatch(s -> s.labels().equals(Map.of("access-ml-pipeline", "true", "access-rok", "true")));
        assertThat(flow(pipeline))
                .containsExactly(
                        "load_transform_data [] loads [] saves [x_trn, x_tst, y_trn, y_tst]",
                        "train_model [load_transform_data] loads [x_trn, y_trn] saves [model]",
                        "evaluate_model [load_transform_data, train_model] loads [model, x_tst, y_tst] saves []");
    }

    private static List<String> flow(Pipeline pipeline) {
        return pipeline.steps().stream()
                .map(s -> s.name() + " " + s.dependsOn() + " loads " + s.loads() + " saves " + s.saves())
                .toList();
    }

    // ---- steps and tags ----

    @Test
    void cellsOfAStepMergeAndUntaggedCellsJoinWhatCameBefore() throws IOException {
        var pipeline = nb().cell("import a", "imports")
                .cell("import b")
                .cell("x = 1", "step:one")
                .cell("junk(", "skip")
                .cell("y = 2")
                .cell("z = x", "step:two", "prev:one")
                .cell("w = y", "step:")
                .cell("v = 3", "step:one")
                .compile();
        assertThat(step(pipeline, "one").cells()).extracting(Step.Code::cell).containsExactly(3, 5, 8);
        assertThat(step(pipeline, "two").cells()).extracting(Step.Code::cell).containsExactly(6, 7);
        assertThat(step(pipeline, "two").preamble()).extracting(Step.Code::cell).containsExactly(1, 2);
    }

    @Test
    void stepSettingsCombineTagsAndDefaults() throws IOException {
        var pipeline = nb().metadata(
                        "{\"steps_defaults\": [\"label:k:v\", \"limit:cpu:1\", \"snapshot:disabled\", \"image:a:1\"]}")
                .cell("x = 1", "step:one", "label:k:own", "snapshot:enabled", "secret:s:key:VAR", "cache:disabled")
                .cell("x", "step:two", "image:b:2", "annotation:a/b:c:d")
                .compile();
        var one = step(pipeline, "one");
        assertThat(one.labels()).containsExactly(Map.entry("k", "own"));
        assertThat(one.limits()).containsExactly(Map.entry("cpu", "1"));
        assertThat(one.snapshot()).isTrue();
        assertThat(one.cache()).isFalse();
        assertThat(one.report()).isTrue();
        assertThat(one.image()).isEqualTo(Optional.of("a:1"));
        assertThat(one.secrets()).containsExactly(new Step.Secret("s", "key", "VAR"));
        var two = step(pipeline, "two");
        assertThat(two.snapshot()).isFalse();
        assertThat(two.image()).isEqualTo(Optional.of("b:2"));
        assertThat(two.annotations()).containsExactly(Map.entry("a/b", "c:d"));
    }

    @Test
    void stepsAreOrderedSoThatEachComesAfterAllItDependsOn() throws IOException {
        var pipeline = nb().cell("x = 1", "step:a")
                .cell("y = 1", "step:b")
                .cell("z = y", "step:a", "prev:b")
                .compile();
        assertThat(pipeline.steps()).extracting(Step::name).containsExactly("b", "a");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    x = 1  | step:a step:b | nb.ipynb, cell 2 (x = 1): it has 2 step names, a and b
                    x = 1  | prev:s        | nb.ipynb, cell 2 (x = 1): it has prev:s but no step name
                    x = 1  | limit:cpu:1   | nb.ipynb, cell 2 (x = 1): it has limit:cpu but no step name
                    x = 1  | label:k:v     | nb.ipynb, cell 2 (x = 1): it has label:k but no step name
                    x = 1  | step:b prev:c | nb.ipynb, cell 2 (x = 1): prev:c names a step that does not exist
                    x = 1  | step:b prev:z | nb.ipynb, cell 2 (x = 1): prev:z names a step that comes later, at cell 3
                    x = 1  | step:b prev:b | nb.ipynb, cell 2 (x = 1): step b depends on itself
                    x = (  | step:b        | nb.ipynb, cell 2 (x = (): line 1: invalid syntax: x = (
                    x = [] | pipeline-parameters | nb.ipynb, cell 2 (x = []): line 1: parameter x is not a plain int, float, str or bool: []
                    x = y  | pipeline-parameters | nb.ipynb, cell 2 (x = y): line 1: parameter x is not a plain int, float, str or bool: y
                    x      | pipeline-parameters | nb.ipynb, cell 2 (x): line 1: a parameter is an assignment of one value, as in LEARNING_RATE = 0.1
                    x = y = 1 | pipeline-parameters | nb.ipynb, cell 2 (x = y = 1): line 1: a parameter is assigned on its own: one name, one value
                    x = 1  | pipeline-metrics    | nb.ipynb, cell 2 (x = 1): line 1: a metric is the print of one variable, as in print(accuracy)
                    print(x, y) | pipeline-metrics | nb.ipynb, cell 2 (print(x, y)): line 1: a metric is the print of one variable, as in print(accuracy)
                    """)
    void aWrongCellIsNamedByNumberAndFirstLine(String source, String tags, String message) throws IOException {
        var notebook =
                nb().cell("s = 1", "step:s").cell(source, tags.split(" ")).cell("z = 1", "step:z");
        assertThat(error(notebook)).hasMessage(message);
    }

    @Test
    void stepsThatWaitForEachOtherAreNamed() {
        var error = error(nb().cell("x = 1", "step:a")
                .cell("y = 1", "step:b", "prev:a")
                .cell("z = 1", "step:c", "prev:b")
                .cell("w = 1", "step:a", "prev:c"));
        assertThat(error).hasMessage("nb.ipynb: its steps wait for each other: a → b → c → a");
    }

    @Test
    void aNotebookWithoutTagsSaysHowToTagIt() {
        var error = error(nb().cell("x = 1").cell("y = 2"));
        assertThat(error).hasMessage("nb.ipynb: no cell is tagged as a step");
        assertThat(error.hint()).contains("step:NAME");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"pipeline_name": "My Pipeline!"} | the pipeline name "My Pipeline!" is not made of | for example to my-pipeline
                    {"pipeline_name": "-a"} | the pipeline name "-a" | for example to a
                    {"volumes": [{"type": "pvc", "name": "a", "mount_point": "a"}]} | the mount point of volume a is not an absolute path | correct volumes
                    {"volumes": [{"type": "pvc", "name": "a", "mount_point": "/a/../b"}]} | the mount point of volume a is not an absolute path | correct volumes
                    {"volumes": [{"type": "pvc", "name": "A b", "mount_point": "/a"}]} | the volume name "A b" is not one that Kubernetes takes | correct volumes
                    {"volumes": [{"type": "new_pvc", "name": "a", "mount_point": "/a"}]} | the new volume a has no size | correct volumes
                    """)
    void metadataThatMakesNoPipelineIsRefused(String metadata, String message, String hint) throws IOException {
        var error = error(nb().metadata(metadata).cell("x = 1", "step:a"));
        assertThat(error).hasMessageContaining(message);
        assertThat(error.hint()).contains(hint);
    }

    @Test
    void aPipelineWithoutANameIsNamedAfterItsFile() throws IOException {
        assertThat(Notebooks.named("My Héllo  Notebook_2")
                        .cell("x = 1", "step:a")
                        .compile()
                        .name())
                .isEqualTo("my-h-llo-notebook-2");
        assertThat(Notebooks.named("日本").cell("x = 1", "step:a").compile().name())
                .isEqualTo("pipeline");
    }

    @Test
    void parameterValuesAreReadAsPythonReadsThem() throws IOException {
        var pipeline = nb().cell(
                        "a = -1\nb = 1_000\nc = 0xff\nd = 1e-3\ne = 'it\\'s \\x41\\n'\nf = r'\\n' 'x'\ng = False\n# c\nh = 99999999999999999999\ni = (.5)\nj = '''a\nb'''\nk: int = 3",
                        "pipeline-parameters")
                .cell("x = 1", "step:s")
                .compile();
        assertThat(pipeline.parameters())
                .extracting(Pipeline.Parameter::type)
                .containsExactly("int", "int", "int", "float", "str", "str", "bool", "int", "float", "str", "int");
        assertThat(pipeline.parameters())
                .extracting(Pipeline.Parameter::defaultValue)
                .containsExactly(
                        -1L,
                        1000L,
                        255L,
                        0.001,
                        "it's A\n",
                        "\\nx",
                        false,
                        new java.math.BigInteger("99999999999999999999"),
                        0.5,
                        "a\nb",
                        3L);
    }

    // ---- data ----

    @Test
    void aStepThatChangesAValueInPlaceSavesItAgain() throws IOException {
        var pipeline = nb().cell("d = {}", "step:a")
                .cell("d['x'] = 1", "step:b", "prev:a")
                .cell("y = 2", "step:c", "prev:b")
                .cell("print(d)", "step:d", "prev:c")
                .compile();
        assertThat(step(pipeline, "b").saves()).containsExactly("d");
        assertThat(step(pipeline, "c").saves())
                .as("c does not touch it: it stays in the folder")
                .isEmpty();
    }

    @Test
    void theLatestAncestorSavesWhicheverWayIsShorter() throws IOException {
        // d depends on a directly too, and must not get the value that a left.
        var pipeline = nb().cell("x = []", "step:a")
                .cell("x.append(1)", "step:b", "prev:a")
                .cell("print(x)", "step:d", "prev:a", "prev:b")
                .compile();
        assertThat(step(pipeline, "b").saves()).containsExactly("x");
    }

    @Test
    void ofParallelStepsTheOneThatChangesSaves() throws IOException {
        var pipeline = nb().cell("x = []", "step:a")
                .cell("print(x)", "step:b", "prev:a")
                .cell("x.append(1)", "step:c", "prev:a")
                .cell("print(x)", "step:d", "prev:b", "prev:c")
                .compile();
        assertThat(step(pipeline, "b").saves()).isEmpty();
        assertThat(step(pipeline, "c").saves()).containsExactly("x");
        assertThat(warnings(pipeline))
                .anyMatch(w -> w.startsWith("3: x is changed by step c while step b, which may run at the same time"));
    }

    @Test
    void aNameSetInTwoParallelStepsIsWarnedOf() throws IOException {
        var pipeline = nb().cell("x = 1", "step:b")
                .cell("x = 2", "step:c")
                .cell("print(x)", "step:d", "prev:b", "prev:c")
                .compile();
        assertThat(step(pipeline, "b").saves()).isEmpty();
        assertThat(step(pipeline, "c").saves()).containsExactly("x");
        assertThat(warnings(pipeline))
                .anyMatch(w -> w.startsWith("2: x gets a value in the parallel steps b and c: d sees that of c"));
    }

    @Test
    void functionsBringTheirFreeNamesAlongRecursively() throws IOException {
        var pipeline = nb().cell("k = 3\nj = 4", "step:a")
                .cell("def g(): return k\ndef f(): return g() + j", "step:b", "prev:a")
                .cell("h = f", "step:c", "prev:b")
                .cell("print(h())", "step:d", "prev:c")
                .compile();
        assertThat(step(pipeline, "d").loads()).containsExactly("g", "h", "j", "k");
    }

    @Test
    void functionsCellsAreFollowedWhereTheyAreCalled() throws IOException {
        var pipeline = nb().cell("def score(): return model + P", "functions")
                .cell("P = 1", "pipeline-parameters")
                .cell("model = 1", "step:a")
                .cell("other = 1", "step:b", "prev:a")
                .cell("score()", "step:c", "prev:b")
                .compile();
        assertThat(step(pipeline, "b").loads()).isEmpty();
        assertThat(step(pipeline, "c").loads()).containsExactly("model");
        assertThat(step(pipeline, "c").parameters()).containsExactly("P");
    }

    @Test
    void aNameThatAStepBindsOnlySometimesIsLoadedToBeSavedAgain() throws IOException {
        var pipeline = nb().cell("x = 1\nc = 0", "step:a")
                .cell("if c: x = 2", "step:b", "prev:a")
                .cell("print(x)", "step:d", "prev:b")
                .compile();
        assertThat(step(pipeline, "b").loads()).containsExactly("c", "x");
        assertThat(step(pipeline, "b").saves()).containsExactly("x");
    }

    @Test
    void aParameterThatAStepChangesPassesOnAsAVariable() throws IOException {
        var pipeline = nb().cell("n = 1", "pipeline-parameters")
                .cell("n = n + 1", "step:a")
                .cell("print(n)", "step:b", "prev:a")
                .compile();
        assertThat(step(pipeline, "a").parameters()).containsExactly("n");
        assertThat(step(pipeline, "b").parameters()).isEmpty();
        assertThat(step(pipeline, "b").loads()).containsExactly("n");
    }

    @Test
    void namesThatShellLinesUseAreLoadedIfTheyAreVariables() throws IOException {
        var pipeline = nb().cell("path = 'x'", "step:a")
                .cell("!ls {path} $HOME", "step:b", "prev:a")
                .compile();
        assertThat(step(pipeline, "b").loads()).containsExactly("path");
        assertThat(pipeline.warnings()).isEmpty();
    }

    // ---- warnings ----

    @Test
    void namesDefinedNowhereOrElsewhereAreWarnedOf() throws IOException {
        var pipeline = nb().cell("early = 1")
                .cell("hidden = 1", "skip")
                .cell("x = 1", "step:a")
                .cell("print(x, y, z, hidden, early)\nprint(_, display)", "step:b")
                .cell("z = 1", "step:c", "prev:b")
                .compile();
        assertThat(warnings(pipeline))
                .containsExactlyInAnyOrder(
                        "1: the cell stands before the first tag and is no part of the pipeline: tag it imports or as a step, or skip",
                        "4: step b: x is defined in step a, which b does not depend on: add prev:a",
                        "4: step b: y is defined nowhere in the pipeline",
                        "4: step b: z is defined only in c, which runs later",
                        "4: step b: hidden is defined nowhere in the pipeline: only cell 2 defines it, which is not part of the pipeline",
                        "4: step b: early is defined nowhere in the pipeline: only cell 1 defines it, which is not part of the pipeline",
                        "5: no variable passes from step b to c: prev:b only keeps their order");
    }

    @Test
    void starImportsSilenceWhatCannotBeKnown() throws IOException {
        assertThat(nb().cell("from x import *", "imports")
                        .cell("y = foo", "step:a")
                        .compile()
                        .warnings())
                .isEmpty();
    }

    @Test
    void whatIsSetUpInEveryStepIsNotChangedForOthers() throws IOException {
        var pipeline = nb().cell("config = {}", "imports")
                .cell("config['x'] = 1", "step:a")
                .cell("print(config)", "step:b", "prev:a")
                .compile();
        assertThat(warnings(pipeline))
                .anyMatch(w -> w.startsWith(
                        "2: config is set up anew in every step, so what step a changes in it is not seen by b"));
    }

    @Test
    void builtInNamesDependenciesWithoutUseAndContradictionsAreWarnedOf() throws IOException {
        var pipeline = nb().cell("sum = 1", "step:a", "limit:cpu:1")
                .cell("x = sum", "step:b", "prev:a")
                .cell("y = x", "step:c", "prev:a", "prev:b")
                .cell("z = 1", "step:a", "limit:cpu:2")
                .cell("p = 1\np = 2", "pipeline-parameters")
                .compile();
        assertThat(warnings(pipeline))
                .containsExactlyInAnyOrder(
                        "1: step a gives the built-in name sum a value of its own; use another name",
                        "3: prev:a of step c adds nothing: b depends on it already",
                        "4: step a has limit:cpu twice, 1 and 2: 2 holds",
                        "5: parameter p is assigned twice: the last value holds");
    }

    // ---- any pipeline ----

    @Test
    void whateverTheGraphEachLoadedNameIsSavedByAnAncestorThatHasIt() throws IOException {
        var seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (var round = 0; round < 150; round++) {
            var pipeline = randomNotebook(random).compile();
            for (var step : pipeline.steps()) {
                var ancestors = ancestors(pipeline, step);
                for (var name : step.loads()) {
                    assertThat(ancestors)
                            .as("seed " + seed + " " + step.name() + " loads " + name)
                            .anyMatch(a -> a.saves().contains(name));
                }
                for (var name : step.saves()) {
                    var code = String.join(
                            "\n", step.cells().stream().map(Step.Code::source).toList());
                    assertThat(step.loads().contains(name)
                                    || code.contains(name + " = ")
                                    || code.contains("def " + name))
                            .as("seed " + seed + " " + step.name() + " saves " + name + ":\n" + code)
                            .isTrue();
                }
            }
        }
    }

    private static List<Step> ancestors(Pipeline pipeline, Step step) {
        var names = new TreeSet<>(step.dependsOn());
        for (var earlier : pipeline.steps().reversed()) {
            if (names.contains(earlier.name())) {
                names.addAll(earlier.dependsOn());
            }
        }
        return pipeline.steps().stream().filter(s -> names.contains(s.name())).toList();
    }

    private static Notebooks randomNotebook(Random random) {
        var notebook = nb();
        var steps = 2 + random.nextInt(7);
        for (var i = 0; i < steps; i++) {
            var tags = new java.util.ArrayList<>(List.of("step:s" + i));
            for (var j = 0; j < i; j++) {
                if (random.nextInt(3) == 0) {
                    tags.add("prev:s" + j);
                }
            }
            var lines = new StringBuilder();
            for (var k = 0; k <= random.nextInt(4); k++) {
                var a = "v" + random.nextInt(6);
                var b = "v" + random.nextInt(6);
                lines.append(
                        switch (random.nextInt(7)) {
                            case 0 -> a + " = " + b;
                            case 1 -> a + " = 1";
                            case 2 -> "print(" + a + ")";
                            case 3 -> a + ".append(" + b + ")";
                            case 4 -> "def " + a + "(): return " + b;
                            case 5 -> "if " + a + ": " + b + " = 2";
                            default -> "del " + a;
                        });
                lines.append('\n');
            }
            notebook.cell(lines.toString(), tags.toArray(String[]::new));
        }
        return notebook;
    }

    @Test
    void suffixesAreFiveLettersAndDigits() {
        var random = new Random(1);
        assertThat(java.util.stream.Stream.generate(() -> Suffix.random(random)).limit(1000))
                .allMatch(s -> s.matches("[a-z0-9]{5}"))
                .doesNotHaveDuplicates();
    }
}
