"""Runs one step: the view of its volumes, the kernel, the cells, and what stays behind. docs/reference/step-protocol.md."""

import json
import os
import re
import signal
import sys
import threading
import time
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

from rok_steps import linux, mounts, processes
from rok_steps.cells import Task, tasks
from rok_steps.events import Events, clip
from rok_steps.spec import Spec
from rok_steps.values import FOLDER, REPORT

__all__ = ["run"]

_FREEZE_SECONDS = 120.0
"""A step that was stopped for a snapshot goes on after this time, whatever happens."""

_TRACEBACK = 48 * 1024
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ENVIRONMENTS = (".venv", "venv")

SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
EXIT = {SUCCEEDED: 0, FAILED: 1, CANCELLED: 130}


class _Failure(NamedTuple):
    cell: int
    kind: str
    name: str
    message: str
    traceback: str


def run(spec: Spec, events: Events) -> int:
    """Gives the exit code. The caller has one thread, and is the leader of its session."""
    linux.become_subreaper()
    python = _python(spec)
    reach = [sys.prefix, sys.base_prefix, *_prefixes(python)]
    if spec.mounts == "auto":
        view = mounts.enter(spec.volumes, [*spec.keep, spec.private, spec.output], reach)
    else:
        view = mounts.plain(spec.volumes, "asked for")
    places = {volume.name: place for volume, place in zip(spec.volumes, view.places)}
    events.emit("mounts", mode=view.mode, reason=view.reason, volumes=places, created=view.created)
    return _Step(spec, events, view.places[0], _inside_view(python, spec, view)).run()


def _python(spec: Spec) -> Optional[str]:
    """The Python that was asked for, or that of an environment at the top of the workspace, by its path on this machine."""
    if spec.python is not None:
        return spec.python
    for name in _ENVIRONMENTS:
        path = os.path.join(spec.volumes[0].path, name, "bin", "python")
        if os.access(path, os.X_OK):
            return path
    return None


def _prefixes(python: Optional[str]) -> List[str]:
    if python is None:
        return []
    return [os.path.dirname(os.path.dirname(path)) for path in (python, os.path.realpath(python))]


def _inside_view(python: Optional[str], spec: Spec, view: mounts.View) -> str:
    """The path of the Python as the step sees it."""
    if python is None:
        return sys.executable
    for volume, place in zip(spec.volumes, view.places):
        for folder in [volume.path, *volume.mounts]:
            if python.startswith(folder + "/"):
                return place + python[len(folder) :]
    return python


