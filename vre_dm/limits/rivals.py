"""Which limits compete to be the strongest one: of one quantity, one channel and comparable searches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vre_dm.errors import InvalidCurve
from vre_dm.limits.quantities import quantity
from vre_dm.limits.spelling import require
from vre_dm.limits.technique import TECHNIQUES, is_mapped, technique

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vre_dm.limits.curve import Curve

ANY = "any"
"""For ``technique=``: limits of all techniques compete, those that hold in a model only too."""


def rivals(curves: Iterable[Curve], kind: str, of: str | None) -> tuple[list[Curve], list[Curve]]:
    """Lines of a kind of which one may be the stronger, and those that another technique keeps apart.

    Raises
    ------
    InvalidCurve
        No line of this kind or technique, or lines of several quantities or channels.
    """
    lines = [curve for curve in curves if curve.kind == kind and curve.geometry == "line"]
    if not lines:
        msg = f"no {kind} line among these curves; kind= names another kind"
        raise InvalidCurve(msg)
    _require_one("quantity", lines)
    if quantity(lines[0].quantity).excludes not in ("above", "below"):
        msg = f"{lines[0].quantity} excludes no side of a line, so no limit on it is the strongest"
        raise InvalidCurve(msg)
    chosen = _by_technique(lines, of)
    _require_one("channel", chosen)
    return chosen, [line for line in lines if line not in chosen]


def _require_one(what: str, lines: Sequence[Curve]) -> None:
    words = sorted({getattr(line, what) or "none" for line in lines})
    if len(words) > 1:
        msg = f"limits of different {what} are not stronger or weaker: {', '.join(words)}; select one"
        raise InvalidCurve(msg)


def _by_technique(lines: list[Curve], of: str | None) -> list[Curve]:
    """Lines of a technique; by default those that measure the quantity, or all where none does."""
    if of is None:
        return [line for line in lines if not is_mapped(line)] or lines
    require(of, (*TECHNIQUES, ANY), "technique")
    chosen = [line for line in lines if of in (ANY, technique(line))]
    if not chosen:
        msg = f"no {of} among the {lines[0].kind} lines; there are {counted(lines)}"
        raise InvalidCurve(msg)
    return chosen


def techniques(lines: Iterable[Curve]) -> str:
    """Techniques of these lines, each once."""
    return ", ".join(sorted({technique(line) for line in lines}))


def counted(lines: Iterable[Curve]) -> str:
    """How many lines each technique has: ``8 of collider``."""
    count = Counter(map(technique, lines))
    return ", ".join(f"{count[word]} of {word}" for word in sorted(count))
