package rok.pipeline;

import java.util.function.Function;
import rok.analysis.PythonCode;
import rok.analysis.PythonSyntaxException;
import rok.notebook.Cell;
import rok.notebook.NotebookException;

/** A cell of the pipeline with its source understood. */
record CodeCell(String notebook, Cell cell, PythonCode python) {
    static CodeCell parse(String notebook, Cell cell) {
        try {
            return new CodeCell(notebook, cell, PythonCode.parse(cell.source()));
        } catch (PythonSyntaxException e) {
            throw error(notebook, cell, e, "correct the line, or tag the cell skip if the pipeline does not need it");
        }
    }

    /** Reads a cell of a fixed form; a line that does not fit becomes an error that names it. */
    <T> T read(Function<PythonCode, T> form, String hint) {
        try {
            return form.apply(python);
        } catch (PythonSyntaxException e) {
            throw error(notebook, cell, e, hint);
        }
    }

    private static NotebookException error(String notebook, Cell cell, PythonSyntaxException e, String hint) {
        return NotebookException.of(notebook, cell, "line " + e.line() + ": " + e.getMessage(), hint);
    }

    Step.Code code() {
        return new Step.Code(cell.number(), cell.source());
    }
}
