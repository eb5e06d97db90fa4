"""The part of `set-up` that runs once a Python is found: builds the environment, under a lock, and marks it as whole at the end."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
import venv

READY = "rok-ready"


def main() -> int:
    folder, requirements = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with open(folder + ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(os.path.join(folder, READY)):
            return 0
        # A virtual environment knows its own path, so it is built in place; the marker makes it whole.
        shutil.rmtree(folder, ignore_errors=True)
        return build(folder, requirements)


def build(folder: str, requirements: str) -> int:
    began = time.monotonic()
    say("Making a Python environment in %s" % folder)
    venv.create(folder, with_pip=True, symlinks=True)
    with open(requirements, encoding="utf-8") as lines:
        wanted = sum(1 for line in lines if "==" in line)
    python = os.path.join(folder, "bin", "python")
    command = [python, "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", requirements]
    log = folder + ".log"
    collected = 0
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        assert process.stdout is not None
        for line in process.stdout:
            out.write(line)
            if line.startswith("Collecting"):
                collected += 1
                say("Fetching packages: %d of about %d (%s)" % (collected, wanted, line.split()[1].split("==")[0]))
            elif line.startswith("Installing"):
                say("Installing %d packages" % collected)
        code = process.wait()
    if code != 0:
        with open(log, encoding="utf-8") as lines:
            errors = [line.strip() for line in lines if line.startswith("ERROR")]
        say("The packages could not be installed: %s" % (errors[-1] if errors else "pip ended with %d" % code))
        say("What pip said is in %s. Once the network (or the package index that pip is set to) answers, run this again." % log)
        return 1
    with open(os.path.join(folder, READY), "w", encoding="utf-8") as marker:
        marker.write(sys.version + "\n")
    os.unlink(log)
    say("The Python environment is ready (%.0f s)" % (time.monotonic() - began))
    return 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
