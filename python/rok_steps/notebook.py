"""The notebook that a step leaves behind: the cells it ran, with their outputs; and the same as a page of HTML."""

import os
from typing import Any, Dict, List, Optional

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, output_from_msg

from rok_steps.events import clip
from rok_steps.values import REPORT

__all__ = ["Executed"]

_CELL_LIMIT = 8 * 1024 * 1024
"""Characters of output that one cell keeps."""


class Executed:
    """Grows as cells run; may be written at any time, also after a failure."""

    def __init__(self, title: str, metadata: Dict[str, Any]) -> None:
        self._notebook = new_notebook(metadata={**metadata, "language_info": {"name": "python"}})
        self._notebook.cells.append(new_markdown_cell(title, metadata={"rok": {"kind": "title"}}))
        self._cells: List[Any] = []
        self._displays: Dict[str, List[Any]] = {}
        self._room: List[int] = []
        self._clear_next = False

    def add(self, kind: str, number: int, source: str) -> int:
        about: Dict[str, Any] = {"kind": kind}
        if number:
            about["cell"] = number
        cell = new_code_cell(source, metadata={"rok": about})
        self._notebook.cells.append(cell)
        self._cells.append(cell)
        self._room.append(_CELL_LIMIT)
        return len(self._cells) - 1

    def language(self, info: Dict[str, Any]) -> None:
        self._notebook.metadata.language_info = info
        self._notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}

    def count(self, index: int, number: Optional[int]) -> None:
        cell = self._cells[index]
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number

    def take(self, index: int, message: Dict[str, Any]) -> None:
        """Adds what a message of the kernel shows to the cell's outputs."""
        kind, content = message["msg_type"], message["content"]
        outputs = self._cells[index].outputs
        if kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not content.get("wait"):
                self._clear(index)
            return
        if kind == "update_display_data":
            self._update(content)
            return
        if kind not in ("stream", "display_data", "execute_result", "error"):
            return
        if self._clear_next:
            self._clear_next = False
            self._clear(index)
        output = output_from_msg(message)
        output.get("data", {}).pop(REPORT, None)
        if not self._fits(index, output):
            return
        last = outputs[-1] if outputs else None
        if kind == "stream" and last is not None and last.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            outputs.append(output)
            display = content.get("transient", {}).get("display_id")
            if display:
                self._displays.setdefault(display, []).append(output)

    def fail(self, index: int, name: str, message: str) -> None:
        """Notes an error that the kernel could not report itself."""
        self._cells[index].outputs.append(nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[message]))

    def write(self, path: str) -> None:
        nbformat.validate(self._notebook)
        _replace(path, nbformat.writes(self._notebook) + "\n")

    def write_html(self, path: str) -> None:
        from nbconvert.exporters import HTMLExporter

        html, _ = HTMLExporter(template_name="lab").from_notebook_node(self._notebook)
        _replace(path, html)

    def _clear(self, index: int) -> None:
        self._cells[index].outputs.clear()
        self._room[index] = _CELL_LIMIT

    def _update(self, content: Dict[str, Any]) -> None:
        for output in self._displays.get(content.get("transient", {}).get("display_id"), []):
            output.data = nbformat.from_dict(content["data"])
            output.metadata = nbformat.from_dict(content["metadata"])

    def _fits(self, index: int, output: Any) -> bool:
        """Whether there is room for the output in the cell; a text is cut to what fits."""
        room = self._room[index]
        if room <= 0:
            return False
        if output.output_type == "stream":
            if len(output.text) > room:
                output.text = output.text[:room] + "\n[… more was printed than a cell keeps]\n"
            self._room[index] -= len(output.text)
        elif output.output_type == "error":
            output.traceback = [clip(line, 65536) for line in output.traceback[-1000:]]
        else:
            size = sum(len(value) if isinstance(value, str) else 1000 for value in output.data.values())
            self._room[index] -= size
            if size > room:
                output.data = nbformat.from_dict({"text/plain": "[… an output of %d characters was left out]" % size})
        return True


def _replace(path: str, text: str) -> None:
    partial = path + ".partial"
    with open(partial, "w", encoding="utf-8", errors="backslashreplace") as out:
        out.write(text)
    os.replace(partial, path)
