"""What ATLAS counted in each bin of the dilepton mass, and how the detector sees a true mass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.resonance import FLAVOURS
from vre_dm.physics.dilepton.tables import by_flavour, columns, require_rising
from vre_dm.physics.parquet import metadata, read_table

Floats = NDArray[np.float64]
SPECTRUM, RESOLUTION = "a dilepton mass spectrum", "a table of dilepton mass resolutions"
EFFICIENCY = "a table of efficiency times K factor"


@dataclass(frozen=True, slots=True)
class Channel:
    """One final state of the search.

    Attributes
    ----------
    flavour
        ``ee`` or ``mumu``.
    edges_gev : ndarray, shape (bins + 1,), GeV
        Of the reconstructed mass.
    observed, background : ndarray, shape (bins,), events
    luminosity_fb
        Integrated luminosity, 1/fb.
    resolution_gev : ndarray, shape (2, k), GeV
        True mass, and standard deviation of the reconstructed one.
    efficiency : ndarray, shape (2, k)
        True mass in GeV, and selection efficiency times K factor (ξ of arXiv:1912.06374).
    sqrt_s_tev
        Energy of the collisions, TeV.
    """

    flavour: str
    edges_gev: Floats
    observed: Floats
    background: Floats
    luminosity_fb: float
    resolution_gev: Floats
    efficiency: Floats
    sqrt_s_tev: float = 13.0

    def response(self, mass_gev: Floats) -> Floats:
        """Share of the events of each true mass that is seen in each bin, times K factor.

        Parameters
        ----------
        mass_gev : ndarray, shape (n,), GeV
            Inside the tabulated resolution. ξ keeps its last value above its table (4.5 TeV), as its authors
            define it.

        Returns
        -------
        ndarray, shape (n, bins)

        Raises
        ------
        OutOfRange
            A mass is outside.
        """
        low, high = self.resolution_gev[0, [0, -1]]
        if mass_gev.min() < low or mass_gev.max() > high:
            msg = f"{self.flavour}: its resolution is known from {low:g} to {high:g} GeV only"
            raise OutOfRange(msg)
        sigma = np.interp(mass_gev, *self.resolution_gev)
        seen = np.diff(ndtr((self.edges_gev - mass_gev[:, None]) / sigma[:, None]), axis=1)
        efficiency: Floats = np.interp(mass_gev, *self.efficiency)
        return np.asarray(seen * efficiency[:, None])


def read_channels(
    spectra: Iterable[Path], resolutions: Iterable[Path], efficiencies: Iterable[Path]
) -> tuple[Channel, ...]:
    """Read both final states from the lake's Parquet files, in any order.

    Parameters
    ----------
    spectra
        ``atlas:dilepton.2018.spectra``: bins, observed events and fitted background.
    resolutions
        ``atlas:dilepton.2018.resolutions``.
    efficiencies
        ``atlas:dilepton.2018.xi``.

    Returns
    -------
    tuple of Channel, ee and mumu

    Raises
    ------
    OutOfRange
        A file is missing or another one, bins overlap or leave gaps, or a bin expects no background.
    """
    spectrum, resolution, efficiency = (
        by_flavour(paths, FLAVOURS, what)
        for paths, what in ((spectra, SPECTRUM), (resolutions, RESOLUTION), (efficiencies, EFFICIENCY))
    )
    return tuple(_channel(f, spectrum[f], resolution[f], efficiency[f]) for f in FLAVOURS)


def _channel(flavour: str, spectrum: Path, resolution: Path, efficiency: Path) -> Channel:
    low, high, observed, background = _bins(spectrum)
    luminosity = metadata(read_table(spectrum, (), SPECTRUM)).get("luminosity_fb")
    if not isinstance(luminosity, float) or luminosity <= 0:
        msg = f"{spectrum.name} states no luminosity_fb"
        raise OutOfRange(msg)
    sigma = np.array(columns(resolution, {"mass_GeV": "GeV", "sigma_GeV": "GeV"}, RESOLUTION))
    xi = np.array(columns(efficiency, {"mass_GeV": "GeV", "efficiency_times_K": "1"}, EFFICIENCY))
    if not np.all(sigma[1] > 0):
        msg = f"{resolution.name}, column sigma_GeV, row {int(np.argmin(sigma[1])) + 1}: must lie above 0"
        raise OutOfRange(msg)
    for table, path in ((sigma, resolution), (xi, efficiency)):
        require_rising(table[0], f"{path.name}: masses")
    return Channel(flavour, np.append(low, high[-1]), observed, background, luminosity, sigma, xi)


def _bins(spectrum: Path) -> list[Floats]:
    units = {"mass_lo_GeV": "GeV", "mass_hi_GeV": "GeV", "observed": "1", "background": "1"}
    low, high, observed, background = columns(spectrum, units, SPECTRUM)
    gaps = np.flatnonzero(~np.isclose(low[1:], high[:-1], rtol=1e-6))
    if gaps.size or np.any(low >= high):
        msg = f"{spectrum.name}: bins must follow each other; row {gaps[0] + 2 if gaps.size else 1} does not"
        raise OutOfRange(msg)
    if not np.all(background > 0):
        msg = (
            f"{spectrum.name}: row {int(np.argmin(background)) + 1} expects no background; it must be above 0"
        )
        raise OutOfRange(msg)
    return [low, high, observed, background]
