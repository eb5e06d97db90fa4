package rok.analysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import rok.analysis.Names.Place;
import rok.analysis.Scope.Kind;

/**
 * Follows the statements of a module in the order in which they run, and keeps which names surely have a value. The body
 * of a function counts where the function is mentioned, and at the end, since anybody may call it then.
 */
final class NameFlow {
    /** Marks a name of a class body in the state, so that it does not mix with the global one. */
    private static final String IN_CLASS = "\0";

    private final List<PythonCode> cells;
    private final ScopeBuilder scopes;
    private final Map<String, Set<String>> carried;
    private final Map<String, Set<String>> bindsWhenCalled = new HashMap<>();
    private final Map<String, Set<String>> carriesNow = new TreeMap<>();
    private final Map<String, Place> definitions = new LinkedHashMap<>();
    private final Set<String> classes = new HashSet<>();
    private final Map<String, Place> needs = new LinkedHashMap<>();
    private final Deque<List<FlowState>> breaks = new ArrayDeque<>();
    /** Type parameters, while what they can be seen from is evaluated. */
    private Set<String> typeParameters = Set.of();

    private FlowState state = new FlowState();
    private Scope scope;
    private String prefix = "";
    private int branches;
    private int cell;
    private boolean starImport;

    NameFlow(List<PythonCode> cells, Map<String, Set<String>> known) {
        this.cells = cells;
        this.scopes = ScopeBuilder.of(cells.stream().map(PythonCode::module).toList());
        this.scope = scopes.module();
        this.carried = new HashMap<>(known);
    }

    Names names() {
        for (cell = 0; cell < cells.size(); cell++) {
            block(cells.get(cell).module());
            cells.get(cell).shellNames().forEach(this::readInShell);
        }
        var binds = global(state.maybe());
        var surelyBinds = global(state.sure());
        // Whoever gets a function from here may call it.
        for (var definition : definitions.entrySet()) {
            if (binds.contains(definition.getKey())) {
                follow(definition.getKey(), definition.getValue(), new HashSet<>());
            }
        }
        carriesNow.keySet().retainAll(binds);
        return new Names(
                mentions(),
                needs,
                binds,
                surelyBinds,
                global(state.gone()),
                InPlaceChanges.of(cells, scopes),
                carriesNow,
                starImport);
    }

