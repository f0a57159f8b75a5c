"""Limits of direct detection in the terms of s-channel mediators: mass plane, quark coupling, prediction.

Curves from the formulas of `mediators` (arXiv:1603.04156, eqs. 4.1 to 4.10).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert import mediators
from vre_dm.limits.convert.constants import PERTURBATIVE
from vre_dm.limits.convert.derived import derived, theory
from vre_dm.limits.convert.domain import Array, number, positive
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Scaling, Validity

FORMULA = "s-channel/{}/{}/1603.04156"


def to_mediator_plane(curve: Curve, model: SimplifiedModel, *, id: str, lightest: float = 10.0) -> Curve:
    """Limit on a cross section on nucleons as the area it excludes in the mass plane.

    Parameters
    ----------
    curve
        A line of ``sigma_SI`` (vector, scalar) or ``sigma_SDp``, ``sigma_SDn`` (axial).
    model
        Mediator, couplings and conventions of the nucleon.
    id
        Of the new curve.
    lightest
        Mediator mass at which the area is closed, GeV; it would go on to the lightest one that still is a
        contact interaction.

    Returns
    -------
    Curve
        Closed contour of ``mediator_plane``: mediator mass, dark-matter mass, GeV.

    Raises
    ------
    InvalidCurve
        Another kind of curve.
    OutOfRange
        The limit excludes nothing above `lightest` somewhere, or as in
        `vre_dm.limits.convert.mediators.cross_section`.
    """
    masses, sigma = _scattering_line(curve, model)
    heavy = mediators.mediator_mass(model, sigma, masses)
    lightest = number("lightest mediator mass in GeV", lightest)
    if heavy.min() <= lightest:
        msg = f"curve {curve.id} reaches down to mediators of {heavy.min():.3g} GeV; lightest must lie below"
        raise OutOfRange(msg)
    around = np.concatenate([[lightest], heavy, [lightest, lightest]])
    dark = np.concatenate([masses[:1], masses, masses[-1:], masses[:1]])
    return derived(
        curve,
        id=id,
        formula=FORMULA.format(model.mediator, "mediator_plane"),
        quantity="mediator_plane",
        geometry="contour",
        columns=(mass_column(around), limit_column(dark, "mediator_plane")),
        inputs=mediators.inputs(model) | {"lightest_GeV": lightest},
        assumptions=model.conventions,
        validity=Validity(lightest, float(heavy.max()), "the side at the lightest mediator only closes it"),
    )


def to_quark_coupling(curve: Curve, model: SimplifiedModel, *, id: str, mass_ratio: float = 3.0) -> Curve:
    """Limit on a cross section on nucleons as one on g_q, to lie beside dijet limits.

    Parameters
    ----------
    curve, id
        As of `to_mediator_plane`.
    model
        Its g_q plays no part.
    mass_ratio
        Mediator mass over dark-matter mass along the line.

    Returns
    -------
    Curve
        ``g_q`` over the mediator mass; it scales exactly with 1/g_DM. Masses at which the limit on g_q lies
        above √(4π) are left out.

    Raises
    ------
    InvalidCurve
        Another kind of curve.
    OutOfRange
        No mass is left, or as in `vre_dm.limits.convert.mediators.cross_section`.
    """
    masses, sigma = _scattering_line(curve, model)
    heavy = masses * number("mass_ratio", mass_ratio)
    limit = mediators.quark_coupling(model, sigma, heavy, masses)
    kept = limit <= PERTURBATIVE
    if not kept.any():
        msg = f"curve {curve.id} limits g_q nowhere below √(4π) at g_DM = {model.g_dm:g}"
        raise OutOfRange(msg)
    inputs = mediators.inputs(model) | {"m_med over m_DM": mass_ratio}
    del inputs["g_q"]
    return derived(
        curve,
        id=id,
        formula=FORMULA.format(model.mediator, "g_q"),
        quantity="g_q",
        channel="any",
        columns=(mass_column(heavy[kept]), limit_column(limit[kept], "g_q")),
        inputs=inputs,
        assumptions=model.without_g_q | {"mass_ratio": mass_ratio},
        scalings=(Scaling("g_DM", model.g_dm, -1), *_shared(curve, 0.5)),
    )


def expected(
    model: SimplifiedModel,
    mediator_mass: float,
    dm_masses: ArrayLike,
    *,
    id: str,
    quantity: str | None = None,
) -> Curve:
    """Cross section on nucleons that a model predicts, as a line of theory.

    Parameters
    ----------
    mediator_mass
        GeV.
    dm_masses : array_like, shape (n,), GeV
        Rising.
    model, id, quantity
        As of `vre_dm.limits.convert.mediator_contours.to_cross_section`.

    Returns
    -------
    Curve
        Scales exactly with g_q² and g_DM².

    Raises
    ------
    OutOfRange
        As in `vre_dm.limits.convert.mediators.cross_section`.
    """
    chosen = mediators.quantity(model, quantity)
    masses = np.atleast_1d(positive("dark-matter mass in GeV", dm_masses))
    heavy = number("mediator mass in GeV", mediator_mass)
    sigma = mediators.cross_section(model, heavy, masses)
    return derived(
        theory(f"{model.mediator} mediator, {heavy:g} GeV"),
        id=id,
        formula=FORMULA.format(model.mediator, chosen),
        quantity=chosen,
        columns=(mass_column(masses), limit_column(sigma, chosen)),
        inputs=mediators.inputs(model) | {"m_med_GeV": heavy},
        assumptions=model.conventions | {"mediator_mass_GeV": heavy},
        scalings=(Scaling("g_q", model.g_q, 2), Scaling("g_DM", model.g_dm, 2)),
    )


def _scattering_line(curve: Curve, model: SimplifiedModel) -> tuple[Array, Array]:
    """Masses and cross sections of a line, inside its validity."""
    mediators.nucleon_factor(model)
    mediators.quantity(model, curve.quantity)
    if curve.geometry != "line":
        msg = f"curve {curve.id} is a {curve.geometry}; a line is needed"
        raise InvalidCurve(msg)
    low, high = curve.range
    inside = (curve.x >= low) & (curve.x <= high)
    return curve.x[inside], curve.y[inside]


def _shared(curve: Curve, power: float) -> Sequence[Scaling]:
    """How the source moves with the local density, carried through a power law."""
    return [
        Scaling(s.parameter, s.reference, s.power * power, s.form)
        for s in curve.scalings
        if s.parameter in ("rho0", "rho0_ratio")
    ]
