"""What the cells that Rok adds to a step call, inside the kernel: load, save, metrics.

The driver sets ``ROK_MARSHAL_FOLDER`` for the kernel and tells :func:`prepare` the step's cells, so that an error can say
which of them made the value. Reports go out as display messages: people read the text, the driver the JSON beside it.
"""

import ast
import math
import os
from typing import Any, Dict, List, Optional, Tuple

from rok_steps import marshal

__all__ = ["REPORT", "CannotLoad", "CannotSave", "NotANumber", "load", "metrics", "prepare", "save"]

REPORT = "application/vnd.rok.step+json"
"""The MIME type of a report."""

FOLDER = "ROK_MARSHAL_FOLDER"

_cells: List[Tuple[int, str]] = []


class CannotSave(Exception):
    """A value that the next steps need cannot be written."""


class CannotLoad(Exception):
    """A value of an earlier step cannot be read."""


class NotANumber(Exception):
    """A metric is not a number."""


def prepare(cells: List[Tuple[int, str]]) -> None:
    """Tells which cells this step runs: their number in the notebook, and their source."""
    _cells[:] = cells


def load(*names: str) -> None:
    """Reads variables that earlier steps saved, and defines them."""
    for name in names:
        try:
            path = marshal.find(_folder(), name)
            value = marshal.read(_folder(), name)
        except Exception as error:
            raise CannotLoad(
                "The variable '%s' cannot be loaded: %s. The step that makes it has to run before this one, and to end well."
                % (name, _reason(error))
            ) from error
        _namespace()[name] = value
        _report_variable("loaded", name, path, value)


def save(*names: str) -> None:
    """Writes variables for the steps that follow."""
    for name in names:
        if name not in _namespace():
            raise CannotSave(
                "The variable '%s' is needed by a later step, and no cell of this one has defined it. "
                "Assign it in a cell that always runs." % name
            )
        value = _namespace()[name]
        try:
            path = marshal.write(_folder(), name, value)
        except Exception as error:
            raise CannotSave(_cannot_save(name, value, error)) from error
        _report_variable("saved", name, path, value)


def metrics(values: Dict[str, Any]) -> None:
    """Reports numbers as the pipeline's metrics."""
    for name, value in values.items():
        number = _number(name, value)
        shown: object = number if math.isfinite(number) else str(number)
        _report({"report": "metric", "name": name, "value": shown}, "%s = %s" % (name, number))


def _cannot_save(name: str, value: Any, error: BaseException) -> str:
    cell = _last_assignment(name)
    where = "cell %d" % cell if cell else "the notebook's functions or imports"
    return (
        "The variable '%s' (type %s, last assigned in %s) cannot be saved for the steps that follow: %s. "
        "Pass on something that can be written (its data, a file name, the arguments to make it again), "
        "or make and use it in one step." % (name, marshal.type_name(value), where, _reason(error))
    )


def _number(name: str, value: Any) -> float:
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError("a string")
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise NotANumber(
            "The metric '%s' has to be a number, and is %s (type %s). Print a variable that holds one number."
            % (name, _short(repr(value)), marshal.type_name(value))
        ) from error


def _reason(error: BaseException) -> str:
    text = str(error).strip()
    return _short(("%s: %s" % (type(error).__name__, text) if text else type(error).__name__).rstrip("."))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:300] + "…"


def _folder() -> str:
    return os.environ[FOLDER]


def _shell() -> Any:
    from IPython import get_ipython

    return get_ipython()


def _namespace() -> Dict[str, Any]:
    namespace: Dict[str, Any] = _shell().user_ns
    return namespace


def _report_variable(verb: str, name: str, path: str, value: Any) -> None:
    size = _size(path)
    shape = getattr(value, "shape", None)
    about = marshal.type_name(value) + (" %s" % "×".join(map(str, shape)) if isinstance(shape, tuple) and shape else "")
    report = {"report": verb, "name": name, "file": os.path.basename(path), "type": marshal.type_name(value), "bytes": size}
    _report(report, "%s %s (%s, %s)" % (verb, name, about, _bytes(size)))


def _report(report: Dict[str, Any], text: str) -> None:
    from IPython.display import display

    display({REPORT: report, "text/plain": text}, raw=True)


def _size(path: str) -> int:
    if not os.path.isdir(path):
        return os.stat(path).st_size
    return sum(os.stat(os.path.join(at, name)).st_size for at, _, names in os.walk(path) for name in names)


def _bytes(size: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return "%d B" % size if unit == "B" else "%.1f %s" % (size, unit)
        size /= 1024
    raise AssertionError("unreachable")


def _last_assignment(name: str) -> Optional[int]:
    """The number of the last cell that binds the name at its top level."""
    for number, source in reversed(_cells):
        try:
            tree = ast.parse(_shell().transform_cell(source))
        except (SyntaxError, ValueError):
            continue
        if any(_binds(node, name) for node in ast.walk(tree)):
            return number
    return None


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and isinstance(node.ctx, ast.Store)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name == name
    if isinstance(node, ast.alias):
        return (node.asname or node.name.split(".")[0]) == name
    return False
