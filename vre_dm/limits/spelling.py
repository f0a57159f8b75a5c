"""What a user may have meant: the known words nearest to one that is not known."""

import difflib
from collections.abc import Iterable

from vre_dm.errors import InvalidCurve, VreDmError

SHOWN = 8


def shown(value: object) -> str:
    """What somebody gave, for a message: on one line, and cut."""
    return " ".join(repr(value).split())[:60]


def near(word: str, known: Iterable[str]) -> str:
    """Sentence part that names the nearest known words, the first few when none is near."""
    words = list(known)
    folded = {other.casefold(): other for other in words}
    close = [folded[other] for other in difflib.get_close_matches(word.casefold(), folded, n=3, cutoff=0.5)]
    # A part of a name, as in SI for sigma_SI, is far from it letter by letter.
    if len(word) > 1 and close[:1] != [folded.get(word.casefold())]:
        close = [*(other for other in words if word in other), *close]
    if close:
        return "near it: " + ", ".join(list(dict.fromkeys(close))[:3])
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return f"known are: {', '.join(words[:SHOWN]) or 'none'}{more}"


def require(word: object, known: Iterable[str], what: str, *, error: type[VreDmError] = InvalidCurve) -> None:
    """Refuse a word that is not on the list of known ones.

    Raises
    ------
    VreDmError
        The `error`, with the nearest words.
    """
    words = list(known)
    if not isinstance(word, str) or word not in words:
        msg = f"unknown {what} {shown(word)}; {near(str(word)[:60], words)}"
        raise error(msg)
