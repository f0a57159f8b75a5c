"""What the Fermi-LAT saw at dwarf galaxies: photons, exposures and predicted backgrounds in macro bins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.spelling import near
from vre_dm.physics.dwarfs.roster import j_factor_of
from vre_dm.physics.parquet import read_table
from vre_dm.physics.spectra import Spectrum, counts_in_bins, require_particle

if TYPE_CHECKING:
    from pyarrow import Table

EDGES_GEV = np.geomspace(0.5, 500, 25)
"""Energy bins of the exposures; the photons are in groups of them (arXiv:2002.01229)."""
ROUNDED = 0.01
"""How far an edge of a group, given with three digits, may lie from the one of the fine bins."""
DWARFS = ("dwarf", "l_deg", "b_deg", "log10J", "sigma_dex", "exposure")
COUNTS = ("dwarf", "e_min_GeV", "e_max_GeV", "counts", "ln_background")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PhotonCounts:
    """Photons within half a degree of one dwarf galaxy.

    All photons of a signal are counted there, as in the original code: what the point spread takes out of the
    half degree, most photons below 1 GeV, is not subtracted. With shares of your own that stay inside it is:
    ``replace(dwarf, exposure_cm2_s=dwarf.exposure_cm2_s * contained)``.

    Attributes
    ----------
    name, l_deg, b_deg
        The dwarf and its Galactic coordinates.
    log10_j, sigma_dex
        log10 of the J factor in GeV²/cm⁵ and its standard deviation.
    exposure_cm2_s : ndarray, shape (24,)
        In the bins of `EDGES_GEV`.
    groups : ndarray, shape (bins + 1,)
        First fine bin of each bin of photons, and the end.
    counts : ndarray, shape (bins,)
        Photons.
    ln_background : ndarray, shape (bins,)
        Natural logarithm of the photons that the sky around predicts.

    Raises
    ------
    OutOfRange
        Shapes do not fit, or an exposure, a count or a spread cannot be.
    """

    name: str
    l_deg: float
    b_deg: float
    log10_j: float
    sigma_dex: float
    exposure_cm2_s: NDArray[np.float64]
    groups: NDArray[np.int64]
    counts: NDArray[np.float64]
    ln_background: NDArray[np.float64]

    def __post_init__(self) -> None:
        number(f"{self.name}: spread of log10 J in dex", self.sigma_dex)
        positive(f"{self.name}: exposure in cm2 s", self.exposure_cm2_s)
        positive(f"{self.name}: photons in a bin", self.counts, zero=True)
        bins = len(self.groups) - 1
        shapes = (self.exposure_cm2_s.shape, self.counts.shape, self.ln_background.shape)
        if shapes != ((EDGES_GEV.size - 1,), (bins,), (bins,)):
            msg = f"{self.name}: {bins} bins of photons do not fit exposures, counts, backgrounds of {shapes}"
            raise OutOfRange(msg)

    def signal(self, spectrum: Spectrum, mass_gev: float) -> NDArray[np.float64]:
        r"""Photons of annihilation in each bin for :math:`\langle\sigma v\rangle J` = 1 GeV²/cm²/s.

        .. math:: \frac{1}{8 \pi m^2} \sum_{e} N_e \mathcal{E}_e, \qquad N_e = \int_e \frac{dN}{dE} dE

        Returns
        -------
        ndarray, shape (bins,), photons

        Raises
        ------
        OutOfRange
            The spectrum does not know the mass, does not count photons, or has none between 0.5 and 500 GeV.
        """
        require_particle(spectrum, "photon")
        photons = counts_in_bins(spectrum, mass_gev, EDGES_GEV) * self.exposure_cm2_s
        if not np.any(photons > 0):
            msg = f"spectrum {spectrum.name} at {mass_gev:g} GeV has no photon between 0.5 and 500 GeV"
            raise OutOfRange(msg)
        first, end = self.groups[0], self.groups[-1]
        joined = np.add.reduceat(photons[first:end], self.groups[:-1] - first)
        return np.asarray(joined / (8 * np.pi * mass_gev**2))


class Dwarfs(dict[str, PhotonCounts]):
    """Dwarf galaxies by name; one that is not there is an error that lists near ones."""

    def __missing__(self, name: str) -> PhotonCounts:
        """Refuse the name.

        Raises
        ------
        OutOfRange
            Always.
        """
        msg = f"no dwarf galaxy {name!r} in the table; {near(str(name), self)}"
        raise OutOfRange(msg)


def read_photon_counts(dwarfs: Path, counts: Path) -> Dwarfs:
    """Read the files of ``fermi:mlfermi.dwarfs`` and ``fermi:mlfermi.counts``.

    Raises
    ------
    OutOfRange
        A file is no such table, names a dwarf twice or a J in other units, a dwarf lacks photons, or its bins
        leave a gap or are no groups of the fine ones; the message names file and dwarf.
    """
    what = "a table of dwarf galaxies with exposures"
    table = read_table(dwarfs, DWARFS[1:-1], what, texts=DWARFS[:1], lists=DWARFS[-1:])
    photons = read_table(counts, COUNTS[1:], "a table of photons at dwarf galaxies", texts=COUNTS[:1])
    found = Dwarfs()
    for at, row in enumerate(table.to_pylist(), start=1):
        if row["dwarf"] in found:
            msg = f"{dwarfs.name}, row {at}: dwarf {row['dwarf']} is there already"
            raise OutOfRange(msg)
        factor = j_factor_of(dwarfs, at, row["log10J"], row["sigma_dex"])
        groups, seen, ln_background = _bins(counts, photons, row["dwarf"])
        found[row["dwarf"]] = PhotonCounts(
            name=row["dwarf"],
            l_deg=row["l_deg"],
            b_deg=row["b_deg"],
            log10_j=factor.log10_j,
            sigma_dex=factor.sigma_dex,
            exposure_cm2_s=np.array(row["exposure"], dtype=np.float64),
            groups=groups,
            counts=seen,
            ln_background=ln_background,
        )
    return found


def _bins(
    path: Path, table: Table, name: str
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Groups, photons and predicted background of one dwarf, by rising energy."""
    dwarf, low, high, seen, predicted = (table[column].to_numpy() for column in COUNTS)
    rows = np.flatnonzero(dwarf == name)
    rows = rows[np.argsort(low[rows])]
    if not rows.size:
        msg = f"{path.name} has no photons of {name}"
        raise OutOfRange(msg)
    edges = np.append(low[rows], high[rows][-1])
    groups = np.argmin(np.abs(np.log(edges[:, None] / EDGES_GEV)), axis=1)
    fits = np.abs(edges / EDGES_GEV[groups] - 1) < ROUNDED
    if not np.array_equal(high[rows][:-1], low[rows][1:]) or not np.all(fits) or np.any(np.diff(groups) < 1):
        msg = f"{path.name}: the energy bins of {name} leave a gap, or do not join the 24 from 0.5 to 500 GeV"
        raise OutOfRange(msg)
    return groups, seen[rows].astype(np.float64), predicted[rows]
