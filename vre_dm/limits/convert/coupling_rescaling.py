"""Collider limits for other couplings or another spin-one mediator, without simulating a new signal.

Cross sections are relative: only ratios at the same masses mean something. Curves are in `rescaled_limits`.
The methods are those of arXiv:2203.12035.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import Array, elementwise, positive
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.convert.widths import partial_widths, total_width
from vre_dm.limits.spelling import require

Signature = Literal["mono-X", "dijet", "dilepton"]
FINAL_STATES: Mapping[Signature, tuple[str, ...]] = {
    "mono-X": ("DM",),
    "dijet": tuple("udscbt"),
    "dilepton": ("e", "mu"),
}
NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)


@elementwise
def propagator(model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike) -> Array:
    """Production of dark matter on and off the resonance, without phase space.

    Parameters
    ----------
    model
        With a vector or axial mediator.
    mediator_mass, dm_mass : array_like, GeV, of shapes that broadcast

    Returns
    -------
    ndarray, GeV⁻²
        g_q² g_DM² ∫ ds/((s - M²)² + M²Γ²) above s = 4m²; compares couplings of one kind of mediator.

    Raises
    ------
    OutOfRange
        The mediator has no spin, a mass is not positive, or the width reaches the mass.

    References
    ----------
    arXiv:2203.12035 (propagator scaling)
    """
    mass, dm, width = _resonance(model, mediator_mass, dm_mass)
    return (model.g_q * model.g_dm) ** 2 * _threshold_angle(mass, dm, width) / (mass * width)


@elementwise
def phase_space(model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike) -> Array:
    """As `propagator`, each s weighted with the phase space of the dark-matter pair.

    The weight is β(1 + 2m²/s) for a vector and β³ for an axial mediator, so that the two can be compared: on
    resonance the result is that of g_q² BR(DM), off resonance the ratio of parton cross sections. The parton
    luminosity is left out, which costs a few per cent far off the resonance.

    References
    ----------
    arXiv:2203.12035 (parton-level scaling); arXiv:1603.04156, sec. 2 (phase space in the widths)
    """
    mass, dm, width = (x[..., None] for x in _resonance(model, mediator_mass, dm_mass))
    end = _threshold_angle(mass, dm, width)
    angle, step = _nodes(end, width / mass)
    s = mass**2 + mass * width / np.tan(angle)  # flattens the peak
    ratio = np.clip(dm**2 / s, 0, 0.25)
    beta = np.sqrt(1 - 4 * ratio)
    weight = beta * (1 + 2 * ratio) if model.mediator == "vector" else beta**3
    integral = np.sum(step * weight, axis=-1) / (mass * width)[..., 0]
    return np.asarray((model.g_q * model.g_dm) ** 2 * integral)


@elementwise
def resonant(
    model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike, signature: Signature
) -> Array:
    """Production of a narrow resonance times its branching fraction, g_q² Γ_f/Γ; else as `propagator`.

    Parameters
    ----------
    signature
        ``dijet`` (all quarks), ``dilepton`` (e and µ) or ``mono-X`` (dark matter, above threshold).

    Raises
    ------
    InvalidCurve
        The signature is unknown.

    Notes
    -----
    Light quarks make the resonance; the top counts in the decay alone.
    """
    mass, dm, width = _resonance(model, mediator_mass, dm_mass)
    return np.asarray(model.g_q**2 * _into(partial_widths(model, mass, dm), signature) / width)


@elementwise
def ratio(
    old: SimplifiedModel,
    new: SimplifiedModel,
    mediator_mass: ArrayLike,
    dm_mass: ArrayLike,
    signature: Signature,
) -> Array:
    """Cross section of the old model over that of the new one.

    A limit on a signal strength is multiplied by it; one on a cross section stays.

    Parameters
    ----------
    old, new
        Mediators of spin one. For mono-X couplings of one kind of mediator are compared by `propagator`,
        a vector with an axial one by `phase_space`; the visible signatures by `resonant`.
    mediator_mass, dm_mass : array_like, GeV, of shapes that broadcast
    signature
        ``mono-X``, ``dijet`` or ``dilepton``.

    Raises
    ------
    OutOfRange
        A mediator has no spin, a width reaches the mass, or one of the models gives no such signal.
    InvalidCurve
        The signature is unknown.
    """
    if signature == "mono-X":
        method = propagator if old.mediator == new.mediator else phase_space
        before, after = (method(m, mediator_mass, dm_mass) for m in (old, new))
    else:
        before, after = (resonant(m, mediator_mass, dm_mass, signature) for m in (old, new))
    if not (np.all(before > 0) and np.all(after > 0)):
        msg = f"a model gives no {signature} signal at some mass: {old.conventions} or {new.conventions}"
        raise OutOfRange(msg)
    return np.asarray(before / after)


@elementwise
def quark_coupling(
    limit: ArrayLike,
    old: SimplifiedModel,
    new: SimplifiedModel,
    mediator_mass: ArrayLike,
    *,
    old_dm_mass: float,
    new_dm_mass: ArrayLike,
    signature: Signature,
) -> Array:
    """Limit on g_q in another model.

    Parameters
    ----------
    limit : array_like, shape (n,)
        Limit on g_q in the old model, whose own g_q is not used.
    old, new
        Mediators of spin one with their other couplings.
    mediator_mass : array_like, shape (n,), GeV
    old_dm_mass, new_dm_mass : GeV
        More than half the mediator mass means that it does not decay to dark matter.
    signature
        ``mono-X`` (both on resonance), ``dijet`` or ``dilepton``.

    Returns
    -------
    ndarray, shape (n,)
        g_q at which the new model gives the cross section that is excluded in the old one; infinite where no
        coupling does, as its branching fraction is too small.

    Raises
    ------
    OutOfRange
        A limit is not positive, a mediator has no spin, or a model gives no such signal.
    """
    g2 = positive("limit on g_q", limit) ** 2
    quarks, others, into = _unit_widths(old, mediator_mass, old_dm_mass, signature)
    target = g2 * (quarks * g2 if into is None else into) / (quarks * g2 + others)
    quarks, others, into = _unit_widths(new, mediator_mass, new_dm_mass, signature)
    if into is None:
        # g⁴ Γ_q/(g² Γ_q + Γ_other) = target is a quadratic equation in g².
        return np.sqrt((target + np.sqrt(target**2 + 4 * target * others / quarks)) / 2)
    room = into - target * quarks
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(np.where(room > 0, target * others / room, np.inf))


def _unit_widths(
    model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike, signature: Signature
) -> tuple[Array, Array, Array | None]:
    """Width to quarks for g_q = 1, of all else, and into the final state (``None``: the quarks)."""
    _require_spin(model)
    channels = partial_widths(replace(model, g_q=1.0), mediator_mass, dm_mass)
    quarks, into = _into(channels, "dijet"), _into(channels, signature)
    others = np.sum(list(channels.values()), axis=0) - quarks
    if signature == "dijet":
        return quarks, others, None
    if not np.all(into > 0):
        msg = f"a model gives no {signature} signal on resonance at some mass: {model.conventions}"
        raise OutOfRange(msg)
    return quarks, others, into


def _into(widths: Mapping[str, Array], signature: Signature) -> Array:
    """Width into the final state of a search."""
    require(signature, FINAL_STATES, "signature")
    return np.asarray(np.sum([widths[channel] for channel in FINAL_STATES[signature]], axis=0))


def _resonance(
    model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike
) -> tuple[Array, Array, Array]:
    _require_spin(model)
    width = total_width(model, mediator_mass, dm_mass)
    mass, dm, width = np.broadcast_arrays(
        positive("mediator mass in GeV", mediator_mass), positive("dark-matter mass in GeV", dm_mass), width
    )
    return mass, dm, positive("width in GeV", width)


def _require_spin(model: SimplifiedModel) -> None:
    if not model.spin_one:
        msg = f"rescaling holds for vector and axial mediators; a {model.mediator} one is made by gluons"
        raise OutOfRange(msg)


def _threshold_angle(mass: Array, dm: Array, width: Array) -> Array:
    """π/2 + arctan((M² - 4m²)/(MΓ)), without loss of digits far below the threshold."""
    return np.asarray(np.arctan2(mass * width, 4 * dm**2 - mass**2))


def _nodes(end: Array, narrow: Array) -> tuple[Array, Array]:
    """Nodes and weights over angles up to `end`, which is at the threshold; zero is at infinite s.

    The half far above the resonance is taken in the logarithm, down to where phase space is full; in the
    other half a square flattens the root at the threshold.
    """
    node, middle = (NODES + 1) / 2, end / 2
    span = np.log(middle / np.minimum(1e-5 * narrow, middle / 2))
    far = middle * np.exp(-span * node)
    near = end - middle * node**2
    rest = middle * np.exp(-span)  # phase space is full beyond: one node suffices
    angles = np.concatenate([rest / 2, far, near], axis=-1)
    steps = np.concatenate([rest, far * span * WEIGHTS / 2, middle * node * WEIGHTS], axis=-1)
    return angles, steps
