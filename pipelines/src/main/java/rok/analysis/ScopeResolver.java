package rok.analysis;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import rok.analysis.Scope.Kind;
import rok.analysis.Scope.Meaning;

/**
 * Decides what every name of every scope means: local, of an enclosing function, or global. It follows the language
 * reference's rules for naming and binding the way CPython applies them.
 */
final class ScopeResolver {
    private ScopeResolver() {}

    static void resolve(Scope module) {
        resolve(module, new HashSet<>(), new HashSet<>(), null);
    }

    /**
     * Resolves one scope and those inside.
     *
     * @param bound names that enclosing functions bind; changed by global statements here
     * @param global names known to be global; changed by what is bound here
     * @param seenClass the class whose names this scope sees although it is not part of its body, or null
     * @return names that this scope takes from enclosing ones
     */
    private static Set<String> resolve(Scope scope, Set<String> bound, Set<String> global, @Nullable Scope seenClass) {
        var innerBound = new HashSet<String>();
        var innerGlobal = new HashSet<String>();
        if (scope.kind() == Kind.CLASS) {
            innerBound.addAll(bound);
            innerGlobal.addAll(global);
        }
        var local = new HashSet<String>();
        var free = new HashSet<String>();
        for (var entry : scope.flags().entrySet()) {
            var meaning = meaning(entry.getKey(), entry.getValue(), bound, global, local, seenClass);
            scope.meanings().put(entry.getKey(), meaning);
            if (meaning == Meaning.FREE) {
                free.add(entry.getKey());
            }
        }
        if (scope.kind() == Kind.CLASS) {
            innerBound.add("__class__");
        } else {
            if (scope.kind().handsDown()) {
                innerBound.addAll(local);
            }
            innerBound.addAll(bound);
            innerGlobal.addAll(global);
        }
        var innerFree = new HashSet<String>();
        for (var child : scope.children()) {
            var sees = seesClass(child, scope, seenClass);
            innerFree.addAll(resolve(child, new HashSet<>(innerBound), new HashSet<>(innerGlobal), sees));
        }
        settle(scope, innerFree, bound);
        free.addAll(innerFree);
        return free;
    }

    private static @Nullable Scope seesClass(Scope child, Scope scope, @Nullable Scope seenClass) {
        var isAnnotation = child.kind() == Kind.TYPE_PARAMETERS
                || child.kind() == Kind.TYPE_BOUND
                || child.kind() == Kind.TYPE_ALIAS;
        if (!isAnnotation) {
            return null;
        }
        return scope.kind() == Kind.CLASS ? scope : seenClass;
    }

    private static Meaning meaning(
            String name,
            int flags,
            Set<String> bound,
            Set<String> global,
            Set<String> local,
            @Nullable Scope seenClass) {
        if ((flags & Scope.GLOBAL) != 0) {
            global.add(name);
            bound.remove(name);
            return Meaning.GLOBAL_EXPLICIT;
        }
        if ((flags & Scope.NONLOCAL) != 0) {
            return Meaning.FREE;
        }
        if ((flags & Scope.BOUND) != 0) {
            local.add(name);
            global.remove(name);
            return Meaning.LOCAL;
        }
        if (seenClass != null) {
            var inClass = seenClass.flags(name);
            if ((inClass & Scope.GLOBAL) != 0) {
                return Meaning.GLOBAL_EXPLICIT;
            }
            if ((inClass & Scope.BOUND) != 0 && (inClass & Scope.NONLOCAL) == 0) {
                return Meaning.GLOBAL_IMPLICIT;
            }
        }
        return bound.contains(name) ? Meaning.FREE : Meaning.GLOBAL_IMPLICIT;
    }

    /** Tells the names of this scope that inner ones use, and names that only pass through it. */
    private static void settle(Scope scope, Set<String> innerFree, Set<String> bound) {
        if (scope.kind().handsDown()) {
            for (var entry : scope.meanings().entrySet()) {
                if (entry.getValue() == Meaning.LOCAL && innerFree.remove(entry.getKey())) {
                    entry.setValue(Meaning.CELL);
                }
            }
        } else if (scope.kind() == Kind.CLASS) {
            innerFree.remove("__class__");
        }
        for (var name : innerFree) {
            if (scope.flags().containsKey(name)) {
                if (scope.kind() == Kind.CLASS && (scope.flags(name) & (Scope.BOUND | Scope.GLOBAL)) != 0) {
                    scope.mark(name, Scope.FREE_CLASS);
                }
            } else if (bound.contains(name)) {
                scope.flags().put(name, 0);
                scope.meanings().put(name, Meaning.FREE);
            }
        }
    }
}
