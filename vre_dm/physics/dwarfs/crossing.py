"""Where a profile likelihood has dropped so far that a larger signal is excluded."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.bisection import border
from vre_dm.limits.convert.domain import number

Array = NDArray[np.float64]
BISECTIONS = 40


def one_sided_drop(cl: float) -> float:
    """Drop of ln L from its maximum that ends a one-sided interval: z²/2, 1.353 at 95 %.

    Raises
    ------
    OutOfRange
        The level is not between 0.5 and 1.

    References
    ----------
    arXiv:1007.1727, eq. 14 and its distribution; −2Δln L = 2.71 at 95 %, as in arXiv:1611.03184
    """
    return float(ndtri(number("confidence level", cl, 0.5, 1)) ** 2) / 2


def highest(profile: Array, at_zero: float = -np.inf) -> tuple[Array, Array]:
    """Maximum of each row, between nodes too, and its place in nodes.

    Parameters
    ----------
    profile : ndarray, shape (rows, nodes)
    at_zero
        Value without signal, which lies below any lattice of logarithms; the place is then ``-inf``.

    Returns
    -------
    tuple of ndarray, shape (rows,)
    """
    rows, nodes = profile.shape
    best = np.argmax(profile, axis=1)
    inner = np.clip(best, 1, nodes - 2)
    left, middle, right = (profile[np.arange(rows), inner + shift] for shift in (-1, 0, 1))
    bend = left + right - 2 * middle
    peaked = (inner == best) & (bend < 0) & np.isfinite(bend)
    safe = np.where(peaked, bend, -1.0)
    apart = np.where(peaked, (left - right) / (2 * safe), 0.0)
    value = profile[np.arange(rows), best] - np.where(peaked, (right - left) ** 2 / (8 * safe), 0.0)
    above = value > at_zero
    return np.where(above, value, at_zero), np.where(above, best + apart, -np.inf)


def last_above(profile: Array, level: Array) -> Array:
    """Place, in nodes, where each row falls below its level for good; cubic between nodes.

    Parameters
    ----------
    profile : ndarray, shape (rows, nodes), four nodes or more
    level : ndarray, shape (rows,)

    Returns
    -------
    ndarray, shape (rows,)
        ``nan`` where the last node is not below the level or none is above.
    """
    rows, nodes = profile.shape
    above = profile >= level[:, None]
    node = nodes - 1 - np.argmax(above[:, ::-1], axis=1)
    found = above.any(axis=1) & (node < nodes - 1)
    base = np.clip(node, 1, nodes - 3)
    four = np.stack([profile[np.arange(rows), base + shift] for shift in (-1, 0, 1, 2)])
    straight = ~np.isfinite(four).all(axis=0)
    start = np.where(found, node - base, 0).astype(np.float64)
    here, after = profile[np.arange(rows), node], profile[np.arange(rows), np.minimum(node + 1, nodes - 1)]

    def is_above(place: Array) -> NDArray[np.bool_]:
        line = here + (place - start) * (after - here)
        return np.asarray(np.where(straight, line, _cubic(four, place)) >= level)

    with np.errstate(invalid="ignore"):  # a neighbour may be -inf, and is then not used
        place = border(is_above, start, start + 1, steps=BISECTIONS)
    return np.where(found, base + place, np.nan)


def _cubic(four: Array, t: Array) -> Array:
    """Polynomial through values at -1, 0, 1 and 2."""
    a, b, c, d = four
    outer = -a * t * (t - 1) * (t - 2) / 6 + d * (t + 1) * t * (t - 1) / 6
    return np.asarray(outer + b * (t + 1) * (t - 1) * (t - 2) / 2 - c * (t + 1) * t * (t - 2) / 2)


def require_found(places: Array, masses_gev: Array, what: str) -> None:
    """Refuse a limit that was not found on the lattice.

    Raises
    ------
    OutOfRange
        With the mass.
    """
    missing = np.flatnonzero(~np.isfinite(places))
    if missing.size:
        mass = masses_gev[missing[0]]
        msg = f"{what}: the likelihood does not fall far enough at {mass:g} GeV to set a limit"
        raise OutOfRange(msg)
