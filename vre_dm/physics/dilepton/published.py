"""The published limits on a fiducial cross section, for several widths, and the projection for the HL-LHC."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.limits.floats import floats
from vre_dm.limits.interchange import hepdata_json
from vre_dm.limits.interchange.source import Source
from vre_dm.limits.spelling import require
from vre_dm.physics.dilepton.tables import columns, require_rising

Floats = NDArray[np.float64]
PERCENT = ("0", "0.5", "1.2", "3", "6", "10")
LIMITS = "a table of dilepton limits"
MISLABELLED = "10.17182/hepdata.88425"
"""HEPData's record ins1725190: its headers say pb, its values are fb (3.57 at 250 GeV, 0.014 at 6 TeV)."""
FB_PER_PB = 1000.0
PROJECTED_WIDTH = 0.005
"""Γ/M of the projection (the public code of the reinterpretation that the lake's table is from)."""


@dataclass(frozen=True, slots=True)
class LimitTable:
    """Upper limits over mass and relative width.

    Attributes
    ----------
    fb : xarray.DataArray
        Limit in fb; dimensions ``width`` (Γ/M, a fraction) and ``mass`` in GeV.
    sqrt_s_tev
        Energy of the collisions, TeV.
    """

    fb: xr.DataArray
    sqrt_s_tev: float = 13.0

    def __post_init__(self) -> None:
        for name in ("width", "mass"):
            if self.fb.sizes[name] > 1:
                require_rising(self.fb[name].to_numpy(), f"{name} of the limits")
        if not np.all((self.fb > 0) & np.isfinite(self.fb)):
            msg = "a limit on a cross section is not a number above 0 fb"
            raise OutOfRange(msg)

    def covers(self, mass_gev: ArrayLike, relative_width: ArrayLike) -> NDArray[np.bool_]:
        """Where the table has an answer."""
        mass, width = np.asarray(mass_gev), np.asarray(relative_width)
        grid, widths = self.fb["mass"].to_numpy(), self.fb["width"].to_numpy()
        inside = (mass >= grid[0]) & (mass <= grid[-1])
        return np.asarray(inside & (width >= widths[0]) & (width <= widths[-1]))

    def at(self, mass_gev: ArrayLike, relative_width: ArrayLike) -> Floats:
        """Limit in fb: its logarithm linear in the width and in the logarithm of the mass.

        Parameters
        ----------
        mass_gev, relative_width : array_like, shape (n,)

        Raises
        ------
        OutOfRange
            A mass or Γ/M is outside the table; nothing is extrapolated.
        """
        mass, width = floats(mass_gev, "mass", "GeV"), floats(relative_width, "Γ/M")
        if mass.shape != width.shape:
            msg = f"{mass.size} masses and {width.size} relative widths: give one width a mass"
            raise OutOfRange(msg)
        outside = ~self.covers(mass, width)
        grid, widths = self.fb["mass"].to_numpy(), self.fb["width"].to_numpy()
        if outside.any():
            msg = (
                f"no limit at {mass[outside].flat[0]:g} GeV, Γ/M = {width[outside].flat[0]:.3%}; "
                f"the table has {grid[0]:g} to {grid[-1]:g} GeV and {widths[0]:.1%} to {widths[-1]:.1%}"
            )
            raise OutOfRange(msg)
        rows = np.array([np.interp(np.log(mass), np.log(grid), np.log(row)) for row in self.fb.to_numpy()])
        below = np.clip(np.searchsorted(widths, width, "right") - 1, 0, max(widths.size - 2, 0))
        above = np.minimum(below + 1, widths.size - 1)
        step = np.where(above > below, widths[above] - widths[below], 1.0)
        share = (width - widths[below]) / step
        low, high = (np.take_along_axis(rows, index[None], axis=0)[0] for index in (below, above))
        return np.asarray(np.exp(low + share * (high - low)))


def read_limits(path: Path) -> LimitTable:
    """Read the observed limits of arXiv:1903.06248: the lake's Parquet, or HEPData's own JSON.

    HEPData's headers say pb where the values are fb. The lake's columns are named and noted in fb; of a JSON
    file of that very record the header's unit is put right, any other in pb is taken at its word.

    Raises
    ------
    OutOfRange
        The file is another one, in another unit, or its masses do not rise.
    """
    path = Path(path)
    if path.suffix == ".json":
        return _hepdata(path)
    names = {f"limit_fb_width{width}": "fb" for width in PERCENT}
    mass, *limits = columns(path, {"mass_GeV": "GeV"} | names, LIMITS)
    return limit_table(mass, [float(width) / 100 for width in PERCENT], limits)


