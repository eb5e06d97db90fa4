package rok.notebook;

/**
 * A notebook that cannot become a pipeline, and why: its message names the notebook, the cell and what is wrong, its hint
 * what to do.
 */
public final class NotebookException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String notebook;
    private final int cell;
    private final String hint;

    private NotebookException(String notebook, int cell, String message, String hint) {
        super(message);
        this.notebook = notebook;
        this.cell = cell;
        this.hint = hint;
    }

    /** Something wrong with the notebook as a whole. */
    public static NotebookException of(String notebook, String problem, String hint) {
        return new NotebookException(notebook, 0, notebook + ": " + problem, hint);
    }

    /** Something wrong with one cell. */
    public static NotebookException of(String notebook, Cell cell, String problem, String hint) {
        return of(notebook, cell.number(), cell.firstLine(), problem, hint);
    }

    static NotebookException of(String notebook, int cell, String firstLine, String problem, String hint) {
        var where = notebook + ", cell " + cell + (firstLine.isEmpty() ? "" : " (" + firstLine + ")");
        return new NotebookException(notebook, cell, where + ": " + problem, hint);
    }

    /** The notebook's file name. */
    public String notebook() {
        return notebook;
    }

    /** The cell's number among all cells, from 1; 0 when it is not about one cell. */
    public int cell() {
        return cell;
    }

    /** What to do about it. */
    public String hint() {
        return hint;
    }
}
