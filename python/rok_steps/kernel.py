"""One real Jupyter kernel: started, spoken to, interrupted, ended."""

import json
import os
import queue
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from jupyter_client.blocking.client import BlockingKernelClient

from rok_steps import linux, processes

__all__ = ["Kernel", "KernelDied", "Result"]

_SOCKET_PATH = 100
"""Bytes that the name of a Unix socket may have, a few less than the kernel's 107."""

_START_SECONDS = 180.0

Output = Dict[str, Any]


class KernelDied(Exception):
    """The kernel ended by itself, or never came up."""


class Result(NamedTuple):
    """How a cell ended. ``error`` is the content of the kernel's error reply, or None."""

    number: Optional[int]
    error: Optional[Dict[str, Any]]


class Kernel:
    """Starts ``python -m ipykernel_launcher`` in its own session. Messages go over Unix sockets in a private folder, signed
    with a key that nobody else has. It dies with the thread that makes this object."""

    def __init__(self, python: str, folder: str, environment: Dict[str, str], private: str) -> None:
        self._sockets = tempfile.mkdtemp(prefix="k", dir=private)
        self._socket_folder = os.open(self._sockets, os.O_PATH | os.O_DIRECTORY)
        connection = os.path.join(self._sockets, "kernel.json")
        _write_connection(connection, os.path.join(self._short(), "k"))
        command = [python, "-m", "ipykernel_launcher", "-f", connection, "--HistoryManager.enabled=False"]
        driver = os.getpid()

        def before_exec() -> None:
            linux.die_with_parent(signal.SIGKILL)
            if os.getppid() != driver:
                os._exit(1)

        self._python = python
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(self._socket_folder,),
            preexec_fn=before_exec,
        )
        self._said = bytearray()
        self._client = BlockingKernelClient(connection_file=connection)
        threading.Thread(target=self._listen, daemon=True).start()

    def connect(self) -> None:
        """Waits until the kernel answers."""
        self._client.load_connection_file()
        self._client.start_channels(hb=False)
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._client.wait_for_ready(timeout=1)
                return
            except RuntimeError:
                self._check_alive()
                if time.monotonic() > end:
                    raise KernelDied("The kernel of %s did not answer within %d s. %s" % (self._python, _START_SECONDS, self._tail()))

    def run(self, source: str, on_output: Callable[[Output], None], silent: bool = False) -> Result:
        """Runs a cell to its end. Outputs go, as they come, to the callback: the messages' type and content."""
        message = self._client.execute(source, silent=silent, store_history=not silent, allow_stdin=False)
        idle = False
        reply: Optional[Dict[str, Any]] = None
        while not idle or reply is None:
            if not idle:
                idle = self._take_output(message, on_output)
            if reply is None:
                reply = self._take_reply(message, 0 if not idle else 0.5)
        error = reply if reply.get("status") not in ("ok", None) else None
        return Result(reply.get("execution_count"), error)

    def interrupt(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGINT)
        except ProcessLookupError:
            pass

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self, seconds: float) -> None:
        """Asks the kernel to end, so that exit handlers run; then kills it and everything that it started."""
        if self.alive():
            self._client.shutdown()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        processes.kill()
        self._client.stop_channels()
        shutil.rmtree(self._sockets, ignore_errors=True)
        os.close(self._socket_folder)

    def _short(self) -> str:
        """The folder of the sockets by a name short enough for them: where the path is too long, by a descriptor, which has
        the same number in both processes."""
        if len(os.fsencode(self._sockets)) + 4 <= _SOCKET_PATH:
            return self._sockets
        return "/proc/self/fd/%d" % self._socket_folder

    def _take_output(self, message: str, on_output: Callable[[Output], None]) -> bool:
        """Takes one message; True when it says that the cell is over."""
        try:
            got = self._client.get_iopub_msg(timeout=0.2)
        except queue.Empty:
            self._check_alive()
            return False
        if got["parent_header"].get("msg_id") != message:
            return False
        if got["msg_type"] == "status":
            return bool(got["content"]["execution_state"] == "idle")
        on_output(got)
        return False

    def _take_reply(self, message: str, seconds: float) -> Optional[Dict[str, Any]]:
        try:
            got = self._client.get_shell_msg(timeout=seconds)
        except queue.Empty:
            self._check_alive()
            return None
        return got["content"] if got["parent_header"].get("msg_id") == message else None

    def _check_alive(self) -> None:
        code = self._process.poll()
        if code is None:
            return
        tail = self._tail()
        if "No module named ipykernel" in tail or "No module named 'ipykernel" in tail:
            raise KernelDied(
                "%s has no ipykernel, and a step needs one. Install it there: %s -m pip install ipykernel"
                % (self._python, self._python)
            )
        if code < 0:
            how = "was killed by signal %d (%s)" % (-code, signal.Signals(-code).name)
            how += "; perhaps the machine ran out of memory" if code == -signal.SIGKILL else ""
        else:
            how = "ended with exit code %d" % code
        raise KernelDied("The kernel %s. %s" % (how, tail))

    def _listen(self) -> None:
        """Takes what the kernel's process writes before its own capture is up, or beside it."""
        pipe = self._process.stdout
        assert pipe is not None
        while True:
            piece = os.read(pipe.fileno(), 65536)
            if not piece:
                return
            self._said += piece
            del self._said[:-16384]

    def _tail(self) -> str:
        time.sleep(0.05)  # the last words may still be on their way
        lines: List[str] = bytes(self._said).decode("utf-8", "replace").strip().splitlines()
        return "Its last words: %s" % " / ".join(lines[-3:]) if lines else ""


def _write_connection(path: str, sockets: str) -> None:
    ports = {name + "_port": number for number, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)}
    connection = {
        "transport": "ipc",
        "ip": sockets,
        "key": secrets.token_hex(32),
        "signature_scheme": "hmac-sha256",
        "kernel_name": "",
        **ports,
    }
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(connection, out)
