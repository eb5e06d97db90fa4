package rok.analysis;

import java.util.Set;

/** The source of one cell, parsed. IPython's own lines count for nothing but the names they expand. */
public final class PythonCode {
    private final Syntax module;
    private final Set<String> shellNames;

    private PythonCode(Syntax module, Set<String> shellNames) {
        this.module = module;
        this.shellNames = Set.copyOf(shellNames);
    }

    /**
     * Parses a cell; the first call loads the parser's native code.
     *
     * @throws PythonSyntaxException if it is not Python, with the line of the cell
     */
    public static PythonCode parse(String cell) {
        var plain = IPython.rewrite(cell);
        return new PythonCode(Parser.INSTANCE.parse(plain.python()), plain.shellNames());
    }

    Syntax module() {
        return module;
    }

    /** Names after {@code $} or in braces on shell lines and magics: variables, if variables of that name exist. */
    public Set<String> shellNames() {
        return shellNames;
    }

    /** Whether it says nothing at all. */
    public boolean isEmpty() {
        return module.children().isEmpty();
    }

    /** Loaded when the first cell is parsed: commands that read no notebook do not pay for it. */
    private static final class Parser {
        static final PythonParser INSTANCE = new TreeSitterParser();
    }
}
