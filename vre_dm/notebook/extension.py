"""What `%load_ext vre_dm` does: register the magics and their completion; what is heavy waits."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from vre_dm.notebook.clusters import ClusterMagics
from vre_dm.notebook.completion import Patient, complete
from vre_dm.notebook.jobs import JobMagics
from vre_dm.notebook.magics import LakeMagics
from vre_dm.notebook.upload import UploadMagics

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext
    from IPython.core.interactiveshell import InteractiveShell

    from vre_dm.lake.lake import Lake

_MATCHER = "vre_dm.lake"
_MAGICS = (LakeMagics, UploadMagics, JobMagics, ClusterMagics)


class LakeNames:
    """Names of one lake, for completion."""

    def __init__(self, lake: "Lake") -> None:
        self._lake = lake

    def scopes(self) -> Iterable[str]:
        """Scopes of the lake."""
        return self._lake.scopes()

    def dids(self, prefix: str) -> Iterable[str]:
        """Datasets and containers that begin like this, as many as a list can show."""
        return (str(dataset.did) for dataset in self._lake.search(f"{prefix}*"))

    def rses(self) -> Iterable[str]:
        """Storage elements."""
        return self._lake.rses().names


def load(shell: "InteractiveShell") -> None:
    """Add the magics and their completion to a shell."""
    shell.register_magics(*(magics(shell) for magics in _MAGICS))
    completer = getattr(shell, "Completer", None)  # a bare shell has none
    if completer is not None:
        completer.custom_matchers.append(_matcher())


def unload(shell: "InteractiveShell") -> None:
    """Take away what `load` added."""
    for kind, name, _ in _each():
        shell.magics_manager.magics[kind].pop(name, None)
    completer = getattr(shell, "Completer", None)
    if completer is not None:
        ours = [m for m in completer.custom_matchers if getattr(m, "matcher_identifier", "") == _MATCHER]
        for matcher in ours:
            completer.custom_matchers.remove(matcher)


def options() -> dict[str, list[str]]:
    """Options of each magic, such as ``--as``."""
    parsers = {name: getattr(magics, name).parser for _, name, magics in _each()}
    return {
        name: sorted(text for action in parser._actions for text in action.option_strings)
        for name, parser in parsers.items()
    }


def _each() -> list[tuple[str, str, type]]:
    """Each magic: of a line or of a cell, its name, and whose method it is."""
    return [
        (kind, name, magics)
        for magics in _MAGICS
        for kind in ("line", "cell")
        for name in magics.magics[kind]
    ]


def _matcher() -> Any:
    from IPython.core.completer import SimpleCompletion, context_matcher

    known, names = options(), Patient(_names)

    @context_matcher(identifier=_MATCHER, priority=90)
    def match(context: "CompletionContext") -> dict[str, Any]:
        found = complete(context.text_until_cursor, known, names)
        if found is None:
            return {"completions": []}
        word, offered = found
        return {
            "completions": [SimpleCompletion(text) for text in offered],
            "matched_fragment": word,
            "suppress": True,
            "ordered": True,
        }

    return match


def _names() -> LakeNames | None:
    """Names of the lake in use; a Tab never starts a lake."""
    from vre_dm.session import at_hand

    lake = at_hand()
    return None if lake is None else LakeNames(lake)
