"""Types into a real bash or zsh on a pseudo-terminal, presses Tab, and looks at what the shell made of it.

    completion.py SHELL ROK FOLDER      FOLDER is the working folder; the store is ROK_HOME's

The shell's `rok` prints what it is given, but for what the completion asks. Prints what differs, and ends with 1 then.
"""

import os
import pty
import re
import select
import sys
import time

SECONDS = 120


class Shell:
    def __init__(self, shell, rok, folder):
        plain = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}[shell]
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            environment = {**os.environ, "PS1": "ready> ", "TERM": "xterm", "HOME": folder, "ZDOTDIR": folder, "LC_ALL": "C.UTF-8"}
            environment.pop("HISTFILE", None)
            os.execvpe(plain[0], plain, environment)
        self.seen = ""
        self.line("rok() { case $1 in __complete | completion) '%s' \"$@\" ;; *) printf 'GOT'; printf '<%%s>' \"$@\"; echo END ;; esac; }" % rok)
        self.line("source <(rok completion %s)" % shell)
        self.line("echo set''up", "setup\r\n")

    def wait(self, text):
        end = time.monotonic() + SECONDS
        while not re.search(text, self.seen):
            if time.monotonic() > end:
                raise AssertionError("no %r in %r" % (text, self.seen[-2000:]))
            if select.select([self.terminal], [], [], 1)[0]:
                try:
                    self.seen += os.read(self.terminal, 65536).decode("utf-8", "replace")
                except OSError:
                    raise AssertionError("the shell ended: %r" % self.seen[-2000:]) from None
        found = re.search(text, self.seen)
        self.seen = self.seen[found.end() :]
        return found

    def type(self, text):
        os.write(self.terminal, text.encode())

    def line(self, text, answer=""):
        self.type(text + "\r")
        if answer:
            self.wait(answer)

    def completed(self, text):
        """The words that the command line came to after one Tab."""
        self.type(text + "\t\r")
        return re.findall("<(.*?)>", self.wait("GOT(<.*>)END").group(1))

    def offered(self, text):
        """What is listed after two Tabs."""
        self.type(text + "\t\t")
        time.sleep(0.1)
        self.type("\x15\recho of''fered\r")
        end = self.wait("offered\r\n")
        return end.string[: end.start()]

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


def main(shell, rok, folder):
    os.makedirs(os.path.join(folder, "a folder"))
    open(os.path.join(folder, "note.ipynb"), "w").close()
    at = Shell(shell, rok, folder)
    version = os.environ["VERSION"]
    slash = "/" if shell == "bash" else ""  # zsh takes it away again when the line ends there
    wanted = {
        "rok insp": ["inspect"],
        "rok snapshot --tit": ["snapshot", "--title"],
        "rok run no": ["run", "note.ipynb"],
        "rok run note.ipynb --pla": ["run", "note.ipynb", "--plain-mounts"],
        "rok snapshot a": ["snapshot", "a folder" + slash],
        "rok files comp": ["files", "completed"],
        "rok show comp": ["show", "completed/"],
        "rok ls completed/s": ["ls", "completed/src"],
        "rok show completed/src@": ["show", "completed/src@" + version],
        "rok show completed/src@" + version[:5]: ["show", "completed/src@" + version],
        "rok snapshot x --to comp": ["snapshot", "x", "--to", "completed/"],
        "rok restore completed/src a": ["restore", "completed/src", "a folder" + slash],
    }
    bad = 0
    for typed, words in wanted.items():
        got = at.completed(typed)
        if got != words:
            bad += 1
            print("%s: %r became %s, not %s" % (shell, typed, got, words))
    listed = at.offered("rok re")
    listed_all = at.offered("rok ")
    for name in ("run", "inspect", "snapshot", "restore", "serve"):
        if name not in listed_all:
            bad += 1
            print("%s: %r is not offered: %r" % (shell, name, listed_all))
    if "__complete" in listed_all + listed:
        bad += 1
        print("%s: offers what is for itself" % shell)
    at.close()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