def read_projection(path: Path, flavour: str = "ll", *, widest: float = 0.006) -> LimitTable:
    """Read the median limits expected at the HL-LHC, 14 TeV.

    Parameters
    ----------
    path
        ``atlas:dilepton.14TeV.limits``.
    flavour
        ``ee``, ``mumu`` or ``ll``, both together.
    widest
        Largest Γ/M for which the limits are used, a fraction. They were made for 0.5 %: narrower resonances
        are limited more strongly, wider ones more weakly.

    Raises
    ------
    OutOfRange
        The file or flavour is another one, or `widest` is below 0.5 %.
    """
    require(flavour, ("ee", "mumu", "ll"), "flavour of the projection", error=OutOfRange)
    if not PROJECTED_WIDTH <= widest < 1:
        msg = f"widest = {widest} must be a fraction from 0.005, the width the projection was made for, to 1"
        raise OutOfRange(msg)
    mass_tev, limit_pb = columns(Path(path), {"mass_TeV": "TeV", f"limit_pb_{flavour}": "pb"}, LIMITS)
    limit = limit_pb * FB_PER_PB
    return limit_table(1000 * mass_tev, [0.0, widest], [limit, limit], sqrt_s_tev=14.0)


def limit_table(
    mass_gev: ArrayLike, widths: ArrayLike, limits_fb: ArrayLike, *, sqrt_s_tev: float = 13.0
) -> LimitTable:
    """Limits of one's own.

    Parameters
    ----------
    mass_gev : array_like, shape (n,), GeV
        Rising.
    widths : array_like, shape (k,)
        Γ/M, rising fractions.
    limits_fb : array_like, shape (k, n), fb
    sqrt_s_tev
        Energy of the collisions, TeV.

    Raises
    ------
    OutOfRange
        Shapes do not fit, an axis does not rise, or a limit is not positive.
    """
    mass, width = floats(mass_gev, "mass", "GeV"), floats(widths, "Γ/M")
    limit = floats(limits_fb, "limit", "fb")
    if limit.shape != (width.size, mass.size):
        msg = f"limits of shape {limit.shape} do not fit {width.size} widths and {mass.size} masses"
        raise OutOfRange(msg)
    coords = {"width": width, "mass": ("mass", mass, {"units": "GeV"})}
    table = xr.DataArray(limit, coords, ("width", "mass"), name="limit", attrs={"units": "fb"})
    return LimitTable(table, number("collision energy in TeV", sqrt_s_tev))


def _hepdata(path: Path) -> LimitTable:
    try:
        table = hepdata_json.tables(Source(path))[0]()
        rows = range(len(table.independents[0].cells))
        mass = table.independents[0].numbers(rows, path.name)
        limits = [variable.numbers(rows, path.name) for variable in table.dependents]
    except InvalidCurve as problem:
        msg = f"{path.name} is no table of HEPData: {problem}"
        raise OutOfRange(msg) from None
    units = {variable.units for variable in table.dependents}
    if units == {"pb"} and table.doi.startswith(MISLABELLED):
        units = {"fb"}
    if units != {"fb"} and units != {"pb"}:
        msg = f"{path.name}: limits are in {' and '.join(sorted(units))!r}; fb or pb is needed"
        raise OutOfRange(msg)
    factor = 1.0 if units == {"fb"} else FB_PER_PB
    widths = [_width(variable.qualifiers, path.name) for variable in table.dependents]
    return limit_table(mass, widths, factor * np.array(limits))


def _width(qualifiers: dict[str, object], where: str) -> float:
    """Γ/M of a column, noted as ``0.5 %``."""
    text = str(qualifiers.get("RELATIVE WIDTH", ""))
    try:
        return float(text.removesuffix("%")) / 100
    except ValueError:
        msg = f"{where}: a column has the RELATIVE WIDTH {text!r}, not a percentage"
        raise OutOfRange(msg) from None
