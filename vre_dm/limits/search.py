"""What a user may ask curves for, and which curves answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, get_args

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve, Kind
from vre_dm.limits.quantities import FORM_FACTORS, PAIRS, QUANTITIES, SIGNATURES
from vre_dm.limits.spelling import require
from vre_dm.limits.technique import TECHNIQUES, technique

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Criteria(TypedDict, total=False):
    """What `CurveSet.select` takes; `None` asks for nothing."""

    quantity: str | None
    experiment: str | None
    kind: str | None
    year: int | tuple[int, int] | None
    channel: str | None
    technique: str | None
    near: tuple[float, float] | None


WORDS: dict[str, Iterable[str]] = {
    "quantity": tuple(QUANTITIES),
    "kind": get_args(Kind),
    "channel": tuple(dict.fromkeys((*FORM_FACTORS, *PAIRS, *SIGNATURES))),
    "technique": TECHNIQUES,
}


def require_known(wanted: Mapping[str, Any]) -> None:
    """Refuse what nothing can match.

    Raises
    ------
    InvalidCurve
        A criterion or a word is unknown, with the nearest ones; or a year is no number.
    """
    for name, word in wanted.items():
        require(name, Criteria.__annotations__, "criterion")
        if name in WORDS:
            require(word, WORDS[name], name)
    _years(wanted.get("year"))


def matches(curve: Curve, wanted: Mapping[str, Any]) -> bool:
    """Whether a curve has everything asked for; `near` is for the set to say."""
    first, last = _years(wanted.get("year"))
    return (
        all(_trait(curve, name) == wanted[name] for name in WORDS if name in wanted)
        and str(wanted.get("experiment", "")).casefold() in curve.experiment.casefold()
        and ("year" not in wanted or (curve.year is not None and first <= curve.year <= last))
    )


def _trait(curve: Curve, name: str) -> str:
    return technique(curve) if name == "technique" else str(getattr(curve, name))


def _years(year: object) -> tuple[int, int]:
    """First and last year; every year when none is given."""
    if year is None:
        return 0, 9999
    first, last = year if isinstance(year, tuple | list) and len(year) == 2 else (year, year)
    if isinstance(first, int) and isinstance(last, int) and first <= last:
        return first, last
    msg = f"year {year!r} is not a whole number or two; write year=2024 or year=(2018, 2024)"
    raise InvalidCurve(msg)
