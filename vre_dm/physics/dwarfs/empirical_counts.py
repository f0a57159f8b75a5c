"""Photons of dwarf galaxies with backgrounds sampled on blank sky: likelihood tables, observed or drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, logsumexp

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.derived import Origin
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.floats import floats
from vre_dm.limits.metadata import Reference
from vre_dm.limits.spelling import require
from vre_dm.physics.dwarfs.roster import JFactor, Roster, j_factor_of
from vre_dm.physics.dwarfs.stack import DwarfStack
from vre_dm.physics.dwarfs.tables import PHOTONS, likelihood_tables
from vre_dm.physics.parquet import read_table

if TYPE_CHECKING:
    from pyarrow import Table

    from vre_dm.physics.spectra import Spectrum

Array = NDArray[np.float64]
EDGES_MEV = np.geomspace(1e3, 1e5, 17)
"""Eight bins a decade from 1 to 100 GeV (arXiv:2401.05327)."""
POINTS, FAINTEST = 48, 0.02
"""Fluxes tabulated in a bin, and the signal photons of the first one above zero."""
ASSUMED = {
    "background": "as often as blank sky has it, energy bins and galaxies independent",
    "source_extension": "all photons of a galaxy are inside of the region counted",
}
MADHAT_2024 = Origin(
    experiment="Fermi-LAT",
    year=2024,
    kind="observed",
    reference=Reference(
        arxiv="2401.05327",
        title="New dark matter analysis of Milky Way dwarf satellite galaxies with MADHATv2",
        authors="K. Boddy, Z. Carter, J. Kumar, L. Rufino, P. Sandick, N. Tapia-Arellano",
    ),
)
"""Whose photons, backgrounds and J factors the lake's are. They have another statistic than this package."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EmpiricalCounts:
    r"""Photons in energy bins around many dwarfs, and how often blank sky nearby has so many.

    The likelihood of a bin is :math:`L(s) = \sum_N P(N)\,{\rm Pois}(n - N; s)`: any number N of the n photons
    may be background. Bins are taken as independent, since P is given for each by itself.

    Attributes
    ----------
    targets
        Names.
    photons : ndarray of int, shape (targets, bins)
    exposure_cm2_s : ndarray, shape (targets, bins)
    background : ndarray, shape (targets, bins, most)
        Probability of N photons, N from 0. Each sums to one.

    Raises
    ------
    OutOfRange
        Shapes do not fit, a number is negative, or probabilities do not add up to one.
    """

    targets: tuple[str, ...]
    photons: NDArray[np.int64]
    exposure_cm2_s: Array
    background: Array
    _cumulated: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shape = (len(self.targets), EDGES_MEV.size - 1)
        if not self.photons.shape == self.exposure_cm2_s.shape == self.background.shape[:2] == shape:
            msg = f"photons {self.photons.shape}, exposures and backgrounds must all be of shape {shape}"
            raise OutOfRange(msg)
        positive("photons", self.photons, zero=True)
        positive("exposure in cm2 s", self.exposure_cm2_s)
        positive("probability of background photons", self.background, zero=True)
        off = np.abs(self.background.sum(axis=2) - 1) > 1e-3
        if off.any():
            row, column = np.argwhere(off)[0]
            msg = f"{self.targets[row]}, energy bin {column + 1}: probabilities do not add up to one"
            raise OutOfRange(msg)
        object.__setattr__(self, "_cumulated", np.cumsum(self.background, axis=2))

    def tables(self, roster: Mapping[str, JFactor], photons: NDArray[np.int64] | None = None) -> xr.Dataset:
        """Likelihood tables over the flux of photons.

        Parameters
        ----------
        roster
            Targets to take.
        photons : ndarray of int, shape (targets, bins)
            Other ones than were observed.

        Raises
        ------
        OutOfRange
            A target is unknown, or has photons that blank sky never had: nothing then says how likely they
            are without a signal.
        """
        seen = self.photons if photons is None else photons
        profiles = {name: self._table(name, seen) for name in roster}
        return likelihood_tables(profiles, EDGES_MEV, unit=PHOTONS, assumptions=ASSUMED)

    def drawn(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw the photons of one pseudo-experiment without signal, shape (targets, bins)."""
        below = self._cumulated
        return np.asarray((below < rng.random(below.shape[:2])[..., None] * below[..., -1:]).sum(axis=2))

    def _table(self, target: str, photons: NDArray[np.int64]) -> tuple[Array, Array]:
        require(target, self.targets, "target", error=OutOfRange)
        row = self.targets.index(target)
        fluxes, values = np.empty((2, photons.shape[1], POINTS))
        for column, count in enumerate(photons[row].tolist()):
            chances = self.background[row, column]
            if count >= chances.size or chances[count] == 0:
                msg = f"{target}, energy bin {column + 1}: blank sky never had {count} photons"
                raise OutOfRange(msg)
            signal, values[column] = _profile(chances[: count + 1].tobytes())
            fluxes[column] = signal / self.exposure_cm2_s[row, column]
        return fluxes, values


@lru_cache(maxsize=65536)
def _profile(chances: bytes) -> tuple[Array, Array]:
    """Mean signal photons and ln L, for n photons seen and the chances of 0 to n background photons."""
    background = np.frombuffer(chances)
    extra = np.arange(background.size)[::-1]  # photons that must be signal
    n = background.size - 1
    signal = np.geomspace(FAINTEST, n + 10 * np.sqrt(n) + 60, POINTS - 1)
    with np.errstate(divide="ignore"):
        terms = np.log(background) - gammaln(extra + 1) + extra * np.log(signal)[:, None]
        nothing = np.log(background[-1])
    lnl = np.asarray(logsumexp(terms, axis=1)) - signal
    return np.append(0.0, signal), np.append(nothing, lnl)


def expected_limits(
    counts: EmpiricalCounts,
    roster: Roster,
    spectrum: Spectrum,
    mass_gev: ArrayLike,
    *,
    rng: np.random.Generator,
    experiments: int = 200,
    cl: float = 0.95,
) -> xr.DataArray:
    """Limits that the stack would set without a signal: photons drawn from blank sky, J factors as they are.

    Energy bins are drawn one by one, since the chances are given bin by bin. What makes them fluctuate
    together, such as a faint source, is not in there: the true band is wider.

    Parameters
    ----------
    counts
        Dwarfs and their backgrounds.
    roster
        Targets of the stack.
    spectrum
        Photons of one annihilation.
    mass_gev : array_like, shape (m,), GeV
    rng
        The same state gives the same limits.
    experiments
        How many.
    cl
        As of `DwarfStack.scan`.

    Returns
    -------
    xarray.DataArray
        cm³/s, dimensions ``experiment`` and ``mass``; `vre_dm.physics.dwarfs.bands` makes bands of them.

    Raises
    ------
    OutOfRange
        No experiment is asked for, or as of `DwarfStack.scan`.
    """
    number("number of pseudo-experiments", experiments, 1, 1e6, low_included=True)
    scans = (
        DwarfStack(counts.tables(roster, counts.drawn(rng)), roster).scan(spectrum, mass_gev, cl=cl)
        for _ in range(int(experiments))
    )
    return xr.concat([scan["limit"] for scan in scans], "experiment")


def read_counts(counts: Path, backgrounds: Path) -> EmpiricalCounts:
    """Read the files of ``madhat:counts`` and ``madhat:backgrounds``; targets are named ``MADHAT 14``.

    Raises
    ------
    OutOfRange
        A file is another one, or a dwarf or an energy bin is missing or in another order.
    """
    seen = read_table(counts, ("dwarf_id", "energy_bin", "photons", "exposure"), "a table of photons")
    blank = read_table(
        backgrounds, ("dwarf_id", "energy_bin"), "a table of backgrounds", lists=("probability",)
    )
    bins = EDGES_MEV.size - 1
    for path, table in ((counts, seen), (backgrounds, blank)):
        _require_grid(path, table, seen, bins)
    shape = (-1, bins)
    return EmpiricalCounts(
        targets=tuple(_name(number) for number in seen["dwarf_id"].to_pylist()[::bins]),
        photons=_column(counts, seen, "photons").astype(np.int64).reshape(shape),
        exposure_cm2_s=_column(counts, seen, "exposure").reshape(shape),
        background=np.array(blank["probability"].to_pylist()).reshape(*shape, len(blank["probability"][0])),
    )


def read_dwarf_set(path: Path) -> Roster:
    """Read the J factors of ``madhat:set1``.

    Raises
    ------
    OutOfRange
        The file is another one, names a dwarf twice, or an uncertainty is larger on one side.
    """
    names = ("dwarf_id", "log10J", "sigma_up_dex", "sigma_down_dex")
    table = read_table(path, names, "a table of J factors").to_pylist()
    roster = {}
    for row, record in enumerate(table, start=1):
        dwarf, log10_j, up, down = (record[name] for name in names)
        if up != down:
            msg = f"{path.name}, row {row}: J of dwarf {dwarf} has unequal uncertainties"
            raise OutOfRange(msg)
        if _name(dwarf) in roster:
            msg = f"{path.name}, row {row}: dwarf {dwarf} is there already"
            raise OutOfRange(msg)
        roster[_name(dwarf)] = j_factor_of(path, row, log10_j, up)
    return Roster(roster)


def _column(path: Path, table: Table, name: str) -> Array:
    return floats(table[name].to_numpy(), f"{path.name}, column {name}:")


def _name(dwarf_id: int) -> str:
    return f"MADHAT {dwarf_id}"


def _require_grid(path: Path, table: Table, first: Table, bins: int) -> None:
    """Bins 1 to 16 of one dwarf, then those of the next one, the dwarfs as in the first table."""
    energy, dwarf = table["energy_bin"].to_numpy(), table["dwarf_id"].to_numpy()
    wanted = np.resize(np.arange(1, bins + 1), energy.size)
    wrong = (energy != wanted) | (dwarf != np.repeat(dwarf[::bins], bins)[: dwarf.size])
    same = dwarf.size % bins == 0 and np.array_equal(dwarf, first["dwarf_id"].to_numpy())
    if wrong.any() or not same:
        row = int(np.argmax(wrong)) + 1 if wrong.any() else dwarf.size
        msg = f"{path.name}, row {row}: a gap, other dwarfs, or another order; wanted {bins} bins a dwarf"
        raise OutOfRange(msg)
