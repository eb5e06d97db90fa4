package rok.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** Which step runs after which. */
final class StepGraph {
    private final SequencedMap<String, Set<String>> parents = new LinkedHashMap<>();
    private final Map<String, Set<String>> ancestors = new HashMap<>();
    private final List<String> order = new ArrayList<>();

    /** Thrown for steps that wait for each other; they are named in the order of the circle. */
    static final class CycleException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CycleException(List<String> circle) {
            super(String.join(" → ", circle));
        }
    }

    private StepGraph() {}

    /** The graph of these steps; those that may run at any time keep the order in which they are given. */
    static StepGraph of(Collection<StepDraft> steps) {
        var graph = new StepGraph();
        steps.forEach(s -> graph.parents.put(s.name, new LinkedHashSet<>(s.dependsOn)));
        graph.sort();
        for (var step : graph.order) {
            var all = new HashSet<String>();
            for (var parent : graph.parents.getOrDefault(step, Set.of())) {
                all.add(parent);
                all.addAll(graph.ancestors(parent));
            }
            graph.ancestors.put(step, all);
        }
        return graph;
    }

    private void sort() {
        var left = new LinkedHashSet<>(parents.keySet());
        var done = new HashSet<String>();
        while (!left.isEmpty()) {
            var next = left.stream()
                    .filter(s -> done.containsAll(parents.getOrDefault(s, Set.of())))
                    .findFirst()
                    .orElseThrow(() -> new CycleException(circle(left)));
            left.remove(next);
            done.add(next);
            order.add(next);
        }
    }

    private List<String> circle(Set<String> left) {
        var path = new ArrayList<String>();
        var step = left.iterator().next();
        while (!path.contains(step)) {
            path.add(step);
            step = parents.getOrDefault(step, Set.of()).stream()
                    .filter(left::contains)
                    .findFirst()
                    .orElseThrow();
        }
        var circle = new ArrayList<>(path.subList(path.indexOf(step), path.size()));
        circle.add(step);
        return circle.reversed();
    }

    /** The steps, each after all it depends on. */
    List<String> order() {
        return order;
    }

    /** The steps that surely ran before this one. */
    Set<String> ancestors(String step) {
        return ancestors.getOrDefault(step, Set.of());
    }

    boolean areParallel(String a, String b) {
        return !a.equals(b) && !ancestors(a).contains(b) && !ancestors(b).contains(a);
    }

    /** Those of the steps that none of the others comes after. */
    List<String> latest(Collection<String> steps) {
        return steps.stream()
                .filter(s -> steps.stream().noneMatch(t -> ancestors(t).contains(s)))
                .sorted((a, b) -> Integer.compare(order.indexOf(a), order.indexOf(b)))
                .toList();
    }
}
