"""A limit for another local density of dark matter: exact, as the number of events is proportional to it."""

import math

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.derived import restated
from vre_dm.limits.convert.domain import is_curve, number
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import PARAMETERS, Scaling
from vre_dm.limits.quantities import CEILING

POWERS = {
    "sigma_SI": -1.0,
    "sigma_SDn": -1.0,
    "sigma_SDp": -1.0,
    "sigma_e": -1.0,
    "kappa": -0.5,
    "g_ae": -0.5,
}
"""Power of the density by which a limit moves: a cross section enters the rate once, a coupling squared."""


def assumed(curve: Curve) -> float | None:
    """Density in GeV/cm³ that a curve was made with, or ``None`` where it does not say."""
    for scaling in curve.scalings:
        if scaling.parameter == "rho0":
            return scaling.reference
    stated = curve.assumptions.get("local_density")
    return float(stated) if isinstance(stated, int | float) else None


def from_halo(curve: Curve) -> bool:
    """Whether a curve may be about dark matter around us; one from the Sun or stars says ``none: …``."""
    said = (str(curve.assumptions.get(name, "")) for name in ("local_density", "halo"))
    return not any(text.startswith("none") for text in said)


def rescale(
    curve: Curve,
    *,
    rho0: float,
    stated: float | None = None,
    v0: float | None = None,
    v_esc: float | None = None,
    id: str = "",
) -> Curve:
    """Restate a limit for another local density.

    Parameters
    ----------
    curve
        Limit on a cross section with nucleons or electrons, or on the coupling of dark matter that is
        absorbed. Its bands move along.
    rho0
        New density, GeV/cm³, 0.1 to 1.
    stated
        Density the publication states, GeV/cm³; needed where the curve itself does not say.
    v0, v_esc
        Speeds of the halo in km/s. Refused: they change the recoil spectrum, so that the new limit depends
        on the analysis's efficiency, which a curve does not carry.
    id
        Of the new curve; made of the source's when left out.

    Returns
    -------
    Curve
        σ · (ρ₀ old / ρ₀ new), couplings with the root of that; carries the scaling for a slider.

    Raises
    ------
    InvalidCurve
        The limit does not depend on the local density or not by a power, its density is unknown, or two
        statements differ.
    OutOfRange
        A density makes no sense, or a speed was given.

    References
    ----------
    arXiv:2105.00599 (the halo that experiments agreed on, ρ₀ = 0.3 GeV/cm³)
    """
    power = _power(curve)
    if any(column.stem == CEILING for column in curve.columns):
        msg = f"curve {curve.id} has a ceiling, where rock stops dark matter: it follows no power of rho0"
        raise InvalidCurve(msg)
    if v0 is not None or v_esc is not None:
        msg = (
            f"curve {curve.id}: a limit for other v0 or v_esc needs the analysis's efficiency against recoil "
            "energy, which the curve does not carry; change rho0 only"
        )
        raise OutOfRange(msg)
    before, after = _reference(curve, stated), _density(rho0)
    others = tuple(s for s in curve.scalings if s.parameter not in ("rho0", "rho0_ratio"))
    return restated(
        curve,
        (after / before) ** power,
        id=id or f"{curve.id}_rho{after:g}",
        label=f"{curve.label} (ρ₀ = {after:g} GeV/cm³)",
        formula="local-density/2105.00599",
        inputs={"rho0_before_GeV_cm3": before, "rho0_after_GeV_cm3": after},
        assumptions={"local_density": after},
        scalings=(*others, Scaling("rho0", after, power)),
    )


def _power(curve: Curve) -> float:
    is_curve(curve)
    if curve.quantity not in POWERS or not from_halo(curve):
        msg = f"curve {curve.id}: this limit on {curve.quantity} does not depend on the local density"
        raise InvalidCurve(msg)
    return POWERS[curve.quantity]


def _reference(curve: Curve, stated: float | None) -> float:
    known = assumed(curve)
    if stated is None:
        if known is None:
            msg = (
                f"curve {curve.id} does not say which local density it assumes; look it up in "
                f"{curve.reference.text} and give it: rescale(curve, rho0=…, stated=0.3)"
            )
            raise InvalidCurve(msg)
        return _density(known)
    density = _density(stated)
    if known is not None and not math.isclose(known, density, rel_tol=1e-6):
        msg = f"curve {curve.id} assumes rho0 = {known:g} GeV/cm3, not {density:g}; leave stated= out"
        raise InvalidCurve(msg)
    return density


def _density(value: float) -> float:
    known = PARAMETERS["rho0"]
    density = number("rho0 in GeV/cm3", value)
    if not known.low <= density <= known.high:
        msg = f"rho0 = {density:g} is outside {known.low:g} to {known.high:g} {known.unit}; wrong unit?"
        raise OutOfRange(msg)
    return density
