"""What the driver tells the runner: one JSON object per line, each line bounded."""

import json
import os
import threading
from typing import Any, Iterator

__all__ = ["Events", "clip"]

PIECE = 16 * 1024
"""Characters of one piece of text, at most."""


class Events:
    """Writes events to a descriptor. Any thread may call; a line is never torn. A reader that is gone is not an error: the
    watchdog ends the step then."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def emit(self, event: str, **fields: Any) -> None:
        line = json.dumps({"event": event, **fields}, ensure_ascii=True).encode("ascii") + b"\n"
        with self._lock:
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except BrokenPipeError:
                pass

    def text(self, stream: str, text: str) -> None:
        for piece in _pieces(text):
            self.emit("text", stream=stream, text=piece)


def clip(text: str, limit: int) -> str:
    """The text, its middle left out when it is longer than the limit."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return "%s\n[… %d characters left out …]\n%s" % (text[:half], len(text) - 2 * half, text[-half:])


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


