"""Detector responses: from a recoil spectrum to what an instrument counts, bin by bin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.parquet import read_table


def read_response(response: Path, binning: Path) -> xr.DataArray:
    """Read a response from the project's Parquet pair.

    Parameters
    ----------
    response
        One row a recoil energy: ``energy_keV``, ``energy_lo_keV``, ``energy_hi_keV`` and ``response``, the
        list of fractions over the signal bins.
    binning
        One row a signal bin: ``s2_lo_PE`` and ``s2_hi_PE``.

    Returns
    -------
    xarray.DataArray
        See `response_matrix`.

    Raises
    ------
    OutOfRange
        A column is missing, or the numbers are not a response.
    """
    kev, pe = ("energy_keV", "energy_lo_keV", "energy_hi_keV"), ("s2_lo_PE", "s2_hi_PE")
    what = "a response of this project"
    table, bins = read_table(response, kev, what, lists=("response",)), read_table(binning, pe, what)
    energies = np.stack([table[name].to_numpy() for name in kev], axis=1)
    edges = np.stack([bins[name].to_numpy() for name in pe], axis=1)
    return response_matrix(np.array(table["response"].to_pylist()), energies, edges)


def response_matrix(
    fractions: ArrayLike, energies_kev: ArrayLike, signal_edges_pe: ArrayLike, *, signal: str = "s2"
) -> xr.DataArray:
    """Make the response of a counting instrument an array with axes.

    Parameters
    ----------
    fractions : array_like, shape (k, bins), 0 to 1
        Share of the recoils of one energy that end in each signal bin. Efficiencies are included, so a row
        need not sum to one.
    energies_kev : array_like, shape (k, 3), keV
        Recoil energy, lower and upper edge of the bin it stands for.
    signal_edges_pe : array_like, shape (bins, 2), photoelectrons
        Lower and upper edge of each signal bin.
    signal
        Name of the signal, for the axis.

    Returns
    -------
    xarray.DataArray
        Dimensions ``energy`` and ``s2`` (the signal's name); coordinates ``energy``, ``energy_low``,
        ``energy_high`` in keV and ``s2``, ``s2_low``, ``s2_high`` in photoelectrons.

    Raises
    ------
    OutOfRange
        Shapes do not fit, bins overlap or leave gaps, or a fraction is outside 0 to 1.
    """
    values, energies, edges = (
        np.asarray(part, dtype=np.float64) for part in (fractions, energies_kev, signal_edges_pe)
    )
    if values.shape != (len(energies), len(edges)):
        msg = f"a response of shape {values.shape} does not fit {len(energies)} energies, {len(edges)} bins"
        raise OutOfRange(msg)
    _require_contiguous("energy", energies[:, 1:])
    _require_contiguous("signal", edges)
    if not np.all((values >= 0) & (values <= 1)) or np.any(values.sum(axis=1) > 1 + 1e-6):
        msg = "the response holds a fraction outside 0 to 1"
        raise OutOfRange(msg)
    kev, pe = {"units": "keV"}, {"units": "PE"}
    coords = {
        "energy": ("energy", energies[:, 0], kev),
        "energy_low": ("energy", energies[:, 1], kev),
        "energy_high": ("energy", energies[:, 2], kev),
        signal: (signal, np.sqrt(edges[:, 0] * edges[:, 1]), pe),
        f"{signal}_low": (signal, edges[:, 0], pe),
        f"{signal}_high": (signal, edges[:, 1], pe),
    }
    attrs = {"units": "fraction of recoils"}
    return xr.DataArray(values, dims=("energy", signal), coords=coords, name="response", attrs=attrs)


def fold(
    spectrum: ArrayLike,
    response: xr.DataArray,
    *,
    exposure_tonne_year: float,
    threshold_kev: float = 0.0,
) -> NDArray[np.float64]:
    """Compute the expected counts in each signal bin.

    Parameters
    ----------
    spectrum : array_like, shape (n, energies), events / (tonne year keV)
        Recoil spectra at ``response.energy``.
    response
        As made by `response_matrix`.
    exposure_tonne_year
        Target mass times live time.
    threshold_kev
        Recoils below are taken not to be seen; the energy bin that holds the threshold counts in part.

    Returns
    -------
    ndarray, shape (n, signal bins), events

    Raises
    ------
    OutOfRange
        Exposure or threshold is negative, or the spectrum is not given at the response's energies.
    """
    rates = np.atleast_2d(np.asarray(spectrum, dtype=np.float64))
    if not (exposure_tonne_year > 0 and threshold_kev >= 0):
        msg = f"exposure {exposure_tonne_year} must be positive and threshold {threshold_kev} not negative"
        raise OutOfRange(msg)
    if rates.shape[1] != response.sizes["energy"]:
        msg = f"the spectrum has {rates.shape[1]} energies, the response {response.sizes['energy']}"
        raise OutOfRange(msg)
    low, high = response["energy_low"].to_numpy(), response["energy_high"].to_numpy()
    width_kev = np.maximum(high, threshold_kev) - np.maximum(low, threshold_kev)
    counts: NDArray[np.float64] = (rates * width_kev) @ response.to_numpy() * exposure_tonne_year
    return counts


def window_fractions(response: xr.DataArray, windows: ArrayLike) -> NDArray[np.float64]:
    """Share of each signal bin that lies inside a region of interest.

    Parameters
    ----------
    response
        As made by `response_matrix`, or expected counts with the same signal bins as the last axis.
    windows : array_like, shape (n, 2), photoelectrons
        Lower and upper edge of each region.

    Returns
    -------
    ndarray, shape (n, signal bins), 0 to 1
        Counts are taken as uniform within a bin.

    Raises
    ------
    OutOfRange
        A region is empty or leaves the signal range of the response.
    """
    edges = np.atleast_2d(np.asarray(windows, dtype=np.float64))
    low, high = signal_edges(response)
    inside = (edges[:, 0] >= low[0]) & (edges[:, 1] <= high[-1]) & (edges[:, 0] < edges[:, 1])
    if not np.all(inside):
        bad = edges[~inside][0]
        msg = f"region of interest {bad[0]:g} to {bad[1]:g} PE is not inside {low[0]:g} to {high[-1]:g} PE"
        raise OutOfRange(msg)
    overlap = np.minimum(high, edges[:, 1:]) - np.maximum(low, edges[:, :1])
    fractions: NDArray[np.float64] = np.clip(overlap / (high - low), 0.0, 1.0)
    return fractions


def signal_edges(counts: xr.DataArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper edges of the bins of the last axis, each of shape (bins,)."""
    name = counts.dims[-1]
    return counts[f"{name}_low"].to_numpy(), counts[f"{name}_high"].to_numpy()


def _require_contiguous(name: str, edges: NDArray[np.float64]) -> None:
    low, high = edges[:, 0], edges[:, 1]
    if not (np.all(low < high) and np.allclose(low[1:], high[:-1], rtol=1e-3)):
        msg = f"the {name} bins of the response overlap or leave gaps"
        raise OutOfRange(msg)
