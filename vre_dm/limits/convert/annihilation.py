"""Annihilation of Dirac dark matter through an s-channel mediator: σ(s) at any energy, and σv at rest."""

import math

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.constants import CHARGED_LEPTONS, CM3_S_GEV2, Fermion
from vre_dm.limits.convert.domain import Array, elementwise, positive
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.convert.widths import top_loop, total_width
from vre_dm.limits.spelling import require

QUARK_PAIRS = ("uu", "dd", "ss", "cc", "bb", "tt")


@elementwise
def sigma_v_at_rest(
    model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike, *, channel: str = "any"
) -> Array:
    """σv of χχ̄ in the limit v → 0, what annihilates in a galaxy today.

    Parameters
    ----------
    model
        Mediator, couplings, conventions. A scalar mediator annihilates in the p wave: its σv at rest is 0.
    mediator_mass, dm_mass : array_like, GeV
        Of shapes that broadcast.
    channel
        ``any``, ``quarks``, a pair such as ``bb``, ``tautau`` or ``nunu``, or ``gluons``.

    Returns
    -------
    ndarray, cm³/s
        For one χ meeting one χ̄; a halo holds equal numbers of both, so that fluxes carry another 1/2.

    Raises
    ------
    OutOfRange
        Masses outside the domain, or a width that reaches the mass.
    InvalidCurve
        Unknown channel.

    References
    ----------
    arXiv:1603.04156, sec. 4; for (1 − s/M²)² of axial mediators, their longitudinal mode, arXiv:1510.02110
    """
    dm = positive("dark-matter mass in GeV", dm_mass)
    return CM3_S_GEV2 * 2 * _beta_sigma(model, mediator_mass, dm, 4 * dm**2, channel)


@elementwise
def cross_section(
    model: SimplifiedModel,
    mediator_mass: ArrayLike,
    dm_mass: ArrayLike,
    s: ArrayLike,
    *,
    channel: str = "any",
) -> Array:
    """σ(χχ̄ → Standard Model) at a squared energy, with the full dependence on masses.

    Parameters
    ----------
    model, mediator_mass, dm_mass, channel
        As of `sigma_v_at_rest`. Pairs of mediators in the final state are not included.
    s : array_like, GeV²
        Squared energy in the centre of mass, above 4 m²; else `OutOfRange`.

    Returns
    -------
    ndarray, GeV⁻²

    References
    ----------
    Tree level; the limit v → 0 is that of arXiv:1603.04156, sec. 4.
    """
    dm, energy = positive("dark-matter mass in GeV", dm_mass), positive("s in GeV²", s)
    if np.any(energy <= 4 * dm**2):
        msg = "s must exceed 4 m²: below, the pair of dark-matter particles does not exist"
        raise OutOfRange(msg)
    return _beta_sigma(model, mediator_mass, dm, energy, channel) / np.sqrt(1 - 4 * dm**2 / energy)


def _beta_sigma(model: SimplifiedModel, mediator_mass: ArrayLike, dm: Array, s: Array, channel: str) -> Array:
    """σ(s) times the velocity β of dark matter in the centre of mass: finite at threshold, GeV⁻²."""
    mass = positive("mediator mass in GeV", mediator_mass)
    propagator = 1 / ((s - mass**2) ** 2 + (mass * total_width(model, mass, dm)) ** 2)
    squares = _squared_amplitudes(model, mass, dm, s)
    if channel == "any":
        chosen = list(squares.values())
    elif channel == "quarks":
        chosen = [squares[pair] for pair in QUARK_PAIRS]
    else:
        require(channel, squares, "annihilation channel")
        chosen = [squares[channel]]
    total = np.sum(np.broadcast_arrays(*chosen), axis=0)
    return np.asarray(model.g_dm**2 * propagator * total / (16 * math.pi * s))


def _squared_amplitudes(model: SimplifiedModel, mass: Array, dm: Array, s: Array) -> dict[str, Array]:
    """Spin-averaged |M|² over g_DM² and propagator, times the velocity of the products, each channel."""
    pairs = {2 * q.name: _to_fermions(model, mass, dm, s, q, model.to_quark(q)) for q in model.quarks}
    if model.spin_one:
        leptons = {2 * f.name: _to_fermions(model, mass, dm, s, f, model.g_l) for f in CHARGED_LEPTONS}
        massless = _to_fermions(model, mass, dm, s, Fermion("nu", 0.0), model.g_l)
        return pairs | leptons | {"nunu": model.neutrino_flavours / 2 * massless}
    # χχ̄ → gg through the top loop: the width of the mediator into gluons at the energy √s.
    loop = np.abs(top_loop(4 * model.quarks[-1].mass ** 2 / s, model.mediator)) ** 2
    strength = (model.alpha_s * model.g_q / model.higgs_value) ** 2 / (2 * math.pi**2)
    return pairs | {"gluons": _dark_current(model, dm, s) * strength * s**2 * loop}


def _to_fermions(
    model: SimplifiedModel, mass: Array, dm: Array, s: Array, fermion: Fermion, g: float
) -> Array:
    m2, f2 = dm**2, fermion.mass**2
    beta2 = np.clip(1 - 4 * f2 / s, 0, None)
    if model.mediator == "vector":
        square = 4 / 3 * (s + 2 * m2) * (s + 2 * f2)
    elif model.mediator == "axial":
        # The last term is the longitudinal mode: it flips both helicities and vanishes on the pole.
        square = 4 / 3 * ((s - 4 * m2) * (s - 4 * f2) + 12 * m2 * f2 * (1 - s / mass**2) ** 2)
    else:
        square = _dark_current(model, dm, s) * 2 * s * (beta2 if model.mediator == "scalar" else 1.0)
    return np.asarray(fermion.colours * g**2 * square * np.sqrt(beta2))


def _dark_current(model: SimplifiedModel, dm: Array, s: Array) -> Array:
    """Spin average of |v̄χ|² or |v̄γ₅χ|² over 1/4 of the spins."""
    return np.asarray((s - 4 * dm**2) / 2 if model.mediator == "scalar" else s / 2)
