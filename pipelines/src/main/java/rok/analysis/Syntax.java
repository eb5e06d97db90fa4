package rok.analysis;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A node of a syntax tree: what the parser found, without comments and punctuation. The names of types and fields are
 * those of the tree-sitter grammar for Python.
 */
final class Syntax {
    private final String type;
    private final String field;
    private final int start;
    private final int end;
    private final int depth;
    private final Source source;
    private final List<Syntax> children = new ArrayList<>();

    Syntax(String type, String field, int start, int end, int depth, Source source) {
        this.type = type;
        this.field = field;
        this.start = start;
        this.end = end;
        this.depth = depth;
        this.source = source;
    }

    void add(Syntax child) {
        children.add(child);
    }

    /** What it is, as in {@code identifier} or {@code if_statement}. */
    String type() {
        return type;
    }

    /** What it is to its parent, as in {@code left}; empty if it has no such name. */
    String field() {
        return field;
    }

    boolean is(String... types) {
        return Arrays.asList(types).contains(type);
    }

    List<Syntax> children() {
        return children;
    }

    Optional<Syntax> child(String fieldName) {
        return children.stream().filter(c -> c.field.equals(fieldName)).findFirst();
    }

    List<Syntax> childrenOf(String fieldName) {
        return children.stream().filter(c -> c.field.equals(fieldName)).toList();
    }

    /** The first child; only for nodes whose grammar has one. */
    Syntax first() {
        return children.getFirst();
    }

    Syntax last() {
        return children.getLast();
    }

    /** How many nodes it is inside of. */
    int depth() {
        return depth;
    }

    /** The line on which it starts, from 1. */
    int line() {
        return source.line(start);
    }

    /** Its source text. */
    String text() {
        return source.text(start, end);
    }

    /** An identifier's name as Python sees it: in normal form KC. */
    String name() {
        var text = text();
        return text.chars().allMatch(c -> c < 128) ? text : Normalizer.normalize(text, Normalizer.Form.NFKC);
    }

    @Override
    public String toString() {
        return type + "@" + line();
    }

    /** A source text by its UTF-8 bytes, in which the parser counts. */
    static final class Source {
        private final byte[] utf8;
        private final int[] lineStarts;

        Source(String text) {
            utf8 = text.getBytes(StandardCharsets.UTF_8);
            var starts = new int[16];
            var count = 1;
            for (var i = 0; i < utf8.length; i++) {
                if (utf8[i] == '\n') {
                    if (count == starts.length) {
                        starts = Arrays.copyOf(starts, count * 2);
                    }
                    starts[count++] = i + 1;
                }
            }
            lineStarts = Arrays.copyOf(starts, count);
        }

        int line(int offset) {
            var found = Arrays.binarySearch(lineStarts, offset);
            return found >= 0 ? found + 1 : -found - 1;
        }

        String text(int start, int end) {
            return new String(utf8, start, end - start, StandardCharsets.UTF_8);
        }
    }
}
