package rok.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import rok.analysis.Names;

/**
 * Works out which variables pass from step to step. A name that a step may read before it binds it is loaded if an
 * ancestor binds it. It is saved by the latest ancestor that mentions it, since a mention may change a value in place.
 */
final class DataFlow {
    private final StepGraph graph;
    private final Set<String> parameters;
    private final Map<String, Names> names = new LinkedHashMap<>();
    private final Map<String, StepNames> data = new LinkedHashMap<>();
    /** By step, who saved what it loads. */
    private final Map<String, Map<String, String>> savers = new HashMap<>();

    private final Set<Unresolved> unresolved = new LinkedHashSet<>();
    private final SequencedSet<Conflict> conflicts = new LinkedHashSet<>();

    /** A name that a step reads although no step before it binds it. */
    record Unresolved(String step, String name) {}

    /** A name to which steps that may run at the same time give different values; {@code reader} gets that of the last. */
    record Conflict(String name, List<String> steps, String reader) {}

    private DataFlow(StepGraph graph, Set<String> parameters) {
        this.graph = graph;
        this.parameters = parameters;
    }

    static DataFlow of(StepGraph graph, Map<String, StepDraft> steps, Names preamble, Set<String> parameters) {
        var flow = new DataFlow(graph, parameters);
        for (var step : graph.order()) {
            var known = new TreeMap<>(preamble.carries());
            for (var earlier : graph.order()) {
                if (graph.ancestors(step).contains(earlier)) {
                    flow.names(earlier).carries().forEach((name, free) -> known.merge(name, free, DataFlow::union));
                }
            }
            var draft = Optional.ofNullable(steps.get(step)).orElseThrow();
            flow.names.put(
                    step, Names.of(draft.cells.stream().map(CodeCell::python).toList(), known));
            flow.data.put(step, new StepNames());
            flow.parametersOf(step, preamble.needs().keySet());
        }
        for (var step : graph.order()) {
            flow.names(step).needs().keySet().forEach(name -> flow.request(step, name));
        }
        return flow;
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        var all = new TreeSet<>(a);
        all.addAll(b);
        return all;
    }

    Names names(String step) {
        return Optional.ofNullable(names.get(step)).orElseThrow();
    }

    StepNames data(String step) {
        return Optional.ofNullable(data.get(step)).orElseThrow();
    }

    /** Who saves each variable that the step loads. */
    Map<String, String> saversFor(String step) {
        return savers.getOrDefault(step, Map.of());
    }

    Set<Unresolved> unresolved() {
        return unresolved;
    }

    SequencedSet<Conflict> conflicts() {
        return conflicts;
    }

    /** Makes a variable reach the end of a step, for somebody who reads it there. */
    void deliver(String step, String name) {
        if (!names(step).surelyBinds().contains(name)) {
            request(step, name);
        }
    }

    /** The step at whose end a variable has its last value. */
    Optional<String> stepThatHas(String name) {
        var having = graph.order().stream()
                .filter(s -> has(s, name)
                        || (parameters.contains(name) && names(s).mentions().contains(name)))
                .toList();
        var latest = graph.latest(having);
        return latest.stream()
                .filter(s -> sets(s, name))
                .reduce((_, b) -> b)
                .or(() -> latest.stream().reduce((_, b) -> b));
    }

    private void parametersOf(String step, Set<String> read) {
        read.stream().filter(parameters::contains).forEach(data(step).parameters()::add);
    }

    private void request(String step, String name) {
        if (data(step).loads().contains(name)) {
            return;
        }
        var having = graph.order().stream()
                .filter(s -> graph.ancestors(step).contains(s) && has(s, name))
                .toList();
        if (having.isEmpty()) {
            if (parameters.contains(name)) {
                data(step).parameters().add(name);
            } else if (!names(step).binds().contains(name)) {
                unresolved.add(new Unresolved(step, name));
            }
            return;
        }
        data(step).loads().add(name);
        var saver = saver(having, name, step);
        savers.computeIfAbsent(step, _ -> new TreeMap<>()).put(name, saver);
        data(saver).saves().add(name);
        deliver(saver, name);
    }

    /** Whether the step mentions the name and it has a value there. */
    private boolean has(String step, String name) {
        var own = names(step);
        return own.binds().contains(name)
                || (own.mentions().contains(name)
                        && !own.deletes().contains(name)
                        && graph.ancestors(step).stream()
                                .anyMatch(a -> names(a).binds().contains(name)));
    }

    private String saver(List<String> having, String name, String reader) {
        var candidates = new HashSet<>(having);
        while (true) {
            var latest = graph.latest(candidates);
            if (latest.size() == 1) {
                return latest.getFirst();
            }
            var setting = latest.stream().filter(s -> sets(s, name)).toList();
            if (setting.size() > 1) {
                conflicts.add(new Conflict(name, setting, reader));
            }
            if (!setting.isEmpty()) {
                return setting.getLast();
            }
            // Parallel steps that only read it leave the value as the steps before them made it.
            candidates.removeAll(latest);
        }
    }

    boolean sets(String step, String name) {
        return names(step).binds().contains(name) || names(step).changes().contains(name);
    }

    /** Variables that one step saves while another, which may run at the same time, saves or loads them. */
    List<Conflict> races() {
        var races = new ArrayList<Conflict>();
        for (var a : data.keySet()) {
            for (var b : data.keySet()) {
                if (!graph.areParallel(a, b)) {
                    continue;
                }
                for (var name : data(a).saves()) {
                    var both = data(b).saves().contains(name) && a.compareTo(b) < 0;
                    if (sets(a, name) && (both || data(b).loads().contains(name))) {
                        races.add(new Conflict(name, List.of(a, b), b));
                    }
                }
            }
        }
        return races;
    }
}