    private static Set<String> global(Set<String> names) {
        return names.stream().filter(n -> !n.startsWith(IN_CLASS)).collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> mentions() {
        var mentions = new TreeSet<>(scopes.module().flags().keySet());
        for (var child : scopes.module().children()) {
            mentions.addAll(readsOf(child));
            mentions.addAll(bindsOf(child));
        }
        return mentions;
    }

    // ---- names ----

    private void read(String name, Syntax at) {
        if (scope.kind() == Kind.CLASS) {
            if (state.isSure(prefix + name) || scope.meanings().get(name) == Scope.Meaning.FREE) {
                return;
            }
        }
        if (!typeParameters.contains(name)) {
            var place = new Place(cell, at.line());
            need(name, place);
            follow(name, place, new HashSet<>());
        }
    }

    private void readInShell(String name) {
        if (!state.isSure(name)) {
            needs.putIfAbsent(name, new Place(cell, 1));
        }
    }

    private void need(String name, Place at) {
        if (state.isReachable() && !state.isSure(name)) {
            needs.putIfAbsent(name, at);
        }
    }

    /** A mention of a function may be a call: what its body reads is needed, what it binds as global may be bound. */
    private void follow(String name, Place at, Set<String> seen) {
        for (var free : carried.getOrDefault(name, Set.of())) {
            if (seen.add(free)) {
                need(free, at);
                follow(free, at, seen);
            }
        }
        bindsWhenCalled.getOrDefault(name, Set.of()).forEach(state::mayBind);
    }

    private void bind(String name) {
        var symbol = inClass(name) ? prefix + name : name;
        state.bind(symbol);
        if (branches == 0) {
            carried.remove(symbol);
            carriesNow.remove(symbol);
            bindsWhenCalled.remove(symbol);
            classes.remove(symbol);
        }
    }

    private boolean inClass(String name) {
        var meaning = scope.meanings().get(name);
        return scope.kind() == Kind.CLASS && (meaning == null || !meaning.isGlobal());
    }

    private void carry(String name, Set<String> free) {
        if (!inClass(name) && !free.isEmpty()) {
            carried.merge(name, free, NameFlow::union);
            carriesNow.merge(name, free, NameFlow::union);
        }
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        var all = new TreeSet<>(a);
        all.addAll(b);
        return all;
    }

    private static Set<String> readsOf(Scope inner) {
        var reads = new TreeSet<String>();
        for (var entry : inner.meanings().entrySet()) {
            var used = (inner.flags(entry.getKey()) & Scope.USE) != 0;
            // A class body reads a global of the same name until it has bound its own.
            if (used && (entry.getValue().isGlobal() || inner.kind() == Kind.CLASS)) {
                reads.add(entry.getKey());
            }
        }
        inner.children().forEach(c -> reads.addAll(readsOf(c)));
        return reads;
    }

    private static Set<String> bindsOf(Scope inner) {
        var binds = new TreeSet<String>();
        for (var entry : inner.meanings().entrySet()) {
            if (entry.getValue().isGlobal() && (inner.flags(entry.getKey()) & Scope.BOUND) != 0) {
                binds.add(entry.getKey());
            }
        }
        inner.children().forEach(c -> binds.addAll(bindsOf(c)));
        return binds;
    }

    // ---- statements ----

    private void block(Syntax block) {
        block.children().forEach(this::statement);
    }

    private void field(Syntax node, String name) {
        node.child(name).ifPresent(this::block);
    }

    private void statement(Syntax node) {
        switch (node.type()) {
            case "assignment" -> assignment(node);
            case "augmented_assignment" -> {
                var left = node.child("left").orElseThrow();
                expression(left);
                node.child("right").ifPresent(this::expression);
                store(left);
            }
            case "if_statement" -> ifStatement(node);
            case "for_statement" -> forStatement(node);
            case "while_statement" -> whileStatement(node);
            case "try_statement" -> tryStatement(node);
            case "with_statement" -> withStatement(node);
            case "match_statement" -> matchStatement(node);
            case "delete_statement" -> node.children().forEach(this::delete);
            default -> definition(node);
        }
    }

    private void definition(Syntax node) {
        switch (node.type()) {
            case "function_definition" -> function(node, List.of());
            case "class_definition" -> classDefinition(node, List.of());
            case "decorated_definition" -> decorated(node);
            case "import_statement", "import_from_statement", "future_import_statement" -> imports(node);
            case "global_statement", "nonlocal_statement" -> {}
            case "type_alias_statement" -> typeAlias(node);
            case "print_statement" -> {
                read("print", node);
                node.children().forEach(this::expression);
            }
            case "return_statement", "raise_statement" -> {
                node.children().forEach(this::expression);
                state.end();
            }
            case "continue_statement" -> state.end();
            case "break_statement" -> {
                if (!breaks.isEmpty()) {
                    breaks.element().add(state.copy());
                }
                state.end();
            }
            case "expression_statement" -> node.children().forEach(this::statement);
            default -> expression(node);
        }
    }

    private void typeAlias(Syntax node) {
        var target = ScopeBuilder.aliasTarget(node);
        if (target.isPresent()) {
            // Its value is evaluated when somebody asks for it.
            bind(ScopeBuilder.leaf(target.get()).name());
        } else {
            read("type", node);
            node.children().forEach(this::expression);
        }
    }

    private void assignment(Syntax node) {
        var right = node.child("right");
        var value = right;
        while (value.isPresent() && value.get().is("assignment")) {
            value = value.get().child("right");
        }
        value.ifPresent(this::expression);
        var free = value.map(this::carriedBy).orElse(Set.of());
        for (var target = node;
                target.is("assignment");
                target = target.child("right").orElseThrow()) {
            var left = target.child("left").orElseThrow();
            if (value.isPresent()) {
                store(left);
                identifiers(left).forEach(name -> carry(name, free));
            } else if (!left.is("identifier")) {
                expression(left);
            }
            target.child("type").ifPresent(this::expression);
            if (target.child("right").isEmpty()) {
                break;
            }
        }
    }

    private static List<String> identifiers(Syntax target) {
        if (target.is("identifier")) {
            return List.of(target.name());
        }
        if (target.is("attribute", "subscript", "call")) {
            return List.of();
        }
        return target.children().stream().flatMap(c -> identifiers(c).stream()).toList();
    }

    private void store(Syntax target) {
        switch (target.type()) {
            case "identifier" -> bind(target.name());
            case "attribute", "subscript", "call" -> expression(target);
            default -> target.children().forEach(this::store);
        }
    }

    private void delete(Syntax target) {
        switch (target.type()) {
            case "identifier" -> {
                read(target.name(), target);
                state.unbind(inClass(target.name()) ? prefix + target.name() : target.name());
            }
            case "attribute", "subscript", "call" -> expression(target);
            default -> target.children().forEach(this::delete);
        }
    }

    /** Runs something that may not happen, and returns the state after it; the state before stays the current one. */
    private FlowState branch(FlowState from, Runnable inside) {
        var before = state;
        state = from.copy();
        branches++;
        inside.run();
        branches--;
        var after = state;
        state = before;
        return after;
    }

    private void ifStatement(Syntax node) {
        node.child("condition").ifPresent(this::expression);
        var after = branch(state, () -> field(node, "consequence"));
        var closed = false;
        for (var alternative : node.childrenOf("alternative")) {
            if (alternative.is("elif_clause")) {
                alternative.child("condition").ifPresent(this::expression);
                after = FlowState.join(after, branch(state, () -> field(alternative, "consequence")));
            } else {
                after = FlowState.join(after, branch(state, () -> field(alternative, "body")));
                closed = true;
            }
        }
        state = closed ? after : FlowState.join(after, state);
    }

    private void forStatement(Syntax node) {
        node.child("right").ifPresent(this::expression);
        loop(node, false, () -> node.child("left").ifPresent(this::store));
    }

    private void whileStatement(Syntax node) {
        var condition = node.child("condition").orElseThrow();
        expression(condition);
        var forever = condition.is("true") || condition.text().equals("1");
        loop(node, forever, () -> {});
    }

    private void loop(Syntax node, boolean forever, Runnable target) {
        breaks.push(new ArrayList<>());
        var body = branch(state, () -> {
            target.run();
            field(node, "body");
        });
        var left = breaks.pop();
        if (forever) {
            state.end();
        } else {
            state = FlowState.join(state, body);
            node.child("alternative").ifPresent(e -> field(e, "body"));
        }
        left.forEach(b -> state = FlowState.join(state, b));
    }

    private void tryStatement(Syntax node) {
        var before = state.copy();
        var body = branch(state, () -> field(node, "body"));
        var caught = before.until(body);
        var after = node.child("else_clause")
                .or(() -> node.children().stream()
                        .filter(c -> c.is("else_clause"))
                        .findFirst())
                .map(e -> branch(body, () -> field(e, "body")))
                .orElse(body);
        for (var clause : node.children()) {
            if (clause.is("except_clause", "except_group_clause")) {
                after = FlowState.join(after, branch(caught, () -> except(clause)));
            }
        }
        state = after;
        node.children().stream().filter(c -> c.is("finally_clause")).findFirst().ifPresent(clause -> {
            var goesOn = state.isReachable();
            state = goesOn ? state : caught;
            clause.children().forEach(this::block);
            if (!goesOn) {
                state.end();
            }
        });
    }

    private void except(Syntax clause) {
        var names = new ArrayList<String>();
        for (var child : clause.children()) {
            if (child.is("block")) {
                block(child);
            } else if (child.is("as_pattern")) {
                expression(child);
                child.children().stream().skip(1).forEach(t -> names.addAll(identifiers(t)));
            } else {
                expression(child);
            }
        }
        // The name of a caught exception ends with the handler.
        names.forEach(state::unbind);
    }

    private void withStatement(Syntax node) {
        for (var child : node.children()) {
            if (!child.field().equals("body")) {
                expression(child);
            }
        }
        var before = state.copy();
        field(node, "body");
        if (!state.isReachable()) {
            // The context may swallow what ended its body.
            state = before.until(state);
        }
    }

    private void matchStatement(Syntax node) {
        node.childrenOf("subject").forEach(this::expression);
        var after = state.copy();
        after.end();
        var closed = false;
        for (var clause : node.child("body").map(Syntax::children).orElse(List.of())) {
            if (!clause.is("case_clause")) {
                continue;
            }
            after = FlowState.join(after, branch(state, () -> caseClause(clause)));
            closed |= clause.child("guard").isEmpty()
                    && clause.children().stream()
                                    .filter(c -> c.is("case_pattern"))
                                    .count()
                            == 1
                    && Patterns.matchesAll(clause.first());
        }
        state = closed ? after : FlowState.join(after, state);
    }

    private void caseClause(Syntax clause) {
        for (var child : clause.children()) {
            if (child.is("case_pattern")) {
                Patterns.walk(child, this::expression, target -> bind(target.name()));
            } else if (child.field().equals("consequence")) {
                block(child);
            } else {
                expression(child);
            }
        }
    }

    private void imports(Syntax node) {
        for (var name : node.childrenOf("name")) {
            bind(name.is("aliased_import") ? name.last().name() : name.first().name());
        }
        starImport |= node.children().stream().anyMatch(c -> c.is("wildcard_import"));
    }

    private void decorated(Syntax node) {
        var decorators = node.children().stream().filter(c -> c.is("decorator")).toList();
        decorators.forEach(this::expression);
        var definition = node.child("definition").orElseThrow();
        if (definition.is("class_definition")) {
            classDefinition(definition, decorators);
        } else {
            function(definition, decorators);
        }
    }

    private void function(Syntax node, List<Syntax> decorators) {
        defaults(node);
        define(node, decorators, readsOf(scopes.scopeOf(node)));
    }

    private void defaults(Syntax node) {
        var parameters = node.child("parameters").map(Syntax::children).orElse(List.of());
        parameters.forEach(p -> p.child("value").ifPresent(this::expression));
        seeingTypeParametersOf(node, () -> {
            parameters.forEach(p -> p.child("type").ifPresent(this::annotation));
            node.child("return_type").ifPresent(this::annotation);
        });
    }

    private void annotation(Syntax type) {
        if (!scopes.annotationsAreText()) {
            expression(type);
        }
    }

    /** Evaluates what sees the type parameters of a function or class. */
    private void seeingTypeParametersOf(Syntax node, Runnable inside) {
        var outer = typeParameters;
        typeParameters = new HashSet<>(outer);
        node.child("type_parameters").stream()
                .flatMap(list -> list.children().stream())
                .forEach(p -> typeParameters.add(ScopeBuilder.leaf(p).name()));
        inside.run();
        typeParameters = outer;
    }

    private void define(Syntax node, List<Syntax> decorators, Set<String> reads) {
        var name = node.child("name").orElseThrow().name();
        var free = new TreeSet<>(reads);
        decorators.forEach(d -> free.addAll(carriedBy(d)));
        bind(name);
        carry(name, free);
        if (!inClass(name)) {
            definitions.put(name, new Place(cell, node.line()));
            bindsWhenCalled.put(name, bindsOf(scopes.scopeOf(node)));
        }
    }

    private void classDefinition(Syntax node, List<Syntax> decorators) {
        seeingTypeParametersOf(node, () -> classBody(node));
        var inner = scopes.scopeOf(node);
        var methods = new TreeSet<String>();
        inner.children().forEach(c -> methods.addAll(readsOf(c)));
        node.child("superclasses").ifPresent(s -> methods.addAll(carriedBy(s)));
        var name = node.child("name").orElseThrow().name();
        define(node, decorators, methods);
        classes.add(name);
    }

    private void classBody(Syntax node) {
        node.child("superclasses").ifPresent(this::expression);
        var inner = scopes.scopeOf(node);
        var outer = scope;
        var outerPrefix = prefix;
        scope = inner;
        prefix = IN_CLASS + node.line() + prefix;
        field(node, "body");
        scope = outer;
        prefix = outerPrefix;
    }

    // ---- expressions ----

    private void expression(Syntax node) {
        switch (node.type()) {
            case "identifier" -> read(node.name(), node);
            case "attribute", "member_type" -> expression(node.first());
            case "keyword_argument" -> node.child("value").ifPresent(this::expression);
            case "named_expression" -> {
                node.child("value").ifPresent(this::expression);
                bind(node.child("name").orElseThrow().name());
            }
            case "as_pattern" -> {
                expression(node.first());
                node.children().stream().skip(1).forEach(this::store);
            }
            case "lambda" -> {
                node.child("parameters")
                        .ifPresent(
                                p -> p.children().forEach(c -> c.child("value").ifPresent(this::expression)));
                readsOf(scopes.scopeOf(node)).forEach(name -> read(name, node));
            }
            case "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression" ->
                comprehension(node);
            case "conditional_expression" -> {
                expression(node.children().get(1));
                var yes = branch(state, () -> expression(node.first()));
                state = FlowState.join(yes, branch(state, () -> expression(node.last())));
            }
            case "boolean_operator" -> {
                expression(node.first());
                var rest = branch(state, () -> node.children().stream().skip(1).forEach(this::expression));
                state = FlowState.join(state, rest);
            }
            case "assignment", "augmented_assignment" -> statement(node);
            default -> node.children().forEach(this::expression);
        }
    }

    private void comprehension(Syntax node) {
        node.children().stream()
                .filter(c -> c.is("for_in_clause"))
                .findFirst()
                .flatMap(c -> c.child("right"))
                .ifPresent(this::expression);
        var inner = scopes.scopeOf(node);
        var bound = bindsOf(inner);
        // A name that the comprehension itself binds by := is read there after that.
        readsOf(inner).stream().filter(name -> !bound.contains(name)).forEach(name -> read(name, node));
        bound.forEach(state::mayBind);
    }

    /** What a value needs beside itself: it may be, or hold, a function or an object of a class defined here. */
    private Set<String> carriedBy(Syntax value) {
        return switch (value.type()) {
            case "identifier" -> carried.getOrDefault(value.name(), Set.of());
            case "lambda" -> readsOf(scopes.scopeOf(value));
            case "attribute" -> value.first().is("identifier") ? Set.of() : carriedBy(value.first());
            case "call" -> {
                var callee = value.child("function").orElseThrow();
                var calls = callee.is("identifier") && !classes.contains(callee.name());
                var free = new TreeSet<>(calls ? Set.<String>of() : carriedBy(callee));
                value.child("arguments").ifPresent(a -> free.addAll(carriedBy(a)));
                yield free;
            }
            case "keyword_argument" -> value.child("value").map(this::carriedBy).orElse(Set.of());
            case "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression" ->
                Set.of();
            default -> {
                var free = new TreeSet<String>();
                value.children().forEach(c -> free.addAll(carriedBy(c)));
                yield free;
            }
        };
    }
}
