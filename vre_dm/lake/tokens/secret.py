"""A text that does not show: what passwords and tokens are kept in."""

import hmac
import weakref
from collections.abc import Callable, Iterator
from typing import Never, Self

# Which secrets are alive, for whoever redacts logs: by identity, since two of the same text die apart.
_LIVE: "weakref.WeakValueDictionary[int, Secret]" = weakref.WeakValueDictionary()


class Unwritten:
    """Copied as itself, and never written down: not into a pickle, so not into another process or a graph."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        msg = f"a {type(self).__name__} is never written down; hand over the way to get it instead"
        raise TypeError(msg)


class Secret(Unwritten):
    """A text that shows itself only to who calls `reveal`.

    Its repr, str and format are ``***``; it has no attribute that holds the text, and it refuses pickle and
    JSON, so that it cannot travel in a graph, a notebook's output, a traceback's locals or a log by accident.
    """

    __slots__ = ("__weakref__", "_text")

    def __init__(self, text: str) -> None:
        # Held by a function, as whatever prints the locals of a traceback looks into attributes.
        self._text: Callable[[], str] = lambda: text
        _LIVE[id(self)] = self

    def reveal(self) -> str:
        """Text itself: for a request header or a TLS library, for nothing else."""
        return self._text()

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash((Secret, self.reveal()))


def live() -> Iterator[Secret]:
    """Every secret that somebody still holds."""
    return (secret for ref in _LIVE.valuerefs() if (secret := ref()) is not None)
