"""A scan: a function called at each point of a grid, batch after batch, and what it gave laid out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from vre_dm.compute.grid import Grid
from vre_dm.compute.held import Held
from vre_dm.compute.point_calls import Failure, plan_of_points, values_at
from vre_dm.compute.point_values import Array, Form, PointValue, value_of
from vre_dm.compute.preparing import Prepared
from vre_dm.compute.work import Work
from vre_dm.errors import Unmergeable

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of some points.

    Attributes
    ----------
    points
        Their numbers, in order, without those that failed.
    arrays
        Each variable, a row a point.
    first
        Form of all of them, with the coordinates and attributes of the first; None where all failed.
    at
        Name of the first.
    failed
        Those at which the function raised.
    odd
        Why they cannot be laid out; empty where they can.
    """

    points: Array
    arrays: tuple[Array, ...] = ()
    first: PointValue | None = None
    at: str = ""
    failed: tuple[Failure, ...] = ()
    odd: str = ""


def prepare_points(
    function: Callable[..., Any], grid: Grid, batch: int, *, skip: bool, called: str
) -> Prepared:
    """Plan a scan, so many points a batch.

    Parameters
    ----------
    skip
        Whether a point that fails is left out, and ends nothing.
    called
        Name of the function.
    """
    work = Work(partial(at_points, function, grid, called, skip), kind="points", reduce=end_to_end)
    return Prepared(plan_of_points(grid, batch), work, finish=partial(laid_out, grid, called))


def at_points(function: Callable[..., Any], grid: Grid, called: str, skip: bool, numbers: range) -> Batch:
    """Call the function at some points, each by itself: no value depends on which others are in the batch.

    Raises
    ------
    ChunkFailed
        The function raised, and that is to end the scan; names the point.
    """
    points: list[int] = []
    values, failed = [], []
    first: PointValue | None = None
    odd = ""
    for number, given in values_at(function, Held(function), grid, numbers, skip=skip):
        if isinstance(given, Failure):
            failed.append(given)
            continue
        try:
            value = value_of(given, called, grid.names)
        except Unmergeable as error:
            odd = f"{grid.named(number)}: {error}"
            break
        if first is not None and value.form != first.form:
            odd = _odd(called, (first.form, grid.named(points[0])), (value.form, grid.named(number)))
            break
        first = first or value
        points.append(number)
        values.append(value.arrays)
    arrays = tuple(np.stack(column) for column in zip(*values, strict=True)) if values else ()
    at = grid.named(points[0]) if points else ""
    return Batch(np.array(points, dtype=np.int64), arrays, first, at, tuple(failed), odd)


def end_to_end(left: Batch, right: Batch) -> Batch:
    """Put two batches in a row.

    Raises
    ------
    Unmergeable
        Values at two points have different shapes or names; the text has both points.
    """
    for one in (left, right):
        _check(one)
    failed = left.failed + right.failed
    if left.first is None or right.first is None:
        one = right if left.first is None else left
        return Batch(one.points, one.arrays, one.first, one.at, failed)
    if left.first.form != right.first.form:
        raise Unmergeable(_odd("the function", (left.first.form, left.at), (right.first.form, right.at)))
    arrays = tuple(np.concatenate(pair) for pair in zip(left.arrays, right.arrays, strict=True))
    points = np.concatenate([left.points, right.points])
    return Batch(points, arrays, left.first, left.at, failed)


def laid_out(grid: Grid, called: str, batch: Batch | None) -> "xr.DataArray | xr.Dataset":
    """Lay the values out over the parameters, the values' own dimensions last; NaN where there is none.

    Raises
    ------
    Unmergeable
        Values at two points have different shapes or names.
    """
    import xarray as xr

    names = grid.names
    coords: dict[Any, Any] = {axis.name: (axis.name, axis.values, dict(axis.attrs)) for axis in grid.axes}
    attrs = {"function": called} | ({"seed": grid.seed} if grid.draws else {})
    if batch is not None:
        _check(batch)
    if batch is None or batch.first is None:
        return xr.DataArray(np.full(grid.shape, np.nan), coords, names, called, attrs)
    form, labelled = batch.first.form, batch.first.labelled
    variables = {
        name: ((*names, *dims), _everywhere(grid, batch.points, rows))
        for name, dims, rows in zip(form.names, form.dims, batch.arrays, strict=True)
    }
    if labelled is not None:
        coords = dict(labelled.coords) | coords
        attrs = dict(labelled.attrs) | attrs
    if form.names != ("",) and (labelled is None or hasattr(labelled, "data_vars")):
        of = {n: labelled[n].attrs for n in form.names} if labelled is not None else {}
        return xr.Dataset({n: (*one, of.get(n, {})) for n, one in variables.items()}, coords, attrs)
    ((name, (dims, values)),) = variables.items()
    return xr.DataArray(values, coords, dims, name or called, attrs)


def _everywhere(grid: Grid, points: Array, rows: Array) -> Array:
    """Values of all points; integers become floats where some are missing."""
    shape = (*grid.shape, *rows.shape[1:])
    if len(points) == grid.count:
        return rows.reshape(shape)
    kind = rows.dtype if rows.dtype.kind in "fc" else np.dtype(np.float64)
    found = np.full((grid.count, *rows.shape[1:]), np.nan, kind)
    found[points] = rows
    return found.reshape(shape)


def _check(batch: Batch) -> None:
    if batch.odd:
        raise Unmergeable(batch.odd)


def _odd(called: str, *cases: tuple[Form, str]) -> str:
    (one, here), (other, there) = cases
    what = f"{one.words} at {here}, and {other.words} at {there}"
    if one.words == other.words:
        what += ", with other dimensions or coordinates"
    return f"{called} gives {what}; give the same at each point, NaN where there is none"
