"""What the runner asks for: the step's specification, read from JSON and checked. docs/reference/step-protocol.md tells each field."""

import json
from typing import Any, Dict, List, NamedTuple, Optional

__all__ = ["Cell", "Metric", "Parameter", "Spec", "SpecError", "Volume", "parse"]

VERSION = 1
LIMIT = 64 * 1024 * 1024
"""Bytes of a specification, at most."""

_ITEMS = 100_000
_TYPES = {"int": int, "float": float, "str": str, "bool": bool}


class SpecError(Exception):
    """The specification is not one."""


class Cell(NamedTuple):
    cell: int
    source: str


class Parameter(NamedTuple):
    name: str
    value: Any


class Metric(NamedTuple):
    name: str
    variable: str


class Volume(NamedTuple):
    """``path`` is the folder on this machine; ``mounts`` are the absolute paths at which the step is to see it."""

    name: str
    path: str
    mounts: List[str]


class Spec(NamedTuple):
    step: str
    run: str
    notebook: str
    python: Optional[str]
    mounts: str
    volumes: List[Volume]
    keep: List[str]
    private: str
    output: str
    parameters: List[Parameter]
    load: List[str]
    save: List[str]
    preamble: List[Cell]
    cells: List[Cell]
    metrics: List[Metric]
    environment: Dict[str, str]
    grace: float
    page: bool


def parse(text: bytes) -> Spec:
    if len(text) > LIMIT:
        raise SpecError("the specification has %d bytes, %d are allowed" % (len(text), LIMIT))
    try:
        root = json.loads(text)
    except ValueError as error:
        raise SpecError("the specification is not JSON: %s" % error) from error
    fields = _Fields(root, "the specification")
    if fields.number("version") != VERSION:
        raise SpecError("this driver speaks version %d of the step protocol, not %r" % (VERSION, root.get("version")))
    spec = Spec(
        step=fields.text("step"),
        run=fields.text("run"),
        notebook=_relative(fields.text("notebook")),
        python=fields.text("python") if root.get("python") is not None else None,
        mounts=fields.text("mounts"),
        volumes=[_volume(item) for item in fields.objects("volumes")],
        keep=fields.texts("keep"),
        private=fields.text("private"),
        output=fields.text("output"),
        parameters=[_parameter(item) for item in fields.objects("parameters")],
        load=fields.texts("load"),
        save=fields.texts("save"),
        preamble=[_cell(item) for item in fields.objects("preamble")],
        cells=[_cell(item) for item in fields.objects("cells")],
        metrics=[Metric(item.text("name"), item.text("variable")) for item in fields.objects("metrics")],
        environment=fields.environment("environment"),
        grace=fields.number("grace"),
        page=fields.flag("page"),
    )
    if not spec.volumes:
        raise SpecError("the specification names no volume; the first one is the workspace")
    if spec.mounts not in ("auto", "plain"):
        raise SpecError("'mounts' is 'auto' or 'plain', not %r" % spec.mounts)
    return spec


class _Fields:
    """The fields of one JSON object, each checked as it is taken."""

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise SpecError("%s is not an object" % where)
        self._value: Dict[str, Any] = value
        self._where = where

    def any(self, name: str) -> Any:
        if name not in self._value:
            raise SpecError("%s has no '%s'" % (self._where, name))
        return self._value[name]

    def text(self, name: str) -> str:
        value = self.any(name)
        if not isinstance(value, str) or "\0" in value:
            raise SpecError("'%s' of %s is not a string" % (name, self._where))
        return value

    def number(self, name: str) -> float:
        value = self.any(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SpecError("'%s' of %s is not a number" % (name, self._where))
        return value

    def flag(self, name: str) -> bool:
        value = self.any(name)
        if not isinstance(value, bool):
            raise SpecError("'%s' of %s is neither true nor false" % (name, self._where))
        return value

    def items(self, name: str) -> List[Any]:
        value = self.any(name)
        if not isinstance(value, list) or len(value) > _ITEMS:
            raise SpecError("'%s' of %s is not a list of at most %d items" % (name, self._where, _ITEMS))
        return value

    def texts(self, name: str) -> List[str]:
        items = self.items(name)
        if not all(isinstance(item, str) and "\0" not in item for item in items):
            raise SpecError("'%s' of %s holds something else than strings" % (name, self._where))
        return items

    def objects(self, name: str) -> List["_Fields"]:
        return [_Fields(item, "an item of '%s'" % name) for item in self.items(name)]

    def environment(self, name: str) -> Dict[str, str]:
        value = self.any(name)
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise SpecError("'%s' of %s is not an object of strings" % (name, self._where))
        return value


def _relative(path: str) -> str:
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise SpecError("'notebook' is a path inside the workspace, not %r" % path)
    return path


def _cell(item: _Fields) -> Cell:
    return Cell(int(item.number("cell")), item.text("source"))


def _volume(item: _Fields) -> Volume:
    mounts = item.texts("mounts")
    for path in [item.text("path"), *mounts]:
        if not path.startswith("/") or path == "/" or any(part in ("", ".", "..") for part in path[1:].split("/")):
            raise SpecError("volume '%s': %r is no clean absolute path below /" % (item.text("name"), path))
    return Volume(item.text("name"), item.text("path"), mounts)


def _parameter(item: _Fields) -> Parameter:
    name, kind, value = item.text("name"), item.text("type"), item.any("value")
    if kind not in _TYPES or not name.isidentifier():
        raise SpecError("parameter %r has the type %r; int, float, str and bool are known" % (name, kind))
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not _TYPES[kind]:
        raise SpecError("parameter %r is to be of type %s, and %r is not" % (name, kind, value))
    return Parameter(name, value)
