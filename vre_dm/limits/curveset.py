"""Several curves together: select, look up by id, show as a table."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from vre_dm.errors import InvalidCurve
from vre_dm.limits import display
from vre_dm.limits.curve import Curve


class CurveSet(Sequence[Curve]):
    """An ordered, unchangeable collection of curves with unique ids.

    Raises
    ------
    InvalidCurve
        Two curves carry the same id.
    """

    __slots__ = ("_curves",)

    def __init__(self, curves: Iterable[Curve] = ()) -> None:
        self._curves = tuple(curves)
        ids = [curve.id for curve in self._curves]
        if len(set(ids)) != len(ids):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            msg = f"two curves have the id {twice[0]!r}"
            raise InvalidCurve(msg)

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
        near = difflib.get_close_matches(key, self.ids, n=3, cutoff=0.4)
        msg = f"no curve {key!r}" + (f"; near it: {', '.join(near)}" if near else "")
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
            An id is not in the set.
        """
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
