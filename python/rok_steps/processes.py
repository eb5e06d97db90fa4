"""The processes of a step: the kernel and whatever it starts, found through /proc, stopped, continued and killed."""

import os
import signal
import time
from typing import Dict, List, Set

__all__ = ["descendants", "freeze", "kill", "thaw"]


def descendants() -> List[int]:
    """Every process below this one. As this one is a subreaper, also those that were orphaned or made sessions of their own."""
    children: Dict[int, List[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            parent = _parent(int(name))
            if parent:
                children.setdefault(parent, []).append(int(name))
    found: List[int] = []
    rest = children.get(os.getpid(), [])
    while rest:
        found.extend(rest)
        rest = [child for process in rest for child in children.get(process, [])]
    return found


def freeze() -> bool:
    """Stops every descendant, also those that appear meanwhile. True when all stand still."""
    for _ in range(200):
        running = [process for process in descendants() if _state(process) not in "TtZX"]
        if not running:
            return True
        _signal(running, signal.SIGSTOP)
        time.sleep(0.002)
    return False


def thaw() -> None:
    _signal(descendants(), signal.SIGCONT)


def kill() -> None:
    """Kills every descendant, until none is left."""
    for _ in range(500):
        _reap()
        alive = [process for process in descendants() if _state(process) not in "ZX"]
        if not alive:
            break
        _signal(alive, signal.SIGKILL)
        time.sleep(0.01)
    _reap()


def _reap() -> None:
    """Buries children that ended. The kernel's own state is lost to others that wait for it: called when it is over."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def _signal(processes: List[int], number: int) -> None:
    own: Set[int] = {os.getpid(), 1}
    for process in processes:
        if process in own:
            continue
        try:
            os.kill(process, number)
        except (ProcessLookupError, PermissionError):
            pass  # it ended just now, or changed its user: neither is ours to stop any more


def _fields(process: int) -> List[str]:
    try:
        with open("/proc/%d/stat" % process, encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(process: int) -> int:
    fields = _fields(process)
    return int(fields[1]) if len(fields) > 1 else 0


def _state(process: int) -> str:
    fields = _fields(process)
    return fields[0] if fields else "X"
