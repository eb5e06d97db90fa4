package rok.pipeline;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import rok.notebook.Cell;
import rok.notebook.CellTag;

/** A step while its cells are collected. */
final class StepDraft {
    final String name;
    final SequencedSet<String> dependsOn = new LinkedHashSet<>();
    final List<CodeCell> cells = new ArrayList<>();
    final Map<String, String> limits = new LinkedHashMap<>();
    final Map<String, String> labels = new LinkedHashMap<>();
    final Map<String, String> annotations = new LinkedHashMap<>();
    final List<Step.Secret> secrets = new ArrayList<>();
    private final Map<CellTag.Feature, Boolean> switches = new EnumMap<>(CellTag.Feature.class);
    private Optional<String> image = Optional.empty();

    StepDraft(String name) {
        this.name = name;
    }

    /** Takes what the tags of a cell say, and tells where one contradicts another cell of the step. */
    List<String> accept(Cell cell) {
        var contradictions = new ArrayList<String>();
        for (var tag : cell.tags()) {
            var before = settle(tag, true);
            before.ifPresent(contradictions::add);
        }
        return contradictions;
    }

    /** Takes what holds for every step, where this one says nothing itself. */
    void acceptDefaults(List<CellTag> defaults) {
        defaults.forEach(tag -> settle(tag, false));
    }

    private Optional<String> settle(CellTag tag, boolean own) {
        return switch (tag) {
            case CellTag.Limit(var resource, var quantity) -> put(limits, "limit:" + resource, resource, quantity, own);
            case CellTag.Label(var key, var value) -> put(labels, "label:" + key, key, value, own);
            case CellTag.Annotation(var key, var value) -> put(annotations, "annotation:" + key, key, value, own);
            case CellTag.Image(var reference) -> {
                var old = image.filter(i -> own && !i.equals(reference));
                image = own ? Optional.of(reference) : image.or(() -> Optional.of(reference));
                yield old.map(i -> contradiction("image", i, reference));
            }
            case CellTag.Secret(var secret, var key, var variable) -> {
                if (own || secrets.stream().noneMatch(s -> s.variable().equals(variable))) {
                    secrets.add(new Step.Secret(secret, key, variable));
                }
                yield Optional.empty();
            }
            case CellTag.Switch(var feature, var enabled) -> {
                if (own) {
                    switches.put(feature, enabled);
                } else {
                    switches.putIfAbsent(feature, enabled);
                }
                yield Optional.empty();
            }
            case CellTag.Role _, CellTag.StepName _, CellTag.Prev _ -> Optional.empty();
        };
    }

    private Optional<String> put(Map<String, String> map, String tag, String key, String value, boolean own) {
        if (!own) {
            map.putIfAbsent(key, value);
            return Optional.empty();
        }
        var old = map.put(key, value);
        return old == null || old.equals(value) ? Optional.empty() : Optional.of(contradiction(tag, old, value));
    }

    private String contradiction(String tag, String old, String value) {
        return "step " + name + " has " + tag + " twice, " + old + " and " + value + ": " + value + " holds";
    }

    Step finish(List<String> order, StepNames data, List<Step.Code> preamble) {
        return new Step(
                name,
                order.stream().filter(dependsOn::contains).toList(),
                List.copyOf(data.loads()),
                List.copyOf(data.saves()),
                List.copyOf(data.parameters()),
                preamble,
                cells.stream().map(CodeCell::code).toList(),
                limits,
                labels,
                annotations,
                image,
                secrets,
                switches.getOrDefault(CellTag.Feature.CACHE, true),
                switches.getOrDefault(CellTag.Feature.REPORT, true),
                switches.getOrDefault(CellTag.Feature.SNAPSHOT, true));
    }
}
