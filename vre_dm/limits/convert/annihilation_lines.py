"""⟨σv⟩ today as curves: what an s-channel model predicts, and published limits for Dirac dark matter."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.annihilation import sigma_v_at_rest
from vre_dm.limits.convert.derived import Origin, derived, restated, theory
from vre_dm.limits.convert.domain import Array, is_curve, number, positive
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.curve import Curve, Geometry

DIRAC = "Dirac"


def expected(
    model: SimplifiedModel, mediator_mass: float, dm_masses: ArrayLike, *, id: str, channel: str = "any"
) -> Curve:
    """⟨σv⟩ at rest that a model predicts, as a line of theory.

    Parameters
    ----------
    model
        Mediator and couplings; a scalar mediator annihilates in the p wave only and is refused.
    mediator_mass
        GeV.
    dm_masses : array_like, shape (n,), GeV
        Rising; dense near half of `mediator_mass`, where the line peaks. Masses at which the channel is
        closed are left out. Annihilation into pairs of mediators is not included.
    id
        Of the curve.
    channel
        As of `vre_dm.limits.convert.annihilation.sigma_v_at_rest`.

    Returns
    -------
    Curve
        ``sigmav`` of one χ meeting one χ̄, cm³/s: compare with limits made `for_dirac`. It carries no scaling,
        as the couplings also set the width.

    Raises
    ------
    OutOfRange
        A scalar mediator, a channel that is closed everywhere, or as in `sigma_v_at_rest`.
    InvalidCurve
        Unknown channel.

    References
    ----------
    arXiv:1603.04156, sec. 4
    """
    heavy = number("mediator mass in GeV", mediator_mass)
    return seen(
        theory(f"{model.mediator} mediator, {heavy:g} GeV"),
        model,
        heavy,
        np.atleast_1d(positive("dark-matter mass in GeV", dm_masses)),
        id=id,
        channel=channel,
        stated={"mediator_mass_GeV": heavy},
    )


def seen(
    source: Curve | Origin,
    model: SimplifiedModel,
    mediator_mass: float | Array,
    dm_mass: Array,
    *,
    id: str,
    channel: str,
    geometry: Geometry = "line",
    stated: Mapping[str, float | str] | None = None,
) -> Curve:
    """⟨σv⟩ at points of the mass plane as a curve over the dark-matter mass; as `expected`.

    Parameters
    ----------
    source
        Whose points they are.
    mediator_mass, dm_mass : ndarray, GeV
        Of one shape, the former also one number.
    stated
        What else is recorded, as input and as assumption.
    """
    if model.mediator == "scalar":
        msg = "a scalar mediator annihilates in the p wave only: ⟨σv⟩ today is no number to compare with"
        raise OutOfRange(msg)
    sigmav = sigma_v_at_rest(model, mediator_mass, dm_mass, channel=channel)
    open_ = sigmav > 0
    if not open_.any():
        msg = f"the channel {channel} is closed at every mass from {dm_mass.min():g} to {dm_mass.max():g} GeV"
        raise OutOfRange(msg)
    more = dict(stated or {})
    return derived(
        source,
        id=id,
        formula=f"s-channel/{model.mediator}/sigmav/1603.04156",
        quantity="sigmav",
        channel="any" if channel in ("quarks", "gluons") else channel,
        geometry=geometry,
        columns=(mass_column(dm_mass[open_]), limit_column(sigmav[open_], "sigmav")),
        inputs={**model.couplings, **more, "channel": channel, "quark masses": model.masses},
        assumptions={**model.conventions, **more, "annihilation_products": channel, "particle": DIRAC},
    )


def for_dirac(curve: Curve, *, id: str) -> Curve:
    """Restate a limit on ⟨σv⟩ for Dirac dark matter: twice as high, as half of the pairs annihilate.

    Parameters
    ----------
    curve
        ``sigmav`` for particles that are their own antiparticles, the convention of published limits.
    id
        Of the new curve.

    Raises
    ------
    InvalidCurve
        Another quantity, a curve that is no limit, or one whose record says that it is for Dirac particles
        already.

    References
    ----------
    arXiv:1012.4515, eq. 53
    """
    is_curve(curve)
    if curve.quantity != "sigmav":
        msg = f"curve {curve.id} is about {curve.quantity}; only limits on sigmav know two kinds of particle"
        raise InvalidCurve(msg)
    if str(curve.assumptions.get("particle", "")).casefold() == DIRAC.casefold():
        msg = f"curve {curve.id} is for Dirac dark matter already"
        raise InvalidCurve(msg)
    if curve.kind == "theory":
        msg = f"curve {curve.id} is a prediction, which doubles for no kind of particle; compute it for Dirac"
        raise InvalidCurve(msg)
    return restated(
        curve,
        2.0,
        id=id,
        label=f"{curve.label}, Dirac",
        formula="sigmav/dirac/1012.4515",
        inputs={"factor": 2.0},
        assumptions={"particle": DIRAC},
    )
