"""ln L of one target over ⟨σv⟩ at a given J: the energy bins summed, exact at every node of a lattice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vre_dm.physics.compiled import compiled

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """One target's table as straight lines between its fluxes, bin by bin, ln L counted from no signal.

    Attributes
    ----------
    log10_flux : ndarray, shape (bins, points - 1)
        log₁₀ of the fluxes above zero.
    intercept, slope : ndarray, shape (bins, points - 1)
        Of the line that begins at each flux but the last one.
    """

    log10_flux: Array
    intercept: Array
    slope: Array

    @classmethod
    def of(cls, flux: Array, lnl: Array) -> Segments:
        """Take a table, both arrays of shape (bins, points)."""
        gained = lnl - lnl[:, :1]
        slope = np.diff(gained) / np.diff(flux)
        return cls(np.log10(flux[:, 1:]), gained[:, :-1] - slope * flux[:, :-1], slope)

    def on_lattice(
        self, log10_signal: Array, start: Array, step: float, nodes: int
    ) -> tuple[Array, NDArray[np.int64]]:
        """Sum the energy bins.

        Parameters
        ----------
        log10_signal : ndarray, shape (masses, bins)
            log₁₀ of the energy flux of each bin at ⟨σv⟩ = 1 cm³/s; ``-inf`` where there is none.
        start : ndarray, shape (masses,)
            log₁₀⟨σv⟩ of the first node.
        step, nodes
            Distance of nodes in log₁₀⟨σv⟩, and how many.

        Returns
        -------
        ndarray, shape (masses, nodes)
            ln L relative to no signal; ``-inf`` from where a bin's flux leaves the table on.
        ndarray, shape (masses,)
            How many nodes the table covers.
        """
        lnl = np.full((len(start), nodes), -np.inf)
        covered = _sum(self.log10_flux, self.intercept, self.slope, log10_signal, start, step, lnl)
        return lnl, np.asarray(covered)

    def reach(self, log10_signal: Array, depth: float) -> Array:
        """Find log₁₀⟨σv⟩ above which a bin alone costs more than `depth` in ln L, or leaves the table.

        Returns
        -------
        ndarray, shape (masses,)
        """
        fluxes = 10 ** self.log10_flux[:, :-1]
        deep = self.intercept[:, 1:] + self.slope[:, 1:] * fluxes < -depth
        first = np.where(deep.any(axis=1), np.argmax(deep, axis=1), self.log10_flux.shape[1] - 1)
        return np.asarray(np.min(self.log10_flux[np.arange(len(first)), first] - log10_signal, axis=1))


@compiled
def _sum(
    log10_flux: Array,
    intercept: Array,
    slope: Array,
    log10_signal: Array,
    start: Array,
    step: float,
    result: Array,
) -> NDArray[np.int64]:
    """Add each line where it begins, then run along the lattice once: the sum is a + b ⟨σv⟩ everywhere."""
    (masses, bins), lines, n = log10_signal.shape, slope.shape[1], result.shape[1]
    covered = np.full(masses, n)
    ratio = 10.0**step
    for m in range(masses):
        a, b = np.zeros(n), np.zeros(n)
        for e in range(bins):
            if log10_signal[m, e] == -np.inf:
                continue
            signal = 10.0 ** log10_signal[m, e]
            first = (-start[m] - log10_signal[m, e]) / step
            b[0] += slope[e, 0] * signal
            for p in range(1, lines + 1):
                k = max(0, int(np.ceil(first + log10_flux[e, p - 1] / step)))
                if k >= n:
                    break
                if p == lines:
                    covered[m] = min(covered[m], k)
                else:
                    a[k] += intercept[e, p] - intercept[e, p - 1]
                    b[k] += (slope[e, p] - slope[e, p - 1]) * signal
        at, along, sigma_v = 0.0, 0.0, 10.0 ** start[m]
        for i in range(covered[m]):
            at += a[i]
            along += b[i]
            result[m, i] = at + along * sigma_v
            sigma_v *= ratio
    return covered
