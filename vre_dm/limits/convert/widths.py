"""Widths of s-channel mediators: which channels are open at a mass, and what each contributes."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.constants import CHARGED_LEPTONS
from vre_dm.limits.convert.domain import Array, elementwise, positive
from vre_dm.limits.convert.simplified_model import Mediator, SimplifiedModel


def partial_widths(model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike) -> dict[str, Array]:
    """Widths of every channel; a channel below its threshold has width zero.

    Parameters
    ----------
    model
        Mediator, couplings, conventions.
    mediator_mass, dm_mass : array_like, GeV
        Of shapes that broadcast.

    Returns
    -------
    dict
        Channel (``u`` … ``t``, ``e``, ``mu``, ``tau``, ``nu``, ``gluons``, ``DM``) to ndarray, GeV.

    Raises
    ------
    OutOfRange
        A mass is not positive.

    References
    ----------
    arXiv:1507.00966, sec. 2; arXiv:1603.04156, sec. 2; arXiv:2203.12035
    """
    mass, dm = np.broadcast_arrays(
        positive("mediator mass in GeV", mediator_mass), positive("dark-matter mass in GeV", dm_mass)
    )
    kind = model.mediator
    widths = {q.name: q.colours * pair(mass, q.mass, kind, model.to_quark(q)) for q in model.quarks}
    if model.spin_one:
        widths |= {f.name: pair(mass, f.mass, kind, model.g_l) for f in CHARGED_LEPTONS}
        # A neutrino is left-handed only: half of a massless Dirac pair.
        widths["nu"] = model.neutrino_flavours * model.g_l**2 * mass / (24 * math.pi)
    else:
        loop = np.abs(top_loop(4 * model.quarks[-1].mass ** 2 / mass**2, kind)) ** 2
        scale = (model.alpha_s * model.g_q / model.higgs_value) ** 2
        widths["gluons"] = scale * mass**3 / (32 * math.pi**3) * loop
    widths["DM"] = pair(mass, dm, kind, model.g_dm)
    return widths


@elementwise
def total_width(model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike) -> Array:
    """Sum of `partial_widths`, in GeV.

    Raises
    ------
    OutOfRange
        A mass is not positive, or the width reaches the mass: then there is no resonance to speak of.
    """
    total = np.sum(list(partial_widths(model, mediator_mass, dm_mass).values()), axis=0)
    broad = np.asarray(total >= mediator_mass)
    if broad.any():
        mass = np.broadcast_to(mediator_mass, total.shape)[broad].flat[0]
        msg = (
            f"the width of a {model.mediator} mediator of {mass:g} GeV, {total[broad].flat[0]:g} GeV, "
            "reaches its mass; lower the couplings"
        )
        raise OutOfRange(msg)
    return np.asarray(total)


def pair(mass: Array, fermion: ArrayLike, mediator: Mediator, g: float) -> Array:
    """Width into one Dirac pair without colour, GeV; zero below threshold.

    Parameters
    ----------
    mass, fermion : array_like, GeV, of shapes that broadcast
        Of the mediator and of the fermion.
    mediator
        Kind of the coupling; a vector and an axial coupling of one mediator add up without interference.
    g
        Coupling.

    References
    ----------
    arXiv:1507.00966, sec. 2
    """
    ratio = np.square(np.asarray(fermion) / mass)
    beta = np.sqrt(np.clip(1 - 4 * ratio, 0, None))
    if mediator == "vector":
        return np.asarray(g**2 * mass / (12 * math.pi) * beta * (1 + 2 * ratio))
    if mediator == "axial":
        return np.asarray(g**2 * mass / (12 * math.pi) * beta**3)
    return np.asarray(g**2 * mass / (8 * math.pi) * beta ** (3 if mediator == "scalar" else 1))


def top_loop(tau: ArrayLike, mediator: Mediator) -> NDArray[np.complex128]:
    """Form factor of the top triangle between a spin-zero mediator and two gluons.

    Parameters
    ----------
    tau : array_like
        (2 m_t / mass of the pair of gluons)²; above 1 the loop is real.
    mediator
        ``scalar``, else pseudoscalar.

    Returns
    -------
    ndarray, complex, same shape

    References
    ----------
    arXiv:1603.04156, sec. 2
    """
    ratio = np.asarray(tau, dtype=np.complex128)
    # At τ = 1 exactly 1/√(τ−1) diverges while its arctan is π/2.
    root = np.sqrt(np.where(ratio == 1, 1 + 1e-12, ratio) - 1)
    angle = np.arctan(1 / root) ** 2
    return np.asarray(ratio * (1 + (1 - ratio) * angle) if mediator == "scalar" else ratio * angle)
