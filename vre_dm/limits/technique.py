"""Which search technique a curve belongs to, and which theory lines bound the neutrino fog."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
OF_QUANTITY = {
    "sigma_SI": "direct detection",
    "sigma_SDn": "direct detection",
    "sigma_SDp": "direct detection",
    "sigma_e": "DM-electron",
    "kappa": "absorption",
    "g_ae": "absorption",
    "sigmav": "gamma rays",
    "lifetime": "gamma rays",
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


def technique(curve: Curve) -> str:
    """Word of `TECHNIQUES`: what the curve's record states, else what experiment and quantity imply."""
    stated = curve.assumptions.get("technique")
    if stated in TECHNIQUES:
        return str(stated)
    if curve.kind == "theory":
        return "theory"
    name = curve.experiment.casefold()
    found = (word for start, word in OF_EXPERIMENT.items() if name.startswith(start))
    return next(found, OF_QUANTITY.get(curve.quantity, "collider"))


def is_fog(curve: Curve) -> bool:
    """Whether neutrinos hide what lies below this line."""
    return curve.kind == "theory" and curve.label.casefold().startswith(("neutrino fog", "neutrino floor"))
