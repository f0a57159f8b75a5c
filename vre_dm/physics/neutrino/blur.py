"""How far from the centre of a source its neutrinos are seen: the source convolved with the point spread."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.neutrino.irf import edges

Array = NDArray[np.float64]
PARTS = 3
"""Into how many circles a bin of the point spread is divided."""


def circles(point_spread: xr.DataArray) -> Array:
    """Distances in deg that stand for the bins of a point spread: ``PARTS`` a bin, of one solid angle."""
    cosine = np.cos(np.deg2rad(edges(point_spread, "rad")))
    depth = (np.arange(PARTS) + 0.5) / PARTS
    return np.rad2deg(np.arccos(cosine[:-1, None] + np.diff(cosine)[:, None] * depth)).ravel()


def probabilities(point_spread: xr.DataArray, zenith_deg: Array) -> Array:
    """Share of the events at each of the `circles`.

    Parameters
    ----------
    point_spread : (rad, zenith, energy), sr⁻¹
    zenith_deg : (z,)
        Zenith angles at which it is wanted.

    Returns
    -------
    ndarray, shape (z, energies, circles)
        Adds up to one over the circles.

    Raises
    ------
    OutOfRange
        At one of these zenith angles the point spread is not normalised within 2 %: it was not filled.
    """
    solid_angle = -2 * np.pi * np.diff(np.cos(np.deg2rad(edges(point_spread, "rad"))))
    row = np.digitize(zenith_deg, edges(point_spread, "zenith")[1:-1])
    share = point_spread.to_numpy()[:, row, :] * solid_angle[:, None, None]
    total = share.sum(axis=0)
    if np.any(np.abs(total - 1) > 0.02):
        first = np.argwhere(np.abs(total - 1) > 0.02)[0]
        msg = (
            f"{point_spread.attrs.get('file', 'response')}: at a zenith angle of {zenith_deg[first[0]]:.0f}"
            f" deg the point spread adds up to {total[tuple(first)]:.2f}, not 1; look at larger zenith angles"
        )
        raise OutOfRange(msg)
    return np.asarray(np.repeat(np.moveaxis(share / total, 0, -1), PARTS, axis=-1) / PARTS)


def inside(source_deg: Array, circle_deg: Array, ring_edges_deg: Array) -> Array:
    r"""Share of a circle around a point of the source that lies in each ring around the source's centre.

    Parameters
    ----------
    source_deg : (s,)
        Distances of points of the source from its centre.
    circle_deg : (c,)
        Radii of circles around such a point.
    ring_edges_deg : (r + 1,)
        Rising.

    Returns
    -------
    ndarray, shape (s, c, r), 0 to 1
        Exact on the sphere: where the circle crosses the edge, :math:`\cos r = \cos\theta\cos\alpha +
        \sin\theta\sin\alpha\cos\psi`.
    """
    theta, alpha = np.deg2rad(source_deg)[:, None, None], np.deg2rad(circle_deg)[None, :, None]
    reach = np.maximum(np.sin(theta) * np.sin(alpha), 1e-300)
    cosine = (np.cos(np.deg2rad(ring_edges_deg)) - np.cos(theta) * np.cos(alpha)) / reach
    # A circle that neither crosses the edge lies whole on one side of it, and clip says on which.
    return np.asarray(np.diff(np.arccos(np.clip(cosine, -1, 1)) / np.pi, axis=-1))