class _Step:
    def __init__(self, spec: Spec, events: Events, workspace: str, python: str) -> None:
        from rok_steps.notebook import Executed

        self._spec = spec
        self._events = events
        self._workspace = workspace
        self._python = python
        self._folder = os.path.join(workspace, os.path.dirname(spec.notebook))
        self._cancelled = threading.Event()
        self._tasks = tasks(spec)
        title = "# Step `%s`\n\nof `%s`, as it ran." % (spec.step, os.path.basename(spec.notebook))
        self._executed = Executed(title, {"rok": {"step": spec.step, "run": spec.run, "notebook": spec.notebook}})
        for task in self._tasks:
            self._executed.add(task.kind, task.number, task.source)

    def run(self) -> int:
        from rok_steps.kernel import Kernel, KernelDied

        began = time.monotonic()
        failure: Optional[_Failure] = None
        try:
            self._kernel = Kernel(self._python, self._folder, self._environment(), self._spec.private)
        except OSError as error:
            failure = _plain_failure("KernelDied", "The kernel cannot be started with %s: %s" % (self._python, error))
        else:
            threading.Thread(target=self._obey, daemon=True).start()
            signal.signal(signal.SIGTERM, lambda _number, _frame: self._cancel())
            try:
                if self._spec.page:
                    threading.Thread(target=_warm_up, daemon=True).start()
                self._kernel.connect()
                self._introduce()
                failure = self._run_cells()
            except KernelDied as error:
                failure = _plain_failure("KernelDied", str(error))
            finally:
                self._kernel.close(2.0 if failure is None else 0.5)
        return self._finish(failure, time.monotonic() - began)

    def _environment(self) -> Dict[str, str]:
        """What the kernel's process gets: this one's environment, less what belongs to the driver."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        environment.update(self._spec.environment)
        notebook = os.path.basename(self._spec.notebook)
        environment["HOME"] = self._workspace
        environment[FOLDER] = os.path.join(self._folder, ".%s.kale.marshal.dir" % notebook)
        environment["KALE_PIPELINE_STEP"] = self._spec.step
        environment["KALE_NOTEBOOK_PATH"] = os.path.join(self._workspace, self._spec.notebook)
        environment["JUPYTER_RUNTIME_DIR"] = self._spec.private
        environment["PATH"] = os.path.dirname(self._python) + os.pathsep + environment.get("PATH", os.defpath)
        prefix = os.path.dirname(os.path.dirname(self._python))
        if os.path.exists(os.path.join(prefix, "pyvenv.cfg")):
            environment["VIRTUAL_ENV"] = prefix
        if not os.path.isdir(os.path.join(self._workspace, ".ipython")):
            environment["IPYTHONDIR"] = os.path.join(self._spec.private, "ipython")
        return environment

    def _introduce(self) -> None:
        """Makes this package known to the kernel, whatever Python that is, and tells it the step's cells. Leaves no trace in
        the notebook."""
        cells = [(task.number, task.source) for task in self._tasks if task.number]
        package = os.path.dirname(os.path.abspath(__file__))
        import dill

        source = _INTRODUCTION.format(
            package=package, dill=os.path.dirname(dill.__file__), cells=json.dumps(json.dumps(cells))
        )
        said: List[str] = []
        result = self._kernel.run(source, lambda message: said.append(str(message["content"])), silent=True)
        if result.error is not None:
            problem = "%s: %s" % (result.error.get("ename"), result.error.get("evalue"))
            from rok_steps.kernel import KernelDied

            raise KernelDied("The kernel of %s cannot load Rok's package: %s" % (self._python, problem))
        self._executed.language({"name": "python", "file_extension": ".py", "mimetype": "text/x-python"})
        self._events.emit("started", python=self._python, home=self._workspace, folder=self._folder)

    def _run_cells(self) -> Optional[_Failure]:
        for index, task in enumerate(self._tasks):
            if self._cancelled.is_set():
                return None
            self._events.emit("cell-started", index=index, cells=len(self._tasks), kind=task.kind, cell=task.number)
            began = time.monotonic()
            failure = self._run_cell(index, task)
            seconds = round(time.monotonic() - began, 3)
            self._events.emit("cell-finished", index=index, cell=task.number, ok=failure is None, seconds=seconds)
            if failure is not None:
                return failure
        return None

    def _run_cell(self, index: int, task: Task) -> Optional[_Failure]:
        from rok_steps.kernel import KernelDied

        def on_output(message: Dict[str, Any]) -> None:
            self._executed.take(index, message)
            self._tell(message)

        try:
            result = self._kernel.run(task.source, on_output)
        except KernelDied as error:
            self._executed.fail(index, "KernelDied", str(error))
            return _Failure(task.number, task.kind, "KernelDied", str(error), "")
        self._executed.count(index, result.number)
        if result.error is None:
            return None
        if "ename" not in result.error:
            return _Failure(task.number, task.kind, "Aborted", "The kernel did not run the cell.", "")
        lines = "\n".join(result.error.get("traceback", []))
        return _Failure(task.number, task.kind, result.error["ename"], result.error["evalue"], _ESCAPES.sub("", lines))

    def _tell(self, message: Dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            self._events.text(content["name"], content["text"])
        elif kind in ("display_data", "execute_result"):
            report = content["data"].get(REPORT)
            if isinstance(report, dict) and report.get("report") in ("saved", "loaded", "metric"):
                fields = dict(report)
                self._events.emit(fields.pop("report"), **fields)
            elif "text/plain" in content["data"]:
                self._events.text("result", content["data"]["text/plain"] + "\n")

    def _finish(self, failure: Optional[_Failure], seconds: float) -> int:
        state = CANCELLED if self._cancelled.is_set() else FAILED if failure is not None else SUCCEEDED
        if failure is not None and state == FAILED:
            self._events.emit(
                "failed",
                cell=failure.cell,
                kind=failure.kind,
                name=failure.name,
                message=clip(failure.message, 4096),
                traceback=clip(failure.traceback, _TRACEBACK),
            )
        base = os.path.join(self._spec.output, self._spec.step)
        outputs = []
        writers = [(base + ".ipynb", self._executed.write)]
        if self._spec.page:
            writers.append((base + ".html", self._executed.write_html))
        for path, write in writers:
            try:
                write(path)
                outputs.append(os.path.basename(path))
            except Exception as error:  # a step that ran well does not fail for its picture
                self._events.emit("warning", message="%s was not written: %s" % (os.path.basename(path), error))
        self._events.emit("finished", state=state, seconds=round(seconds, 3), outputs=outputs)
        return EXIT[state]

    # --- what the runner says meanwhile, in a thread of its own

    def _obey(self) -> None:
        """Reads commands until the runner is gone; then nothing of the step may stay."""
        watchdog: Optional[threading.Timer] = None
        for command in _commands():
            if command == b"freeze":
                stopped = processes.freeze()
                watchdog = threading.Timer(_FREEZE_SECONDS, self._go_on)
                watchdog.daemon = True
                watchdog.start()
                self._events.emit("frozen", complete=stopped)
            elif command in (b"thaw", b"cancel"):
                if watchdog is not None:
                    watchdog.cancel()
                processes.thaw()
                if command == b"cancel":
                    self._cancel()
        processes.kill()
        os._exit(EXIT[CANCELLED])

    def _go_on(self) -> None:
        processes.thaw()
        seconds = "%g s" % _FREEZE_SECONDS
        self._events.emit("warning", message="A snapshot took longer than %s, and the step went on meanwhile: the version may not be one point in time" % seconds)

    def _cancel(self) -> None:
        """Interrupts the cell; kills the kernel when that does not help."""
        if self._cancelled.is_set():
            return
        self._cancelled.set()
        self._kernel.interrupt()
        deadline = threading.Timer(self._spec.grace, processes.kill)
        deadline.daemon = True
        deadline.start()


def _commands() -> Iterator[bytes]:
    """The lines of standard input. Read from the descriptor: a thread inside sys.stdin at the end would abort the process."""
    rest = b""
    while True:
        piece = os.read(0, 4096)
        if not piece:
            return
        *lines, rest = (rest + piece).split(b"\n")
        rest = rest[-4096:]
        for line in lines:
            yield line.strip()


def _warm_up() -> None:
    """Loads what the page needs while the kernel starts."""
    import nbconvert.exporters

    assert nbconvert.exporters.HTMLExporter


def _plain_failure(name: str, message: str) -> _Failure:
    return _Failure(0, "kernel", name, message, "")


_INTRODUCTION = """
def _rok_introduce():
    import importlib.util, json, sys
    if "rok_steps" not in sys.modules:
        place = importlib.util.spec_from_file_location(
            "rok_steps", {package!r} + "/__init__.py", submodule_search_locations=[{package!r}])
        module = importlib.util.module_from_spec(place)
        sys.modules["rok_steps"] = module
        place.loader.exec_module(module)
    if importlib.util.find_spec("dill") is None and sys.version_info >= (3, 9):
        class BesideRok:
            def find_spec(self, name, path=None, target=None):
                if name != "dill":
                    return None
                return importlib.util.spec_from_file_location(
                    "dill", {dill!r} + "/__init__.py", submodule_search_locations=[{dill!r}])
        sys.meta_path.append(BesideRok())
    from rok_steps import values
    values.prepare([tuple(cell) for cell in json.loads({cells})])


_rok_introduce()
del _rok_introduce
"""
