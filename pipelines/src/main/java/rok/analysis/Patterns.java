package rok.analysis;

import java.util.function.Consumer;

/** The patterns of {@code match} statements: which names they read and which they bind. */
final class Patterns {
    private Patterns() {}

    /** Calls {@code read} with every expression and {@code bind} with every identifier that the pattern captures. */
    static void walk(Syntax pattern, Consumer<Syntax> read, Consumer<Syntax> bind) {
        switch (pattern.type()) {
            case "dotted_name" -> {
                if (pattern.children().size() == 1) {
                    capture(pattern.first(), bind);
                } else {
                    read.accept(pattern.first());
                }
            }
            case "class_pattern" -> {
                read.accept(pattern.first().first());
                pattern.children().stream().skip(1).forEach(p -> walk(p, read, bind));
            }
            case "keyword_pattern" -> pattern.children().stream().skip(1).forEach(p -> walk(p, read, bind));
            case "identifier" -> capture(pattern, bind);
            case "dict_pattern" -> {
                for (var child : pattern.children()) {
                    if (child.field().equals("key") && child.is("dotted_name")) {
                        read.accept(child.first());
                    } else {
                        walk(child, read, bind);
                    }
                }
            }
            default -> pattern.children().forEach(p -> walk(p, read, bind));
        }
    }

    /** Whether the pattern matches anything at all, so that no other case can follow. */
    static boolean matchesAll(Syntax pattern) {
        if (pattern.is("identifier")) {
            return true;
        }
        if (pattern.is("dotted_name")) {
            return pattern.children().size() == 1;
        }
        if (pattern.is("as_pattern")) {
            return matchesAll(pattern.first());
        }
        if (pattern.is("union_pattern")) {
            return pattern.children().stream().anyMatch(Patterns::matchesAll);
        }
        // The wildcard _ is a pattern without anything in it.
        return pattern.is("case_pattern")
                && (pattern.children().isEmpty() ? pattern.text().equals("_") : matchesAll(pattern.first()));
    }

    private static void capture(Syntax identifier, Consumer<Syntax> bind) {
        if (!identifier.text().equals("_")) {
            bind.accept(identifier);
        }
    }
}
