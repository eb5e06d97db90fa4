package rok.analysis;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import rok.analysis.Scope.Kind;

/** Walks a module and writes down, scope by scope, what its source does with each name. */
final class ScopeBuilder {
    private final IdentityHashMap<Syntax, Scope> scopes = new IdentityHashMap<>();
    private final Scope module = Scope.module();
    private Scope current = module;
    private String className = "";
    private boolean annotationsAreText;
    private boolean inIterationTarget;

    /**
     * Builds and resolves the scopes of one module, whose statements may come from several sources that run one after
     * the other.
     */
    static ScopeBuilder of(List<Syntax> modules) {
        var builder = new ScopeBuilder();
        builder.annotationsAreText = modules.stream().anyMatch(ScopeBuilder::defersAnnotations);
        modules.forEach(builder::visitChildren);
        ScopeResolver.resolve(builder.module);
        return builder;
    }

    Scope module() {
        return module;
    }

    /** Whether annotations are never evaluated. */
    boolean annotationsAreText() {
        return annotationsAreText;
    }

    /** The scope that a function, class, lambda or comprehension opens. */
    Scope scopeOf(Syntax node) {
        var scope = scopes.get(node);
        if (scope == null) {
            throw new IllegalArgumentException(node + " opens no scope");
        }
        return scope;
    }

    private static boolean defersAnnotations(Syntax module) {
        return module.children().stream()
                .filter(s -> s.is("future_import_statement"))
                .flatMap(s -> s.children().stream())
                .anyMatch(n -> importedName(n).equals("annotations"));
    }

    private static String importedName(Syntax name) {
        return name.is("aliased_import") ? name.first().text() : name.text();
    }

    private void visitAll(List<Syntax> nodes) {
        for (var node : nodes) {
            visit(node);
        }
    }

    private void visitChildren(Syntax node) {
        visitAll(node.children());
    }

    /** Visits an expression that is read, or a statement. */
    private void visit(Syntax node) {
        switch (node.type()) {
            case "identifier" -> use(node.name());
            case "attribute", "member_type" -> visit(node.first());
            case "keyword_argument" -> node.child("value").ifPresent(this::visit);
            case "named_expression" -> namedExpression(node);
            case "as_pattern" -> asPattern(node);
            case "lambda" -> lambda(node);
            case "list_comprehension" -> comprehension(node, "listcomp");
            case "set_comprehension" -> comprehension(node, "setcomp");
            case "dictionary_comprehension" -> comprehension(node, "dictcomp");
            case "generator_expression" -> comprehension(node, "genexpr");
            default -> statement(node);
        }
    }

    private void statement(Syntax node) {
        switch (node.type()) {
            case "assignment" -> assignment(node);
            case "augmented_assignment" -> {
                node.child("left").ifPresent(this::store);
                node.child("right").ifPresent(this::visit);
            }
            case "for_statement" -> {
                node.child("left").ifPresent(this::store);
                visitAll(node.children().stream()
                        .filter(c -> !c.field().equals("left"))
                        .toList());
            }
            case "delete_statement" -> node.children().forEach(this::store);
            case "global_statement" -> node.children().forEach(n -> mark(n.name(), Scope.GLOBAL));
            case "nonlocal_statement" -> node.children().forEach(n -> mark(n.name(), Scope.NONLOCAL));
            case "import_statement", "import_from_statement", "future_import_statement" -> imports(node);
            case "function_definition" -> function(node);
            case "class_definition" -> classDefinition(node);
            case "decorated_definition" -> decorated(node);
            case "type_alias_statement" -> typeAlias(node);
            case "case_clause" -> caseClause(node);
            case "print_statement" -> {
                use("print");
                visitChildren(node);
            }
            default -> visitChildren(node);
        }
    }

    private void use(String name) {
        mark(name, Scope.USE);
        if (name.equals("super") && isFunction(current)) {
            mark("__class__", Scope.USE);
        }
    }

    private static boolean isFunction(Scope scope) {
        return scope.kind() == Kind.FUNCTION || scope.kind() == Kind.COMPREHENSION;
    }

    private void mark(String name, int flag) {
        var symbol = mangled(name);
        current.mark(symbol, inIterationTarget ? flag | Scope.ITERATION : flag);
        if ((flag & Scope.GLOBAL) != 0) {
            module.mark(symbol, Scope.GLOBAL);
        }
    }

