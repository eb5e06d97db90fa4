package rok.analysis;

/** Turns Python source into a syntax tree. */
interface PythonParser {
    /**
     * The tree of a whole module.
     *
     * @throws PythonSyntaxException if it is not Python
     */
    Syntax parse(String source);
}
