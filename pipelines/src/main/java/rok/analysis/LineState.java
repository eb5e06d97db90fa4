package rok.analysis;

/** Follows Python source line by line, to tell where statements start. It knows strings, comments and brackets, no more. */
final class LineState {
    private int depth;
    private String quote = "";
    private boolean continued;
    private int codeEnd;

    /** Whether the next line starts a statement (or is blank). */
    boolean startsStatement() {
        return depth == 0 && quote.isEmpty() && !continued;
    }

    /** Whether the next line is inside brackets and not inside a string. */
    boolean insideBrackets() {
        return depth > 0 && quote.isEmpty();
    }

    /** Takes the next line, without its end. */
    void accept(String line) {
        continued = false;
        codeEnd = line.length();
        var i = 0;
        while (i < line.length()) {
            i = quote.isEmpty() ? code(line, i) : string(line, i);
        }
        if (quote.length() == 1 && !continued) {
            quote = "";
        }
    }

    /** Where the comment of the line last taken starts, or its length. */
    int codeEnd() {
        return codeEnd;
    }

    private int code(String line, int at) {
        var c = line.charAt(at);
        switch (c) {
            case '#' -> {
                codeEnd = at;
                return line.length();
            }
            case '(', '[', '{' -> depth++;
            case ')', ']', '}' -> depth = Math.max(0, depth - 1);
            case '"', '\'' -> {
                quote = line.startsWith(String.valueOf(c).repeat(3), at)
                        ? String.valueOf(c).repeat(3)
                        : String.valueOf(c);
                return at + quote.length();
            }
            case '\\' -> continued = at == line.length() - 1;
            default -> {}
        }
        return at + 1;
    }

    private int string(String line, int at) {
        if (line.charAt(at) == '\\') {
            continued = at == line.length() - 1;
            return at + 2;
        }
        if (line.startsWith(quote, at)) {
            var end = at + quote.length();
            quote = "";
            return end;
        }
        return at + 1;
    }

    /** The same source, every line inside brackets moved far to the right. Lines keep their numbers. */
    static String indentInsideBrackets(String source) {
        var state = new LineState();
        var result = new StringBuilder();
        var margin = " ".repeat(100);
        for (var line : source.split("\n", -1)) {
            if (state.insideBrackets()) {
                result.append(margin);
            }
            result.append(line).append('\n');
            state.accept(line);
        }
        return result.substring(0, result.length() - 1);
    }
}