    /** A private name inside a class carries the class's name. */
    private String mangled(String name) {
        if (className.isEmpty() || !name.startsWith("__") || name.endsWith("__")) {
            return name;
        }
        var stripped = className.replaceFirst("^_+", "");
        return stripped.isEmpty() ? name : "_" + stripped + name;
    }

    /** Visits something that is assigned or deleted. */
    private void store(Syntax target) {
        switch (target.type()) {
            case "identifier" -> mark(target.name(), Scope.LOCAL);
            case "pattern_list",
                    "tuple_pattern",
                    "list_pattern",
                    "expression_list",
                    "tuple",
                    "list",
                    "parenthesized_expression",
                    "list_splat",
                    "list_splat_pattern",
                    "as_pattern_target" -> target.children().forEach(this::store);
            default -> visit(target);
        }
    }

    private void assignment(Syntax node) {
        var left = node.child("left").orElseThrow();
        var right = node.child("right");
        var annotation = node.child("type");
        if (annotation.isPresent() && left.is("identifier")) {
            mark(left.name(), Scope.ANNOTATION | Scope.LOCAL);
        } else if (annotation.isEmpty() || right.isPresent() || !isParenthesizedName(left)) {
            store(left);
        }
        annotation.ifPresent(this::annotation);
        right.ifPresent(this::visit);
    }

    /** {@code (x): int} alone assigns nothing and says nothing. */
    private static boolean isParenthesizedName(Syntax target) {
        return target.is("tuple_pattern", "parenthesized_expression")
                && target.children().size() == 1
                && target.first().is("identifier");
    }

    private void annotation(Syntax type) {
        if (!annotationsAreText) {
            visit(type);
        }
    }

    private void asPattern(Syntax node) {
        visit(node.first());
        node.children().stream().skip(1).forEach(this::store);
    }

    private void imports(Syntax node) {
        for (var name : node.childrenOf("name")) {
            var bound = name.is("aliased_import")
                    ? name.last().name()
                    : name.first().name();
            mark(bound, Scope.IMPORT);
        }
    }

    private void enter(Syntax node, Kind kind, String name, Runnable inside) {
        var outer = current;
        current = outer.inner(kind, name, node.line());
        if (kind != Kind.TYPE_PARAMETERS && kind != Kind.TYPE_BOUND) {
            scopes.put(node, current);
        }
        inside.run();
        current = outer;
    }

    private void decorated(Syntax node) {
        // The definition first: its name is bound in this scope whatever the decorators are.
        node.child("definition").ifPresent(this::visit);
        node.children().stream().filter(c -> c.is("decorator")).forEach(this::visit);
    }

    private void function(Syntax node) {
        var name = node.child("name").orElseThrow().name();
        mark(name, Scope.LOCAL);
        var parameters = node.child("parameters").orElseThrow();
        defaults(parameters);
        inTypeParameters(node, name, () -> {
            parameters.children().forEach(p -> p.child("type").ifPresent(this::annotation));
            node.child("return_type").ifPresent(this::annotation);
            enter(node, Kind.FUNCTION, name, () -> {
                parameters(parameters);
                node.child("body").ifPresent(this::visit);
            });
        });
    }

    private void lambda(Syntax node) {
        node.child("parameters").ifPresent(this::defaults);
        enter(node, Kind.FUNCTION, "lambda", () -> {
            node.child("parameters").ifPresent(this::parameters);
            node.child("body").ifPresent(this::visit);
        });
    }

    private void defaults(Syntax parameters) {
        parameters.children().forEach(p -> p.child("value").ifPresent(this::visit));
    }

    private void parameters(Syntax parameters) {
        for (var parameter : parameters.children()) {
            var name = parameter;
            while (!name.is("identifier") && !name.children().isEmpty()) {
                name = name.first();
            }
            if (name.is("identifier")) {
                mark(name.name(), Scope.PARAMETER);
            }
        }
    }

    private void classDefinition(Syntax node) {
        var name = node.child("name").orElseThrow().name();
        mark(name, Scope.LOCAL);
        var outerClass = className;
        inTypeParameters(node, name, () -> {
            node.child("superclasses").ifPresent(this::visit);
            enter(node, Kind.CLASS, name, () -> {
                className = name;
                node.child("body").ifPresent(this::visit);
            });
            className = outerClass;
        });
    }

