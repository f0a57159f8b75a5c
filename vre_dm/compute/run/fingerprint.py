"""Tells a function by all that it computes with: code, constants, and every value and function that it reads.

What cannot be known here is what a function reads while it runs: files, the clock, random numbers.
"""

import dis
import functools
import hashlib
import importlib.util
import pickle
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from vre_dm.compute.run.ours import is_users, is_users_file, version_of

_SCALARS = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis), range)
_LOADS = {"LOAD_GLOBAL", "LOAD_NAME"}
_KEPT_BY_PYTHON = {
    *("__dict__", "__weakref__", "__doc__", "__module__", "__firstlineno__", "__static_attributes__"),
    *("__slotnames__", "_abc_impl"),
}
_PRINTED = 32
_DEEPEST = 4  # packages in packages


def fingerprint(*values: object) -> str:
    """Digest of functions and of values; equal in another process where they are the same.

    Parameters
    ----------
    *values
        Functions, of which all that they read belongs to them; classes, arrays, anything that can be pickled.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    walk = _Walk()
    for value in values:
        walk.add(value)
    return walk.digest.hexdigest()[:_PRINTED]


def modules_of(function: object) -> set[types.ModuleType]:
    """Modules of the user's own, on no package index, from which a function reads something."""
    walk = _Walk()
    walk.add(function)
    return walk.modules


class _Walk:
    """Goes through what belongs to a value once, in an order that depends on the values alone."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256(f"python {sys.version_info[:2]}".encode())
        self.modules: set[types.ModuleType] = set()
        self._seen: dict[int, int] = {}
        self._kept: list[object] = []  # what was seen must live: ids of the dead are given again

    def add(self, value: Any) -> None:
        """Let a value count."""
        if isinstance(value, _SCALARS):
            self._tell(type(value).__name__, repr(value))
            return
        if id(value) in self._seen:
            self._tell("again", self._seen[id(value)])
            return
        self._seen[id(value)] = len(self._seen)
        self._kept.append(value)
        self._tell("kind", type(value).__module__, type(value).__qualname__)
        self._add_new(value)

    def _add_new(self, value: Any) -> None:
        if isinstance(value, types.FunctionType):
            self._add_function(value)
        elif isinstance(value, types.CodeType):
            self._add_code(value)
        elif isinstance(value, types.ModuleType):
            if is_users(value):
                self.modules.add(value)
            self._tell(value.__name__, "" if is_users(value) else version_of(value))
        elif isinstance(value, type):
            self._add_class(value)
        elif isinstance(value, types.MethodType):
            self._add_all(value.__func__, value.__self__)
        elif isinstance(value, functools.partial):
            self._add_all(value.func, value.args, value.keywords)
        elif isinstance(value, Mapping):
            self._add_all(*(part for pair in value.items() for part in pair))
        elif isinstance(value, set | frozenset):
            self._tell(*sorted(fingerprint(part) for part in value))
        elif isinstance(value, list | tuple):
            self._add_all(*value)
        elif callable(wrapped := getattr(value, "py_func", None)):  # what numba compiles
            self._add_all(wrapped, getattr(value, "targetoptions", None))
        elif callable(wrapped := getattr(value, "__wrapped__", None)):  # as functools.lru_cache gives it
            self.add(wrapped)
        else:
            self._add_object(value)

    def _add_function(self, function: types.FunctionType) -> None:
        module = sys.modules.get(function.__module__ or "")
        if module is not None and not is_users(module):
            self._tell(function.__module__, function.__qualname__, version_of(module))
            return
        if module is not None:
            self.modules.add(module)
        self._add_code(function.__code__)
        self._add_all(function.__defaults__, function.__kwdefaults__)
        for name, value in _read(function):
            self._tell("reads", name)
            self.add(value)

    def _add_code(self, code: types.CodeType) -> None:
        self._tell(code.co_code.hex(), code.co_names, code.co_varnames, code.co_freevars, code.co_flags)
        self._tell(code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount)
        self._add_all(*code.co_consts)

    def _add_class(self, kind: type) -> None:
        module = sys.modules.get(kind.__module__)
        if module is not None and not is_users(module):
            self._tell(kind.__module__, kind.__qualname__, version_of(module))
            return
        if module is not None:
            self.modules.add(module)
        self._add_all(*kind.__bases__)
        for name, value in sorted(vars(kind).items()):
            if name not in _KEPT_BY_PYTHON:
                self._tell(name)
                self.add(_plain(value))

    def _add_object(self, value: Any) -> None:
        """An object is its class, with its state if the class is the user's, else with its pickle."""
        module = sys.modules.get(type(value).__module__)
        self.add(type(value))
        try:
            if module is not None and is_users(module):
                self.add(value.__getstate__())
            else:
                self._tell(hashlib.sha256(pickle.dumps(value, protocol=4)).hexdigest())
        except Exception:  # it cannot be sent either, and who sends it says so
            self._tell(repr(value))

    def _add_all(self, *values: object) -> None:
        self._tell(len(values))
        for value in values:
            self.add(value)

    def _tell(self, *words: object) -> None:
        self.digest.update(repr(words).encode(errors="surrogatepass"))


def _plain(value: Any) -> Any:
    """Function behind a property, a static or a class method."""
    if isinstance(value, functools.cached_property):
        return value.func
    if isinstance(value, property):
        return (value.fget, value.fset, value.fdel)
    return value.__func__ if isinstance(value, staticmethod | classmethod) else value


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _read(function: types.FunctionType) -> list[tuple[str, Any]]:
    """Global and enclosed values that a function reads, by name; of the user's modules what is read."""
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # nothing is in it yet
            found[name] = cell.cell_contents
    names: set[str] = set()
    for code in _codes(function.__code__):
        names.update(code.co_names)
        for step in dis.get_instructions(code):
            if step.opname in _LOADS and step.argval in function.__globals__:
                found[step.argval] = function.__globals__[step.argval]
            elif step.opname == "IMPORT_NAME":
                found[f"import {step.argval}"] = _imported(step.argval)
    for name, value in list(found.items()):
        _look_into(name, value, sorted(names), found)
    return sorted(found.items())


def _imported(name: str) -> object:
    """What an import in a function gives; the source of a module of the user's that nobody imported yet."""
    if name in sys.modules:
        return sys.modules[name]
    try:
        spec = importlib.util.find_spec(name)
        file = Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None
        return file.read_bytes() if file is not None and is_users_file(file) else name
    except (ImportError, ValueError, OSError, AttributeError):
        return name


def _look_into(path: str, value: object, names: list[str], found: dict[str, Any], depth: int = 0) -> None:
    """Add what may be read of a module of the user's: any of its names that stands in the code."""
    if not isinstance(value, types.ModuleType) or not is_users(value) or depth == _DEEPEST:
        return
    for name in names:
        part = vars(value).get(name)
        if part is not None:
            found[f"{path}.{name}"] = part
            _look_into(f"{path}.{name}", part, names, found, depth + 1)


def values_of(function: object) -> list[tuple[str, Any]]:
    """Global and enclosed values that a function uses, by name."""
    if not isinstance(function, types.FunctionType):
        return []
    return _read(function)
