"""Which search technique a curve belongs to, and which theory lines bound the neutrino fog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vre_dm.limits.metadata import UNKNOWN

if TYPE_CHECKING:
    from vre_dm.limits.curve import Curve

# The position is the technique's colour, the same in every plot.
TECHNIQUES = (
    "direct detection",
    "collider",
    "gamma rays",
    "neutrinos",
    "DM-electron",
    "absorption",
    "astrophysics and cosmology",
    "theory",
)
# Searches that measure a quantity themselves, its own first. The limit of any other came through a model.
MEASURED_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("sigma_SI", "sigma_SDn", "sigma_SDp"), ("direct detection",)),
    "sigma_e": ("DM-electron",),
    **dict.fromkeys(("kappa", "g_ae"), ("absorption", "astrophysics and cosmology")),
    **dict.fromkeys(("sigmav", "lifetime"), ("gamma rays", "neutrinos", "astrophysics and cosmology")),
}
# Experiments whose limits are also drawn on another technique's axis: solar neutrinos and colliders on σ.
OF_EXPERIMENT = {
    "icecube": "neutrinos",
    "antares": "neutrinos",
    "km3net": "neutrinos",
    "super-k": "neutrinos",
    "atlas": "collider",
    "cms": "collider",
    "lhc": "collider",
    "hl-lhc": "collider",
    "fcc": "collider",
    "planck": "astrophysics and cosmology",
}


MIXED = "mixed: "
"""How the assumption ``technique`` of a curve begins that was made of several."""


def technique(curve: Curve) -> str:
    """Word of `TECHNIQUES`: what the curve's record states, else what experiment and quantity imply."""
    stated = curve.assumptions.get("technique")
    if stated in TECHNIQUES:
        return str(stated)
    if curve.kind == "theory":
        return "theory"
    name = curve.experiment.casefold()
    if not name.startswith(tuple(OF_EXPERIMENT)):
        return measured_by(curve.quantity)[0]
    return next(word for start, word in OF_EXPERIMENT.items() if name.startswith(start))


def measured_by(quantity: str) -> tuple[str, ...]:
    """Techniques that measure a quantity without a model between, its own first."""
    return MEASURED_BY.get(quantity, ("collider",))


def is_mapped(curve: Curve) -> bool:
    """Whether the limit was mapped from another search, so that it holds in a model only."""
    return technique(curve) not in (*measured_by(curve.quantity), "theory")


def described(curve: Curve) -> str:
    """The technique, and that a model stands between it and the quantity; of an envelope, all of them."""
    stated = str(curve.assumptions.get("technique", ""))
    if stated.startswith(MIXED):
        return stated
    if not is_mapped(curve):
        return technique(curve)
    formula = curve.provenance.formula
    through = "a model" if formula == UNKNOWN else f"the model {formula}"
    return f"{technique(curve)}, mapped onto {curve.quantity} through {through}"


def is_fog(curve: Curve) -> bool:
    """Whether neutrinos hide what lies below this line."""
    return curve.kind == "theory" and curve.label.casefold().startswith(("neutrino fog", "neutrino floor"))
