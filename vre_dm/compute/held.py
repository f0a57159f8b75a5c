"""What a function holds: values that it did not make itself, by who they are and by what they are called."""

import gc
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from numbers import Number
from typing import Any

import numpy as np

from vre_dm.compute.run.fingerprint import fingerprint
from vre_dm.compute.run.ours import is_users
from vre_dm.compute.run.reads import codes_of
from vre_dm.errors import Unmergeable

_ATOMS = {
    *(int, float, complex, str, bytes, bool, range),
    *(type(None), type(Ellipsis), types.CodeType, types.BuiltinFunctionType),
    *(types.GetSetDescriptorType, types.MemberDescriptorType, types.WrapperDescriptorType),
}
_ROWS = {list, tuple, set, frozenset}
_NUMBERS = (np.generic, Number)
_OF_ABC = "_abc_impl"  # what Python notes of subclasses
_INSIDE = "."  # begins what is called by its place in another
_MOST = 100_000  # objects that are looked at: of more, some tenths of a second a chunk
_Part = tuple[str, Any]


class Held:
    """All that can be reached from a function before it is called.

    Parameters
    ----------
    function
        The user's; of installed packages only what they enclose counts.
    """

    def __init__(self, function: object) -> None:
        self._from: dict[int, tuple[int, str]] = {id(function): (0, "")}
        self.objects: list[object] = [function]
        """In an order that is the same for equal functions; they stay, so that no other has the id of one."""
        waiting: deque[object] = deque([function])
        known: dict[int, bool] = {}  # classes and modules come again and again
        while waiting and len(self.objects) < _MOST:
            one = waiting.popleft()
            for called, part in _parts(one):
                if type(part) in _ATOMS or id(part) in self._from:
                    continue
                if isinstance(part, types.ModuleType | type) and id(part) not in known:
                    known[id(part)] = _is_of_user(part)
                if known.get(id(part), True) and not _is_constant(part):
                    self._from[id(part)] = id(one), called
                    self.objects.append(part)
                    waiting.append(part)

    def name(self, value: object) -> str:
        """What a value is called in the function; empty where it is none of these."""
        name, at = "", id(value)
        while at in self._from:
            at, called = self._from[at]
            name = called + name
            if called and not called.startswith((_INSIDE, "[")):
                return name
        return name.removeprefix(_INSIDE)

    def place(self, value: object) -> int | None:
        """Position of a value among `objects`."""
        if id(value) not in self._from:
            return None
        return next(i for i, one in enumerate(self.objects) if one is value)


def check_own(held: Held, value: object, *, adds: bool, again: Callable[[], Held]) -> None:
    """Refuse what the function did not make: what that was filled with before would count in each chunk.

    Parameters
    ----------
    held
        What the function held before it was called.
    value
        What it gave.
    adds
        Whether values are added. Where the user merges them, what came back as it was is the user's business.
    again
        Gives what the function holds as it was sent.

    Raises
    ------
    Unmergeable
        The text names it.
    """
    if adds:
        found = next((one for one in _leaves(value) if held.place(one)), None)
    else:
        found = next(
            (one for one in Held(value).objects if held.place(one) and _changed(held, one, again)), None
        )
    if found is not None:
        name = held.name(found) or f"a {type(found).__name__}"
        msg = (
            f"the function gives {name!r}, which it did not make itself: what is in it would be counted "
            f"again and again; make it inside of the function"
        )
        raise Unmergeable(msg)


def _changed(held: Held, value: object, again: Callable[[], Held]) -> bool:
    if isinstance(value, types.FunctionType | type | types.ModuleType):
        return False
    place, before = held.place(value), again().objects
    if place is None or place >= len(before):
        return True
    return fingerprint(value) != fingerprint(before[place])


def _leaves(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if type(value) is tuple else ()
    for one in inner:
        yield from _leaves(one)
    if isinstance(value, np.ndarray) and value.base is not None:
        yield from _leaves(value.base)  # of which it is a view
    elif hasattr(value, "data_vars"):
        for variable in value.data_vars.values():
            yield from _leaves(variable.data)
    elif hasattr(value, "dims") and hasattr(value, "data"):
        yield from _leaves(value.data)


def _is_of_user(value: types.ModuleType | types.FunctionType | type) -> bool:
    if isinstance(value, types.ModuleType):
        return is_users(value)
    module = sys.modules.get(value.__module__) if isinstance(value.__module__, str) else None
    return module is None or is_users(module)


def _is_constant(value: object) -> bool:
    """Whether nothing in it can be filled; what numba compiles takes what it encloses as constants."""
    if type(value) is tuple:
        return all(type(part) in _ATOMS for part in value)
    return isinstance(value, _NUMBERS) or type(value).__module__.startswith("numba.")


def _parts(value: Any) -> Iterable[_Part]:
    if isinstance(value, types.FunctionType):
        return _of_function(value)
    if isinstance(value, types.MethodType):
        return [("self", value.__self__), ("", value.__func__)]
    if isinstance(value, types.ModuleType | type):
        names = vars(value)
        own = [name for name in list(names) if not name.startswith("__") and name != _OF_ABC]
        return [(f"{_INSIDE}{name}", names[name]) for name in own]
    if type(value) is dict:
        return [(f"[{key!r}]" if type(key) in _ATOMS else "", part) for key, part in value.items()]
    return _of_object(value)


def _of_function(function: types.FunctionType) -> Iterator[_Part]:
    """What it encloses and its defaults; its globals, but not of installed packages."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield from ((name, part) for part in gc.get_referents(cell))
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    defaults = function.__defaults__ or ()
    yield from zip(names[len(names) - len(defaults) :], defaults, strict=True)
    yield from (function.__kwdefaults__ or {}).items()
    yield from ((f"{function.__name__}.{name}", part) for name, part in vars(function).items())
    if _is_of_user(function):
        read = {name for code in codes_of(function.__code__) for name in code.co_names}
        held = function.__globals__
        yield from ((name, held[name]) for name in sorted(read & held.keys()))


def _of_object(value: Any) -> Iterator[_Part]:
    if type(value) in _ROWS:
        yield from (("", part) for part in value)
        return
    own = None
    with suppress(Exception):  # whatever a stand-in for something else raises
        own = getattr(value, "__dict__", None)
    if type(own) is dict:
        yield from ((f"{_INSIDE}{name}", part) for name, part in own.items())
    yield from (("", part) for part in gc.get_referents(value) if part is not own)
    if isinstance(value, np.ndarray):
        yield "", value.base  # of which it is a view
    yield "", type(value)
