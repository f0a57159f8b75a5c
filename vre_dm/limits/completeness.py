"""Which facts a user needs of a curve, and which of them its source leaves unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vre_dm.limits.metadata import UNKNOWN

if TYPE_CHECKING:
    from vre_dm.limits.curve import Curve

_RECOIL = ("halo", "form_factor")
_COUPLINGS = ("g_q", "g_DM", "g_l")


def _other(coupling: str) -> tuple[str, ...]:
    return ("mediator", *(name for name in _COUPLINGS if name != coupling))


ASSUMED = {
    "sigma_SI": _RECOIL,
    "sigma_SDn": _RECOIL,
    "sigma_SDp": _RECOIL,
    "sigma_e": ("halo",),
    "kappa": ("local_density",),
    "g_ae": ("local_density",),
    "sigmav": ("targets", "J_factor"),
    "lifetime": ("targets", "D_factor"),
    "mediator_plane": ("mediator", *_COUPLINGS),
    "signal_strength": ("mediator", *_COUPLINGS),
    **{coupling: _other(coupling) for coupling in _COUPLINGS},
}
"""Assumptions without which a limit on the quantity cannot be compared with another."""
STATED = ("cl", "statistic")
"""Facts of a measured or projected limit; a theory curve has none of them."""
DIGITISED = ("tool", "error_dex")


def needed(curve: Curve) -> dict[str, object]:
    """Facts a user needs of this curve by name, with what is known of each.

    Theory curves need no confidence level, digitised ones need their error, derived ones their formula (its
    conventions stand in the record); an assumption without meaning for a curve may say ``none``.
    """
    reference, provenance = curve.reference, curve.provenance
    published = UNKNOWN if reference.arxiv == reference.report == UNKNOWN else reference.text
    facts: dict[str, object] = {
        "year": curve.year,
        "arxiv": published,
        "arxiv_version": reference.arxiv_version if reference.arxiv != UNKNOWN else reference.report,
        "doi": reference.doi,
        "figure": reference.figure,
        "provenance": provenance.type,
    }
    if curve.kind != "theory":
        facts |= {name: getattr(curve, name) for name in STATED}
    facts |= assumed(curve)
    if provenance.type == "digitised":
        facts |= {name: getattr(provenance, name) for name in DIGITISED}
    if provenance.type == "derived":
        facts["formula"] = provenance.formula
    return facts


def assumed(curve: Curve) -> dict[str, str | float]:
    """Assumptions that a limit on this quantity stands on, with what is known of each."""
    if curve.kind == "theory" or curve.provenance.type == "derived":
        return {}
    return {name: curve.assumptions.get(name, UNKNOWN) for name in ASSUMED.get(curve.quantity, ())}


def unknowns(curve: Curve) -> tuple[str, ...]:
    """Names of the facts that are needed and not known."""
    return _unknown(needed(curve))


def completeness(curve: Curve) -> tuple[int, int]:
    """How many of the facts that are needed are known, and how many are needed."""
    facts = needed(curve)
    return len(facts) - len(_unknown(facts)), len(facts)


def _unknown(facts: dict[str, object]) -> tuple[str, ...]:
    return tuple(name for name, value in facts.items() if value is None or value == UNKNOWN)
