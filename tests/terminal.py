"""Runs a pipeline on a real pseudo-terminal and looks at the screen that comes of it, by a small terminal of its own.

    terminal.py ROK NOTEBOOK end       to the end, with a smaller window half-way; the table is gone then, the report is there
    terminal.py ROK NOTEBOOK cancel    Ctrl-C half-way

With NO_COLOR set there may be no colours, else there must be some.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

SECONDS = 600
SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")


class Screen:
    """What a terminal shows: enough of one for what rok writes. Everything else is an error."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.row = self.column = 0
        self.rest = ""
        self.colours = 0
        self.widest = 0

    def resize(self, columns):
        """A narrower terminal breaks the lines that are too long for it, as most do."""
        lines = []
        for line in self.lines:
            lines += [line[at : at + columns] for at in range(0, len(line), columns)] or [""]
        self.lines, self.row, self.columns = lines, len(lines) - 1, columns
        self.column = min(len(lines[-1]), columns)

    def put(self, text):
        text = self.rest + text
        cut = text.rfind("\x1b", max(0, len(text) - 12))
        self.rest = text[cut:] if cut >= 0 and not SEQUENCE.match(text, cut) else ""
        text = text[: len(text) - len(self.rest)]
        at = 0
        while at < len(text):
            found = SEQUENCE.match(text, at)
            if found:
                self.do(found.group(1), found.group(2))
                at = found.end()
                continue
            self.character(text[at])
            at += 1

    def do(self, number, what):
        if what == "A":
            self.row = max(0, self.row - int(number or 1))
        elif what == "J":
            self.lines = [*self.lines[: self.row], self.lines[self.row][: self.column]]
        elif what == "K":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif what == "m":
            self.colours += 1
        else:
            raise AssertionError("unexpected sequence ESC [ %s %s" % (number, what))

    def character(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        else:
            assert c >= " ", "unexpected character %r" % c
            if self.column == self.columns:
                self.column = 0
                self.character("\n")
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + c + line[self.column + 1 :]
            self.column += 1


def size(terminal, columns, lines):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def table(screen):
    """The lines of the table, the last being the count; none while it is not there."""
    lines = screen.lines
    return [line for line in lines[-14:] if re.search(r"^  (one|two|three|four) +(waiting|running|snapshot|succeeded)|steps ended", line)]


def main(rok, notebook, how):
    pid, terminal = pty.fork()
    if pid == 0:
        environment = {**os.environ, "TERM": "xterm"}
        time.sleep(0.2)  # until the window has its size
        # Whoever starts this in the background of a script has these ignored; a terminal has not
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        os.execve(rok, [rok, "run", notebook, "--steps-parallel", "2"], environment)
    size(terminal, 90, 30)
    screen = Screen(90)
    seen_running = seen_small = acted = False
    end = time.monotonic() + SECONDS
    while True:
        assert time.monotonic() < end, "it did not end: %s" % screen.lines[-20:]
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        screen.put(data.decode("utf-8", "replace"))
        shown = table(screen)
        # One row for each step and the count, never a second table left behind
        assert sum("steps ended" in line for line in screen.lines) <= 1, "two tables: %s" % screen.lines
        running = len(shown) == 5 and "steps ended" in shown[-1] and any(re.search(r"running .*\d/\d", line) for line in shown)
        seen_running = seen_running or running
        if running and not acted:
            acted = True
            if how == "cancel":
                os.write(terminal, b"\x03")
            else:
                size(terminal, 60, 9)
                screen.resize(60)
        seen_small = seen_small or (acted and how == "end" and len(shown) == 4)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    text = "\n".join(screen.lines)
    assert seen_running, "no table with a running step and its cell: %s" % text
    assert "steps ended" not in text, "the table stayed: %s" % text
    assert (screen.colours == 0) == bool(os.environ.get("NO_COLOR")), "%d colours" % screen.colours
    if how == "cancel":
        assert code == 130, "exit code %d: %s" % (code, text)
    else:
        assert code == 0 and "Left behind:" in text, "exit code %d: %s" % (code, text)
        assert seen_small, "the table did not become smaller with the window: %s" % text
        assert re.search(r"two +\| two says 5", text), "what steps print is not whole: %s" % text


if __name__ == "__main__":
    main(*sys.argv[1:])
