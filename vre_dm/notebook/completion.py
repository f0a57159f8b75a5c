"""Tab on a line of ours: options, scopes, DIDs and storage elements; never slow and never an error."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Protocol

_LINE = re.compile(r"^\s*(?:[\w.,\s]+=\s*)?%%?(?P<magic>dm_\w+)\s+(?P<rest>.*)$", re.DOTALL)
_PATIENCE = 1.5  # seconds a Tab waits for the lake; the answer is remembered when it comes later
_FRESH = 60.0  # seconds an answer is offered again without asking
# What a Tab offers goes into a cell as code: only names that mean nothing there, whoever made them.
_HARMLESS = re.compile(r"[\w.:/+=@#-]+", re.ASCII)
_WORDS = {  # of magics that take no DID
    "dm_jobs": ("cancel", "follow"),
    "dm_cluster": ("down", "scale", "status", "up"),
}
_VALUES = {("dm_map", "--on"): ("gateway", "local")}  # of options
_MOST = 200  # entries offered at once


class Names(Protocol):
    """What can be completed from a lake."""

    def scopes(self) -> Iterable[str]:
        """Scopes of the lake."""
        ...

    def dids(self, prefix: str) -> Iterable[str]:
        """``scope:name`` of datasets and containers that begin like this."""
        ...

    def rses(self) -> Iterable[str]:
        """Storage elements."""
        ...


class Patient:
    """Names asked for in the background and remembered for a minute; none where they come too late."""

    def __init__(
        self, names: Callable[[], Names | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._names, self._clock = names, clock
        self._known: dict[str, tuple[float, list[str]]] = {}

    def scopes(self) -> list[str]:
        """Scopes of the lake."""
        return self._ask("scopes", lambda names: names.scopes())

    def dids(self, prefix: str) -> list[str]:
        """DIDs that begin like this."""
        return self._ask(f"dids {prefix}", lambda names: names.dids(prefix))

    def rses(self) -> list[str]:
        """Storage elements."""
        return self._ask("rses", lambda names: names.rses())

    def _ask(self, what: str, question: Callable[[Names], Iterable[str]]) -> list[str]:
        when, answer = self._known.get(what, (float("-inf"), []))
        if self._clock() - when < _FRESH:
            return answer

        def work() -> None:
            try:
                if (names := self._names()) is not None:
                    self._known[what] = (
                        self._clock(),
                        list(islice(filter(_harmless, question(names)), _MOST)),
                    )
            except Exception:  # noqa: S110 - a Tab is no place for an error; the command will say it
                pass

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(_PATIENCE)
        return self._known.get(what, (0.0, answer))[1]


def _harmless(name: str) -> bool:
    return _HARMLESS.fullmatch(name) is not None


def complete(text: str, options: Mapping[str, Sequence[str]], names: Names) -> tuple[str, list[str]] | None:
    """What can follow a line up to the cursor.

    Parameters
    ----------
    text
        The line, up to the cursor.
    options
        For each magic its options, such as ``--as``.
    names
        The lake.

    Returns
    -------
    tuple of str and list of str, or None
        The piece of the line to replace, and what to put there; None on lines that are not ours.
    """
    found = _LINE.match(text)
    if found is None or found["magic"] not in options:
        return None
    *before, word = re.split(r"\s+", found["rest"])
    if word.startswith("-"):
        offered: Iterable[str] = options[found["magic"]]
    elif before and (found["magic"], before[-1]) in _VALUES:
        offered = [each for each in _VALUES[found["magic"], before[-1]] if each.startswith(word)]
        if not offered:  # a variable, which others know
            return None
    elif found["magic"] in _WORDS:
        offered = [] if before else _WORDS[found["magic"]]
    elif before and before[-1] == "--rse":
        offered = names.rses()
    elif before and before[-1].startswith("--"):
        return None  # a path, a name or a pattern: ours to keep out of
    elif ":" in word:
        offered = names.dids(word)
    else:
        offered = [scope + ":" for scope in names.scopes()]
    return word, [entry for entry in offered if entry.startswith(word)]
