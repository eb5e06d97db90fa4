package rok.analysis;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cells of a fixed form: assignments of plain values, and prints of variables. */
public final class PlainCells {
    private PlainCells() {}

    /** One assignment; the value is a Long, a BigInteger, a Double, a String or a Boolean. */
    public record Assigned(String name, Object value, int line) {}

    /** One {@code print(variable)}. */
    public record Printed(String variable, int line) {}

    /**
     * Reads a cell of assignments.
     *
     * @throws PythonSyntaxException at the first line that is anything else
     */
    public static List<Assigned> assignments(PythonCode cell) {
        var assigned = new ArrayList<Assigned>();
        for (var statement : cell.module().children()) {
            var assignment =
                    statement.is("expression_statement") && statement.children().size() == 1
                            ? statement.first()
                            : statement;
            if (!assignment.is("assignment") || assignment.child("right").isEmpty()) {
                throw new PythonSyntaxException(
                        statement.line(), "a parameter is an assignment of one value, as in LEARNING_RATE = 0.1");
            }
            var left = assignment.child("left").orElseThrow();
            var right = assignment.child("right").orElseThrow();
            if (!left.is("identifier") || right.is("assignment")) {
                throw new PythonSyntaxException(
                        statement.line(), "a parameter is assigned on its own: one name, one value");
            }
            assigned.add(new Assigned(left.name(), value(left.name(), right), statement.line()));
        }
        return assigned;
    }

    /**
     * Reads a cell of prints.
     *
     * @throws PythonSyntaxException at the first line that is anything else
     */
    public static List<Printed> prints(PythonCode cell) {
        var printed = new ArrayList<Printed>();
        for (var statement : cell.module().children()) {
            var call =
                    statement.is("expression_statement") && statement.children().size() == 1
                            ? statement.first()
                            : statement;
            var arguments = call.is("call")
                    ? call.child("arguments").map(Syntax::children).orElse(List.of())
                    : List.<Syntax>of();
            if (!call.is("call")
                    || !call.first().text().equals("print")
                    || arguments.size() != 1
                    || !arguments.getFirst().is("identifier")) {
                throw new PythonSyntaxException(
                        statement.line(), "a metric is the print of one variable, as in print(accuracy)");
            }
            printed.add(new Printed(arguments.getFirst().name(), statement.line()));
        }
        return printed;
    }

    private static Object value(String name, Syntax node) {
        return switch (node.type()) {
            case "true" -> true;
            case "false" -> false;
            case "integer", "float" -> number(name, node, "");
            case "unary_operator" -> {
                var sign = node.text().substring(0, 1);
                if (!node.first().is("integer", "float") || !"+-".contains(sign)) {
                    throw notPlain(name, node);
                }
                yield number(name, node.first(), sign.equals("-") ? "-" : "");
            }
            case "string" -> string(name, node);
            case "concatenated_string" -> {
                var text = new StringBuilder();
                node.children().forEach(part -> text.append(string(name, part)));
                yield text.toString();
            }
            case "parenthesized_expression" -> value(name, node.first());
            default -> throw notPlain(name, node);
        };
    }

    private static PythonSyntaxException notPlain(String name, Syntax node) {
        return new PythonSyntaxException(
                node.line(), "parameter " + name + " is not a plain int, float, str or bool: " + shown(node.text()));
    }

    private static String shown(String text) {
        var line = text.lines().findFirst().orElse("");
        return line.length() <= 60 ? line : line.substring(0, 57) + "...";
    }

    private static Object number(String name, Syntax node, String sign) {
        var text = node.text().replace("_", "").toLowerCase(Locale.ROOT);
        if (text.endsWith("j") || text.endsWith("l")) {
            throw notPlain(name, node);
        }
        if (node.is("float")) {
            var value = Double.parseDouble(sign + text);
            if (Double.isInfinite(value)) {
                throw new PythonSyntaxException(
                        node.line(), "parameter " + name + " is too large for a float: " + shown(text));
            }
            return value;
        }
        if (text.length() > 4300) {
            throw new PythonSyntaxException(node.line(), "parameter " + name + " has more than 4300 digits");
        }
        var radix = text.startsWith("0x") ? 16 : text.startsWith("0o") ? 8 : text.startsWith("0b") ? 2 : 10;
        var value = new BigInteger(sign + (radix == 10 ? text : text.substring(2)), radix);
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private static String string(String name, Syntax node) {
        var text = node.text();
        var quoteAt = Math.min(indexOrEnd(text, '"'), indexOrEnd(text, '\''));
        var prefix = text.substring(0, quoteAt).toLowerCase(Locale.ROOT);
        if (prefix.contains("f") || prefix.contains("b") || prefix.contains("t")) {
            throw notPlain(name, node);
        }
        var quote = text.substring(quoteAt, quoteAt + 1);
        var width = text.startsWith(quote.repeat(3), quoteAt) ? 3 : 1;
        var content = text.substring(quoteAt + width, text.length() - width);
        return prefix.contains("r") ? content : unescaped(name, node, content);
    }

    private static int indexOrEnd(String text, char c) {
        var at = text.indexOf(c);
        return at < 0 ? text.length() : at;
    }

    private static String unescaped(String name, Syntax node, String content) {
        var result = new StringBuilder();
        var i = 0;
        while (i < content.length()) {
            var c = content.charAt(i++);
            if (c != '\\' || i == content.length()) {
                result.append(c);
                continue;
            }
            var escape = content.charAt(i++);
            switch (escape) {
                case '\n' -> {}
                case 'n' -> result.append('\n');
                case 't' -> result.append('\t');
                case 'r' -> result.append('\r');
                case 'a' -> result.append('\u0007');
                case 'b' -> result.append('\b');
                case 'f' -> result.append('\f');
                case 'v' -> result.append('\u000b');
                case '\\', '\'', '"' -> result.append(escape);
                case 'x', 'u', 'U' -> {
                    var end = Math.min(content.length(), i + (escape == 'x' ? 2 : escape == 'u' ? 4 : 8));
                    result.appendCodePoint(codePoint(name, node, content.substring(i, end), 16));
                    i = end;
                }
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    var end = i;
                    while (end < content.length()
                            && end < i + 2
                            && content.charAt(end) >= '0'
                            && content.charAt(end) <= '7') {
                        end++;
                    }
                    result.appendCodePoint(codePoint(name, node, content.substring(i - 1, end), 8));
                    i = end;
                }
                default -> result.append('\\').append(escape);
            }
        }
        return result.toString();
    }

    private static int codePoint(String name, Syntax node, String digits, int radix) {
        try {
            var value = Integer.parseInt(digits, radix);
            if (Character.isValidCodePoint(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw (PythonSyntaxException) notPlain(name, node).initCause(e);
        }
        throw notPlain(name, node);
    }
}
