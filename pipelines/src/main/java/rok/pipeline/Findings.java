package rok.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import rok.analysis.Builtins;
import rok.analysis.Names;
import rok.analysis.PythonCode;
import rok.analysis.PythonSyntaxException;
import rok.notebook.Cell;
import rok.pipeline.Pipeline.Warning;

/** What is legal in a notebook and yet likely to surprise whoever runs it as a pipeline. */
final class Findings {
    private final CellGroups groups;
    private final StepGraph graph;
    private final DataFlow flow;
    private final List<CodeCell> preambleCells;
    private final Names preamble;
    private final List<Warning> warnings = new ArrayList<>();

    private Findings(CellGroups groups, StepGraph graph, DataFlow flow, List<CodeCell> preambleCells, Names preamble) {
        this.groups = groups;
        this.graph = graph;
        this.flow = flow;
        this.preambleCells = preambleCells;
        this.preamble = preamble;
    }

    static List<Warning> of(
            CellGroups groups,
            StepGraph graph,
            DataFlow flow,
            List<CodeCell> preambleCells,
            Names preamble,
            Set<String> parameters) {
        var findings = new Findings(groups, graph, flow, preambleCells, preamble);
        findings.undefinedInPreamble(parameters);
        flow.unresolved().forEach(findings::undefined);
        findings.parallel();
        graph.order().forEach(findings::changedPreamble);
        graph.order().forEach(findings::hiddenBuiltins);
        graph.order().forEach(findings::idleDependencies);
        return findings.warnings;
    }

    private StepDraft draft(String step) {
        return Optional.ofNullable(groups.steps().get(step)).orElseThrow();
    }

    private int cellOf(List<CodeCell> cells, Names names, String name) {
        var place = names.needs().get(name);
        return place == null ? 0 : cells.get(place.cell()).cell().number();
    }

    private void undefinedInPreamble(Set<String> parameters) {
        for (var name : preamble.needs().keySet()) {
            var somebodyBinds =
                    graph.order().stream().anyMatch(s -> flow.names(s).binds().contains(name));
            if (!somebodyBinds
                    && !parameters.contains(name)
                    && !preamble.binds().contains(name)
                    && !Builtins.inNotebook(name)
                    && !preamble.starImport()
                    && preambleCells.stream()
                            .noneMatch(c -> c.python().shellNames().contains(name))) {
                warnings.add(new Warning(
                        cellOf(preambleCells, preamble, name),
                        name + " is defined nowhere in the pipeline" + skipped(name)));
            }
        }
    }

    private void undefined(DataFlow.Unresolved unresolved) {
        var name = unresolved.name();
        var step = unresolved.step();
        var names = flow.names(step);
        if (preamble.binds().contains(name)
                || Builtins.inNotebook(name)
                || preamble.starImport()
                || names.starImport()
                || draft(step).cells.stream()
                        .anyMatch(c -> c.python().shellNames().contains(name))) {
            return;
        }
        var binders = graph.order().stream()
                .filter(s -> flow.names(s).binds().contains(name))
                .toList();
        var why =
                binders.isEmpty() ? " is defined nowhere in the pipeline" + skipped(name) : where(step, name, binders);
        warnings.add(new Warning(cellOf(draft(step).cells, names, name), "step " + step + ": " + name + why));
    }

    private String where(String step, String name, List<String> binders) {
        var reachable =
                binders.stream().filter(b -> !graph.ancestors(b).contains(step)).toList();
        if (reachable.isEmpty()) {
            return " is defined only in " + String.join(", ", binders) + ", which runs later";
        }
        var deleted = graph.ancestors(step).stream()
                .anyMatch(a -> flow.names(a).deletes().contains(name));
        return deleted
                ? " is deleted by a step before"
                : " is defined in step " + reachable.getLast() + ", which " + step + " does not depend on: add prev:"
                        + reachable.getLast();
    }

    private String skipped(String name) {
        for (var cell : groups.leftOut()) {
            if (binds(cell, name)) {
                return ": only cell " + cell.number() + " defines it, which is not part of the pipeline";
            }
        }
        return "";
    }

    private static boolean binds(Cell cell, String name) {
        try {
            return Names.of(List.of(PythonCode.parse(cell.source())), Map.of())
                    .binds()
                    .contains(name);
        } catch (PythonSyntaxException e) {
            // Nobody asked for this cell to be Python.
            return false;
        }
    }

    private void parallel() {
        var told = new TreeSet<String>();
        for (var conflict : flow.conflicts()) {
            if (told.add(conflict.name())) {
                warnings.add(new Warning(
                        firstCell(conflict.steps().getLast()),
                        conflict.name() + " gets a value in the parallel steps "
                                + String.join(" and ", conflict.steps()) + ": " + conflict.reader() + " sees that of "
                                + conflict.steps().getLast() + "; give them different names"));
            }
        }
        for (var race : flow.races()) {
            if (told.add(race.name())) {
                warnings.add(new Warning(
                        firstCell(race.steps().getFirst()),
                        race.name() + " is changed by step " + race.steps().getFirst() + " while step "
                                + race.steps().getLast()
                                + ", which may run at the same time, uses it; give it another name in one"
                                + " of them, or add a prev: between them"));
            }
        }
    }

    private int firstCell(String step) {
        return draft(step).cells.getFirst().cell().number();
    }

    private void changedPreamble(String step) {
        var names = flow.names(step);
        for (var name : names.changes()) {
            var isShared = preamble.binds().contains(name)
                    && !names.binds().contains(name)
                    && !flow.data(step).loads().contains(name);
            var others = graph.order().stream()
                    .filter(s -> graph.ancestors(s).contains(step)
                            && flow.names(s).mentions().contains(name)
                            && !flow.data(s).loads().contains(name))
                    .toList();
            if (isShared && !others.isEmpty()) {
                warnings.add(new Warning(
                        cellThat(step, n -> n.changes().contains(name)),
                        name + " is set up anew in every step, so what step " + step + " changes in it is not seen by "
                                + String.join(", ", others) + "; define it in a step instead"));
            }
        }
    }

    private int cellThat(String step, Predicate<Names> does) {
        return draft(step).cells.stream()
                .filter(c -> does.test(Names.of(List.of(c.python()), Map.of())))
                .map(c -> c.cell().number())
                .findFirst()
                .orElse(firstCell(step));
    }

    private void hiddenBuiltins(String step) {
        for (var name : flow.names(step).binds()) {
            if (Builtins.ofPython(name) && !name.startsWith("__")) {
                warnings.add(new Warning(
                        cellThat(step, n -> n.binds().contains(name)),
                        "step " + step + " gives the built-in name " + name + " a value of its own; use another name"));
            }
        }
    }

    private void idleDependencies(String step) {
        for (var parent : draft(step).dependsOn) {
            var implied = draft(step).dependsOn.stream()
                    .filter(p -> graph.ancestors(p).contains(parent))
                    .findFirst();
            var passes = flow.saversFor(step).values().stream()
                    .anyMatch(s -> s.equals(parent)
                            || (implied.isEmpty() && graph.ancestors(parent).contains(s)));
            if (!passes) {
                warnings.add(new Warning(
                        firstCell(step),
                        implied.map(p -> "prev:" + parent + " of step " + step + " adds nothing: " + p
                                        + " depends on it already")
                                .orElse("no variable passes from step " + parent + " to " + step + ": prev:" + parent
                                        + " only keeps their order")));
            }
        }
    }
}
