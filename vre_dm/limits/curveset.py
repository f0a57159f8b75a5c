"""Several curves together: select, look up by id, show as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args, overload

from vre_dm.errors import InvalidCurve
from vre_dm.limits import display
from vre_dm.limits.curve import Curve, Kind
from vre_dm.limits.quantities import QUANTITIES
from vre_dm.limits.spelling import near, require


class CurveSet(Sequence[Curve]):
    """An ordered, unchangeable collection of curves with unique ids.

    Raises
    ------
    InvalidCurve
        Something in it is no curve, or two curves carry the same id.
    """

    __slots__ = ("_curves",)

    def __init__(self, curves: Iterable[Curve] = ()) -> None:
        self._curves = _only_curves(curves)
        seen: dict[str, Curve] = {}
        for curve in self._curves:
            if curve.id in seen:
                msg = _twice(seen[curve.id], curve)
                raise InvalidCurve(msg)
            seen[curve.id] = curve

    @overload
    def __getitem__(self, key: int | str) -> Curve: ...
    @overload
    def __getitem__(self, key: slice) -> CurveSet: ...
    def __getitem__(self, key: int | str | slice) -> Curve | CurveSet:
        """By position, by id, or a slice.

        Raises
        ------
        InvalidCurve
            No curve has this id; the message names the nearest ones.
        """
        if isinstance(key, slice):
            return CurveSet(self._curves[key])
        if isinstance(key, int):
            return self._curves[key]
        for curve in self._curves:
            if curve.id == key:
                return curve
        if isinstance(key, str):
            msg = f"no curve {key!r}; {near(key, self.ids)}"
        else:
            msg = (
                f"a curve is named by its id, a text, not by a {type(key).__name__}; give the ids one by one"
            )
        raise InvalidCurve(msg)

    def __len__(self) -> int:
        return len(self._curves)

    def __iter__(self) -> Iterator[Curve]:
        return iter(self._curves)

    @property
    def ids(self) -> list[str]:
        """Identifiers in order."""
        return [curve.id for curve in self._curves]

    def select(
        self,
        *ids: str,
        quantity: str | None = None,
        experiment: str | None = None,
        kind: str | None = None,
        year: int | None = None,
    ) -> CurveSet:
        """Keep the curves that match everything given.

        Parameters
        ----------
        *ids
            Keep these, in this order.
        quantity, kind, year
            Exact match.
        experiment
            Part of the name, upper and lower case alike.

        Raises
        ------
        InvalidCurve
            An id is not in the set, or no quantity, kind or year can be the one given.
        """
        _require_known(quantity, kind, year)
        kept = [self[name] for name in ids] if ids else list(self._curves)
        return CurveSet(
            curve
            for curve in kept
            if (quantity is None or curve.quantity == quantity)
            and (experiment is None or experiment.casefold() in curve.experiment.casefold())
            and (kind is None or curve.kind == kind)
            and (year is None or curve.year == year)
        )

    def __repr__(self) -> str:
        header, rows = display.overview(self)
        return f"{len(self)} curves\n" + display.table_text(header, rows)

    def _repr_html_(self) -> str:
        header, rows = display.overview(self)
        return f"<p>{len(self)} curves</p>" + display.table_html(header, rows)


def _only_curves(given: object) -> tuple[Curve, ...]:
    """Take what is a curve; tell a user who gave ids, or a set inside a list, what to write."""
    found = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
    curves = tuple(item for item in found if isinstance(item, Curve))
    if len(curves) == len(found):
        return curves
    strangers = [item for item in found if not isinstance(item, Curve)]
    if any(isinstance(item, CurveSet) for item in strangers):
        msg = "a set of curves lies inside a list; unpack it: dm.overlay([*published, own])"
    elif ids := [item for item in strangers if isinstance(item, str)]:
        shown = ", ".join(map(repr, ids))[:200]
        msg = f"{ids[0][:60]!r} is an id, not a curve; write dm.overlay(dm.curves({shown}))"
    else:
        kind = type(strangers[0]).__name__
        msg = f"a {kind} is no curve; take them from dm.curves(...) or make a dm.Curve"
    raise InvalidCurve(msg)


def _twice(first: Curve, second: Curve) -> str:
    if first == second:
        return f"curve {first.id!r} is given twice; leave one out"
    return f"two different curves have the id {first.id!r}; dataclasses.replace(curve, id=...) renames one"


def _require_known(quantity: str | None, kind: str | None, year: object) -> None:
    if quantity is not None:
        require(quantity, QUANTITIES, "quantity")
    if kind is not None:
        require(kind, get_args(Kind), "kind")
    if year is not None and not isinstance(year, int):
        msg = f"year {year!r} is not a whole number; write year=2024"
        raise InvalidCurve(msg)
