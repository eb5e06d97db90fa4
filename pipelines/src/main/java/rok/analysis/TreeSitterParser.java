package rok.analysis;

import java.util.ArrayDeque;
import java.util.Set;
import org.treesitter.TSLanguage;
import org.treesitter.TSNode;
import org.treesitter.TSParser;
import org.treesitter.TSTreeCursor;
import org.treesitter.TreeSitterPython;

/** Parses with tree-sitter, whose native code is loaded when the first instance is made. */
final class TreeSitterParser implements PythonParser {
    /** Trees deeper than this are refused, so that walking them by recursion is safe on any thread. */
    static final int MAX_DEPTH = 1000;

    private static final Set<String> LEFT_OUT = Set.of("comment", "line_continuation");
    /** Long chains of these lean to the left; their order is all that matters here, so they become one flat node. */
    private static final Set<String> FLATTENED = Set.of("binary_operator", "boolean_operator", "concatenated_string");

    private final TSLanguage language;
    private final String[] symbols;

    TreeSitterParser() {
        TreeSitterLibraries.prepare();
        language = new TreeSitterPython();
        symbols = new String[language.symbolCount()];
        for (var i = 0; i < symbols.length; i++) {
            symbols[i] = language.symbolName(i);
        }
    }

    @Override
    public Syntax parse(String source) {
        // A NUL ends the source for C; Python refuses it too.
        if (source.indexOf('\0') >= 0) {
            throw new PythonSyntaxException(
                    1
                            + (int) source.substring(0, source.indexOf('\0'))
                                    .chars()
                                    .filter(c -> c == '\n')
                                    .count(),
                    "the source has a NUL character");
        }
        try {
            return parseOnce(source);
        } catch (PythonSyntaxException e) {
            // The grammar takes a line inside brackets that is indented less than its statement for the statement's
            // end.
            var deeper = LineState.indentInsideBrackets(source);
            if (deeper.equals(source)) {
                throw e;
            }
            return parseOnce(deeper);
        }
    }

    private Syntax parseOnce(String source) {
        var text = new Syntax.Source(source);
        try (var parser = new TSParser()) {
            parser.setLanguage(language);
            try (var tree = parser.parseString(null, source)) {
                var root = tree.getRootNode();
                if (root.hasError()) {
                    throw error(root, text);
                }
                return convert(root, text);
            }
        }
    }

    /** Copies the tree with a stack of its own: the depth of the source is not known yet. */
    private Syntax convert(TSNode root, Syntax.Source text) {
        try (var cursor = new TSTreeCursor(root)) {
            var open = new ArrayDeque<Syntax>();
            var module = new Syntax("module", "", 0, root.getEndByte(), 0, text);
            open.push(module);
            if (!cursor.gotoFirstChild()) {
                return module;
            }
            while (true) {
                var entered = enter(cursor, open, text);
                if (entered && cursor.gotoFirstChild()) {
                    continue;
                }
                if (entered) {
                    open.pop();
                }
                while (!cursor.gotoNextSibling()) {
                    cursor.gotoParent();
                    if (open.size() == 1) {
                        return module;
                    }
                    open.pop();
                }
            }
        }
    }

    /** Opens the cursor's node if it says something; its children then belong to the node on top of the stack. */
    private boolean enter(TSTreeCursor cursor, ArrayDeque<Syntax> open, Syntax.Source text) {
        var node = cursor.currentNode();
        if (!node.isNamed()) {
            return false;
        }
        var type = symbols[node.getSymbol()];
        if (LEFT_OUT.contains(type)) {
            return false;
        }
        var parent = open.element();
        if (FLATTENED.contains(type) && type.equals(parent.type())) {
            open.push(parent);
            return true;
        }
        var field = cursor.currentFieldName();
        var syntax = new Syntax(
                type, field == null ? "" : field, node.getStartByte(), node.getEndByte(), parent.depth() + 1, text);
        // Python 3 has print >> x, a comparison of the function print with x.
        var isPython2 = type.equals("exec_statement")
                || (type.equals("print_statement")
                        && !node.getNamedChild(0).getType().equals("chevron"));
        if (isPython2) {
            throw new PythonSyntaxException(
                    syntax.line(),
                    "this is a statement of Python 2: write " + type.substring(0, type.indexOf('_')) + "(...)");
        }
        if (syntax.depth() > MAX_DEPTH) {
            throw new PythonSyntaxException(syntax.line(), "the code is nested more than " + MAX_DEPTH + " deep");
        }
        parent.add(syntax);
        open.push(syntax);
        return true;
    }

    private static PythonSyntaxException error(TSNode root, Syntax.Source text) {
        try (var cursor = new TSTreeCursor(root)) {
            while (true) {
                var node = cursor.currentNode();
                if (node.isMissing()) {
                    return new PythonSyntaxException(
                            text.line(node.getStartByte()), "invalid syntax: " + node.getType() + " is missing");
                }
                if (node.isError()) {
                    var line = text.line(node.getStartByte());
                    return new PythonSyntaxException(line, "invalid syntax: " + shown(text, node));
                }
                if (node.hasError() && cursor.gotoFirstChild()) {
                    continue;
                }
                while (!cursor.gotoNextSibling()) {
                    if (!cursor.gotoParent()) {
                        return new PythonSyntaxException(1, "invalid syntax");
                    }
                }
            }
        }
    }

    private static String shown(Syntax.Source text, TSNode node) {
        var found = text.text(node.getStartByte(), node.getEndByte()).strip();
        var line = found.lines().findFirst().orElse("");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }
}
