"""The run that tests/kill kills: its notebook, and what must be true of every version that it left.

    killed_run.py notebook FILE          writes the notebook
    killed_run.py print FOLDER...        the fingerprint of what a run starts from
    killed_run.py processes HOME         counts processes of runs of that ROK_HOME
    killed_run.py check ROK BUCKET WORK [all]  looks at the records of runs that were not looked at before and restores one
                                         version of each; with `all`, at every run and every version

Each step makes its files one by one, first in the workspace and then in the second volume, each under a name that says what it
holds, and renames them into place. So at every instant a step's files are 1 … n, whole, in the workspace, and 1 … n or
1 … n - 1 in the second volume: any version that shows something else is a state that never was.
"""

import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

STEPS = {"one": [], "two": ["one"], "three": ["one"], "four": ["two", "three"]}
FILES = 10

WORK = """
def work(step):
    for number in range(1, FILES + 1):
        for place in places:
            content = os.urandom(30_000 + 10_000 * number)
            folder = os.path.join(place, "made-by-" + step)
            os.makedirs(folder, exist_ok=True)
            partial = os.path.join(folder, ".partial")
            with open(partial, "wb") as out:
                out.write(content)
            os.rename(partial, os.path.join(folder, "%d-%s" % (number, hashlib.sha256(content).hexdigest())))
        time.sleep(0.02)
    return number
"""


def notebook(file):
    cells = [
        (["imports"], "import hashlib, os, time\nFILES = %d\nplaces = ['.'] + [p for p in ['/home/jovyan/data'] if os.path.isdir(p)]" % FILES),
        (["functions"], WORK),
    ]
    for step, above in STEPS.items():
        use = "".join("assert made_%s == FILES\n" % name for name in above)
        cells.append((["step:" + step] + ["prev:" + name for name in above], "%smade_%s = work('%s')" % (use, step, step)))
    document = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {"kubeflow_notebook": {"pipeline_name": "killed", "experiment_name": "killed"}},
        "cells": [
            {"cell_type": "code", "metadata": {"tags": tags}, "source": source, "outputs": [], "execution_count": None}
            for tags, source in cells
        ],
    }
    pathlib.Path(file).write_text(json.dumps(document))


def fingerprint(folders):
    """Of what the user keeps there: names beginning with a dot and what steps make are left out."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_file() and not name.startswith((".", "made-by-")):
                digest.update(("%s\0%s\n" % (name, hashlib.sha256(path.read_bytes()).hexdigest())).encode())
    return digest.hexdigest()[:16]


def processes(home):
    count = 0
    for entry in pathlib.Path("/proc").iterdir():
        try:
            variables = (entry / "environ").read_bytes().split(b"\0") if entry.name.isdigit() else []
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0] if variables else "Z"
        except OSError:
            continue
        of_run = any(variable.startswith(b"ROK_RUN=") for variable in variables)
        count += of_run and state not in "ZX" and b"ROK_HOME=" + home.encode() in variables
    return count


def made(folder, step):
    """How many files of the step are there; each must hold what its name says."""
    numbers = []
    place = pathlib.Path(folder) / ("made-by-" + step)
    for file in sorted(place.iterdir()) if place.is_dir() else []:
        if file.name == ".partial":
            continue
        number, digest = re.fullmatch(r"(\d+)-([0-9a-f]{64})", file.name).groups()
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest, "%s holds something else" % file
        numbers.append(int(number))
    assert sorted(numbers) == list(range(1, len(numbers) + 1)), "%s: files %s" % (place, sorted(numbers))
    return len(numbers)


def check_version(labels, folder, kept):
    workspace, data = (os.path.join(folder, name) for name in ("workspace", "data"))
    print_ = fingerprint([workspace, data])
    assert print_ in kept, "what the run started from is not what it was: %s" % print_
    counts = {step: made(workspace, step) for step in STEPS}
    second = {step: made(data, step) for step in STEPS}
    if any(second.values()):
        for step in STEPS:
            assert counts[step] - second[step] in (0, 1), "no instant at which %s had %d and %d files" % (step, counts[step], second[step])
    phase, step = labels["phase"], labels.get("step", "")
    whole = {name: count == FILES for name, count in counts.items()}
    if phase == "start":
        assert not any(counts.values()), counts
    elif phase == "before":
        assert counts[step] == 0 and all(whole[above] for above in STEPS[step]), (step, counts)
    elif phase == "after":
        assert whole[step] or labels["state"] != "final", (step, counts)
    elif labels["state"] == "final":
        assert all(whole.values()), counts


def rok(command, *arguments):
    out = subprocess.run([command, *arguments, "--json"], stdout=subprocess.PIPE, check=True).stdout
    return json.loads(out)


def check(command, bucket, work, what="new"):
    kept = set(os.listdir(os.path.join(work, "kept")))
    seen_file = pathlib.Path(work, "seen")
    seen = set(seen_file.read_text().split()) if seen_file.exists() and what == "new" else set()
    restored = 0
    for file in rok(command, "files", bucket)["items"]:
        name = "%s/%s" % (bucket, file.get("file") or file.get("name"))
        if name in seen:
            continue
        versions = rok(command, "versions", name, "--all")["items"]
        assert not [v for v in versions if v["state"] == "pending"], "a pending record stayed in %s" % name
        committed = [v for v in versions if v["state"] == "committed"]
        phases = [v["labels"]["phase"] for v in committed]
        if "start" in phases:
            assert phases.count("final") == 1 and phases[0] == "final", "%s: versions %s" % (name, phases)
        for version in committed if what == "all" else random.sample(committed, min(1, len(committed))):
            out = os.path.join(work, "out")
            shutil.rmtree(out, ignore_errors=True)
            subprocess.run([command, "restore", "%s@%s" % (name, version["version"]), out, "--quiet"], check=True)
            try:
                check_version(version["labels"], out, kept)
            except AssertionError as error:
                sys.exit("%s@%s (%s): %s" % (name, version["version"], version["labels"], error))
            restored += 1
        seen.add(name)
    seen_file.write_text("\n".join(seen))
    print(restored)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "notebook":
        notebook(*rest)
    elif what == "print":
        print(fingerprint(rest))
    elif what == "processes":
        print(processes(*rest))
    else:
        check(*rest)
