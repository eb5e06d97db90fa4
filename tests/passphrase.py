"""Types passphrases on a real pseudo-terminal: they are asked for, twice where they are new, and never shown.

    passphrase.py ROK FOLDER       makes an encrypted store in FOLDER/store and opens it, right and wrong
    passphrase.py ROK FOLDER stop  Ctrl-C at the question leaves a terminal that shows what is typed
"""

import os
import pty
import select
import signal
import sys
import termios
import time

SECONDS = 120
SECRET = "a passphrase of \u00fcnusual words"


class Terminal:
    def __init__(self, *words):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # Whoever starts this in the background of a script has these ignored; a terminal has not
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            os.execv(words[0], words)
        self.screen = ""

    def wait_for(self, text):
        until = time.monotonic() + SECONDS
        while text not in self.screen:
            if time.monotonic() > until or not self.read():
                raise SystemExit(f"{text!r} did not come: {self.screen!r}")

    def read(self):
        try:
            ready, _, _ = select.select([self.fd], [], [], SECONDS)
            data = os.read(self.fd, 65536) if ready else b""
        except OSError:
            return False
        self.screen += data.decode(errors="replace")
        return bool(data)

    def echo(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def type(self, text):
        until = time.monotonic() + SECONDS
        while self.echo() and time.monotonic() < until:
            time.sleep(0.01)
        os.write(self.fd, text.encode())

    def end(self):
        while self.read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def need(holds, what, terminal):
    if not holds:
        raise SystemExit(f"{what}: {terminal.screen!r}")


def asked(rok, words, answers, code, text):
    terminal = Terminal(rok, *words)
    for question, answer in answers:
        terminal.wait_for(question)
        terminal.screen = ""
        terminal.type(answer + "\n")
    got = terminal.end()
    need(got == code, f"exit {got}, not {code}", terminal)
    need(text in terminal.screen, f"no {text!r}", terminal)
    need(SECRET not in terminal.screen, "the passphrase is shown", terminal)


rok, folder = sys.argv[1:3]
store = os.path.join(folder, "store")
for name in ("ROK_KEY_FILE", "ROK_PASSPHRASE_FILE", "ROK_REPOSITORY"):
    os.environ.pop(name, None)
if sys.argv[3:] == ["stop"]:
    os.environ["ROK_REPOSITORY"] = store
    terminal = Terminal(rok, "buckets")
    terminal.wait_for("Passphrase of")
    terminal.type("\x03")
    code = terminal.end()
    need(code in (130, -2), f"exit {code}", terminal)
else:
    new = ("init", store, "--encrypt")
    asked(rok, new, [("New passphrase: ", SECRET), ("The same again: ", SECRET + "!")], 2, "differ")
    need(not os.path.exists(os.path.join(store, "rok.json")), "a store was made", Terminal("/bin/true"))
    asked(rok, new, [("New passphrase: ", SECRET), ("The same again: ", SECRET)], 0, "Made")
    os.environ["ROK_REPOSITORY"] = store
    asked(rok, ("buckets",), [("Passphrase of", SECRET)], 0, "BUCKET")
    asked(rok, ("buckets",), [("Passphrase of", "another")], 1, "does not open")
    asked(rok, ("key", "add", "--label", "b"), [("Passphrase of", SECRET), ("New passphrase: ", "x"), ("The same again: ", "x")], 0, "opens the store too")
    asked(rok, ("buckets",), [("Passphrase of", "x")], 0, "BUCKET")
