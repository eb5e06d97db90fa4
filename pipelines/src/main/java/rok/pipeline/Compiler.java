package rok.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rok.analysis.Names;
import rok.analysis.PlainCells;
import rok.notebook.CellTag.Role;
import rok.notebook.Notebook;
import rok.notebook.NotebookException;
import rok.pipeline.Pipeline.Metric;
import rok.pipeline.Pipeline.Parameter;
import rok.pipeline.Pipeline.Warning;

/**
 * Turns a tagged notebook into a pipeline. This class tells the flow: cells are sorted into steps, steps into a graph, and
 * then each step's names are looked for in the steps before it.
 */
public final class Compiler {
    private final Notebook notebook;
    private final List<Warning> warnings = new ArrayList<>();

    private Compiler(Notebook notebook) {
        this.notebook = notebook;
        notebook.notices().forEach(n -> warnings.add(new Warning(n.cell(), n.message())));
    }

    /**
     * Compiles a notebook.
     *
     * @throws NotebookException if its tags or its code make no pipeline, naming the cell
     */
    public static Pipeline compile(Notebook notebook) {
        return new Compiler(notebook).compile();
    }

    private Pipeline compile() {
        var name = PipelineName.of(notebook);
        var volumes = Volumes.of(notebook);
        var groups = CellGroups.of(notebook);
        warnings.addAll(groups.warnings());
        var graph = graph(groups);
        var parameters = parameters(groups, volumes);

        var preambleCells = new ArrayList<>(groups.withRole(Role.IMPORTS));
        preambleCells.addAll(groups.withRole(Role.FUNCTIONS));
        var preamble = Names.of(preambleCells.stream().map(CodeCell::python).toList(), Map.of());

        var flow = DataFlow.of(graph, groups.steps(), preamble, parameters.keySet());
        var metrics = metrics(groups, graph, flow, parameters);
        warnings.addAll(Findings.of(groups, graph, flow, preambleCells, preamble, parameters.keySet()));

        var code = preambleCells.stream().map(CodeCell::code).toList();
        var steps = graph.order().stream()
                .map(s -> Optional.ofNullable(groups.steps().get(s))
                        .orElseThrow()
                        .finish(graph.order(), flow.data(s), code))
                .toList();
        var metadata = notebook.metadata();
        return new Pipeline(
                name,
                metadata.pipelineDescription(),
                metadata.experiment().orElse(name),
                notebook.name(),
                List.copyOf(parameters.values()),
                metrics,
                volumes,
                steps,
                new Pipeline.Settings(
                        metadata.autosnapshot(), metadata.snapshotVolumes(), metadata.image(), metadata.other()),
                warnings);
    }

    private StepGraph graph(CellGroups groups) {
        try {
            return StepGraph.of(groups.steps().values());
        } catch (StepGraph.CycleException e) {
            throw NotebookException.of(
                    notebook.name(),
                    "its steps wait for each other: " + e.getMessage(),
                    "remove the prev: tag that closes the circle");
        }
    }

    private Map<String, Parameter> parameters(CellGroups groups, List<Pipeline.Volume> volumes) {
        var parameters = new LinkedHashMap<String, Parameter>();
        for (var cell : groups.withRole(Role.PARAMETERS)) {
            var assigned = cell.read(
                    PlainCells::assignments,
                    "keep only NAME = VALUE lines of int, float, str and bool in pipeline-parameters cells and untagged cells after"
                            + " them; move other code to a step");
            for (var one : assigned) {
                var old = parameters.put(one.name(), new Parameter(one.name(), type(one.value()), one.value()));
                if (old != null) {
                    warnings.add(new Warning(
                            cell.cell().number(),
                            "parameter " + one.name() + " is assigned twice: the last value holds"));
                }
            }
        }
        Volumes.parameters(volumes).forEach(p -> parameters.putIfAbsent(p.name(), p));
        return parameters;
    }

    private static String type(Object value) {
        return switch (value) {
            case Boolean _ -> "bool";
            case Double _ -> "float";
            case String _ -> "str";
            default -> "int";
        };
    }

    private List<Metric> metrics(CellGroups groups, StepGraph graph, DataFlow flow, Map<String, Parameter> parameters) {
        var metrics = new LinkedHashMap<String, Metric>();
        for (var cell : groups.withRole(Role.METRICS)) {
            var printed = cell.read(
                    PlainCells::prints,
                    "keep only print(VARIABLE) lines in pipeline-metrics cells and untagged cells after them");
            for (var one : printed) {
                var variable = one.variable();
                var step = flow.stepThatHas(variable)
                        .or(() -> Optional.of(graph.order().getLast()).filter(_ -> parameters.containsKey(variable)));
                if (step.isEmpty()) {
                    warnings.add(new Warning(
                            cell.cell().number(), "no step defines the metric " + variable + ": it will be missing"));
                    continue;
                }
                flow.deliver(step.get(), variable);
                metrics.putIfAbsent(variable, new Metric(variable.replace('_', '-'), variable, step.get()));
            }
        }
        return List.copyOf(metrics.values());
    }
}
