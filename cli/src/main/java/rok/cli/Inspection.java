package rok.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import rok.api.InspectDocument;
import rok.pipeline.Pipeline;
import rok.pipeline.Step;

/** What {@code rok inspect} shows of a pipeline: as a document for programs, and as lines for people. */
final class Inspection {
    private final InspectDocument document;

    private Inspection(InspectDocument document) {
        this.document = document;
    }

    static Inspection of(Pipeline pipeline) {
        return new Inspection(new InspectDocument(
                pipeline.notebook(),
                pipeline.name(),
                pipeline.description(),
                pipeline.experiment(),
                pipeline.marshalFolder(),
                pipeline.parameters().stream()
                        .map(p -> new InspectDocument.Parameter(p.name(), p.type(), p.defaultValue()))
                        .toList(),
                pipeline.metrics().stream()
                        .map(m -> new InspectDocument.Metric(m.name(), m.variable(), m.step()))
                        .toList(),
                pipeline.volumes().stream()
                        .map(v -> new InspectDocument.Volume(
                                v.type(), v.name(), v.mountPoint(), v.size(), v.snapshot(), v.annotations()))
                        .toList(),
                pipeline.steps().stream().map(Inspection::step).toList(),
                pipeline.warnings().stream()
                        .map(w -> new InspectDocument.Warning(w.cell(), w.message()))
                        .toList()));
    }

    private static InspectDocument.Step step(Step step) {
        return new InspectDocument.Step(
                step.name(),
                step.dependsOn(),
                step.loads(),
                step.saves(),
                step.parameters(),
                step.limits(),
                step.labels(),
                step.annotations(),
                step.image().orElse(null),
                step.cells().stream().map(Step.Code::cell).toList(),
                step.snapshot());
    }

    InspectDocument document() {
        return document;
    }

    /** The lines for a terminal of {@code width} columns. */
    List<String> lines(int width, boolean unicode) {
        var page = new Page(width);
        page.line(document.notebook() + " " + (unicode ? "→" : "->") + " pipeline " + document.pipeline()
                + ", experiment " + document.experiment());
        if (!document.description().isEmpty()) {
            page.wrapped("", document.description());
        }
        page.heading("Graph");
        var dependencies = new LinkedHashMap<String, List<String>>();
        document.steps().forEach(s -> dependencies.put(s.name(), s.dependsOn()));
        GraphDrawing.of(dependencies, unicode).forEach(line -> page.line("  " + line));
        page.heading("Steps");
        document.steps().forEach(s -> step(page, s));
        settings(page);
        if (!document.warnings().isEmpty()) {
            page.heading("Warnings");
            for (var warning : document.warnings()) {
                page.wrapped(warning.cell() == 0 ? "notebook" : "cell " + warning.cell(), warning.message());
            }
        }
        return page.lines();
    }

    private static void step(Page page, InspectDocument.Step step) {
        page.line("  " + step.name());
        page.names("after", step.dependsOn());
        page.names("loads", step.loads());
        page.names("saves", step.saves());
        page.names("parameters", step.parameters());
        page.names("limits", pairs(step.limits()));
        page.names("labels", pairs(step.labels()));
        page.names("annotations", pairs(step.annotations()));
        if (step.image() != null) {
            page.names("image", List.of(step.image()));
        }
        if (!step.snapshot()) {
            page.names("snapshot", List.of("disabled"));
        }
    }

    private static List<String> pairs(Map<String, String> map) {
        return new TreeMap<>(map)
                .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    private void settings(Page page) {
        if (!document.parameters().isEmpty()) {
            page.heading("Parameters");
            for (var parameter : document.parameters()) {
                var value =
                        parameter.defaultValue() instanceof String text ? "\"" + text + "\"" : parameter.defaultValue();
                page.wrapped(parameter.name(), parameter.type() + " = " + value);
            }
        }
        if (!document.metrics().isEmpty()) {
            page.heading("Metrics");
            for (var metric : document.metrics()) {
                page.wrapped(metric.name(), "the value of " + metric.variable() + " after " + metric.step());
            }
        }
        if (!document.volumes().isEmpty()) {
            page.heading("Volumes");
            for (var volume : document.volumes()) {
                page.wrapped(
                        volume.name(),
                        (volume.type() + " at " + volume.mountPoint() + " " + volume.size()).strip()
                                + (volume.snapshot() ? ", snapshot" : ""));
            }
        }
    }
}
