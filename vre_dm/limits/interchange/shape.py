"""Points in the order that a curve needs, or the row that stands in its way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column
from vre_dm.limits.quantities import Quantity


@dataclass(slots=True)
class Points:
    """Columns in catalogue units with the row each point has in its file."""

    columns: list[Column]
    rows: list[int]
    where: str
    repeats: bool

    def take(self, index: NDArray[np.intp]) -> Points:
        """Points at these positions."""
        kept = [Column(c.name, c.unit, c.values[index]) for c in self.columns]
        return replace(self, columns=kept, rows=[self.rows[i] for i in index])


def require_positive(points: Points) -> None:
    """Refuse what no logarithmic axis can show.

    Raises
    ------
    InvalidCurve
        A number is zero, negative, infinite or none.
    """
    for column in points.columns:
        bad = np.flatnonzero(~((column.values > 0) & np.isfinite(column.values)))
        if bad.size:
            place = f"{points.where} row {points.rows[bad[0]]}, column {column.name}"
            msg = f"{place}: {column.values[bad[0]]:g} is not a positive finite number"
            raise InvalidCurve(msg)


def require_magnitude(points: Points, limited: Quantity) -> None:
    """Refuse values that no limit on this quantity has: the unit is another than the one stated.

    Raises
    ------
    InvalidCurve
        A value lies outside the range of the quantity.
    """
    for column in points.columns[1:]:
        if column.unit != limited.unit:
            continue
        bad = np.flatnonzero((column.values < limited.low) | (column.values > limited.high))
        if bad.size:
            place = f"{points.where} row {points.rows[bad[0]]}, column {column.name}"
            msg = (
                f"{place}: {column.values[bad[0]]:g} {limited.unit} contradicts the unit or the quantity, as "
                f"{limited.name} lies in {limited.low:g} to {limited.high:g}; say y_unit= when the file errs"
            )
            raise InvalidCurve(msg)


def order(points: Points, geometry: object, limited: Quantity, changes: list[str]) -> tuple[Points, str]:
    """Bring the points in order and say what they are.

    Parameters
    ----------
    points
        As in the file.
    geometry
        What the file or the user states, or ``None``.
    limited
        The quantity; areas are bounded by contours.
    changes
        Grows by what is done.

    Raises
    ------
    InvalidCurve
        A line goes back or doubles a mass.
    """
    if geometry is None and limited.excludes == "inside":
        geometry = "contour"
    if geometry is not None and geometry != "line":
        return points, str(geometry)
    if points.repeats:
        points = _without_repeats(points, changes)
    if geometry is None and _closed(points):
        return points, "contour"
    x = points.columns[0].values
    if x.size > 1 and np.all(np.diff(x) < 0):
        changes.append("rows reversed, masses fell")
        points = points.take(np.arange(x.size)[::-1])
    return _line(points), "line"


def _line(points: Points) -> Points:
    x = points.columns[0].values
    bad = np.flatnonzero(np.diff(x) <= 0)
    if bad.size:
        first, second = x[bad[0]], x[bad[0] + 1]
        what = "comes twice" if first == second else f"follows {first:g}"
        place = f"{points.where} row {points.rows[bad[0] + 1]}, column {points.columns[0].name}"
        msg = f"{place}: mass {second:g} {what}; sort the rows, or say geometry='contour' if it is one"
        raise InvalidCurve(msg)
    return points


def _closed(points: Points) -> bool:
    size = len(points.rows)
    return size > 3 and all(column.values[0] == column.values[-1] for column in points.columns)


def _without_repeats(points: Points, changes: list[str]) -> Points:
    table = np.stack([column.values for column in points.columns])
    same = np.flatnonzero(np.all(np.diff(table, axis=1) == 0, axis=0)) + 1
    if not same.size:
        return points
    rows = ", ".join(str(points.rows[i]) for i in same[:8])
    changes.append(f"{same.size} repeated rows dropped ({rows})")
    return points.take(np.delete(np.arange(len(points.rows)), same))
