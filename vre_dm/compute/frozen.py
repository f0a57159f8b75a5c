"""A function as bytes: each chunk gets it as it was sent, whatever an earlier chunk left in its variables."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

ENDS = (SystemExit, KeyboardInterrupt, GeneratorExit)
"""What a function may raise that is no `Exception`: it ends its chunk, and nothing else."""


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
        function: Callable[..., Any] = pickle.loads(self.data)[0]  # noqa: S301 - the user's own
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
