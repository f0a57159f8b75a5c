"""Instrument responses of a neutrino telescope, from GADF files to arrays with checked axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.neutrino.fits_tables import Columns, read_tables

Array = NDArray[np.float64]

AXES = {
    "ENERG": ("energy", "GeV"),
    "THETA": ("zenith", "rad"),
    "MIGRA": ("migra", "1"),
    "RAD": ("rad", "deg"),
}
# column: (what it is, unit, axes from slow to fast as GADF orders them)
TABLES = {
    "EFFAREA": ("effective area", "m2", ("THETA", "ENERG")),
    "MATRIX": ("energy dispersion", "1", ("THETA", "MIGRA", "ENERG")),
    "RPSF": ("point spread", "sr-1", ("RAD", "THETA", "ENERG")),
    "BKG": ("background", "MeV-1 sr-1 s-1", ("THETA", "ENERG")),
}
COLUMNS = {*TABLES, *(f"{axis}_{end}" for axis in AXES for end in ("LO", "HI"))}


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """What a neutrino telescope sees.

    Each array has the centres of its bins as coordinates and the edges as attributes of them
    (``edges(array, "energy")``): energies in GeV, zenith angles and distances from the source in degrees.

    Attributes
    ----------
    effective_area : (zenith, energy), m²
        Mean of neutrinos and antineutrinos, so it takes the flux of both together.
    dispersion : (zenith, migra, energy)
        Probability of each bin in reconstructed over true energy; adds up to one.
    point_spread : (rad, zenith, energy), sr⁻¹
    backgrounds : each (zenith, energy), MeV⁻¹ sr⁻¹ s⁻¹
        By the name of the file, over reconstructed energy.

    Raises
    ------
    OutOfRange
        Dispersion or point spread do not cover the energies and zenith angles of the area, or a background
        ends before them while there still is some.
    """

    effective_area: xr.DataArray
    dispersion: xr.DataArray
    point_spread: xr.DataArray
    backgrounds: Mapping[str, xr.DataArray]

    def __post_init__(self) -> None:
        for response in (self.dispersion, self.point_spread):
            for axis in ("energy", "zenith"):
                _require_cover(self.effective_area, response, axis)
        for background in self.backgrounds.values():
            if background[-1].any():
                _require_cover(self.effective_area, background, "zenith")


def read_responses(paths: str | Path | Iterable[str | Path]) -> Responses:
    """Read the responses of one telescope.

    Parameters
    ----------
    paths
        FITS files as a fetch of ``km3net:arca230.irf`` gives them: effective area, energy dispersion, point
        spread, and one background or more. What a file is says its table, not the name of its extension.

    Raises
    ------
    OutOfRange
        A file is no response, damaged, compressed, or has a gap, another unit or a number that cannot be; a
        response is missing or there twice.

    References
    ----------
    Gamma-astro data formats, version 0.3: EFF_AREA, EDISP, RPSF, BKG in two dimensions.
    """
    found: dict[str, dict[str, xr.DataArray]] = {}
    for path in map(Path, [paths] if isinstance(paths, str | Path) else paths):
        array = read_response(path)
        found.setdefault(str(array.name), {})[path.name.removesuffix(".fits")] = array
    return Responses(
        effective_area=_the_one(found, "effective area"),
        dispersion=_the_one(found, "energy dispersion"),
        point_spread=_the_one(found, "point spread"),
        backgrounds=found.get("background", {}) or _missing("background"),
    )


def read_response(path: Path) -> xr.DataArray:
    """Read one response; see `read_responses`."""
    known = [(columns, name) for columns in read_tables(path, COLUMNS) for name in TABLES if name in columns]
    if len(known) == 1:
        return _array(path.name, *known[0])
    msg = f"{path.name} must hold one response (a column of {', '.join(TABLES)}); it holds {len(known)}"
    raise OutOfRange(msg)


def edges(array: xr.DataArray, axis: str) -> Array:
    """Edges of the bins along an axis, shape (n + 1,)."""
    return np.asarray(array[axis].attrs["edges"], dtype=np.float64)


def _require_cover(area: xr.DataArray, response: xr.DataArray, axis: str) -> None:
    needed, known = edges(area, axis), edges(response, axis)
    if known[0] > needed[0] * (1 + 1e-5) or known[-1] < needed[-1] * (1 - 1e-5):
        unit = area[axis].attrs["units"]
        msg = (
            f"{response.attrs['file']} covers {axis} from {known[0]:g} to {known[-1]:g} {unit}, the effective"
            f" area {needed[0]:g} to {needed[-1]:g} {unit}; they do not belong together"
        )
        raise OutOfRange(msg)


def _array(where: str, table: Columns, name: str) -> xr.DataArray:
    meaning, unit, axes = TABLES[name]
    coordinates = dict(_axis(where, table, axis) for axis in axes)
    values = _column(where, table, name, unit)
    shape = tuple(coordinate.size for coordinate in coordinates.values())
    if values.shape == shape[::-1] != shape:
        values = values.T  # the KM3NeT repository has energy as the slow axis of its backgrounds
    if values.shape != shape:
        msg = f"{where}: {name} has the shape {values.shape}, its axes {shape}"
        raise OutOfRange(msg)
    if np.any(values < 0):
        msg = f"{where}: {name} is negative in {np.count_nonzero(values < 0)} bins; it must be 0 or more"
        raise OutOfRange(msg)
    if name == "MATRIX":
        values = _per_bin(where, values, np.asarray(coordinates["migra"].attrs["edges"]))
    attrs = {"units": unit, "file": where}
    return xr.DataArray(values, coords=coordinates, dims=tuple(coordinates), name=meaning, attrs=attrs)


def _axis(where: str, table: Columns, column: str) -> tuple[str, xr.Variable]:
    name, unit = AXES[column]
    low, high = (_column(where, table, f"{column}_{end}", unit) for end in ("LO", "HI"))
    if low.shape != high.shape or low.ndim != 1 or not low.size or not np.all(high > low):
        msg = f"{where}: {column}_LO and {column}_HI are not the lower and upper edges of bins"
        raise OutOfRange(msg)
    apart = np.flatnonzero(~np.isclose(low[1:], high[:-1], rtol=1e-5))
    if apart.size:
        row = apart[0]
        msg = f"{where}: {column} has a gap or overlap at {high[row]:g} {unit}, the end of bin {row + 1}"
        raise OutOfRange(msg)
    bounds = np.append(low, high[-1])
    if unit == "rad":
        bounds, unit = np.minimum(np.rad2deg(bounds), 180), "deg"  # π in single precision is more than π
    centres = np.sqrt(bounds[1:] * bounds[:-1]) if bounds[0] > 0 else (bounds[1:] + bounds[:-1]) / 2
    return name, xr.Variable(name, centres, {"units": unit, "edges": bounds.tolist()})


def _column(where: str, table: Columns, name: str, unit: str) -> Array:
    if name not in table:
        msg = f"{where} has no column {name}"
        raise OutOfRange(msg)
    written, values = table[name]
    stated = written.replace("**", "").replace("^", "")
    if stated != unit:
        msg = f"{where}: {name} is in {stated}, not in {unit}"
        raise OutOfRange(msg)
    if not np.all(np.isfinite(values)):
        msg = f"{where}: {name} holds {np.count_nonzero(~np.isfinite(values))} values that are not finite"
        raise OutOfRange(msg)
    return values


def _per_bin(where: str, values: Array, migra: Array) -> Array:
    """Probability of each bin: what KM3NeT's files hold, or from the density dP/dmigra that GADF asks for.

    That KM3NeT's numbers, which add up to one, are no densities is seen from the background of the same
    release: only as probabilities do they carry an atmospheric flux to its reconstructed energies.
    """
    for candidate in (values, values * np.diff(migra)[None, :, None]):
        total = candidate.sum(axis=1, keepdims=True)
        if np.allclose(total[total > 0], 1, atol=0.02):
            return np.asarray(np.divide(candidate, total, out=np.zeros_like(candidate), where=total > 0))
    msg = f"{where}: MATRIX adds up to one neither over the bins of MIGRA nor over dmigra"
    raise OutOfRange(msg)


def _the_one(found: Mapping[str, Mapping[str, xr.DataArray]], what: str) -> xr.DataArray:
    arrays = found.get(what) or _missing(what)
    if len(arrays) > 1:
        msg = f"{' and '.join(arrays)} are each an {what}; give one"
        raise OutOfRange(msg)
    return next(iter(arrays.values()))


def _missing(what: str) -> dict[str, xr.DataArray]:
    msg = f"no file with the {what} was given; a telescope needs area, dispersion, point spread, background"
    raise OutOfRange(msg)
