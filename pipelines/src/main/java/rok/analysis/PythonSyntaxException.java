package rok.analysis;

/** Source that is not Python. */
public final class PythonSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;

    PythonSyntaxException(int line, String message) {
        super(message);
        this.line = line;
    }

    /** The line of the cell, from 1. */
    public int line() {
        return line;
    }
}