    private void typeAlias(Syntax node) {
        var target = aliasTarget(node);
        if (target.isEmpty()) {
            use("type");
            visitChildren(node);
        } else if (target.get().is("generic_type")) {
            genericAlias(node, target.get());
        } else {
            mark(target.get().name(), Scope.LOCAL);
            aliasValue(node, target.get().name());
        }
    }

    /**
     * The name that a {@code type} statement defines, or the name with its parameters; empty when it is none after all but
     * an assignment like {@code type(x).y = z}, which the grammar confuses with it.
     */
    static Optional<Syntax> aliasTarget(Syntax node) {
        var left = node.child("left").orElseThrow();
        while (left.is("type") && left.children().size() == 1) {
            left = left.first();
        }
        return left.is("identifier") || (left.is("generic_type") && left.first().is("identifier"))
                ? Optional.of(left)
                : Optional.empty();
    }

    private void genericAlias(Syntax node, Syntax generic) {
        var name = generic.first().name();
        mark(name, Scope.LOCAL);
        enter(node, Kind.TYPE_PARAMETERS, name, () -> {
            generic.children().stream().skip(1).forEach(this::typeParameters);
            aliasValue(node, name);
        });
    }

    private void aliasValue(Syntax node, String name) {
        enter(node, Kind.TYPE_ALIAS, name, () -> node.child("right").ifPresent(this::visit));
    }

    private void inTypeParameters(Syntax node, String name, Runnable inside) {
        var parameters = node.child("type_parameters");
        if (parameters.isEmpty()) {
            inside.run();
            return;
        }
        enter(node, Kind.TYPE_PARAMETERS, name, () -> {
            typeParameters(parameters.get());
            inside.run();
        });
    }

    private void typeParameters(Syntax list) {
        for (var parameter : list.children()) {
            var inner = parameter.is("type") ? parameter.first() : parameter;
            if (inner.is("constrained_type")) {
                var name = leaf(inner.first()).name();
                mark(name, Scope.TYPE_PARAMETER | Scope.LOCAL);
                enter(inner, Kind.TYPE_BOUND, name, () -> visit(inner.last()));
            } else {
                mark(leaf(inner).name(), Scope.TYPE_PARAMETER | Scope.LOCAL);
            }
        }
    }

    static Syntax leaf(Syntax node) {
        var leaf = node;
        while (!leaf.is("identifier") && !leaf.children().isEmpty()) {
            leaf = leaf.first();
        }
        return leaf;
    }

    private void comprehension(Syntax node, String name) {
        var clauses =
                node.children().stream().filter(c -> !c.field().equals("body")).toList();
        clauses.getFirst().child("right").ifPresent(this::visit);
        enter(node, Kind.COMPREHENSION, name, () -> {
            mark(".0", Scope.PARAMETER);
            for (var clause : clauses) {
                if (clause.is("for_in_clause")) {
                    inIterationTarget = true;
                    clause.child("left").ifPresent(this::store);
                    inIterationTarget = false;
                    if (clause != clauses.getFirst()) {
                        clause.child("right").ifPresent(this::visit);
                    }
                } else {
                    visit(clause);
                }
            }
            node.child("body").ifPresent(this::visit);
        });
    }

    /** The name of {@code name := value} belongs to the nearest scope that is not a comprehension. */
    private void namedExpression(Syntax node) {
        var name = node.child("name").orElseThrow().name();
        node.child("value").ifPresent(this::visit);
        var owner = current;
        while (owner.kind() == Kind.COMPREHENSION && owner.parent().isPresent()) {
            owner = owner.parent().get();
        }
        if (owner != current) {
            var symbol = mangled(name);
            if (owner.kind() == Kind.MODULE) {
                mark(name, Scope.GLOBAL);
            } else {
                current.mark(symbol, (owner.flags(symbol) & Scope.GLOBAL) != 0 ? Scope.GLOBAL : Scope.NONLOCAL);
                owner.mark(symbol, Scope.LOCAL);
            }
        }
        mark(name, Scope.LOCAL);
    }

    private void caseClause(Syntax node) {
        for (var child : node.children()) {
            if (child.is("case_pattern")) {
                pattern(child);
            } else {
                visit(child);
            }
        }
    }

    private void pattern(Syntax node) {
        Patterns.walk(node, this::visit, target -> mark(target.name(), Scope.LOCAL));
    }
}
