"""Values to files and back: one file ``<variable>.<extension>``, whose extension says how it was written.

The layout is Kale's, so that either reads what the other wrote.
"""

import os
import shutil
import sys
import types
from typing import Any, Callable, NamedTuple, Optional, Type

__all__ = ["BACKENDS", "Backend", "Missing", "backend_for", "find", "read", "type_name", "write"]

_NAME_LIMIT = 200


class Missing(Exception):
    """No file of the marshal folder holds the variable."""


class Backend(NamedTuple):
    """How values of some types are written and read. ``accepts`` sees the value; the first backend that accepts wins."""

    extension: str
    accepts: Callable[[Any], bool]
    write: Callable[[Any, str], None]
    read: Callable[[str], Any]


def type_name(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else "%s.%s" % (kind.__module__, kind.__qualname__)


def backend_for(value: Any) -> Backend:
    return next(backend for backend in BACKENDS if backend.accepts(value))


def write(folder: str, variable: str, value: Any) -> str:
    """Writes the value and gives the file's path. All or nothing; a file of the same variable and another type goes."""
    path = _path(folder, variable, "")
    os.makedirs(folder, exist_ok=True)
    backend = backend_for(value)
    path += backend.extension
    partial = os.path.join(folder, ".%d-%s.%s" % (os.getpid(), variable, backend.extension))
    try:
        backend.write(value, partial)
        if os.path.isdir(path):
            shutil.rmtree(path)
        os.replace(partial, path)
    finally:
        _remove(partial)
    for other in BACKENDS:
        if other.extension != backend.extension:
            _remove(_path(folder, variable, other.extension))
    return path


def find(folder: str, variable: str) -> str:
    """The file that holds the variable; the newest, should foreign hands have left several."""
    paths = [_path(folder, variable, backend.extension) for backend in BACKENDS]
    there = [path for path in paths if os.path.exists(path)]
    if not there:
        raise Missing("no earlier step saved '%s' (looked for %s.* in %s)" % (variable, variable, folder))
    return max(there, key=lambda path: os.stat(path).st_mtime_ns)


def read(folder: str, variable: str) -> Any:
    path = find(folder, variable)
    extension = os.path.basename(path)[len(variable) + 1 :]
    return next(backend for backend in BACKENDS if backend.extension == extension).read(path)


def _path(folder: str, variable: str, extension: str) -> str:
    if not variable.isidentifier() or len(variable) > _NAME_LIMIT:
        raise ValueError("%r is no name of a variable" % variable[:_NAME_LIMIT])
    return os.path.join(folder, "%s.%s" % (variable, extension))


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def _module_is(value: Any, *roots: str) -> bool:
    module = type(value).__module__ or ""
    return any(module == root or module.startswith(root + ".") for root in roots)


def _descends(value: Any, root: str, name: str) -> bool:
    """Whether a class of that name, of that library, is among the value's ancestors. Imports nothing."""
    for ancestor in type(value).__mro__:
        module = ancestor.__module__ or ""
        if ancestor.__name__ == name and (module == root or module.startswith(root + ".")):
            return True
    return False


# --- dill: functions, and everything that nothing else takes -----------------------------------------------------------


def _dill() -> Any:
    try:
        import dill
    except ImportError:
        raise ImportError(
            "the package 'dill' is needed to pass this value on, and %s does not have it: %s -m pip install dill"
            % (sys.executable, sys.executable)
        ) from None
    return dill


def _write_dill(value: Any, path: str) -> None:
    with open(path, "wb") as out:
        _dill().dump(value, out)


def _read_dill(path: str) -> Any:
    dill = _dill()
    with open(path, "rb") as data:
        return _unpickler(dill)(data).load()


def _unpickler(dill: Any) -> Type[Any]:
    """dill writes the notebook's classes out in full. Where the reading kernel has defined the same class itself (it ran
    the imports and functions cells too), the value gets that one: otherwise ``isinstance`` would say no."""

    class Unpickler(dill.Unpickler):  # type: ignore[misc]
        def find_class(self, module: str, name: str) -> Any:
            found = super().find_class(module, name)
            if name != "_create_type" or not module.startswith("dill"):
                return found

            def create(kind: Any, *arguments: Any) -> Any:
                known: Optional[Any] = None
                if len(arguments) == 3 and isinstance(arguments[2], dict) and arguments[2].get("__module__") == "__main__":
                    known = getattr(sys.modules.get("__main__"), str(arguments[0]), None)
                return known if isinstance(known, type) else found(kind, *arguments)

            return create

    return Unpickler


# --- libraries: imported only when a value of theirs is at hand, or a file of theirs is read ---------------------------


def _write_joblib(value: Any, path: str) -> None:
    import joblib

    joblib.dump(value, path)


def _read_joblib(path: str) -> Any:
    import joblib

    return joblib.load(path)


def _write_npy(value: Any, path: str) -> None:
    import numpy

    if type(value) is not numpy.ndarray and not isinstance(value, numpy.generic):
        boxed: Any = numpy.empty((), dtype=object)  # a masked array or a matrix would come back as a plain array
        boxed[()] = value
        value = boxed
    with open(path, "wb") as out:
        numpy.save(out, value, allow_pickle=True)


def _read_npy(path: str) -> Any:
    import numpy

    value = numpy.load(path, allow_pickle=True)
    return value[()] if value.ndim == 0 else value


def _write_pandas(value: Any, path: str) -> None:
    value.to_pickle(path, compression=None)


def _read_pandas(path: str) -> Any:
    import pandas

    return pandas.read_pickle(path, compression=None)


def _write_booster(value: Any, path: str) -> None:
    with open(path, "wb") as out:  # by name, xgboost knows only two formats, and warns about every other ending
        out.write(value.save_raw(raw_format="ubj"))


def _read_booster(path: str) -> Any:
    import xgboost

    with open(path, "rb") as data:
        return xgboost.Booster(model_file=bytearray(data.read()))


def _write_dmatrix(value: Any, path: str) -> None:
    if type(value).__name__ != "DMatrix":
        raise TypeError("xgboost cannot store a %s: pass the arrays on that it is made of, or a DMatrix" % type(value).__name__)
    value.save_binary(path)


def _read_dmatrix(path: str) -> Any:
    import xgboost

    return xgboost.DMatrix(path)


def _write_torch(value: Any, path: str) -> None:
    import torch

    torch.save(value, path, pickle_module=_dill())


def _read_torch(path: str) -> Any:
    import torch

    return torch.load(path, pickle_module=_dill(), weights_only=False)


def _write_keras(value: Any, path: str) -> None:
    value.save(path)


def _read_keras(path: str) -> Any:
    import keras

    # What the notebook defines itself (layers, losses), keras finds by name only. Lambda layers are code: dill's values are too
    own = {name: value for name, value in vars(sys.modules["__main__"]).items() if isinstance(value, (type, types.FunctionType))}
    return keras.models.load_model(path, custom_objects=own, safe_mode=False)


def _write_tfkeras(value: Any, path: str) -> None:
    value.save(path, save_format="tf")


def _read_tfkeras(path: str) -> Any:
    from tensorflow.keras.models import load_model

    return load_model(path)


def _is_pandas(value: Any) -> bool:
    return _module_is(value, "pandas") and type(value).__name__ in ("DataFrame", "Series")


def _is_tfkeras(value: Any) -> bool:
    return _module_is(value, "tensorflow.python.keras") and hasattr(value, "save")


BACKENDS = (
    Backend("pyfn", lambda value: isinstance(value, types.FunctionType), _write_dill, _read_dill),
    Backend("joblib", lambda value: _module_is(value, "sklearn"), _write_joblib, _read_joblib),
    Backend("npy", lambda value: _module_is(value, "numpy"), _write_npy, _read_npy),
    Backend("pdpkl", _is_pandas, _write_pandas, _read_pandas),
    Backend("bst", lambda value: _descends(value, "xgboost", "Booster"), _write_booster, _read_booster),
    Backend("dmatrix", lambda value: _descends(value, "xgboost", "DMatrix"), _write_dmatrix, _read_dmatrix),
    Backend("pt", lambda value: _descends(value, "torch", "Module"), _write_torch, _read_torch),
    Backend("keras", lambda value: _descends(value, "keras", "Model"), _write_keras, _read_keras),
    Backend("tfkeras", _is_tfkeras, _write_tfkeras, _read_tfkeras),
    Backend("dillpkl", lambda value: True, _write_dill, _read_dill),
)
"""In the order in which they are asked; the last takes everything."""

