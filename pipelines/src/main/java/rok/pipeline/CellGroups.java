package rok.pipeline;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import rok.notebook.Cell;
import rok.notebook.CellTag;
import rok.notebook.CellTag.Role;
import rok.notebook.Notebook;
import rok.notebook.NotebookException;

/** Sorts a notebook's cells by their tags: into steps, and into those with a role of their own. */
final class CellGroups {
    private final Notebook notebook;
    private final SequencedMap<String, StepDraft> steps = new LinkedHashMap<>();
    private final Map<Role, List<CodeCell>> roles = new EnumMap<>(Role.class);
    private final List<Pipeline.Warning> warnings = new ArrayList<>();
    private final List<Cell> leftOut = new ArrayList<>();
    private Optional<List<CodeCell>> open = Optional.empty();
    private Optional<StepDraft> lastStep = Optional.empty();

    private CellGroups(Notebook notebook) {
        this.notebook = notebook;
    }

    static CellGroups of(Notebook notebook) {
        var groups = new CellGroups(notebook);
        notebook.cells().forEach(groups::accept);
        if (groups.steps.isEmpty()) {
            throw NotebookException.of(
                    notebook.name(),
                    "no cell is tagged as a step",
                    "tag the first cell of each step with step:NAME, and with prev:STEP what it depends on");
        }
        groups.steps.values().forEach(s -> s.acceptDefaults(notebook.metadata().stepDefaults()));
        return groups;
    }

    /** The steps by name, in the order of their first cells. */
    SequencedMap<String, StepDraft> steps() {
        return steps;
    }

    List<CodeCell> withRole(Role role) {
        return roles.getOrDefault(role, List.of());
    }

    /** Code cells that are no part of the pipeline. */
    List<Cell> leftOut() {
        return leftOut;
    }

    List<Pipeline.Warning> warnings() {
        return warnings;
    }

    private void accept(Cell cell) {
        var role = cell.role();
        if (role.isPresent()) {
            if (role.get() == Role.SKIP) {
                leftOut.add(cell);
                return;
            }
            open = Optional.of(roles.computeIfAbsent(role.get(), _ -> new ArrayList<>()));
        } else if (cell.tags(CellTag.StepName.class).findAny().isPresent()) {
            step(cell);
        } else {
            refuseTagsWithoutStep(cell);
        }
        if (open.isPresent()) {
            open.get().add(CodeCell.parse(notebook.name(), cell));
        } else {
            leaveOut(cell);
        }
    }

    private void leaveOut(Cell cell) {
        leftOut.add(cell);
        if (!cell.source().isBlank()) {
            warnings.add(
                    new Pipeline.Warning(
                            cell.number(),
                            "the cell stands before the first tag and is no part of the pipeline: tag it imports or as a step, or skip"));
        }
    }

    private void step(Cell cell) {
        var names = cell.tags(CellTag.StepName.class)
                .map(CellTag.StepName::name)
                .distinct()
                .toList();
        if (names.size() > 1) {
            throw error(
                    cell,
                    "it has " + names.size() + " step names, " + String.join(" and ", names),
                    "a cell belongs to one step: keep one of them, or split the cell");
        }
        var name = names.getFirst();
        if (!name.isEmpty()) {
            lastStep = Optional.of(steps.computeIfAbsent(name, StepDraft::new));
        }
        open = lastStep.map(s -> s.cells);
        lastStep.ifPresent(draft -> {
            cell.tags(CellTag.Prev.class).forEach(prev -> depend(draft, prev.step(), cell));
            draft.accept(cell).forEach(c -> warnings.add(new Pipeline.Warning(cell.number(), c)));
        });
    }

    private void depend(StepDraft draft, String on, Cell cell) {
        if (on.equals(draft.name)) {
            throw error(cell, "step " + on + " depends on itself", "remove prev:" + on);
        }
        if (!steps.containsKey(on)) {
            var later = notebook.cells().stream()
                    .filter(c -> c.tags(CellTag.StepName.class)
                            .anyMatch(s -> s.name().equals(on)))
                    .findFirst();
            throw later.map(c -> error(
                            cell,
                            "prev:" + on + " names a step that comes later, at cell " + c.number(),
                            "a step depends on steps before it: move the cells of " + on
                                    + " up, or turn the dependency round"))
                    .orElseGet(() -> error(
                            cell,
                            "prev:" + on + " names a step that does not exist",
                            steps.size() > 1 || !steps.containsKey(draft.name)
                                    ? "the steps before this cell are "
                                            + String.join(
                                                    ", ",
                                                    steps.keySet().stream()
                                                            .filter(s -> !s.equals(draft.name))
                                                            .limit(20)
                                                            .toList())
                                    : "this is the first step: remove prev:" + on));
        }
        draft.dependsOn.add(on);
    }

    private void refuseTagsWithoutStep(Cell cell) {
        if (!cell.tags().isEmpty()) {
            var kind = switch (cell.tags().getFirst()) {
                case CellTag.Prev prev -> "prev:" + prev.step();
                case CellTag.Limit limit -> "limit:" + limit.resource();
                case CellTag.Label label -> "label:" + label.key();
                case CellTag.Annotation annotation -> "annotation:" + annotation.key();
                case CellTag.Image _ -> "image:";
                case CellTag.Secret _ -> "secret:";
                case CellTag.Switch _ -> "a switch";
                case CellTag.StepName _, Role _ -> "a tag";
            };
            throw error(
                    cell,
                    "it has " + kind + " but no step name",
                    "add step:NAME to the cell, or step: to continue the step before it");
        }
    }

    private NotebookException error(Cell cell, String problem, String hint) {
        return NotebookException.of(notebook.name(), cell, problem, hint);
    }
}
