package rok.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotebookTest {
    private static final String CELL = """
            {"cell_type": "code", "metadata": {"tags": ["step:a"]}, "source": ["x = 1\\n", "y = 2"], "outputs": []}""";

    private static Notebook read(String json) throws IOException {
        return read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Notebook read(byte[] bytes) throws IOException {
        return Notebook.read("nb.ipynb", new ByteArrayInputStream(bytes));
    }

    private static String notebook(String cells, String metadata) {
        return "{\"cells\": [" + cells + "], \"metadata\": {\"kubeflow_notebook\": " + metadata
                + "}, \"nbformat\": 4, \"nbformat_minor\": 5}";
    }

    private static NotebookException error(byte[] bytes) {
        return catchThrowableOfType(NotebookException.class, () -> read(bytes));
    }

    private static NotebookException error(String json) {
        return error(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void codeCellsKeepTheirNumberAmongAllCells() throws IOException {
        var read =
                read(notebook("{\"cell_type\": \"markdown\", \"source\": \"# Hi\", \"metadata\": {}}," + CELL, "{}"));
        assertThat(read.cells()).hasSize(1);
        assertThat(read.cells().getFirst().number()).isEqualTo(2);
        assertThat(read.cells().getFirst().source()).isEqualTo("x = 1\ny = 2");
        assertThat(read.cells().getFirst().tags()).containsExactly(new CellTag.StepName("a"));
    }

    @Test
    void outputsOfAnySizeArePassedOver() throws IOException {
        var output = "\"" + "A".repeat(30_000_000) + "\"";
        var read = read(notebook(CELL.replace("\"outputs\": []", "\"outputs\": [{\"data\": " + output + "}]"), "{}"));
        assertThat(read.cells()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    hello | it is not valid JSON at line 1, column
                    {"cells": [ | it is not valid JSON at line 1, column 12: Unexpected end-of-input: expected close marker for Array
                    [1, 2] | this is not a Jupyter notebook: its JSON is not an object
                    {} | this is not a Jupyter notebook: it has no "cells"
                    {"cells": [], "metadata": {}} | it has no "nbformat"
                    {"cells": 3, "nbformat": 4} | "cells" is not an array
                    {"cells": [7], "nbformat": 4} | cell 1 is not an object
                    {"cells": [{"cell_type": "code", "source": 5}], "nbformat": 4} | the source of cell 1 is not text
                    {"cells": [{"source": [1]}], "nbformat": 4} | the source of cell 1 holds something that is not text
                    {"nbformat": 3, "worksheets": [{"cells": []}]} | it is of notebook format 3, Rok reads format 4
                    {"nbformat": 5, "cells": []} | it is of notebook format 5, newer than format 4
                    {"cells": [], "nbformat": 4} x | it is not valid JSON
                    {"cells": [], "nbformat": 4} {} | something follows the notebook
                    """)
    void whatIsNoNotebookIsSaidToBeNone(String json, String message) {
        var error = error(json);
        assertThat(error).isNotNull().hasMessageStartingWith("nb.ipynb: ").hasMessageContaining(message);
        assertThat(error).hasMessageNotContaining("StreamReadFeature");
        assertThat(error.hint()).isNotEmpty();
    }

    @Test
    void format3IsToldHowToBeConverted() {
        assertThat(error("{\"nbformat\": 3, \"worksheets\": []}").hint())
                .isEqualTo("convert it: jupyter nbconvert --to notebook --nbformat 4 --inplace nb.ipynb");
    }

    @Test
    void anEmptyFileIsNoNotebook() {
        assertThat(error("")).hasMessageContaining("this is not a Jupyter notebook");
    }

    @Test
    void invalidUtf8IsNamedWithItsPlace() {
        var bytes = notebook(CELL, "{}").replace("x = 1", "x = é").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(error(bytes)).hasMessageContaining("it is not valid UTF-8 at line 1, column ");
    }

    @Test
    void aFolderIsNoNotebook(@TempDir Path folder) {
        var error = catchThrowableOfType(NotebookException.class, () -> Notebook.read(folder));
        assertThat(error).hasMessageContaining("this is a folder, not a notebook");
    }

    @Test
    void aHugeFileIsRefusedBeforeItIsRead(@TempDir Path folder) throws IOException {
        var file = folder.resolve("huge.ipynb");
        try (var out = Files.newByteChannel(
                file, java.nio.file.StandardOpenOption.CREATE_NEW, java.nio.file.StandardOpenOption.WRITE)) {
            out.position(Notebook.MAX_BYTES).write(java.nio.ByteBuffer.wrap(new byte[] {0}));
        }
        var error = catchThrowableOfType(NotebookException.class, () -> Notebook.read(file));
        assertThat(error).hasMessageContaining("the limit is " + Notebook.MAX_BYTES);
    }

    @Test
    void deeplyNestedMetadataIsRefused() {
        var deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertThat(error(notebook(CELL, "{\"volumes\": " + deep + "}"))).hasMessageContaining("not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "skip",
                "imports",
                "functions",
                "pipeline-parameters",
                "pipeline-metrics",
                "step:a_1",
                "step:",
                "block:_x",
                "block:",
                "prev:a",
                "annotation:a.b/c-d:value: with: colons",
                "label:k:",
                "label:k:v",
                "limit:nvidia.com/gpu:2",
                "limit:memory:2.5Gi",
                "image:registry:5000/x/y@sha256:ab",
                "cache:enabled",
                "cache:disabled",
                "report:enabled",
                "report:disabled",
                "secret:s3:key.name:AWS_KEY",
                "snapshot:enabled",
                "snapshot:disabled"
            })
    void tagsOfTheGrammarAreKnown(String tag) {
        assertThat(TagGrammar.parse(tag)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    stpe:a | did you mean step:a?
                    pipeline-metric | did you mean pipeline-metrics?
                    Skip | did you mean skip?
                    step:Load Data | step:load_data
                    step:1st | step:step_1st
                    prev:A | prev:a
                    label:k | write label:KEY:VALUE
                    limit:cpu:1 2 | write limit:RESOURCE:QUANTITY
                    snapshot:yes | write snapshot:enabled or snapshot:disabled
                    secret:a:b | write secret:SECRET:KEY:VARIABLE
                    image: | write image:REFERENCE
                    hide-input | remove the tag, or tag the cell skip
                    """)
    void anUnknownTagIsAnErrorThatSaysWhatToWrite(String tag, String hint) {
        var error = error(notebook(CELL.replace("step:a", tag), "{}"));
        assertThat(error).hasMessage("nb.ipynb, cell 1 (x = 1): unknown tag \"" + tag + "\"");
        assertThat(error.hint()).contains(hint);
        assertThat(error.cell()).isEqualTo(1);
    }

    @Test
    void anUnknownTagOfASkippedCellIsOnlyANotice() throws IOException {
        var read = read(notebook(CELL.replace("\"step:a\"", "\"skip\", \"hide-input\""), "{}"));
        assertThat(read.notices())
                .containsExactly(new Notebook.Notice(1, "unknown tag \"hide-input\" on a skipped cell"));
    }

    @Test
    void metadataIsUnderstoodWhole() throws IOException {
        var metadata = read(notebook(CELL, """
                        {"experiment": {"id": "new", "name": "exp"}, "experiment_name": "", "pipeline_name": "p",
                         "pipeline_description": "d", "docker_image": "i:1", "autosnapshot": true, "snapshot_volumes": false,
                         "steps_defaults": ["label:a:b:c", "limit:cpu:1"], "katib_run": false, "timeout": 5, "kfp_host": "h",
                         "volumes": [{"type": "clone", "name": "ws", "mount_point": "/home/jovyan", "size": 5, "size_type": "Gi",
                                      "snapshot": false, "annotations": [{"key": "k", "value": "v"}]}]}""")).metadata();
        assertThat(metadata.experiment()).contains("exp");
        assertThat(metadata.pipelineName()).contains("p");
        assertThat(metadata.image()).contains("i:1");
        assertThat(metadata.autosnapshot()).isTrue();
        assertThat(metadata.stepDefaults())
                .containsExactly(new CellTag.Label("a", "b:c"), new CellTag.Limit("cpu", "1"));
        assertThat(metadata.other()).containsEntry("katib_run", "false").containsEntry("timeout", "5");
        assertThat(metadata.volumes())
                .containsExactly(new Metadata.Volume(
                        "clone",
                        "ws",
                        "/home/jovyan",
                        "5Gi",
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        java.util.Map.of("k", "v")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [] | kubeflow_notebook is not an object
                    {"pipeline_name": 5} | pipeline_name is not text
                    {"experiment": "x"} | experiment is not an object with id and name
                    {"autosnapshot": "yes"} | autosnapshot is not true or false
                    {"volumes": {}} | volumes is not an array
                    {"volumes": [{"type": "nfs", "name": "a", "mount_point": "/a"}]} | volumes[0].type is not one of clone, new_pvc, pv, pvc, snap
                    {"volumes": [{"type": "pvc", "mount_point": "/a"}]} | volumes[0].name is not the volume's name
                    {"volumes": [{"type": "pvc", "name": "a", "mount_point": "/a", "size": -1}]} | volumes[0].size is not a number above 0
                    {"volumes": [{"type": "pvc", "name": "a", "mount_point": "/a", "size": 1, "size_type": "GB"}]} | volumes[0].size_type is not one of
                    {"volume_access_mode": "rwx"} | volume_access_mode is not one of rom, rwm, rwo
                    {"steps_defaults": ["prev:a"]} | steps_defaults holds "prev:a", which says something about one cell
                    {"steps_defaults": ["x"]} | unknown tag "x" in steps_defaults
                    """)
    void metadataOfTheWrongShapeIsNamedByItsKey(String metadata, String message) {
        assertThat(error(notebook(CELL, metadata))).isNotNull().hasMessageContaining(message);
    }

    @Test
    void aKeyThatLooksLikeASlipIsNoticedAndOtherKeysAreNot() throws IOException {
        var read = read(notebook(CELL, "{\"pipeline_nam\": \"x\", \"my_own_tool\": 1}"));
        assertThat(read.notices())
                .containsExactly(
                        new Notebook.Notice(
                                0,
                                "the notebook's metadata has \"pipeline_nam\", which means nothing: did you mean pipeline_name?"));
    }

    @Test
    void damagedNotebooksAreReadOrRefusedAndNothingElse() throws IOException {
        var seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var good = notebook(CELL + "," + CELL, "{\"volumes\": [], \"steps_defaults\": [\"label:a:b\"]}")
                .getBytes(StandardCharsets.UTF_8);
        for (var round = 0; round < 2000; round++) {
            var bytes = good.clone();
            for (var i = 0; i <= random.nextInt(3); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                read(bytes);
            } catch (NotebookException e) {
                assertThat(e.getMessage()).startsWith("nb.ipynb");
                assertThat(e.hint()).isNotEmpty();
            }
        }
    }
}
