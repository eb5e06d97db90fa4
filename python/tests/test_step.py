import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat

PREAMBLE = [{"cell": 1, "source": "import numpy as np\nimport pandas as pd"}]


def alive(marker: str):
    """Processes whose environment carries the marker."""
    found = []
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/environ" % name, "rb") as environ:
                if marker.encode() in environ.read():
                    found.append(int(name))
        except OSError:
            continue
    return found


def wait_until(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not become true within 30 s")


def wait_until_gone(marker: str):
    wait_until(lambda: not alive(marker))


def test_values_pass_from_step_to_step_each_in_the_format_of_its_type(bench):
    make = """
from sklearn.linear_model import LinearRegression
frame = pd.DataFrame({"a": [1, 2, 3]})
series = frame["a"]
array = np.arange(6).reshape(2, 3)
number = np.float64(2.5)
masked = np.ma.array([1, 2], mask=[0, 1])
model = LinearRegression().fit(array, [1, 2])
factor = 3
def scale(x): return x * factor
class Point:
    def __init__(self, x): self.x = x
    def __repr__(self): return "Point(%r)" % self.x
point = Point(7)
anything = {"list": [1, "two"], "lambda": lambda x: x + 1}
"""
    names = "frame series array number masked model scale factor point anything".split()
    first = bench.run("make", make, preamble=PREAMBLE, save=names)
    assert first.process.returncode == 0, first.events
    assert {path.name for path in bench.marshal.iterdir()} == {
        "frame.pdpkl", "series.pdpkl", "array.npy", "number.npy", "masked.npy", "model.joblib", "scale.pyfn", "factor.dillpkl", "point.dillpkl", "anything.dillpkl",
    }  # fmt: skip
    use = """
assert list(frame.a) == [1, 2, 3] and list(series) == [1, 2, 3]
assert array.shape == (2, 3) and number == 2.5 and type(number) is np.float64
assert masked.mask.tolist() == [False, True]
assert model.coef_.shape == (3,) and anything["lambda"](1) == 2
print(scale(5), point, type(point).__name__)
"""
    second = bench.run("use", use, preamble=PREAMBLE, load=names)
    assert second.process.returncode == 0, second.events
    assert "15 Point(7) Point" in second.printed()
    assert [item["name"] for item in second.of("loaded")] == names


def test_a_loaded_value_is_an_instance_of_the_class_that_the_functions_cell_defines(bench):
    functions = [{"cell": 1, "source": "class Point:\n    def __init__(self, x): self.x = x"}]
    bench.run("make", "p = [Point(1), Point(2)]", preamble=functions, save=["p"])
    used = bench.run("use", "print(all(isinstance(one, Point) for one in p))", preamble=functions, load=["p"])
    assert "True" in used.printed()


def test_a_functions_cell_that_uses_a_value_at_once_finds_it(bench):
    bench.run("make", "size = 4", save=["size"])
    used = bench.run("use", "print(f())", preamble=[{"cell": 1, "source": "def f(n=size): return n"}], load=["size"])
    assert "4" in used.printed()


def test_the_executed_notebook_and_its_page_show_what_happened(bench):
    driver = bench.run(
        "draw",
        "!echo from the shell",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
        "x = n + 1\nx",
        parameters=[{"name": "n", "type": "int", "value": 41}, {"name": "s", "type": "str", "value": "it's\n"}],
        save=["x"],
        metrics=[{"name": "the-x", "variable": "x"}],
        page=True,
    )
    assert driver.process.returncode == 0, driver.events
    notebook = nbformat.read(bench.output / "draw.ipynb", 4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.metadata.rok["kind"] for cell in code] == ["parameters", "step", "step", "step", "save", "metrics"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4, 5, 6]
    assert code[0].source == "# Parameters of the pipeline\nn = 41\ns = \"it's\\n\""
    assert "from the shell" in code[1].outputs[0].text
    assert "image/png" in code[2].outputs[-1].data
    assert code[3].outputs[0].data["text/plain"] == "42"
    assert code[4].source == '# Values for later steps\nimport rok_steps\n\nrok_steps.save("x")'
    assert code[4].outputs[0].data == {"text/plain": "saved x (int, %d B)" % (bench.marshal / "x.dillpkl").stat().st_size}
    assert driver.of("metric") == [{"event": "metric", "name": "the-x", "value": 42.0}]
    page = (bench.output / "draw.html").read_text()
    assert "data:image/png;base64" in page and "from the shell" in page


def test_a_failing_cell_fails_the_step_and_leaves_its_notebook(bench):
    driver = bench.run("bad", "print('before')", "1 / 0", "print('after')", save=["x"])
    assert driver.process.returncode == 1
    (failed,) = driver.of("failed")
    assert (failed["cell"], failed["name"], failed["message"]) == (11, "ZeroDivisionError", "division by zero")
    assert "1 / 0" in failed["traceback"] and "\x1b" not in failed["traceback"]
    assert "after" not in driver.printed()
    notebook = nbformat.read(bench.output / "bad.ipynb", 4)
    assert notebook.cells[2].outputs[0].output_type == "error"
    assert notebook.cells[3].execution_count is None
    assert driver.events[-1]["state"] == "failed" and driver.events[-1]["outputs"] == ["bad.ipynb"]


def test_a_value_that_cannot_be_saved_is_named_with_its_type_and_cell(bench):
    driver = bench.run("bad", "fine = 1\nlock = None", "%time pass\nlock = (i for i in range(3))", "fine = 2", save=["fine", "lock"])
    (failed,) = driver.of("failed")
    assert "The variable 'lock' (type generator, last assigned in cell 11) cannot be saved" in failed["message"]
    assert "generator" in failed["message"] and "make and use it in one step" in failed["message"]
    assert [path.name for path in bench.marshal.iterdir()] == ["fine.dillpkl"]


def test_a_value_that_was_never_made_and_one_that_was_never_saved_are_named(bench):
    (failed,) = bench.run("one", "if False: x = 1", save=["x"]).of("failed")
    assert "'x' is needed by a later step, and no cell of this one has defined it" in failed["message"]
    (failed,) = bench.run("two", "pass", load=["y"]).of("failed")
    assert "The variable 'y' cannot be loaded" in failed["message"] and "no earlier step saved 'y'" in failed["message"]


def test_a_value_saved_again_with_another_type_replaces_the_first(bench):
    bench.run("one", "import numpy as np\nx = np.zeros(3)", save=["x"])
    bench.run("two", "x = 'text'", save=["x"])
    assert [path.name for path in bench.marshal.iterdir()] == ["x.dillpkl"]
    assert "text" in bench.run("three", "print(x)", load=["x"]).printed()


def test_a_metric_that_is_no_number_is_an_error_and_nan_is_told(bench):
    (failed,) = bench.run("one", "m = 'high'", metrics=[{"name": "m", "variable": "m"}]).of("failed")
    assert "The metric 'm' has to be a number, and is 'high' (type str)" in failed["message"]
    driver = bench.run("two", "m = float('nan')", metrics=[{"name": "m", "variable": "m"}])
    assert driver.of("metric")[0]["value"] == "nan"


def test_steps_side_by_side_do_not_disturb_each_other(bench):
    drivers = [bench.start("s%d" % at, "value%d = %d" % (at, at), save=["value%d" % at]) for at in range(4)]
    assert [driver.end() for driver in drivers] == [0, 0, 0, 0]
    assert len(list(bench.marshal.iterdir())) == 4


def test_a_cell_is_interrupted_by_a_cancel(bench):
    driver = bench.start("long", "import time\nprint('on', flush=True)\ntime.sleep(600)")
    driver.until("text")
    driver.say("cancel")
    assert driver.end() == 130
    assert driver.events[-1]["state"] == "cancelled"
    assert (bench.output / "long.ipynb").exists()


def test_a_cell_that_ignores_the_interrupt_is_killed(bench):
    stubborn = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('on', flush=True)\nwhile True: time.sleep(1)"
    driver = bench.start("stubborn", stubborn, grace=0.3)
    driver.until("text")
    driver.say("cancel")
    assert driver.end() == 130


def test_a_kernel_that_dies_fails_the_step(bench):
    driver = bench.run("dies", "import os\nos.kill(os.getpid(), 9)")
    (failed,) = driver.of("failed")
    assert failed["cell"] == 10 and "killed by signal 9 (SIGKILL); perhaps the machine ran out of memory" in failed["message"]


def test_a_python_without_ipykernel_is_told_what_to_install(bench):
    subprocess.run(["/usr/bin/env", "python3", "-m", "venv", "--without-pip", str(bench.workspace / ".venv")], check=True)
    (failed,) = bench.run("bare", "pass").of("failed")
    assert "%s/.venv/bin/python -m pip install ipykernel" % bench.workspace in failed["message"]


def test_nothing_is_left_when_the_runner_goes_away(bench):
    marker = "ROK_TEST=%d-%d" % (os.getpid(), time.monotonic_ns())
    name, value = marker.split("=")
    cell = "import subprocess\nsubprocess.Popen('setsid sleep 600 & sleep 600', shell=True)\nprint('on', flush=True)\nimport time; time.sleep(600)"
    driver = bench.start("orphan", cell, environment={name: value})
    driver.until("text")
    wait_until(lambda: len(alive(marker)) >= 3)
    driver.process.stdin.close()
    driver.process.stdin = None
    wait_until_gone(marker)
    assert driver.process.wait(20) == 130


def test_the_kernel_does_not_outlive_a_driver_that_is_killed(bench):
    marker = "ROK_TEST=%d-%d" % (os.getpid(), time.monotonic_ns())
    name, value = marker.split("=")
    driver = bench.start("orphan", "print('on', flush=True)\nimport time; time.sleep(600)", environment={name: value})
    driver.until("text")
    driver.process.send_signal(signal.SIGKILL)
    wait_until_gone(marker)


def test_a_frozen_step_stands_still_and_goes_on(bench):
    cell = "import subprocess\nsubprocess.Popen(['sh', '-c', 'while :; do date +%s%N > child; done'])\nprint('on', flush=True)\nfor i in range(400):\n    open('count', 'w').write(str(i))\n    __import__('time').sleep(.005)"
    driver = bench.start("busy", cell)
    driver.until("text")
    wait_until(lambda: all((bench.workspace / name).is_file() for name in ("count", "child")))
    driver.say("freeze")
    assert driver.until("frozen")["complete"] is True
    first = [(bench.workspace / name).read_text() for name in ("count", "child")]
    time.sleep(0.1)
    assert [(bench.workspace / name).read_text() for name in ("count", "child")] == first
    driver.say("thaw")
    assert driver.end() == 0
    assert (bench.workspace / "count").read_text() == "399"


def test_a_step_that_is_held_for_too_long_goes_on_and_says_so(bench):
    shorter = "import rok_steps.step as step; step._FREEZE_SECONDS = 0.3"
    driver = bench.start("held", "print('on', flush=True)\n__import__('time').sleep(.1)", changed=shorter)
    driver.until("text")
    driver.say("freeze")
    assert "longer than 0.3 s" in driver.until("warning")["message"]
    assert driver.end() == 0


def test_much_output_is_streamed_in_bounded_lines_and_kept_bounded(bench):
    driver = bench.run("loud", "for i in range(40): print('x' * 500_000)")
    assert driver.process.returncode == 0
    assert len(driver.printed()) == 40 * 500_001
    assert os.path.getsize(bench.output / "loud.ipynb") < 9 * 1024 * 1024


def test_a_specification_that_is_not_one_is_refused(bench, tmp_path):
    for text, complaint in (("[]", "not an object"), ('{"version": 2}', "speaks version 1"), ("{", "not JSON")):
        path = tmp_path / "spec.json"
        path.write_text(text)
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
        ended = subprocess.run([sys.executable, "-m", "rok_steps", str(path)], capture_output=True, env=environment)
        assert ended.returncode == 2 and complaint in ended.stderr.decode() and ended.stdout == b""


def test_a_path_too_long_for_sockets_is_no_reason_to_write_elsewhere(bench, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    step = "long-" + "y" * 100
    driver = bench.start(step, "import os, tempfile\nprint(tempfile.gettempdir())\nprint(os.listdir(tempfile.gettempdir()))")
    driver.end()
    assert driver.process.returncode == 0, driver.events
    assert driver.printed() == "%s\n[]\n" % elsewhere, "the notebook has the user's folder, and nothing is in it"
    assert list(elsewhere.iterdir()) == []
    assert not list((bench.folder / ("private-" + step)).glob("k*")), "the sockets are gone"
