package rok.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A block of Python with names of its own, and what each name in it means. */
final class Scope {
    static final int GLOBAL = 1;
    static final int LOCAL = 1 << 1;
    static final int PARAMETER = 1 << 2;
    static final int NONLOCAL = 1 << 3;
    static final int USE = 1 << 4;
    static final int FREE_CLASS = 1 << 6;
    static final int IMPORT = 1 << 7;
    static final int ANNOTATION = 1 << 8;
    static final int ITERATION = 1 << 9;
    static final int TYPE_PARAMETER = 1 << 10;
    static final int BOUND = LOCAL | PARAMETER | IMPORT | TYPE_PARAMETER;

    /** The kinds of blocks; all but a module and a class hand their names down to the blocks inside. */
    enum Kind {
        MODULE,
        CLASS,
        FUNCTION,
        COMPREHENSION,
        TYPE_PARAMETERS,
        TYPE_BOUND,
        TYPE_ALIAS;

        boolean handsDown() {
            return this != MODULE && this != CLASS;
        }
    }

    /** Where a name is found at run time. */
    enum Meaning {
        LOCAL,
        GLOBAL_EXPLICIT,
        GLOBAL_IMPLICIT,
        FREE,
        CELL;

        boolean isGlobal() {
            return this == GLOBAL_EXPLICIT || this == GLOBAL_IMPLICIT;
        }
    }

    private final Kind kind;
    private final String name;
    private final int line;
    private final @Nullable Scope parent;
    private final Map<String, Integer> flags = new LinkedHashMap<>();
    private final Map<String, Meaning> meanings = new LinkedHashMap<>();
    private final List<Scope> children = new ArrayList<>();

    private Scope(Kind kind, String name, int line, @Nullable Scope parent) {
        this.kind = kind;
        this.name = name;
        this.line = line;
        this.parent = parent;
    }

    static Scope module() {
        return new Scope(Kind.MODULE, "top", 0, null);
    }

    Scope inner(Kind innerKind, String innerName, int innerLine) {
        var inner = new Scope(innerKind, innerName, innerLine, this);
        children.add(inner);
        return inner;
    }

    Kind kind() {
        return kind;
    }

    String name() {
        return name;
    }

    int line() {
        return line;
    }

    /** The scope around this one; a module has none. */
    Optional<Scope> parent() {
        return Optional.ofNullable(parent);
    }

    List<Scope> children() {
        return children;
    }

    /** What the source does with each name here. */
    Map<String, Integer> flags() {
        return flags;
    }

    /** What each name means here, once resolved. */
    Map<String, Meaning> meanings() {
        return meanings;
    }

    int flags(String symbol) {
        return flags.getOrDefault(symbol, 0);
    }

    void mark(String symbol, int flag) {
        flags.merge(symbol, flag, (a, b) -> a | b);
    }
}
