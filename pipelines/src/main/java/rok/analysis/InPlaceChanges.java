package rok.analysis;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds global names whose value is evidently changed in place, whatever its type. */
final class InPlaceChanges {
    /** Methods of Python's own containers that change them; libraries use the same names for the same. */
    private static final Set<String> CHANGING = Set.of(
            "add",
            "append",
            "appendleft",
            "clear",
            "difference_update",
            "discard",
            "extend",
            "extendleft",
            "insert",
            "intersection_update",
            "pop",
            "popitem",
            "popleft",
            "remove",
            "reverse",
            "setdefault",
            "sort",
            "symmetric_difference_update",
            "update");

    private final ScopeBuilder scopes;
    private final Set<String> changed = new TreeSet<>();

    private InPlaceChanges(ScopeBuilder scopes) {
        this.scopes = scopes;
    }

    static Set<String> of(List<PythonCode> cells, ScopeBuilder scopes) {
        var changes = new InPlaceChanges(scopes);
        cells.forEach(cell -> changes.walk(cell.module(), scopes.module()));
        return changes.changed;
    }

    private void walk(Syntax node, Scope scope) {
        switch (node.type()) {
            case "assignment", "augmented_assignment" -> node.child("left").ifPresent(left -> target(left, scope));
            case "delete_statement" -> node.children().forEach(deleted -> target(deleted, scope));
            case "call" -> call(node, scope);
            default -> {}
        }
        var opens = node.is(
                "function_definition",
                "class_definition",
                "lambda",
                "list_comprehension",
                "set_comprehension",
                "dictionary_comprehension",
                "generator_expression");
        var inner = opens ? scopes.scopeOf(node) : scope;
        node.children().forEach(child -> walk(child, inner));
    }

    private void target(Syntax target, Scope scope) {
        if (target.is("attribute", "subscript")) {
            change(target, scope);
        } else if (!target.is("identifier", "call")) {
            target.children().forEach(child -> target(child, scope));
        }
    }

    private void call(Syntax call, Scope scope) {
        var function = call.child("function").orElseThrow();
        if (function.is("attribute") && (CHANGING.contains(function.last().text()) || isInPlace(call))) {
            change(function, scope);
        }
    }

    private static boolean isInPlace(Syntax call) {
        return call.child("arguments").stream()
                .flatMap(a -> a.children().stream())
                .anyMatch(a -> a.is("keyword_argument")
                        && a.first().text().equals("inplace")
                        && a.last().is("true"));
    }

    private void change(Syntax part, Scope scope) {
        root(part).map(Syntax::name).ifPresent(name -> {
            var meaning = scope.meanings().get(name);
            if (scope.kind() == Scope.Kind.MODULE || (meaning != null && meaning.isGlobal())) {
                changed.add(name);
            }
        });
    }

    private static Optional<Syntax> root(Syntax part) {
        var root = part;
        while (root.is("attribute", "subscript")) {
            root = root.first();
        }
        return root.is("identifier") ? Optional.of(root) : Optional.empty();
    }
}
