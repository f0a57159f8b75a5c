"""What the sky without dwarfs says of the background at a place: a kernel density over position and ln b."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import between, number, positive
from vre_dm.limits.spelling import require
from vre_dm.physics.parquet import column_names, read_table

Metric = Literal["degrees", "sky"]
WHAT = "a table of blank-sky positions"
REACH = 6.0
"""Kernel widths beyond which a position says nothing of a place."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BlankSky:
    r"""Photons at positions without known sources.

    The background :math:`b` in the first energy bin at :math:`(l, b)` follows

    .. math:: p(\ln b) = \frac{\sum_i w_i \, G(\ln b - \ln c_i; \sigma_y)}{\sum_i w_i},
              \qquad w_i = e^{-d_i^2 / 2 \sigma^2}

    with :math:`c_i` the photons at position i and :math:`d_i` its distance.

    Attributes
    ----------
    l_deg, b_deg : ndarray, shape (n,)
        Galactic coordinates.
    counts : ndarray, shape (n, bins)
        Photons, above zero.
    angle_deg, width
        σ and σ_y, the kernel's widths in angle and in ln b.
    metric
        ``degrees``: :math:`d^2 = \Delta l^2 + \Delta b^2`, which the predicted backgrounds of
        ``fermi:mlfermi.counts`` rest on; near the poles that is a narrow strip of the sky. ``sky``: the
        angle between the places.

    Raises
    ------
    OutOfRange
        Shapes do not fit, a coordinate is not on the sphere, a count or a width is not positive, or an
        unknown metric.

    References
    ----------
    arXiv:1803.05508, arXiv:2002.01229; widths from the code MLFermiLATDwarfs (commit c9cb403)
    """

    l_deg: NDArray[np.float64]
    b_deg: NDArray[np.float64]
    counts: NDArray[np.float64]
    angle_deg: float = 1.4
    width: float = 0.15
    metric: Metric = "degrees"

    def __post_init__(self) -> None:
        require(self.metric, get_args(Metric), "metric", error=OutOfRange)
        number("angle_deg", self.angle_deg)
        number("width of the kernel in ln b", self.width)
        between("Galactic longitude in degrees", self.l_deg, -180, 360, low_included=True)
        between("Galactic latitude in degrees", self.b_deg, -90.001, 90.001)
        positive("photons at a blank-sky position", self.counts)
        rows = {len(self.l_deg), len(self.b_deg), len(self.counts)}
        if len(rows) != 1 or np.ndim(self.counts) != 2:
            msg = f"blank sky: positions and counts (n, bins) must have as many rows, not {sorted(rows)}"
            raise OutOfRange(msg)

    def log_density(
        self, l_deg: float, b_deg: float, ln_background: ArrayLike, *, without: int | None = None
    ) -> NDArray[np.float64]:
        """Logarithm of the density of ln b at a place.

        Parameters
        ----------
        l_deg, b_deg
            The place.
        ln_background : array_like, shape (k,)
            Natural logarithm of the photons in the first bin.
        without
            Position to leave out: its index, where it is the place itself.

        Returns
        -------
        ndarray, shape (k,)
            It integrates to 1 over ln b.

        Raises
        ------
        OutOfRange
            No position lies within `REACH` kernel widths.
        """
        log_weight, near = self._near(l_deg, b_deg, without)
        pull = (np.asarray(ln_background, dtype=float)[:, None] - np.log(self.counts[near, 0])) / self.width
        norm = logsumexp(log_weight) + np.log(np.sqrt(2 * np.pi) * self.width)
        return np.asarray(logsumexp(log_weight - 0.5 * pull**2, axis=1) - norm)

    def predicted(self, l_deg: float, b_deg: float, *, without: int | None = None) -> NDArray[np.float64]:
        """Weighted mean of the logarithm of the photons around a place, shape (bins,); otherwise as above."""
        log_weight, near = self._near(l_deg, b_deg, without)
        weight = np.exp(log_weight - log_weight.max())
        return np.asarray(weight @ np.log(self.counts[near]) / weight.sum())

    def _near(
        self, l_deg: float, b_deg: float, without: int | None
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Logarithms of the weights of the positions within reach, and which those are."""
        square = self._distance_squared(l_deg, b_deg) / self.angle_deg**2
        if without is not None:
            square[without] = np.inf
        near = np.flatnonzero(square < REACH**2)
        if not near.size:
            msg = (
                f"no blank-sky position within {REACH * self.angle_deg:g} deg of l = {l_deg:g}, b = {b_deg:g}"
            )
            raise OutOfRange(msg)
        return -0.5 * square[near], near

    def _distance_squared(self, l_deg: float, b_deg: float) -> NDArray[np.float64]:
        turn = (self.l_deg - l_deg + 180) % 360 - 180
        if self.metric == "degrees":
            return np.asarray(turn**2 + (self.b_deg - b_deg) ** 2)
        here, there = np.radians(b_deg), np.radians(self.b_deg)
        # haversine: exact for the small angles that count
        half = (
            np.sin((there - here) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(np.radians(turn) / 2) ** 2
        )
        return np.asarray(np.degrees(2 * np.arcsin(np.sqrt(np.minimum(half, 1.0)))) ** 2)


def read_blank_sky(path: Path, *, metric: Metric = "degrees") -> BlankSky:
    """Read ``fermi:mlfermi.voids``: the positions that have photons in every bin, as the prediction does.

    Parameters
    ----------
    path
        As a fetch gave it: ``l_deg``, ``b_deg``, and ``counts_0`` and so on.
    metric
        Of the kernel.

    Raises
    ------
    OutOfRange
        The file is no such table, or a number in it cannot be; the message names file, column and row.
    """
    names = [name for name in column_names(path, WHAT) if name.startswith("counts_")] or ["counts_0"]
    if names != [f"counts_{i}" for i in range(len(names))]:
        msg = f"{path.name}: columns of photons must be counts_0, counts_1 and so on, not {', '.join(names)}"
        raise OutOfRange(msg)
    table = read_table(path, ("l_deg", "b_deg", *names), WHAT)
    counts = np.stack([table[name].to_numpy() for name in names], axis=1).astype(np.float64)
    if np.any(counts < 0):
        row, column = np.argwhere(counts < 0)[0]
        msg = f"{path.name}, column {names[column]}, row {row + 1}: {counts[row, column]:g} photons"
        raise OutOfRange(msg)
    seen = np.all(counts > 0, axis=1)
    return BlankSky(
        l_deg=table["l_deg"].to_numpy()[seen],
        b_deg=table["b_deg"].to_numpy()[seen],
        counts=counts[seen],
        metric=metric,
    )
