"""A step is run as the runner does it: the real driver in a process of its own, a real kernel, a folder as workspace."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Union

import pytest

PACKAGE = Path(__file__).resolve().parent.parent


class Driver:
    """A driver that was started; ``events`` grows as they are read."""

    def __init__(self, spec: Path, changed: str = "") -> None:
        """``changed`` is run before the driver, in its process."""
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", "%s\nimport runpy; runpy.run_module('rok_steps', run_name='__main__')" % changed, str(spec)]
            if changed
            else [sys.executable, "-m", "rok_steps", str(spec)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self.events: List[Dict[str, Any]] = []

    def read(self) -> Optional[Dict[str, Any]]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            return None
        assert len(line) < 256 * 1024
        self.events.append(json.loads(line))
        return self.events[-1]

    def until(self, event: str, **fields: Any) -> Dict[str, Any]:
        while True:
            got = self.read()
            assert got is not None, "no %s %s among %s" % (event, fields, self.events)
            if got["event"] == event and all(got.get(name) == value for name, value in fields.items()):
                return got

    def say(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def end(self) -> int:
        while self.read() is not None:
            pass
        return self.process.wait(60)

    def of(self, event: str) -> List[Dict[str, Any]]:
        return [item for item in self.events if item["event"] == event]

    def printed(self) -> str:
        return "".join(item["text"] for item in self.of("text"))


class Bench:
    """A workspace in which steps run one after the other, or side by side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = folder / "clone"
        self.output = folder / "output"
        self.workspace.mkdir()
        self.output.mkdir()
        self._started: List[Driver] = []

    @property
    def marshal(self) -> Path:
        return self.workspace / ".small.ipynb.kale.marshal.dir"

    def start(self, step: str, *cells: Union[str, Any], changed: str = "", **fields: Any) -> Driver:
        private = self.folder / ("private-" + step)
        private.mkdir(mode=0o700)
        spec: Dict[str, Any] = {
            "version": 1,
            "step": step,
            "run": "0198c0de-0000-7000-8000-000000000000",
            "notebook": "small.ipynb",
            "python": None,
            "mounts": "plain",
            "volumes": [{"name": "workspace", "path": str(self.workspace), "mounts": []}],
            "keep": [],
            "private": str(private),
            "output": str(self.output),
            "parameters": [],
            "load": [],
            "save": [],
            "preamble": [],
            "cells": [{"cell": 10 + at, "source": source} for at, source in enumerate(cells)],
            "metrics": [],
            "environment": {},
            "grace": 2,
            "page": False,
        }
        spec.update(fields)
        path = self.folder / (step + ".json")
        path.write_text(json.dumps(spec))
        self._started.append(Driver(path, changed))
        return self._started[-1]

    def run(self, step: str, *cells: str, **fields: Any) -> Driver:
        driver = self.start(step, *cells, **fields)
        driver.end()
        return driver

    def close(self) -> None:
        for driver in self._started:
            driver.process.kill()
            driver.process.wait()
            for pipe in (driver.process.stdin, driver.process.stdout):
                if pipe is not None:
                    pipe.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()
