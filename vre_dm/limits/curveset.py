"""Several curves together: select, look up by id, show as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Unpack, overload

from vre_dm.errors import InvalidCurve
from vre_dm.limits import bibtex, display, envelope
from vre_dm.limits.construction import require_between
from vre_dm.limits.curve import Curve
from vre_dm.limits.distance import distance, point_of_plane
from vre_dm.limits.search import Criteria, matches, require_known
from vre_dm.limits.spelling import near as nearest_words

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


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
            msg = f"no curve {key!r}; {nearest_words(key, self.ids)}"
        else:
            msg = (
                f"a curve is named by its id, a text, not by a {type(key).__name__}; give the ids one by one"
            )
        raise InvalidCurve(msg)

    def __contains__(self, item: object) -> bool:
        """Whether a curve, or the curve of an id, is in the set."""
        return item in self._curves or item in self.ids

    def __len__(self) -> int:
        return len(self._curves)

    def __iter__(self) -> Iterator[Curve]:
        return iter(self._curves)

    @property
    def ids(self) -> list[str]:
        """Identifiers in order."""
        return [curve.id for curve in self._curves]

    def select(self, *ids: str, **criteria: Unpack[Criteria]) -> CurveSet:
        """Keep the curves that match everything given.

        Parameters
        ----------
        *ids
            Keep these, in this order.
        **criteria
            ``quantity``, ``kind``, ``channel``, ``technique``: exact words. ``experiment``: part of the name,
            upper and lower case alike. ``year``: of publication, or first and last. ``near``: a point (mass
            in GeV, value), see `near`.

        Raises
        ------
        InvalidCurve
            An id is not in the set, or nothing can match one of the words.
        OutOfRange
            ``near`` is no point with a positive mass and value.
        """
        wanted = {name: word for name, word in criteria.items() if word is not None}
        require_known(wanted)
        kept = [self[name] for name in ids] if ids else list(self._curves)
        found = CurveSet(curve for curve in kept if matches(curve, wanted))
        point = criteria.get("near")
        return found if point is None else found.near(*point_of_plane(point))

    def near(self, mass: float, value: float, *, within: float = 1.0) -> CurveSet:
        """Sort by the distance from a point of the plane, and leave out what is far.

        Parameters
        ----------
        mass : float, GeV
        value : float, unit of the quantity
        within
            Decades, along both logarithmic axes alike.

        Raises
        ------
        InvalidCurve
            The curves limit different quantities, so that one value means nothing, or `within` is no
            positive number.
        OutOfRange
            Mass or value is not a positive number.
        """
        point = point_of_plane((mass, value))
        require_between(within, 0, float("inf"), "within")
        quantities = sorted({curve.quantity for curve in self})
        if len(quantities) > 1:
            named = ", ".join(quantities)
            msg = f"a point lies in the plane of one quantity, these are {named}; select one quantity"
            raise InvalidCurve(msg)
        apart = {curve.id: distance(curve, *point) for curve in self}
        close = [curve for curve in self if apart[curve.id] <= within]
        return CurveSet(sorted(close, key=lambda curve: apart[curve.id]))

    def most_sensitive(self, mass: float, *, kind: str = "observed", technique: str | None = None) -> Curve:
        """Curve with the strongest limit at a mass, of those that have a value there.

        Parameters
        ----------
        mass : float, GeV
        kind
            Kind of the curves that compete; contours never do.
        technique
            Search whose limits compete, or ``"any"``. By default those that measure the quantity: a limit
            mapped from another search, as of a collider on a cross section, holds in its model only.
            Where nothing else is given, such limits compete; what the result is, its ``repr`` says.

        Raises
        ------
        InvalidCurve
            No line of this kind or technique, or lines of several quantities or channels.
        OutOfRange
            No curve has a value at this mass.
        """
        return envelope.most_sensitive(self, mass, kind, technique)

    def envelope(
        self, masses: ArrayLike | None = None, *, kind: str = "observed", technique: str | None = None
    ) -> Curve:
        """Strongest limit at each mass, as a new curve.

        Its notes say which curve holds where and what was left out, its provenance names those that hold
        somewhere. What they assume differently, the confidence level too, is said in its assumptions.

        Parameters
        ----------
        masses : array_like, shape (n,), GeV
            Where to take the strongest limit; all tabulated masses and all crossings when left out.
        kind, technique
            Which curves compete, see `most_sensitive`.

        Raises
        ------
        InvalidCurve
            No line of this kind or technique, or lines of several quantities or channels.
        OutOfRange
            Some mass between the first and the last one is covered by no curve.
        """
        return envelope.envelope(self, masses, kind, technique)

    def bibtex(self) -> str:
        """Write the BibTeX entries of everything to cite, see `vre_dm.limits.bibtex`."""
        return bibtex.bibtex(self)

    def without(self, *ids: str) -> CurveSet:
        """Leave out the curves of these ids.

        Raises
        ------
        InvalidCurve
            An id is not in the set.
        """
        out = {self[name].id for name in ids}
        return CurveSet(curve for curve in self if curve.id not in out)

    def __add__(self, other: Curve | Iterable[Curve]) -> CurveSet:
        """Curves of both; one that is in both is there once."""
        added = CurveSet([other] if isinstance(other, Curve) else other)
        return CurveSet([*self, *(curve for curve in added if curve not in self._curves)])

    def __repr__(self) -> str:
        table = "\n" + display.table_text(*display.overview(self)) if self else ""
        return display.counted(self) + table

    def _repr_html_(self) -> str:
        table = display.table_html(*display.overview(self)) if self else ""
        return f"<p>{display.counted(self)}</p>{table}"


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
