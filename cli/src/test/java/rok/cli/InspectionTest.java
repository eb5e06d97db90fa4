package rok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import rok.api.Documents;
import rok.notebook.Notebook;
import rok.pipeline.Compiler;

class InspectionTest {
    private static Inspection inspect(String notebook) throws Exception {
        var file = Path.of("../pipelines/src/test/resources/rok/pipeline/notebooks", notebook);
        return Inspection.of(Compiler.compile(Notebook.read(file)));
    }

    @Test
    void theTitanicNotebookFitsATerminalOf80Columns() throws Exception {
        var lines = inspect("titanic_dataset_ml.ipynb").lines(80, true);
        assertThat(lines).allMatch(line -> line.length() <= 80);
        assertThat(lines).contains("  ├─┬─┬─┬─╮", "  ● │ │ │ │ randomforest", "  ├─┴─┴─┴─╯", "  ● results");
        assertThat(lines).contains("      loads       acc_decision_tree, acc_gaussian, acc_linear_svc, acc_log,");
    }

    @Test
    void theDocumentHasTheKeysThatProgramsRelyOn() throws Exception {
        var json =
                Documents.write(inspect("pipeline_parameters_and_metrics.ipynb").document());
        assertThat(json.replaceAll("\\s+", " "))
                .contains(
                        "\"notebook\" : \"pipeline_parameters_and_metrics.ipynb\"",
                        "\"pipeline\" : \"hp-test\"",
                        "\"experiment\" : \"hp-tuning\"",
                        "{ \"name\" : \"d1\", \"type\" : \"int\", \"default\" : 5 }",
                        "{ \"name\" : \"booltest\", \"type\" : \"bool\", \"default\" : true }",
                        "{ \"name\" : \"sum-result\", \"variable\" : \"sum_result\", \"step\" : \"sum_matrix\" }",
                        "\"volumes\" : [ ]",
                        "\"depends_on\" : [ \"create_matrix\" ]",
                        "\"loads\" : [ \"rnd_matrix\" ]",
                        "\"saves\" : [ \"rnd_matrix\" ]",
                        "\"limits\" : { \"nvidia.com/gpu\" : \"2\" }",
                        "\"labels\" : { }",
                        "\"annotations\" : { }",
                        "\"warnings\" : [ ]");
    }
}
