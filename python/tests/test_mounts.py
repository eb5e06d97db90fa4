"""The view of a step: as root, and as an ordinary user where the machine lets us become one."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent
NOBODY = 65534

LOOK = """
import json, os, sys
sys.path.insert(0, %r)
from rok_steps import mounts
from rok_steps.spec import Volume
asked = json.loads(sys.argv[1])
view = mounts.enter([Volume(*item) for item in asked["volumes"]], asked["keep"], asked["reach"])
print(json.dumps(view._asdict()))
sys.stdout.flush()
exec(asked["then"])
"""


def python_for_all():
    """A Python that an ordinary user may start too."""
    return next((path for path in ("/usr/bin/python3", "/usr/local/bin/python3") if os.path.exists(path)), None)


def look(volumes, then, keep=(), reach=(), user=None):
    asked = json.dumps({"volumes": volumes, "keep": list(keep), "reach": list(reach), "then": then})
    command = [python_for_all() or "python3", "-c", LOOK % str(PACKAGE), asked]
    if user is not None:
        command = ["setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups", *command]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    first, _, rest = ended.stdout.partition("\n")
    return json.loads(first), rest


@pytest.fixture(params=["me", "an ordinary user"])
def user(request):
    if request.param == "me":
        return None
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user")
    return NOBODY


@pytest.fixture
def place(user):
    """A folder that the user owns and everybody can reach, below one that this test made."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="rok-mounts-", dir="/var/tmp"))
    folder.chmod(0o755)
    inner = folder / "place"
    inner.mkdir()
    if user is not None:
        os.chown(str(inner), user, user)
    yield inner
    shutil.rmtree(str(folder))


def make(place, name, user, **files):
    folder = place / name
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(text)
    if user is not None:
        for path in [folder, *folder.iterdir()]:
            os.chown(str(path), user, user)
    return str(folder)


def private_or_skip(view):
    if view["mode"] != "private":
        pytest.skip("no private mounts here: %s" % view["reason"])


def test_a_mount_point_that_does_not_exist_is_seen_by_the_step_alone(place, user):
    clone = make(place, "clone", user, hello="hello")
    before = os.listdir("/home")
    view, said = look(
        [["workspace", clone, ["/home/rok-jovyan"]]],
        "print(open('/home/rok-jovyan/hello').read(), sorted(os.listdir('/home'))); open('/home/rok-jovyan/made', 'w').write('x')",
        user=user,
    )
    private_or_skip(view)
    assert view["places"] == ["/home/rok-jovyan"] and view["created"] == []
    assert said.strip() == "hello %s" % sorted([*before, "rok-jovyan"])
    assert Path(clone, "made").read_text() == "x"
    assert os.listdir("/home") == before


def test_a_mount_point_at_the_root_gets_a_root_of_its_own(place, user):
    clone = make(place, "clone", user, hello="hello")
    before = sorted(os.listdir("/"))
    view, said = look(
        [["data", clone, ["/rok-data/deep"]]],
        "print(open('/rok-data/deep/hello').read()); print(json.dumps(sorted(os.listdir('/')))); print(os.path.exists(%r), os.readlink('/proc/self/exe'), open('/dev/null').read() == '')" % clone,
        user=user,
    )
    private_or_skip(view)
    lines = said.splitlines()
    assert lines[0] == "hello"
    assert set(json.loads(lines[1])) == {*before, "rok-data"}
    assert lines[2].startswith("True ") and lines[2].endswith(" True")
    assert sorted(os.listdir("/")) == before


def test_volumes_nest_and_what_must_stay_reachable_does(place, user):
    original = make(place, "home", user, file="original")
    store = make(place, "home/store", user, record="kept")
    workspace = make(place, "workspace", user, file="clone")
    data = make(place, "data", user, file="data")
    view, said = look(
        [["workspace", workspace, [original]], ["data", data, [original + "/data"]]],
        "h = %r\nprint(*(open(h + n).read() for n in ('/file', '/data/file', '/store/record')))\nopen(h + '/store/more', 'w').close()" % original,
        keep=[store],
        user=user,
    )
    private_or_skip(view)
    assert said.strip() == "clone data kept"
    assert sorted(view["created"]) == [workspace + "/data", workspace + "/store"]
    assert os.path.exists(store + "/more") and os.listdir(workspace + "/store") == []


def test_an_environment_that_the_clone_holds_is_the_clones(place, user):
    original = make(place, "home", user)
    make(place, "home/venv", user, who="original")
    workspace = make(place, "workspace", user)
    make(place, "workspace/venv", user, who="clone")
    view, said = look([["w", workspace, [original]]], "print(open(%r).read())" % (original + "/venv/who"), reach=[original + "/venv"], user=user)
    private_or_skip(view)
    assert said.strip() == "clone" and view["created"] == []


def test_the_step_cannot_mount_any_more(place, user):
    if user is None:
        pytest.skip("root keeps what root has")
    clone = make(place, "clone", user)
    view, said = look([["w", clone, ["/home/rok-jovyan"]]], "print(os.system('umount /home/rok-jovyan 2> /dev/null') != 0, os.getuid())", user=user)
    private_or_skip(view)
    assert said.strip() == "True %d" % NOBODY


def test_two_volumes_at_one_place_are_refused_and_the_step_runs_plainly(place, user):
    one, two = make(place, "one", user), make(place, "two", user)
    view, _ = look([["a", one, ["/home/x"]], ["b", two, ["/home/x"]]], "", user=user)
    assert view["mode"] == "plain" and view["places"] == [one, two]
    if "unshare" not in view["reason"]:
        assert "two volumes are to be mounted at /home/x" in view["reason"]
