"""J factors as they were inferred: a smooth density from a histogram of posterior samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.physics.dwarfs.crossing import highest
from vre_dm.physics.parquet import read_table

COLUMNS = ("dwarf", "log10J_lo", "log10J_hi", "samples")
WHAT = "a table of J-factor posteriors"
SHORT = {"UMi": "UrsaMinor"}
"""Names of the posteriors that the table of dwarfs spells otherwise."""
REACH = 5.0
"""Bandwidths beyond the first and last sample where the density ends."""


@dataclass(frozen=True, slots=True, eq=False)
class JPosterior:
    r"""Density of :math:`\log_{10} J`: the histogram convolved with a Gaussian kernel.

    Attributes
    ----------
    edges : ndarray, shape (n + 1,), log10 of GeV²/cm⁵
        Rising, without gaps.
    samples : ndarray, shape (n,)
        Posterior samples in each bin.
    bandwidth_dex
        Width of the kernel; ``None``: the normal-reference rule :math:`1.06\,s\,N^{-1/5}`, s the smaller of
        the standard deviation and the interquartile range / 1.34.

    Raises
    ------
    OutOfRange
        Edges that do not rise, samples that are negative or all zero, or a bandwidth that is not positive.

    References
    ----------
    arXiv:2002.01229 (the posteriors); B. W. Silverman, Density Estimation (1986), chapter 3 (the rule)
    """

    edges: NDArray[np.float64]
    samples: NDArray[np.float64]
    bandwidth_dex: float | None = None

    def __post_init__(self) -> None:
        if self.edges.shape != (len(self.samples) + 1,) or not np.all(np.diff(self.edges) > 0):
            msg = "J posterior: the edges of log10 J must rise, one more than there are bins"
            raise OutOfRange(msg)
        if not (np.all(np.isfinite(self.samples) & (self.samples >= 0)) and self.samples.sum() > 0):
            msg = "J posterior: samples in a bin must not be negative, nor all zero"
            raise OutOfRange(msg)
        if self.bandwidth_dex is not None:
            number("bandwidth of a J posterior in dex", self.bandwidth_dex)

    @property
    def width_dex(self) -> float:
        """Bandwidth that is used."""
        if self.bandwidth_dex is not None:
            return self.bandwidth_dex
        middle, total = (self.edges[1:] + self.edges[:-1]) / 2, self.samples.sum()
        spread = np.sqrt(self.samples @ (middle - self.mean) ** 2 / total)
        low, high = np.interp((0.25, 0.75), np.append(0, np.cumsum(self.samples)) / total, self.edges)
        return float(1.06 * min(spread, (high - low) / 1.34) * total**-0.2)

    @property
    def mean(self) -> float:
        """Mean of log10 J."""
        return float(self.samples @ (self.edges[1:] + self.edges[:-1]) / 2 / self.samples.sum())

    @property
    def support(self) -> tuple[float, float]:
        """Where the density is taken not to vanish, log10 of GeV²/cm⁵."""
        held = np.flatnonzero(self.samples)
        reach = REACH * self.width_dex
        return float(self.edges[held[0]] - reach), float(self.edges[held[-1] + 1] + reach)

    def lattice(self, step: float) -> NDArray[np.float64]:
        """Values of log10 J from end to end of the support, see `JPrior`."""
        low, high = self.support
        return np.asarray(low + step * np.arange(math.ceil((high - low) / step) + 1), dtype=np.float64)

    def profile(self, lnl: NDArray[np.float64], step: float) -> NDArray[np.float64]:
        """As `JPrior.profile`: the largest sum over a window that slides along the lattice."""
        log_p = self.log_density(self.lattice(step))
        windows = np.lib.stride_tricks.sliding_window_view(lnl, log_p.size)
        return highest(windows + (log_p - log_p.max()))[0]

    def log_density(self, log10_j: ArrayLike) -> NDArray[np.float64]:
        """Natural logarithm of the density per dex, -inf outside of `support`."""
        at = np.asarray(log10_j, dtype=np.float64)
        below = ndtr((at[..., None] - self.edges) / self.width_dex)
        density = (
            (below[..., :-1] - below[..., 1:]) @ (self.samples / np.diff(self.edges)) / self.samples.sum()
        )
        low, high = self.support
        with np.errstate(divide="ignore"):
            return np.asarray(np.where((at >= low) & (at <= high), np.log(np.maximum(density, 0)), -np.inf))


def read_j_posteriors(path: Path) -> dict[str, JPosterior]:
    """Read the posteriors of ``fermi:mlfermi.jposteriors`` by dwarf, named as in ``fermi:mlfermi.dwarfs``.

    Parameters
    ----------
    path
        As a fetch gave it.

    Raises
    ------
    OutOfRange
        The file is no such table, or the bins of a dwarf leave a gap; the message names file and dwarf.
    """
    table = read_table(path, COLUMNS[1:], WHAT, texts=COLUMNS[:1])
    dwarf, low, high, samples = (table[name].to_numpy() for name in COLUMNS)
    found = {}
    for name in dict.fromkeys(dwarf.tolist()):
        rows = dwarf == name
        gap = np.flatnonzero(np.abs(high[rows][:-1] - low[rows][1:]) > 1e-4)
        if gap.size:
            msg = f"{path.name}: the bins of {name} leave a gap at log10 J = {high[rows][gap[0]]:g}"
            raise OutOfRange(msg)
        edges = np.append(low[rows], high[rows][-1])
        found[SHORT.get(name, name)] = JPosterior(edges, samples[rows].astype(np.float64))
    return found
