package rok.analysis;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Turns what only IPython understands (magics, shell lines, help) into plain Python on the same lines. */
final class IPython {
    private static final Set<String> RUNS_PYTHON = Set.of("time", "timeit", "prun", "memit", "capture");
    private static final Pattern CELL_MAGIC = Pattern.compile("%%([A-Za-z_]\\w*!?)[ \t]*(.*)");
    private static final Pattern LINE_MAGIC = Pattern.compile("%[ \t]*([A-Za-z_]\\w*)[ \t]*(.*)");
    private static final Pattern ASSIGNED = Pattern.compile("([\\w.,* \t\\[\\]]+?)[ \t]*=[ \t]*([!%].*)");
    private static final Pattern OPTIONS = Pattern.compile("^(?:-[A-Za-z]+(?:[ \t]*\\d+)?[ \t]+)*");
    private static final Pattern OUTPUT = Pattern.compile("--(?:out|err)[ \t=]+([A-Za-z_]\\w*)");
    private static final Pattern INSTALL = Pattern.compile("(?:pip|conda|mamba)[ \t]+\\w+.*");
    private static final Pattern EXPANSION = Pattern.compile("\\$([A-Za-z_]\\w*)|\\{[ \t]*([A-Za-z_]\\w*)[^{}]*\\}");
    private static final Pattern PROMPT = Pattern.compile("^(?:In \\[\\d+\\]: |>>> )");

    private final Set<String> shellNames = new TreeSet<>();

    /**
     * Plain Python.
     *
     * @param python as many lines as the cell had, or fewer
     * @param shellNames names that shell lines and magics would expand if they are variables
     */
    record Plain(String python, Set<String> shellNames) {}

    static Plain rewrite(String cell) {
        var ipython = new IPython();
        return new Plain(ipython.cell(cell), ipython.shellNames);
    }

    private String cell(String cell) {
        var start = 0;
        while (start < cell.length() && Character.isWhitespace(cell.charAt(start))) {
            start++;
        }
        if (cell.startsWith("%%", start)) {
            return cell.substring(0, start).replaceAll("[^\n]", "") + cellMagic(cell.substring(start));
        }
        return lines(dedented(cell));
    }

    private String cellMagic(String cell) {
        var newline = cell.indexOf('\n');
        var first = newline < 0 ? cell : cell.substring(0, newline);
        var body = newline < 0 ? "" : cell.substring(newline + 1);
        var magic = CELL_MAGIC.matcher(first);
        if (!magic.matches()) {
            return "";
        }
        var name = magic.group(1);
        if (!RUNS_PYTHON.contains(name)) {
            var output = OUTPUT.matcher(magic.group(2));
            return output.find() ? output.group(1) + " = ''" : "";
        }
        var argument = OPTIONS.matcher(magic.group(2) + " ").replaceFirst("").strip();
        var replacement = switch (name) {
            case "capture" -> argument.matches("[A-Za-z_]\\w*") ? argument + " = None" : "";
            case "timeit" -> argument;
            default -> "";
        };
        return replacement + "\n" + cell(body);
    }

    /** IPython takes away the indentation of a cell's first line from all its lines. */
    private static String dedented(String cell) {
        var first = cell.lines().filter(l -> !l.isBlank()).findFirst().orElse("");
        var margin = first.substring(0, first.length() - first.stripLeading().length());
        if (margin.isEmpty()) {
            return cell;
        }
        return cell.replaceAll("(?m)^" + Pattern.quote(margin), "");
    }

    private String lines(String cell) {
        var state = new LineState();
        var result = new StringBuilder();
        var inShell = false;
        for (var line : cell.split("\n", -1)) {
            if (inShell) {
                shell(line);
                inShell = line.endsWith("\\");
            } else {
                var plain = state.startsStatement() ? line(PROMPT.matcher(line).replaceFirst("")) : line;
                inShell = !plain.equals(line) && line.endsWith("\\");
                result.append(plain);
                state.accept(plain);
            }
            result.append('\n');
        }
        return result.substring(0, result.length() - 1);
    }

    private String line(String line) {
        var code = line.strip();
        if (code.isEmpty() || code.startsWith("#")) {
            return line;
        }
        var margin = line.substring(0, line.indexOf(code.charAt(0)));
        var assigned = ASSIGNED.matcher(code);
        if (code.startsWith("!") || code.startsWith("%")) {
            return margin + escaped(code);
        }
        if (assigned.matches() && !code.contains("==")) {
            var value = escaped(assigned.group(2));
            return margin + assigned.group(1) + " = " + (value.equals("pass") ? "None" : value);
        }
        return isHelp(line)
                        || ",;/".indexOf(code.charAt(0)) >= 0
                        || INSTALL.matcher(code).matches()
                ? margin + "pass"
                : line;
    }

    private static boolean isHelp(String line) {
        var state = new LineState();
        state.accept(line);
        var code = line.substring(0, state.codeEnd()).strip();
        return state.startsStatement() && (code.startsWith("?") || code.endsWith("?"));
    }

    /** What a line that starts with {@code !} or {@code %} means to Python. */
    private String escaped(String code) {
        var magic = LINE_MAGIC.matcher(code);
        if (magic.matches() && RUNS_PYTHON.contains(magic.group(1))) {
            var statement =
                    OPTIONS.matcher(magic.group(2) + " ").replaceFirst("").strip();
            if (!statement.isEmpty()) {
                return line(statement);
            }
        }
        shell(code);
        return "pass";
    }

    private void shell(String text) {
        var expansion = EXPANSION.matcher(text);
        while (expansion.find()) {
            shellNames.add(expansion.group(1) != null ? expansion.group(1) : expansion.group(2));
        }
    }
}
