"""Constants of nature that the translations share, with their source; what is a convention is an argument."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CM2_GEV2 = 3.893793721e-28
"""(ħc)²: a cross section of 1 GeV⁻² in cm² (CODATA 2018)."""

LIGHT_SPEED_CM_S = 2.99792458e10
CM3_S_GEV2 = CM2_GEV2 * LIGHT_SPEED_CM_S
"""⟨σv⟩ of 1 GeV⁻² in cm³/s."""

ALPHA = 1 / 137.035999084
"""Fine-structure constant at zero momentum (CODATA 2018)."""

ELECTRON_MASS = 0.51099895e-3
"""GeV."""

NUCLEON_MASS = 0.93895
"""Mean of proton and neutron, GeV (PDG 2024: 0.938272, 0.939565)."""

HIGGS_MASS = 125.0
"""GeV, as in the papers of ATLAS and CMS on invisible decays."""

HIGGS_WIDTH = 4.07e-3
"""Width of a Standard-Model Higgs boson of 125 GeV, in GeV (arXiv:1307.1347)."""

PERTURBATIVE = math.sqrt(4 * math.pi)
"""Couplings above it have no meaning at leading order."""


@dataclass(frozen=True, slots=True)
class Fermion:
    """A Standard-Model fermion: mass in GeV and number of colours."""

    name: str
    mass: float
    colours: int = 1


MassSet = Literal["DMWG", "PDG2024"]


def _quarks(*masses: float) -> tuple[Fermion, ...]:
    return tuple(Fermion(name, mass, 3) for name, mass in zip("udscbt", masses, strict=True))


QUARKS: Mapping[MassSet, tuple[Fermion, ...]] = {
    # The masses behind the LHC Dark Matter Working Group's widths (arXiv:2203.12035 and its code).
    "DMWG": _quarks(2.4e-3, 4.8e-3, 0.104, 1.27, 4.2, 171.2),
    # Summary tables of PDG 2024 (Phys. Rev. D 110, 030001): MS-bar, the top from direct measurements.
    "PDG2024": _quarks(2.16e-3, 4.70e-3, 0.0935, 1.273, 4.183, 172.57),
}
CHARGED_LEPTONS = (Fermion("e", ELECTRON_MASS), Fermion("mu", 0.1056583755), Fermion("tau", 1.77693))
NEUTRINO_FLAVOURS = 3
