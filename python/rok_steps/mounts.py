"""Shows a step its volumes at their own mount points, in a mount namespace that only the step sees.

Nothing is made on the machine's own file systems: where a mount point is missing, a tmpfs that holds the same entries covers
the nearest folder above it (or, for the root folder, becomes the root of the step's view). Inside a clone, empty folders may be
needed as mount points; they are reported, and the runner removes them once no step is in them.

The kernel lets an ordinary user do this inside a user namespace of his own. Where it does not, the step runs at the clones'
paths, and says why.
"""

import json
import os
import stat
from typing import Dict, List, NamedTuple, Optional, Tuple

from rok_steps import linux
from rok_steps.spec import Volume

__all__ = ["View", "enter", "plain"]

_ENTRIES = 4096
"""A folder with more entries than this is not covered."""


class View(NamedTuple):
    """What the step sees: where each volume is, in the volumes' order, and the folders made inside clones (their own paths)."""

    mode: str
    reason: str
    places: List[str]
    created: List[str]


def plain(volumes: List[Volume], reason: str) -> View:
    return View("plain", reason, [volume.path for volume in volumes], [])


def enter(volumes: List[Volume], keep: List[str], reach: List[str]) -> View:
    """Moves this process into the view. It must have one thread. Tried in a child first, so that a refusal changes nothing.

    What lies at the paths of ``keep`` stays there whatever is mounted above it; at those of ``reach`` a clone may hold its own.
    """
    if not any(volume.mounts for volume in volumes):
        return plain(volumes, "no mount point is given")
    created, refusal = _rehearse(volumes, keep, reach)
    if refusal:
        return plain(volumes, refusal)._replace(created=created)
    view = _enter(volumes, keep, reach)
    return view._replace(created=created + view.created)


