"""Contours of colliders in the (mediator, dark matter) mass plane, for direct and indirect detection.

A contour holds for the couplings it was made with, so the results carry no scaling in them: rescale the
contour first where others are wanted (`vre_dm.limits.convert.coupling_rescaling`).
"""

import numpy as np

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert import annihilation, mediators
from vre_dm.limits.convert.annihilation_lines import DIRAC
from vre_dm.limits.convert.constants import NUCLEON_MASS
from vre_dm.limits.convert.derived import derived
from vre_dm.limits.convert.domain import is_curve
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.curve import Curve


def to_cross_section(
    curve: Curve,
    model: SimplifiedModel,
    *,
    id: str,
    quantity: str | None = None,
    nucleon_factor: float | None = None,
    nucleon_mass: float = NUCLEON_MASS,
) -> Curve:
    """Contour in the mass plane as one in the plane of dark-matter mass and cross section on a nucleon.

    Parameters
    ----------
    curve
        A contour of ``mediator_plane``; couplings that its assumptions state must be those of `model`.
    model
        Mediator and couplings the contour was made with.
    id
        Of the new curve.
    quantity
        ``sigma_SI`` for vector and scalar, ``sigma_SDp`` (default) or ``sigma_SDn`` for axial mediators.
    nucleon_factor, nucleon_mass
        As of `vre_dm.limits.convert.mediators.cross_section`.

    Returns
    -------
    Curve
        Contour, in cm².

    Raises
    ------
    InvalidCurve
        Another kind of curve, or other couplings.
    OutOfRange
        As in `vre_dm.limits.convert.mediators.cross_section`.

    References
    ----------
    arXiv:1603.04156, eqs. 4.1 to 4.10
    """
    _require_plane(curve, model)
    chosen = mediators.quantity(model, quantity)
    sigma = mediators.cross_section(
        model, curve.x, curve.y, nucleon_factor=nucleon_factor, nucleon_mass=nucleon_mass
    )
    return derived(
        curve,
        id=id,
        formula=f"s-channel/{model.mediator}/{chosen}/1603.04156",
        quantity=chosen,
        geometry=curve.geometry,
        columns=(mass_column(curve.y), limit_column(sigma, chosen)),
        inputs=mediators.inputs(model, nucleon_factor, nucleon_mass),
        assumptions=model.conventions,
    )


def to_annihilation(curve: Curve, model: SimplifiedModel, *, id: str, channel: str = "any") -> Curve:
    """Contour in the mass plane as one in the plane of dark-matter mass and ⟨σv⟩ today.

    Parameters
    ----------
    curve, model, id
        As of `to_cross_section`.
    channel
        ``any``, ``bb``, ``tt``, ``cc``, ``tautau`` …; points where it is closed are left out.

    Returns
    -------
    Curve
        ``sigmav`` of one χ meeting one χ̄, cm³/s: compare with limits made `annihilation_lines.for_dirac`.

    Raises
    ------
    InvalidCurve
        As in `to_cross_section`.
    OutOfRange
        The channel is closed everywhere; a scalar mediator, whose annihilation dies out with the velocity.

    References
    ----------
    arXiv:1603.04156, sec. 4
    """
    _require_plane(curve, model)
    if model.mediator == "scalar":
        msg = "a scalar mediator annihilates in the p wave only: ⟨σv⟩ today is no number to compare with"
        raise OutOfRange(msg)
    sigmav = annihilation.sigma_v_at_rest(model, curve.x, curve.y, channel=channel)
    open_ = sigmav > 0
    if not open_.any():
        msg = f"curve {curve.id}: the channel {channel} is closed at every mass of it"
        raise OutOfRange(msg)
    return derived(
        curve,
        id=id,
        formula=f"s-channel/{model.mediator}/sigmav/1603.04156",
        quantity="sigmav",
        channel="any" if channel in ("quarks", "gluons") else channel,
        geometry=curve.geometry,
        columns=(mass_column(curve.y[open_]), limit_column(sigmav[open_], "sigmav")),
        inputs=model.couplings | {"channel": channel, "quark masses": model.masses},
        assumptions=model.conventions | {"annihilation_products": channel, "particle": DIRAC},
    )


def _require_plane(curve: Curve, model: SimplifiedModel) -> None:
    is_curve(curve)
    if curve.quantity != "mediator_plane" or curve.geometry not in ("contour", "line"):
        msg = (
            f"curve {curve.id} is a {curve.geometry} of {curve.quantity}; a mediator_plane contour is needed"
        )
        raise InvalidCurve(msg)
    for name, value in model.couplings.items():
        stated = curve.assumptions.get(name)
        if isinstance(stated, int | float) and not np.isclose(stated, value):
            msg = f"curve {curve.id} was made with {name} = {stated:g}, not {value:g}; rescale it first"
            raise InvalidCurve(msg)
