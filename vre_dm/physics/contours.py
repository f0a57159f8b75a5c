"""Lines of one value on a grid, as curves: the border of what a plane of masses or couplings excludes."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import Origin, derived
from vre_dm.limits.curve import Curve
from vre_dm.limits.quantities import quantity as quantity_named

BORDER = 1e-6
"""How far beyond the grid, relative, the border of `closed` lies."""


def contour_curves(
    grid: xr.DataArray, level: float, source: Curve | Origin, *, id: str, quantity: str, **about: Any
) -> tuple[Curve, ...]:
    """Draw the lines along which a grid has one value.

    Between points of the grid the value is linear along both axes; make them logarithms where that fits
    better, and undo it in the curve.

    Parameters
    ----------
    grid : xarray.DataArray, two dimensions
        First the mass in GeV, then the limited quantity, both with rising coordinates above zero and, where
        they note one, the unit of the curve's column. NaN where nothing is known; a line ends there.
    level
        Of the line: 0.05 of CLs, or 1 of an excess over a limit.
    source, id, quantity, about
        Of the curves, as for `vre_dm.limits.convert.derived.derived`. Where there are several lines, their
        number is added to the `id`, and to the label of all but the first.

    Returns
    -------
    tuple of Curve
        Of geometry ``contour``, the longest line first; none where the level is not met.

    Raises
    ------
    OutOfRange
        The grid has another shape, is infinite somewhere, or an axis does not rise from above zero or is in
        another unit.
    """
    from contourpy import contour_generator

    x, y, values = _grid(grid, ("GeV", quantity_named(quantity).unit))
    if not np.isfinite(level):
        msg = f"level {level} of a contour must be a finite number"
        raise OutOfRange(msg)
    lines = contour_generator(x, y, np.ma.masked_invalid(values.T), line_type="Separate").lines(level)
    said = about.pop("label", "") or source.label
    found = sorted(cast("list[NDArray[np.float64]]", lines), key=len, reverse=True)
    return tuple(
        derived(
            source,
            id=id if len(found) == 1 else f"{id}_{number}",
            label=f"{said}, area {number}" if said and number > 1 else said,
            quantity=quantity,
            columns=(mass_column(line[:, 0]), limit_column(line[:, 1], quantity)),
            geometry="contour",
            **about,
        )
        for number, line in enumerate(found, start=1)
    )


def closed(grid: xr.DataArray, outside: float) -> xr.DataArray:
    """Give a grid with a border, so that the areas at its edge and beside the unknown have closed contours.

    Parameters
    ----------
    grid
        As of `contour_curves`.
    outside
        A number on the side of the level that is outside of the areas: far away, so that the contour runs
        along the edge, and finite.
    """
    values = np.pad(np.nan_to_num(grid.to_numpy(), nan=outside), 1, constant_values=outside)
    axes = {
        str(name): (str(name), _widened(grid[name].to_numpy()), dict(grid[name].attrs)) for name in grid.dims
    }
    return xr.DataArray(values, axes, grid.dims, grid.name, dict(grid.attrs))


def _widened(axis: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([axis[:1] * (1 - BORDER), axis, axis[-1:] * (1 + BORDER)])


def _grid(
    grid: xr.DataArray, units: tuple[str, str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    if not isinstance(grid, xr.DataArray):
        msg = f"a contour needs a DataArray with its axes, not {type(grid).__name__}"
        raise OutOfRange(msg)
    if grid.ndim != 2 or min(grid.shape) < 2:
        msg = f"a contour needs a grid of two axes with two points or more, not {dict(grid.sizes)}"
        raise OutOfRange(msg)
    x, y = (_axis(grid, str(name), unit) for name, unit in zip(grid.dims, units, strict=True))
    values = grid.to_numpy().astype(np.float64)
    if np.isinf(values).any():
        msg = f"grid {grid.name or ''} is infinite somewhere; NaN says that nothing is known"
        raise OutOfRange(msg)
    return x, y, values


def _axis(grid: xr.DataArray, name: str, unit: str) -> NDArray[np.float64]:
    if name not in grid.coords:
        msg = f"axis {name} of the grid has no coordinates"
        raise OutOfRange(msg)
    values = grid[name].to_numpy().astype(np.float64)
    if grid[name].attrs.get("units", unit) != unit:
        msg = f"axis {name} of the grid is in {grid[name].attrs['units']!r}, not in {unit!r}"
        raise OutOfRange(msg)
    if not (np.all(np.isfinite(values)) and np.all(np.diff(values) > 0) and values[0] > 0):
        msg = f"axis {name} of the grid must rise from above zero"
        raise OutOfRange(msg)
    return values
