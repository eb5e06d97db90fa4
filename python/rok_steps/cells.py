"""The cells of a step in the order in which they run, those that Rok adds included."""

import ast
import math
from typing import Any, List, NamedTuple

from rok_steps.spec import Cell, Spec

__all__ = ["Task", "tasks"]


class Task(NamedTuple):
    """One cell to run. ``number`` is the cell's in the notebook, from 1; 0 for a cell that Rok adds."""

    kind: str
    number: int
    source: str


def tasks(spec: Spec) -> List[Task]:
    """Parameters, imports and functions, values of earlier steps, the step's own cells, values for later steps, metrics.

    Imports and functions come before the values, so that a value of a class that they define finds it; unless one of them
    uses a value of an earlier step as soon as it runs.
    """
    preamble = [Task("preamble", cell.cell, cell.source) for cell in spec.preamble]
    load = [Task("load", 0, _call("Values of earlier steps", "load", spec.load))] if spec.load else []
    found: List[Task] = []
    if spec.parameters:
        lines = ["%s = %s" % (parameter.name, _literal(parameter.value)) for parameter in spec.parameters]
        found.append(Task("parameters", 0, "# Parameters of the pipeline\n" + "\n".join(lines)))
    found += load + preamble if any(_uses(cell, spec.load) for cell in spec.preamble) else preamble + load
    found += [Task("step", cell.cell, cell.source) for cell in spec.cells]
    if spec.save:
        found.append(Task("save", 0, _call("Values for later steps", "save", spec.save)))
    if spec.metrics:
        lines = ["    %r: %s," % (metric.name, metric.variable) for metric in spec.metrics]
        found.append(Task("metrics", 0, "# Metrics of the pipeline\nimport rok_steps\n\nrok_steps.metrics({\n" + "\n".join(lines) + "\n})"))
    return found


def _call(title: str, function: str, names: List[str]) -> str:
    arguments = ", ".join('"%s"' % name for name in names)
    if len(arguments) > 90:
        arguments = "\n" + "".join('    "%s",\n' % name for name in names)
    return "# %s\nimport rok_steps\n\nrok_steps.%s(%s)" % (title, function, arguments)


def _literal(value: Any) -> str:
    return 'float("%r")' % value if isinstance(value, float) and not math.isfinite(value) else repr(value)


def _uses(cell: Cell, names: List[str]) -> bool:
    """Whether running the cell reads one of the names at once; a function's body does not, its defaults and decorators do."""
    lines = ["pass" if line.lstrip().startswith(("%", "!", "?")) else line for line in cell.source.splitlines()]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return True
    seen = _Reads()
    seen.visit(tree)
    return not seen.names.isdisjoint(names)


class _Reads(ast.NodeVisitor):
    def __init__(self) -> None:
        self.names = set()  # type: set[str]

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.names.add(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in [*node.decorator_list, node.args]:
            self.visit(part)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        for part in [*node.decorator_list, node.args]:
            self.visit(part)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
