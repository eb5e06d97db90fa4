"""What tests/power-loss does with one store: work on it with the command, on a file system that remembers everything
(unsynced.py), then look at what a loss of power at many moments of that would have left.

    power_loss.py ROK WORK STATES plain|encrypted MOMENTS SEED [--ignore-fsync file|dir]

All of ROK_HOME lies on that file system, caches and key files included. States are laid out below STATES. It needs the rights
of root in a mount namespace of its own.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import stat
import subprocess
import threading
import time

import unsynced

SLOW = 0.02  # seconds that a sync takes at most: others work on meanwhile, and see what is not durable yet
KEPT = 6  # versions that a store has at most, about
CLI_EVERY = 40  # of so many states one is looked at by the command itself, started anew for each line
TOLD = 8  # faults that are printed


def fingerprint(folder):
    """Of names, kinds, modes and contents."""
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        mode = path.lstat().st_mode
        content = path.read_bytes() if stat.S_ISREG(mode) else os.readlink(path).encode() if path.is_symlink() else b""
        found.append("%s %o %s" % (path.relative_to(folder), mode, hashlib.sha256(content).hexdigest()))
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]


class Work:
    """Commands, several at once, some of them killed, on a store below `home`; what came of them is marked in the log."""

    def __init__(self, options, layer, home, draw):
        self.rok, self.layer, self.home, self.draw = options.rok, layer, home, draw
        self.encrypted = options.kind == "encrypted"
        self.source = options.work / "src"
        self.environment = environment(home, self.encrypted)
        # Contents come back after they were deleted: then gc has something to rescue
        self.blobs = [draw.randbytes(draw.randrange(2_000, 120_000)) for _ in range(14)]
        self.live = []

    def start(self, *words):
        return subprocess.Popen([self.rok, *words], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, start_new_session=True)  # fmt: skip

    def run(self, *words):
        process = self.start(*words)
        out, err = process.communicate()
        if process.returncode != 0:
            raise SystemExit("rok %s failed: %s%s" % (" ".join(words), out, err))
        return json.loads(out)

    def fill(self):
        for folder in ("src", "other"):
            place = self.source / folder
            (place / "d").mkdir(parents=True, exist_ok=True)
            for _ in range(4):
                (place / ("f%d" % self.draw.randrange(8))).write_bytes(self.draw.choice(self.blobs))
            for number in range(6):
                (place / "d" / ("t%d" % self.draw.randrange(20))).write_text("%d %d" % (number, self.draw.randrange(1000)))
            self.layer.mark("was", folder, fingerprint(place))

    def snapshot(self, folder):
        print_now = fingerprint(self.source / folder)
        made = self.run("snapshot", str(self.source / folder), "--to", "p/" + folder, "--json")
        self.layer.mark("made", folder, made["version"], print_now)
        self.live.append((folder, made["version"]))

    def killed(self, is_last, *words):
        """Right after it did what `is_last` says of an entry of the log, before that is durable: others see it already."""
        at = len(self.layer.log)
        process = self.start(*words)
        last = False
        while process.poll() is None and not last:
            time.sleep(0.0005)
            while at < len(self.layer.log) and not last:
                last = is_last(self.layer.log[at])
                at += 1
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def placing(self):
        """One of the first objects gets its name: by a link, or by a rename."""
        left, made = self.draw.randrange(1, 6), set()

        def is_last(entry):
            nonlocal left
            left -= entry[0] == "rename" or (entry[0] == "name" and entry[3] in made)
            if entry[0] == "name" and entry[3]:
                made.add(entry[3])
            return left == 0

        return is_last

    def listing(self):
        """A segment of the index gets its name."""
        folders = {folder.stat().st_ino for folder in (self.home / "store" / "index").iterdir()}
        return lambda entry: entry[0] == "name" and entry[1] in folders and entry[3]

    def killed_removal(self):
        folder, version = self.live.pop()
        self.layer.mark("rm", version)
        self.killed(lambda entry: entry[0] == "name" and entry[2] == version.encode(), "rm", "p/%s@%s" % (folder, version), "--yes")

    def remove(self, keep=0):
        while len(self.live) > keep:
            folder, version = self.live.pop(self.draw.randrange(len(self.live)))
            self.layer.mark("rm", version)
            self.run("rm", "p/%s@%s" % (folder, version), "--yes", "--json")
            self.layer.mark("removed", version)
            if keep == 0:
                break

    def at_once(self, *jobs):
        failed = []

        def one(job):
            try:
                job()
            except BaseException as e:
                failed.append(e)

        threads = [threading.Thread(target=one, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]

    def gc(self):
        self.run("gc", "--json")
        self.layer.mark("gc")

    def round(self, number):
        self.fill()
        what = number % 7
        if what == 0:
            self.snapshot("src")
            self.remove(KEPT)
        elif what == 1:
            self.at_once(lambda: self.snapshot("src"), lambda: self.snapshot("src"))
        elif what == 2:
            self.at_once(lambda: self.snapshot("other"), self.remove)
        elif what == 3:
            for folder, last in (("src", self.listing()), ("other", self.placing())):
                self.killed(last, "snapshot", str(self.source / folder), "--to", "p/" + folder)
                self.snapshot(folder)
        elif what == 4:
            self.remove()
            self.at_once(self.gc, lambda: self.snapshot("src"))
        elif what == 5:
            # The folder of a file that loses its last version goes, and comes back
            for folder, version in [one for one in self.live if one[0] == "other"]:
                self.live.remove((folder, version))
                self.layer.mark("rm", version)
                self.run("rm", "p/other@" + version, "--yes", "--json")
                self.layer.mark("removed", version)
            self.at_once(lambda: self.snapshot("other"), lambda: self.snapshot("src"))
        else:
            self.remove(KEPT - 2)
            # A version whose delete a power loss may take back: what it has alone must not be gone by then
            for file in (self.source / "other").glob("f*"):
                file.unlink()
            (self.source / "other" / "f0").write_bytes(self.draw.randbytes(200_000))
            self.layer.mark("was", "other", fingerprint(self.source / "other"))
            self.snapshot("other")
            self.killed_removal()
            self.gc()

    def all(self, rounds):
        if self.encrypted:
            self.run("init", str(self.home / "store"), "--encrypt", "--key-file", str(self.home.parent / "key"), "--json")
            self.layer.mark("init")
        for number in range(rounds):
            self.round(number)
            if self.encrypted and number == 1:
                self.run("key", "add", "--key-file", str(self.home.parent / "second"), "--json")
                self.layer.mark("second")
            if self.encrypted and number % 4 == 2:
                self.run("key", "rotate", "--json")


def environment(home, encrypted):
    result = {name: value for name, value in os.environ.items() if not name.startswith("ROK_")}
    result.update(ROK_HOME=str(home), NO_COLOR="1")
    if encrypted:
        result.update(ROK_REPOSITORY=str(home / "store"), ROK_KEY_FILE=str(home.parent / "key"))
    return result


class Fault(Exception):
    pass


class Check:
    """Looks at states, one after the other in the same place."""

    def __init__(self, options, history, source):
        self.options, self.history, self.source = options, history, source
        self.encrypted = options.kind == "encrypted"
        self.place = options.states / options.kind
        self.place.mkdir()
        self.state, self.out, self.error = self.place / "lost", self.place / "out", self.place / "error"
        self.home = self.state / "disk" / "user" / "home"
        self.environment = environment(self.home, self.encrypted)
        self.restored = 0
        self.process = None
        self.prints = {entry[3]: entry[4] for entry in history.log if entry[:2] == ("mark", "made")}
        self.now = {folder: fingerprint(source / folder) for folder in ("src", "other")}

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
        shutil.rmtree(self.place)

    def in_process(self, words):
        if self.process is None:
            java = pathlib.Path(subprocess.check_output([self.options.rok, "--java-home"], text=True).strip()) / "bin" / "java"
            lib = pathlib.Path(self.options.rok).parent / ".build" / "app" / "lib" / "*"
            self.process = subprocess.Popen(
                [java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
                 "--sun-misc-unsafe-memory-access=allow", "-cp", lib, pathlib.Path(__file__).parent / "OneProcess.java"],
                env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(self.error, "ab"))  # fmt: skip
        os.truncate(self.error, 0)
        self.process.stdin.write("\x1f".join(words).encode() + b"\n")
        self.process.stdin.flush()
        out = b""
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("the process that looks at states ended: " + self.error.read_text())
            if line.startswith(b"\0"):
                return int(line[1:]), out.decode(), self.error.read_text()
            out += line

    def by_command(self, words):
        done = subprocess.run([self.options.rok, *words], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def rok(self, *words, may=(0,)):
        code, out, err = self.ask(words)
        if code not in may:
            raise Fault("rok %s: exit %d: %s%s" % (" ".join(words), code, err, out))
        return json.loads(out) if code == 0 else None

    def known(self, moment):
        """What was known to have happened: versions that must be there, that must not, and contents that may be."""
        must, mustnt, was, marks = {}, set(), {"src": set(), "other": set()}, set()
        for entry in self.history.log[:moment]:
            if entry[0] != "mark":
                continue
            what, *rest = entry[1:]
            marks.add(what)
            if what == "made":
                must[rest[1]] = rest[0]
            elif what == "rm":
                must.pop(rest[0], None)
            elif what == "removed":
                mustnt.add(rest[0])
            elif what == "was":
                was[rest[0]].add(rest[1])
        return must, mustnt, was, marks

    def look(self, moment, draw, by_command):
        """Throws a Fault."""
        self.ask = self.by_command if by_command else self.in_process
        shutil.rmtree(self.state, ignore_errors=True)
        self.state.mkdir()
        self.history.materialize(moment, self.state / "disk", draw)
        must, mustnt, was, marks = self.known(moment)
        if self.encrypted and "init" not in marks and not self.begin_anew():
            return
        self.versions(must, mustnt, was)
        if by_command and "second" in marks:
            self.environment["ROK_KEY_FILE"] = str(self.home.parent / "second")
            self.versions(must, mustnt, was)
            self.environment["ROK_KEY_FILE"] = str(self.home.parent / "key")
        made = []
        for folder in ("src", "other"):
            new = self.rok("snapshot", str(self.source / folder), "--to", "p/" + folder, "--json")
            # A cache may be lost, and says so
            if any(not re.search(r"/cache/stat/.* is damaged .*are read again", text) for text in new["warnings"]):
                raise Fault("the next snapshot warns: %s" % new["warnings"])
            must[new["version"]] = folder
            made.append(new["version"])
            was[folder].add(self.now[folder])
            self.expect(folder, new["version"], {self.now[folder]})
        for path in (self.home / "store" / ".store" / "tmp").rglob("*"):
            if path.is_file():
                raise Fault("a temporary file stays: %s" % path)
        collected = self.rok("gc", "--json")
        if collected["outcome"] not in ("collected", "nothing"):
            raise Fault("gc comes to %s" % collected)
        self.versions(must, mustnt, was)

    def begin_anew(self):
        """The store was not made yet, as far as anybody knows. False where that has to be begun in another place."""
        store = self.home / "store"
        if not (store / "rok.json").exists():
            (self.home.parent / "key").unlink(missing_ok=True)
        self.home.mkdir(exist_ok=True)
        done = self.rok("init", str(store), "--encrypt", "--key-file", str(self.home.parent / "key"), "--json", may=(0, 1))
        if done is None and (store / "rok.json").exists():
            raise Fault("a store that was being made does not open")
        return done is not None

    def versions(self, must, mustnt, was):
        seen = set()
        for folder in ("src", "other"):
            listed = self.rok("versions", "p/" + folder, "--all", "--json", may=(0, 3)) or {"items": [], "warnings": []}
            if listed["warnings"]:
                raise Fault("the list of versions warns: %s" % listed["warnings"])
            for item in listed["items"]:
                if item["state"] == "pending":
                    raise Fault("%s is still pending" % item["version"])
                if item["state"] == "committed":
                    version = item["version"]
                    seen.add(version)
                    self.expect(folder, version, {self.prints[version]} if version in self.prints else was[folder])
        lost, back = set(must) - seen, seen & mustnt
        if lost:
            raise Fault("%s is lost" % ", ".join(sorted(lost)))
        if back:
            raise Fault("%s is back" % ", ".join(sorted(back)))

    def expect(self, folder, version, prints):
        shutil.rmtree(self.out, ignore_errors=True)
        self.rok("restore", "p/%s@%s" % (folder, version), str(self.out), "--json")
        if fingerprint(self.out) not in prints:
            raise Fault("%s restores to something else" % version)
        self.restored += 1


def moments(history, count, draw):
    """Moments, and for each how much is lost: a seed for chance, or None where all that was not synced is."""
    log = history.log
    made = [at + 1 for at, entry in enumerate(log) if entry[0] == "mark" and entry[1] in ("init", "made", "removed", "second", "gc")]
    synced = [at for at, entry in enumerate(log) if entry[0] == "sync"]
    chosen = [(made[0], None), (len(log), None)]
    while len(chosen) < count:
        kind = len(chosen) % 3
        if kind == 0 or not synced:
            moment = draw.randint(1, len(log))
        elif kind == 1:
            moment = draw.choice(synced) + draw.choice((0, 1, 2))
        else:
            moment = draw.choice(made)
        chosen.append((min(moment, len(log)), draw.choice((None, draw.randrange(1 << 32)))))
    return chosen[:count]


def describe(history, moment, seed):
    def short(entry):
        return " ".join("%d bytes" % len(x) if isinstance(x, bytes) and entry[0] == "write" else str(x) for x in entry)

    lines = ["  %d: %s" % (at, short(history.log[at])) for at in range(max(0, moment - 3), moment)]
    lost = "everything unsynced lost" if seed is None else "part of the unsynced lost"
    return "power lost after %d of %d, %s; before it:\n%s" % (moment, len(history.log), lost, "\n".join(lines))


def work(options):
    """→ the history of the work."""
    mount = options.work / "disk"
    mount.mkdir()
    draw = random.Random("%s %s" % (options.seed, options.kind))
    layer = unsynced.Unsynced(str(mount), options.ignore_fsync, SLOW, random.Random(options.seed))
    try:
        home = mount / "user" / "home"
        home.parent.mkdir()
        # The user's folder was there long before; what Rok makes of its home below is up to Rok
        layer.log.append(("sync", unsynced.ROOT, len(layer.log)))
        Work(options, layer, home, draw).all(options.rounds or 7 + options.moments // 25)
        return layer.history()
    finally:
        layer.umount()
        mount.rmdir()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rok")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("states", type=pathlib.Path)
    parser.add_argument("kind", choices=("plain", "encrypted"))
    parser.add_argument("moments", type=int)
    parser.add_argument("seed")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--ignore-fsync", default="", choices=("file", "dir"))
    options = parser.parse_args()
    options.work /= options.kind
    options.work.mkdir()
    start = time.monotonic()
    history = work(options)
    worked = time.monotonic() - start
    draw = random.Random("%s moments %s" % (options.seed, options.kind))
    check = Check(options, history, options.work / "src")
    faults = 0
    try:
        for number, (moment, seed) in enumerate(moments(history, options.moments, draw)):
            try:
                check.look(moment, None if seed is None else random.Random(seed), number % CLI_EVERY == CLI_EVERY - 1)
            except Fault as e:
                faults += 1
                if faults <= TOLD:
                    print("FAULT %s\n%s" % (e, describe(history, moment, seed)), flush=True)
    finally:
        check.close()
    syncs = sum(1 for entry in history.log if entry[0] == "sync")
    print("%s: %d states of %d operations (%d syncs), %d with a fault, %d restores; %d s of work and %d s of looking"
          % (options.kind, options.moments, len(history.log), syncs, faults, check.restored, worked, time.monotonic() - start - worked))  # fmt: skip
    raise SystemExit(1 if faults else 0)


main()
