"""Benchmarks: models of the LHC Dark Matter Working Group, the sequential Standard Model, E6."""

import math
from collections.abc import Mapping

from vre_dm.limits.convert.domain import number
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.physics.dilepton.couplings import Pair, ZPrime, simplified

SIN2_WEINBERG = 0.23126
"""At the mass of the Z (PDG)."""
INVERSE_ALPHA = 128.0
"""At the scale of the weak bosons (PDG)."""

SIMPLIFIED: Mapping[str, SimplifiedModel] = {
    "V1": SimplifiedModel(mediator="vector", g_q=0.25, g_dm=1.0),
    "V2": SimplifiedModel(mediator="vector", g_q=0.1, g_dm=1.0, g_l=0.01),
    "A1": SimplifiedModel(mediator="axial", g_q=0.25, g_dm=1.0),
    "A2": SimplifiedModel(mediator="axial", g_q=0.1, g_dm=1.0, g_l=0.1),
}
"""The four scenarios of arXiv:1703.05703; V1 and A1 couple to no lepton."""

# 2√6 Q_ψ and 2√10 Q_χ of the left-handed doublets and the right-handed singlets of the Standard Model.
PSI = {"Q": 1, "u": -1, "d": -1, "L": 1, "e": -1}
CHI = {"Q": -1, "u": 1, "d": -3, "L": 3, "e": 1}


def sequential() -> ZPrime:
    """Boson with the couplings of the Standard Model's Z.

    References
    ----------
    arXiv:0801.1345
    """
    half = _g_z() / 2
    charges = {"up": (0.5, 2 / 3), "down": (-0.5, -1 / 3), "lepton": (-0.5, -1.0), "neutrino": (0.5, 0.0)}
    couplings = {
        name: (half * (isospin - 2 * charge * SIN2_WEINBERG), -half * isospin)
        for name, (isospin, charge) in charges.items()
    }
    return ZPrime("Z'_SSM", couplings)


def e6(angle: float, name: str = "") -> ZPrime:
    r"""Boson :math:`Z'_\psi \cos\theta + Z'_\chi \sin\theta` of E6, without the exotic fermions.

    Parameters
    ----------
    angle
        θ in radians, -π to π: 0 is ψ, π/2 is χ.
    name
        For the curves made with it.

    Raises
    ------
    OutOfRange
        The angle is no number between -π and π.

    References
    ----------
    arXiv:0801.1345 (charges; coupling √(5/3) g tan θ_W). Right-handed neutrinos are taken to be too
    heavy to be made.
    """
    number("E6 angle in radians", angle, -math.pi, math.pi, low_included=True)
    strength = math.sqrt(5 / 3 * SIN2_WEINBERG) * _g_z()
    charge = {
        field: strength
        * (math.cos(angle) * PSI[field] / math.sqrt(24) + math.sin(angle) * CHI[field] / math.sqrt(40))
        for field in PSI
    }
    couplings = {
        "up": _chiral(charge["Q"], charge["u"]),
        "down": _chiral(charge["Q"], charge["d"]),
        "lepton": _chiral(charge["L"], charge["e"]),
        "neutrino": _chiral(charge["L"], 0.0),
    }
    return ZPrime(name or f"Z'_E6({angle:g})", couplings)


def _chiral(left: float, right: float) -> Pair:
    """Vector and axial coupling of left- and right-handed ones."""
    return (left + right) / 2, (right - left) / 2


def _g_z() -> float:
    """g/cos θ_W."""
    return math.sqrt(4 * math.pi / INVERSE_ALPHA / (SIN2_WEINBERG * (1 - SIN2_WEINBERG)))


BENCHMARKS: Mapping[str, ZPrime] = {
    **{name: simplified(model, name) for name, model in SIMPLIFIED.items()},
    "SSM": sequential(),
    "psi": e6(0.0, "Z'_psi"),
    "chi": e6(math.pi / 2, "Z'_chi"),
}
"""All of them by name."""
