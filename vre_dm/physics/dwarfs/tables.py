"""Likelihood tables of targets: ln L over the flux of energy or of photons, energy bin by energy bin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import positive
from vre_dm.limits.floats import floats
from vre_dm.limits.spelling import require
from vre_dm.physics.parquet import metadata, read_table

Flux = Literal["MeV / (cm2 s)", "1 / (cm2 s)"]
"""Unit of the fluxes, which says whether they are of energy or of photons."""
ENERGY, PHOTONS = get_args(Flux)
COLUMNS = ("e_min_MeV", "e_max_MeV", "eflux", "dlnL")
WHAT = "a table of a target's likelihood"
PREFIX = "dsph.likelihood."
RELEASED = dict.fromkeys(("background", "source_extension"), "as in the released likelihood tables")


def read_bin_likelihoods(paths: Iterable[Path]) -> xr.Dataset:
    """Read the tables of a fetch, one file a target.

    Parameters
    ----------
    paths
        Files of ``fermi:dsph.likelihoods``: ``e_min_MeV``, ``e_max_MeV``, ``eflux`` in MeV cm⁻² s⁻¹ and
        ``dlnL``, one row a flux, energy bin after energy bin. Other files of a fetch are left aside if their
        name does not begin with ``dsph.likelihood.`` and another one's does.

    Returns
    -------
    xarray.Dataset
        See `likelihood_tables`.

    Raises
    ------
    OutOfRange
        No file, a file that is none of these, or bins and fluxes that leave gaps; the message names the file
        and the row, or the target and the bin.
    """
    files = [Path(path) for path in paths]
    tables = [path for path in files if path.name.startswith(PREFIX)] or files
    targets, edges = {}, {}
    for path in tables:
        target, edges[path.name], profile = _read(path)
        if target in targets:
            msg = f"{path.name}: a second table of {target}; give one a target"
            raise OutOfRange(msg)
        targets[target] = profile
    _require_same(edges)
    return likelihood_tables(targets, next(iter(edges.values()), ()), assumptions=RELEASED)


def likelihood_tables(
    profiles: Mapping[str, tuple[ArrayLike, ArrayLike]],
    edges_mev: ArrayLike,
    *,
    unit: Flux = ENERGY,
    assumptions: Mapping[str, str] | None = None,
) -> xr.Dataset:
    """Make likelihood tables an array with axes.

    Parameters
    ----------
    profiles
        By target: fluxes and ln L, both of shape (bins, points). Fluxes of a bin rise from zero. Only
        differences of ln L in one bin count.
    edges_mev : array_like, shape (bins + 1,), MeV
        Of the energy bins, rising.
    unit
        Fluxes are of energy in MeV cm⁻² s⁻¹, or of photons in cm⁻² s⁻¹.
    assumptions
        What the tables take for granted; the curves made of them say it too.

    Returns
    -------
    xarray.Dataset
        ``flux`` and ``lnL`` over ``target``, ``energy_bin`` and ``point``; ``e_min`` and ``e_max`` in MeV.

    Raises
    ------
    OutOfRange
        No target, shapes that do not fit, fluxes that do not rise from zero, a number that is not finite, or
        a ln L that still rises at the last flux, so that nothing would bound a signal.
    """
    require(unit, get_args(Flux), "unit of fluxes", error=OutOfRange)
    edges = positive("edge of an energy bin in MeV", edges_mev)
    if not profiles:
        msg = "no likelihood table: there is no target"
        raise OutOfRange(msg)
    if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0):
        msg = f"edges of energy bins must be two or more that rise, not {edges.size}"
        raise OutOfRange(msg)
    sound = [_sound(target, flux, lnl, edges.size - 1) for target, (flux, lnl) in profiles.items()]
    points = {flux.shape for flux, _ in sound}
    if len(points) > 1:
        msg = f"targets have tables of different shapes, {sorted(points)}; give all the same fluxes a bin"
        raise OutOfRange(msg)
    mev = {"units": "MeV"}
    dims = ("target", "energy_bin", "point")
    return xr.Dataset(
        {
            "flux": (dims, np.stack([flux for flux, _ in sound]), {"units": unit}),
            "lnL": (dims, np.stack([lnl for _, lnl in sound]), {"units": "1"}),
        },
        {
            "target": list(profiles),
            "e_min": ("energy_bin", edges[:-1], mev),
            "e_max": ("energy_bin", edges[1:], mev),
        },
        dict(assumptions or {}),
    )


def _read(path: Path) -> tuple[str, NDArray[np.float64], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    table = read_table(path, COLUMNS, WHAT)
    low, high, flux, lnl = (
        floats(table[name].to_numpy(), f"{path.name}, column {name}:") for name in COLUMNS
    )
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(low) != 0) | (np.diff(high) != 0)]))
    sizes = np.diff(np.append(starts, low.size))
    if np.any(sizes != sizes[0]):
        odd = int(np.argmax(sizes != sizes[0]))
        row, energy = starts[odd] + 1, low[starts[odd]]
        msg = (
            f"{path.name}, row {row}: the bin from {energy:.4g} MeV has {sizes[odd]} fluxes, "
            f"the first bin {sizes[0]}; the table has a gap"
        )
        raise OutOfRange(msg)
    if not np.allclose(low[starts][1:], high[starts][:-1], rtol=1e-6):
        odd = int(np.argmax(~np.isclose(low[starts][1:], high[starts][:-1], rtol=1e-6))) + 1
        row, energy = starts[odd] + 1, high[starts][odd - 1]
        msg = f"{path.name}, row {row}: no energy bin begins at {energy:.4g} MeV, where the last one ends"
        raise OutOfRange(msg)
    edges = np.append(low[starts], high[-1])
    shape = (starts.size, int(sizes[0]))
    target = str(metadata(table).get("target") or path.stem.removeprefix(PREFIX))
    return target, edges, (flux.reshape(shape), lnl.reshape(shape))


def _require_same(edges: Mapping[str, NDArray[np.float64]]) -> None:
    items = list(edges.items())
    for name, other in items[1:]:
        if other.shape != items[0][1].shape or not np.allclose(other, items[0][1], rtol=1e-6):
            msg = f"{name} has other energy bins than {items[0][0]}; a stack needs the same in all"
            raise OutOfRange(msg)


def _sound(
    target: str, flux: ArrayLike, lnl: ArrayLike, bins: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fluxes and ln L of one target, or what is wrong with them."""
    fluxes = positive(f"{target}: flux", flux, zero=True)
    values = floats(lnl, f"{target}: lnL")
    if fluxes.shape != values.shape or fluxes.ndim != 2 or fluxes.shape[0] != bins or fluxes.shape[1] < 3:
        shapes = f"fluxes {fluxes.shape} and lnL {values.shape}"
        msg = f"{target}: {shapes} do not fit {bins} bins of 3 or more points"
        raise OutOfRange(msg)
    for wrong, reason in (
        (~np.isfinite(values).all(axis=1), "a lnL that is not finite"),
        (fluxes[:, 0] != 0, "no lnL at zero flux"),
        ((np.diff(fluxes) <= 0).any(axis=1), "fluxes that do not rise"),
        (values[:, -1] >= values[:, -2], "a lnL that does not fall at the last flux, which bounds no signal"),
    ):
        if np.any(wrong):
            msg = f"{target}, energy bin {int(np.argmax(wrong)) + 1} of {bins}: {reason}"
            raise OutOfRange(msg)
    return fluxes, values
