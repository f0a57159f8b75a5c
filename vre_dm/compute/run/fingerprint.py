"""Tells a function by all that it computes with: code, constants, and every value and function that it reads.

What cannot be known here is what a function reads while it runs: files, the clock, random numbers.
"""

import functools
import hashlib
import secrets
import sys
import types
import typing
from collections import ChainMap
from collections.abc import Sequence
from typing import Any

import numpy as np

from vre_dm.compute.run.ours import is_users, package_of, version_of
from vre_dm.compute.run.reads import InPart, read_by
from vre_dm.errors import MissingExtra

_SCALARS = {
    *(int, float, complex, str, bytes, bool, range),
    *(type(None), type(Ellipsis), type(NotImplemented)),
}
_TYPE_NAMES = (typing.TypeVar, typing.ParamSpec, typing.TypeVarTuple, typing.NewType)
_KEPT_BY_PYTHON = {
    *("__dict__", "__weakref__", "__doc__", "__module__", "__firstlineno__", "__static_attributes__"),
    *("__slotnames__", "_abc_impl"),
}
_MADE_BY_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE: no class of C that is there as soon as its module is
_PRINTED = 32


def fingerprint(*values: object) -> str:
    """Digest of functions and of values; equal in another process where they are the same.

    Parameters
    ----------
    *values
        Functions, of which all that they read belongs to them; classes, arrays, objects: each by what it
        would be made of in another process. One that cannot be sent there has another digest each time.

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


def values_of(function: object) -> list[tuple[str, Any]]:
    """Global and enclosed values that a function uses, by name."""
    if not isinstance(function, types.FunctionType):
        return []
    return [(name, value) for name, value in read_by(function) if not isinstance(value, InPart)]


class _Walk:
    """Goes through what belongs to a value once, in an order that depends on the values alone.

    Parameters
    ----------
    around
        Walk that this one is a part of: of what that saw only this is said.
    """

    def __init__(self, around: "_Walk | None" = None) -> None:
        self.digest = hashlib.sha256(f"python {sys.version_info[:2]}".encode())
        self.modules: set[types.ModuleType] = set()
        self._seen: ChainMap[int, int] = ChainMap() if around is None else around._seen.new_child()
        self._count: int = 0 if around is None else around._count
        self._kept: list[object] = []  # what was seen must live: ids of the dead are given again

    def add(self, value: object) -> None:
        """Let a value count, and then what it is made of, so that the order says who has what."""
        waiting = [value]
        while waiting:
            waiting.extend(reversed(self._told(waiting.pop())))

    def _told(self, value: Any) -> Sequence[object]:
        """Say what a value is; gives its parts."""
        kind = type(value)
        if kind in _SCALARS:
            self._tell_scalar(value)
        elif kind is tuple and all(type(part) in _SCALARS for part in value):  # the same wherever it stands
            self._tell("tuple", *map(_word, value))
        elif (before := self._seen.get(id(value))) is not None:
            self._tell("again", before)
        else:
            self._count += 1
            self._seen[id(value)] = self._count
            self._kept.append(value)
            self._tell("kind", kind.__module__, kind.__qualname__)
            return self._parts(value, kind)
        return ()

    def _parts(self, value: Any, kind: type) -> Sequence[object]:
        if isinstance(value, types.FunctionType):
            return self._of_function(value)
        if isinstance(value, types.CodeType):
            return self._of_code(value)
        if isinstance(value, types.ModuleType):
            return self._of_module(value)
        if isinstance(value, InPart):
            self.modules.add(value.module)
            return (value.module.__name__,)
        if isinstance(value, type):
            return self._of_class(value)
        if isinstance(value, _TYPE_NAMES):
            return (value.__name__,)
        if kind is list or kind is tuple:
            self._tell(len(value))
            if not all(type(part) in _SCALARS for part in value):
                return value  # type: ignore[no-any-return]
            self._tell(*map(_word, value))
            return ()
        if kind is dict:
            self._tell(len(value))
            return [part for pair in value.items() for part in pair]
        if kind is set or kind is frozenset:
            self._tell(sorted(self._apart(part) for part in value))
            return ()
        if kind is np.ndarray and not value.dtype.hasobject:
            return self._of_array(value)
        return self._of_object(value, kind)

    def _of_function(self, function: types.FunctionType) -> Sequence[object]:
        if home := package_of(function):
            return function.__module__, function.__qualname__, version_of(home)
        self._note(function.__module__)
        held = (function.__defaults__, function.__kwdefaults__, function.__annotations__, function.__dict__)
        read = [part for pair in read_by(function) for part in pair]
        return function.__code__, *held, len(read), *read

    def _of_code(self, code: types.CodeType) -> Sequence[object]:
        counts = (code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount, code.co_flags)
        names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
        return code.co_code, code.co_exceptiontable, *counts, *names, len(code.co_consts), *code.co_consts

    def _of_module(self, module: types.ModuleType) -> Sequence[object]:
        if not is_users(module):
            return module.__name__, version_of(module)
        self.modules.add(module)
        named = sorted(name for name in vars(module) if not (name.startswith("__") and name.endswith("__")))
        return module.__name__, tuple(named), *(vars(module)[name] for name in named)

    def _of_class(self, kind: type) -> Sequence[object]:
        if home := package_of(kind):
            return kind.__module__, kind.__qualname__, version_of(home)
        if not kind.__flags__ & _MADE_BY_PYTHON:
            return kind.__module__, kind.__qualname__
        self._note(kind.__module__)
        members = vars(kind)
        named = sorted(name for name in members if name not in _KEPT_BY_PYTHON)
        values = (members[name] for name in named)
        return type(kind), len(kind.__bases__), *kind.__bases__, tuple(named), *values

    def _of_array(self, array: "np.ndarray[Any, Any]") -> Sequence[object]:
        rows = array.flags.c_contiguous or not array.flags.f_contiguous
        self._tell(repr(array.dtype), array.shape, rows)
        flat = np.ascontiguousarray(array if rows else array.T)
        self.digest.update(flat.reshape(-1).view(np.uint8).data)
        return ()

    def _of_object(self, value: Any, kind: type) -> Sequence[object]:
        """Give what an object is made of when it comes to another process, as pickling does it."""
        if kind is functools._lru_cache_wrapper:
            return value.__wrapped__, value.cache_parameters()
        if kind is functools.cached_property:  # it has a lock
            return value.func, value.attrname
        if kind.__module__.partition(".")[0] == "numba":
            return self._of_compiled(value, kind)
        made = _reduced(value, kind)
        if isinstance(made, str):
            return self._of_name(value, made)
        if made is None:
            return (kind, secrets.token_hex(16))
        make, args, state, items, pairs, setter = (*made, *[None] * 4)[:6]
        return make, args, state, [*(items or ())], [*(pairs or ())], setter

    def _of_compiled(self, value: Any, kind: type) -> Sequence[object]:
        """Parts of what numba compiles: it pickles with a number that is drawn in each process."""
        if callable(function := getattr(value, "py_func", None)):
            options, given = getattr(value, "targetoptions", None), getattr(value, "locals", None)
            signatures = () if getattr(value, "_can_compile", True) else getattr(value, "signatures", ())
            return function, options, given, [str(one) for one in signatures]
        if (states := getattr(value, "states", None)) is not None:  # what it keeps to be made again
            return value.ctor, {name: part for name, part in states.items() if name != "uuid"}
        made = _reduced(value, kind)
        return made if isinstance(made, tuple) else (kind, secrets.token_hex(16))

    def _of_name(self, value: Any, name: str) -> Sequence[object]:
        """What pickles as a name is told by its package; in a module of the user's it may be anything."""
        home = getattr(value, "__module__", None)
        module = sys.modules.get(home) if isinstance(home, str) else _holder(value, name)
        if module is None or is_users(module):
            return type(value), name, secrets.token_hex(16)
        return module.__name__, name, version_of(module)

    def _apart(self, value: object) -> str:
        """Digest of a part that has no place among its neighbours."""
        walk = _Walk(self)
        walk.add(value)
        self.modules |= walk.modules
        return walk.digest.hexdigest()

    def _note(self, name: str | None) -> None:
        module = sys.modules.get(name or "")
        if module is not None and is_users(module):
            self.modules.add(module)

    def _tell_scalar(self, value: Any) -> None:
        if type(value) is bytes:
            self._tell("bytes", len(value))
            self.digest.update(value)
        else:
            self._tell(_word(value))

    def _tell(self, *words: object) -> None:
        self.digest.update(repr(words).encode(errors="surrogatepass"))


def _word(value: Any) -> tuple[str, Any]:
    """A scalar and its type; a number in hexadecimal: Python prints no long one."""
    kind = type(value)
    return kind.__name__, f"{value:x}" if kind is int else repr(value)


def _reduced(value: Any, kind: type) -> Any:
    """What pickling makes of an object: how it is made again and of what, or a name; None if that fails."""
    try:
        reduce = _reducers().get(kind)
        return value.__reduce_ex__(4) if reduce is None else reduce(value)
    except Exception:  # whatever it raises: it cannot be sent either, and who sends it says so
        return None


@functools.cache
def _reducers() -> Any:
    try:
        from cloudpickle.cloudpickle import Pickler
    except ModuleNotFoundError as error:
        msg = "a map needs cloudpickle, which is not installed: pip install 'vre-dm[compute]'"
        raise MissingExtra(msg) from error
    return Pickler.dispatch_table


def _holder(value: object, name: str) -> types.ModuleType | None:
    """Module that has a value under a name."""
    top = name.partition(".")[0]
    for module in list(sys.modules.values()):
        if isinstance(module, types.ModuleType) and top in vars(module):
            found: object = module
            for part in name.split("."):
                found = getattr(found, part, None)
            if found is value:
                return module
    return None
