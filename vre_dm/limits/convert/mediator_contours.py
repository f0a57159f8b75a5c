"""Contours of colliders in the (mediator, dark matter) mass plane, for direct and indirect detection.

A contour holds for the couplings it was made with, so the results carry no scaling in them: rescale the
contour first where others are wanted (`vre_dm.limits.convert.rescaled_limits`).
"""

import numpy as np

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert import annihilation_lines, mediators
from vre_dm.limits.convert.derived import derived
from vre_dm.limits.convert.domain import is_curve
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.curve import Curve


def to_cross_section(curve: Curve, model: SimplifiedModel, *, id: str, quantity: str | None = None) -> Curve:
    """Contour in the mass plane as one in the plane of dark-matter mass and cross section on a nucleon.

    Parameters
    ----------
    curve
        A contour of ``mediator_plane``; couplings that its assumptions state must be those of `model`.
    model
        Mediator, couplings the contour was made with, and conventions of the nucleon.
    id
        Of the new curve.
    quantity
        ``sigma_SI`` for vector and scalar, ``sigma_SDp`` (default) or ``sigma_SDn`` for axial mediators.

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
    sigma = mediators.cross_section(model, curve.x, curve.y)
    return derived(
        curve,
        id=id,
        formula=f"s-channel/{model.mediator}/{chosen}/1603.04156",
        quantity=chosen,
        geometry=curve.geometry,
        columns=(mass_column(curve.y), limit_column(sigma, chosen)),
        inputs=mediators.inputs(model),
        assumptions=model.conventions,
    )


def to_annihilation(curve: Curve, model: SimplifiedModel, *, id: str, channel: str = "any") -> Curve:
    """Contour in the mass plane as one in the plane of dark-matter mass and ⟨σv⟩ today.

    Parameters
    ----------
    curve, model, id
        As of `to_cross_section`.
    channel
        As of `vre_dm.limits.convert.annihilation_lines.expected`, as are the result and what is refused.
    """
    _require_plane(curve, model)
    return annihilation_lines.seen(
        curve, model, curve.x, curve.y, id=id, channel=channel, geometry=curve.geometry
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
