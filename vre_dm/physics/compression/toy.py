"""Simulated pairs of muons: a Z with some Drell-Yan below it, made to be measured, not to be believed in."""

from __future__ import annotations

from numbers import Integral

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import shown
from vre_dm.physics.compression.dimuons import MUON_GEV, dimuons

Array = NDArray[np.float64]
Z_GEV, WIDTH_GEV = 91.1876, 2.4952
MASS_RANGE_GEV = (50.0, 150.0)
SHARE_OF_Z = 0.93
SCALE_PT_GEV, SPREAD_RAPIDITY = 8.0, 1.3
RESOLUTION, RESOLUTION_PER_GEV, ANGLE_RAD = 0.015, 1e-4, 5e-4
PT_GEV, ETA = 20.0, 2.4
MOST = 10_000_000


def toy_dimuons(pairs: int, rng: np.random.Generator) -> xr.Dataset:
    r"""Draw muon pairs with the columns of the real file.

    The mass is a Breit-Wigner of Z_GEV and WIDTH_GEV, or falls as :math:`1/m^2`; the pair has a transverse
    momentum and a rapidity, its decay goes as :math:`1 + \cos^2\theta`, momenta and angles are measured with
    a resolution, and both muons have more than 20 GeV across the beam and :math:`|\eta| < 2.4`. No parton
    densities, no radiation, no alignment: enough to have mantissas, correlations and a peak as real ones.

    Parameters
    ----------
    pairs
        How many are kept, from 1 to 10 million.
    rng
        Where chance comes from.

    Raises
    ------
    OutOfRange
        Another number of pairs.
    """
    if not (isinstance(pairs, Integral) and 1 <= pairs <= MOST):
        msg = f"number of toy pairs {shown(pairs)} must lie between 1 and {MOST}, and be whole"
        raise OutOfRange(msg)
    kept: list[Array] = []
    while sum(part.shape[-1] for part in kept) < pairs:
        measured = _measured(_decayed(2 * pairs + 100, rng), rng)
        inside = np.all((measured[:, 0] > PT_GEV) & (np.abs(measured[:, 1]) < ETA), axis=0)
        kept.append(measured[:, :, inside])
    return _table(np.concatenate(kept, axis=-1)[:, :, :pairs], rng)


def _masses(n: int, rng: np.random.Generator) -> Array:
    low, high = MASS_RANGE_GEV
    first, last = (float(np.arctan(2 * (edge - Z_GEV) / WIDTH_GEV)) for edge in MASS_RANGE_GEV)
    peak = Z_GEV + WIDTH_GEV / 2 * np.tan(rng.uniform(first, last, n))
    falling = 1 / rng.uniform(1 / high, 1 / low, n)
    return np.where(rng.random(n) < SHARE_OF_Z, peak, falling)


def _decayed(n: int, rng: np.random.Generator) -> Array:
    """Momenta of both muons in the detector's frame, shape (2 muons, 3, n), GeV."""
    mass, pt = _masses(n, rng), rng.gamma(1.5, SCALE_PT_GEV, n)
    rapidity, azimuth, turn = rng.normal(0, SPREAD_RAPIDITY, n), *rng.uniform(-np.pi, np.pi, (2, n))
    cosine = 2 * np.sinh(np.arcsinh(4 * rng.random(n) - 2) / 3)  # of 1 + cos², by its integral
    sine, momentum = np.sqrt(1 - cosine**2), np.sqrt(mass**2 / 4 - MUON_GEV**2)
    along = momentum * np.array([sine * np.cos(turn), sine * np.sin(turn), cosine])
    energy = np.hypot(mass, pt) * np.cosh(rapidity)
    pair = np.array([pt * np.cos(azimuth), pt * np.sin(azimuth), np.hypot(mass, pt) * np.sinh(rapidity)])
    return np.stack([_boosted(sign * along, mass / 2, pair / mass, energy / mass) for sign in (1, -1)])


def _boosted(momentum: Array, energy: Array, velocity: Array, gamma: Array) -> Array:
    """Take a momentum from the frame of the pair to one in which the pair has gamma times its velocity."""
    along: Array = np.sum(momentum * velocity, axis=0)
    moved: Array = momentum + velocity * (along / (1 + gamma) + energy)
    return moved


def _measured(momenta: Array, rng: np.random.Generator) -> Array:
    """Transverse momentum in GeV, pseudorapidity, azimuth, shape (2 muons, 3, n), as a detector has them."""
    x, y, z = momenta[:, 0], momenta[:, 1], momenta[:, 2]
    pt = np.hypot(x, y)
    smeared = pt * (1 + np.hypot(RESOLUTION, RESOLUTION_PER_GEV * pt) * rng.normal(size=pt.shape))
    eta = np.arcsinh(z / pt) + ANGLE_RAD * rng.normal(size=pt.shape)
    phi = np.arctan2(y, x) + ANGLE_RAD * rng.normal(size=pt.shape)
    return np.stack([smeared, eta, np.mod(phi + np.pi, 2 * np.pi) - np.pi], axis=1)


def _table(measured: Array, rng: np.random.Generator) -> xr.Dataset:
    n = measured.shape[-1]
    first = rng.choice(np.array([-1, 1], dtype=np.int32), n)
    columns = {
        "run": np.ones(n, dtype=np.int32),
        "event": np.arange(1, n + 1, dtype=np.int32),
        "category": np.zeros(n, dtype=np.int32),
    }
    total = np.zeros((4, n))
    for which, (pt, eta, phi) in enumerate(measured, start=1):
        x, y, z = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
        energy = np.sqrt(x**2 + y**2 + z**2 + MUON_GEV**2)
        total += (energy, x, y, z)
        named = {"E": energy, "px": x, "py": y, "pz": z, "pt": pt, "eta": eta, "phi": phi}
        columns |= {f"muon{which}_{name}": values for name, values in named.items()}
        columns[f"muon{which}_charge"] = first if which == 1 else -first
    columns["mass"] = np.sqrt(total[0] ** 2 - np.sum(total[1:] ** 2, axis=0))
    events = dimuons(columns)
    events.attrs["title"] = "toy: Z and Drell-Yan to two muons, not a simulation of any detector"
    return events