def _rehearse(volumes: List[Volume], keep: List[str], reach: List[str]) -> Tuple[List[str], str]:
    """The folders it made in clones, and why this machine does not let us, or nothing."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        told = "the rehearsal died"
        try:
            told = json.dumps([_enter(volumes, keep, reach).created, ""])
        except Exception as error:  # whatever it is, the parent has to hear of it
            told = json.dumps([[], str(error)[:500] or type(error).__name__])
        finally:
            os.write(writer, told.encode("ascii"))
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read().decode("ascii")
    os.waitpid(child, 0)
    try:
        created, refusal = json.loads(told)
    except ValueError:
        return [], told or "the rehearsal died"
    return created, refusal


def _enter(volumes: List[Volume], keep: List[str], reach: List[str]) -> View:
    user, group = os.getuid(), os.getgid()
    root = os.geteuid() == 0
    if root:
        linux.unshare(linux.CLONE_NEWNS)
    else:
        linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", "%d %d 1" % (user, user))
        _write("/proc/self/gid_map", "%d %d 1" % (group, group))
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    view = _Builder(volumes).build(keep, reach)
    os.chdir("/")
    if not root:
        linux.drop_capabilities()
    return view


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as out:
        out.write(text)


class _Builder:
    """Builds the view: first whatever mount points are missing outside of the clones, then the clones from the top down, then
    what they hide and must not."""

    def __init__(self, volumes: List[Volume]) -> None:
        self._volumes = volumes
        self._created: List[str] = []
        self._shown: Dict[str, str] = {}

    def build(self, keep: List[str], reach: List[str]) -> View:
        targets = self._targets()
        covered: List[str] = []
        for path in targets:
            if not os.path.lexists(path) and not any(_inside(path, other) for other in targets if other != path):
                nearest = _nearest(path)
                if nearest not in covered:
                    _cover(nearest)
                    covered.append(nearest)
                os.makedirs(path)
        for folder in covered:
            flags = linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV
            linux.mount(None, folder, None, flags)
        # Descriptors, taken before the clones cover anything, reach what is hidden then.
        clones = [os.open(volume.path, os.O_PATH | os.O_DIRECTORY) for volume in self._volumes]
        kept = _open(keep)
        reached = _open(reach)
        for path, at in targets.items():
            self._show(clones[at], path)
            self._shown[path] = self._volumes[at].path
        for path, descriptor in kept.items():
            if _identity(path) != _identity_of(descriptor):
                self._show(descriptor, path)
        for path, descriptor in reached.items():
            if not os.path.lexists(path):
                self._show(descriptor, path)
        for descriptor in [*clones, *kept.values(), *reached.values()]:
            os.close(descriptor)
        places = [os.path.realpath(volume.mounts[0]) if volume.mounts else volume.path for volume in self._volumes]
        return View("private", "", places, self._created)

    def _targets(self) -> Dict[str, int]:
        """Every mount point, links followed, with the number of its volume; parents first."""
        targets: Dict[str, int] = {}
        for at, volume in enumerate(self._volumes):
            for path in volume.mounts:
                if targets.setdefault(os.path.realpath(path), at) != at:
                    raise OSError(0, "two volumes are to be mounted at %s" % path)
        return dict(sorted(targets.items(), key=lambda item: item[0].count("/")))

    def _show(self, source: int, path: str) -> None:
        """Binds an open folder at the path; where that lies in a clone, the folder is made there."""
        missing = []
        at = path
        while not os.path.lexists(at):
            missing.append(at)
            at = os.path.dirname(at)
        for folder in reversed(missing):
            above = os.stat(os.path.dirname(folder))
            try:
                os.mkdir(folder)
            except FileExistsError:
                continue  # a step that starts beside this one was faster
            os.utime(os.path.dirname(folder), ns=(above.st_atime_ns, above.st_mtime_ns))
            best = max((shown for shown in self._shown if _inside(folder, shown)), key=len)
            self._created.append(self._shown[best] + folder[len(best) :])
        linux.mount("/proc/self/fd/%d" % source, path, None, linux.MS_BIND | linux.MS_REC)


def _open(paths: List[str]) -> Dict[str, int]:
    opened = {}
    for path in paths:
        if os.path.isdir(path):
            opened[os.path.realpath(path)] = os.open(path, os.O_PATH | os.O_DIRECTORY)
    return opened


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _identity(path: str) -> Optional[Tuple[int, int]]:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _identity_of(descriptor: int) -> Tuple[int, int]:
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def _nearest(path: str) -> str:
    at = os.path.dirname(path)
    while not os.path.isdir(at):
        at = os.path.dirname(at)
    return at


def _cover(folder: str) -> None:
    """Replaces the view of a folder by a tmpfs with the same entries, so that more can be made in it."""
    names = os.listdir(folder)
    if len(names) > _ENTRIES:
        raise OSError(0, "%s has more than %d entries" % (folder, _ENTRIES))
    stage = folder if folder != "/" else _stage()
    original = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    hidden = os.open(stage, os.O_PATH | os.O_DIRECTORY)
    mode = stat.S_IMODE(os.stat(folder).st_mode)
    linux.mount("tmpfs", stage, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=%o,size=4m" % mode)
    for name in names:
        is_stage = os.path.join(folder, name) == stage
        source = "/proc/self/fd/%d" % hidden if is_stage else "/proc/self/fd/%d/%s" % (original, name)
        _repeat(source, os.path.join(stage, name))
    os.close(original)
    os.close(hidden)
    if folder == "/":
        os.chdir(stage)
        linux.pivot_root(".", ".")
        linux.detach(".")
        os.chdir("/")


def _stage() -> str:
    """A folder that every machine has, to build the new root on."""
    return next(path for path in ("/tmp", "/var", "/mnt", "/run") if os.path.isdir(path) and not os.path.islink(path))


def _repeat(source: str, target: str) -> None:
    try:
        like = os.lstat(source) if not source.rpartition("/")[0].endswith("/fd") else os.stat(source)
        if stat.S_ISLNK(like.st_mode):
            os.symlink(os.readlink(source), target)
            return
        if stat.S_ISDIR(like.st_mode):
            os.mkdir(target)
        else:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        linux.mount(source, target, None, linux.MS_BIND | linux.MS_REC)
    except OSError:
        return  # an entry that may not be looked at stays away
