"""A function as bytes: each chunk gets it as it was sent, whatever an earlier chunk left in its variables."""

import io
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

ENDS = (SystemExit, KeyboardInterrupt, GeneratorExit)
"""What a function may raise that is no `Exception`: it ends its chunk, and nothing else."""
_CLOUDPICKLE = "cloudpickle.cloudpickle"
_CLASSES = {"_make_skeleton_class", "_make_skeleton_enum"}
"""What makes the classes that travel: of what, then the name by which one is known again, and more."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A function that is made anew for each call: a call sees nothing of the one before.

    Attributes
    ----------
    data
        Pickle of a tuple, whose first item is the function.
    """

    data: bytes

    def fresh(self) -> Callable[..., Any]:
        """Make it: with all that it encloses, its owner if it is a method, and the globals that it reads."""
        function: Callable[..., Any] = _Anew(io.BytesIO(self.data)).load()[0]
        return function

    def __reduce__(self) -> tuple[Callable[[bytes], "Frozen"], tuple[bytes]]:
        return thawed, (self.data,)

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call what was made for this call."""
        return self.fresh()(*given, **named)


def thawed(data: bytes) -> Frozen:
    """Give what comes from another process, once it is sure that it can be made in this one."""
    frozen = Frozen(data)
    frozen.fresh()
    return frozen


def fresh(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a frozen function, also one that is an argument of another; any other is given as it is."""
    if isinstance(function, Frozen):
        return function.fresh()
    if type(function) is partial:
        parts = [function.func, *function.args, *function.keywords.values()]
        made = [fresh(part) for part in parts]
        if any(new is not old for new, old in zip(made, parts, strict=True)):
            given = len(function.args) + 1
            return partial(made[0], *made[1:given], **dict(zip(function.keywords, made[given:], strict=True)))
    return function


class _Anew(pickle.Unpickler):
    """Makes also the classes anew that travel: cloudpickle gives one again for as long as it is in use.

    A class keeps the name by which another process, or `pickle` in this one, knows it for the same.
    """

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        return partial(_anew, found) if module == _CLOUDPICKLE and name in _CLASSES else found


def _anew(make: Callable[..., Any], *given: Any) -> Any:
    *parts, name, more = given
    made, known = make(*parts, None, more), sys.modules[_CLOUDPICKLE]
    if name is not None:
        with known._DYNAMIC_CLASS_TRACKER_LOCK:
            known._DYNAMIC_CLASS_TRACKER_BY_CLASS[made] = name
    return made
