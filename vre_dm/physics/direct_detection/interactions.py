"""How strongly a nucleus scatters, for a cross section on one nucleon: spin-independent, light mediators.

`spin_dependent` has the other classic; an interaction of a user's own is one short class.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import between, number
from vre_dm.physics.constants import AMU_GEV
from vre_dm.physics.direct_detection.kinematics import momentum_gev
from vre_dm.physics.form_factors import helm_squared
from vre_dm.physics.targets import Nucleus

GEV_PER_MEV = 1e-3


class Interaction(Protocol):
    """What a recoil spectrum asks of an interaction whose amplitude does not depend on the speed.

    Attributes
    ----------
    quantity
        What a limit on its cross section is called in the catalogue: ``sigma_SI``, ``sigma_SDp``, ….
    nucleon_gev
        Mass of the nucleon in the reduced mass that the cross section on one nucleon is defined with, GeV.
    """

    @property
    def quantity(self) -> str:
        """Word of `vre_dm.limits.quantities`."""

    @property
    def nucleon_gev(self) -> float:
        """Mass of the nucleon, GeV."""

    def enhancement(self, nucleus: Nucleus, energy_kev: ArrayLike) -> NDArray[np.float64]:
        r"""Cross section of a nucleus over that of a nucleon, without :math:`\mu_A^2/\mu_N^2`; same shape."""

    def assumptions(self) -> dict[str, str | float]:
        """Say what was assumed, as a limit curve carries it."""


@dataclass(frozen=True, slots=True)
class SpinIndependent:
    r"""Coherent scattering, :math:`[Z + (A - Z) f_n/f_p]^2 F^2(E)` with the Helm form factor.

    Parameters
    ----------
    fn_over_fp
        Coupling to neutrons over that to protons, whose cross section is meant: 1, the usual, -0.7 where
        xenon is nearly blind.
    nucleon_gev
        Mass of the nucleon whose cross section is meant, GeV. One u is the convention of wimprates and of the
        published XENON tables; with the proton's mass the rate at high mass is 1.4 % lower.

    Raises
    ------
    OutOfRange
        It is not finite; later, a nucleus whose Z is not known with couplings that differ.

    References
    ----------
    Lewin & Smith, Astropart. Phys. 6 (1996) 87, section 4; arXiv:1102.4331 for couplings that differ.
    """

    fn_over_fp: float = 1.0
    nucleon_gev: float = AMU_GEV
    quantity: str = field(default="sigma_SI", init=False)

    def __post_init__(self) -> None:
        number("nucleon_gev", self.nucleon_gev)
        between("fn_over_fp", self.fn_over_fp, -np.inf, np.inf)

    def enhancement(self, nucleus: Nucleus, energy_kev: ArrayLike) -> NDArray[np.float64]:
        """Cross section of a nucleus over that of a proton, without the reduced masses; same shape."""
        form = helm_squared(energy_kev, nucleus.mass_number)
        if self.fn_over_fp == 1:
            return nucleus.mass_number**2 * form
        if not nucleus.protons:
            msg = f"a nucleus of A = {nucleus.mass_number} has no Z, which couplings that differ need"
            raise OutOfRange(msg)
        neutrons = nucleus.mass_number - nucleus.protons
        return (nucleus.protons + neutrons * self.fn_over_fp) ** 2 * form

    def assumptions(self) -> dict[str, str | float]:
        """Say what was assumed, as a limit curve carries it."""
        equal = "spin-independent, equal for protons and neutrons"
        return {
            "form_factor": "Helm (Lewin & Smith 1996)",
            "coupling": equal if self.fn_over_fp == 1 else f"spin-independent, fn/fp = {self.fn_over_fp:g}",
            "nucleon_mass": "1 u" if self.nucleon_gev == AMU_GEV else f"{self.nucleon_gev:g} GeV",
        }


@dataclass(frozen=True, slots=True)
class LightMediator:
    r"""An interaction through a mediator of some mass: times :math:`[m_\phi^2/(q^2 + m_\phi^2)]^2`.

    The cross section is the one without momentum transfer.

    Parameters
    ----------
    mediator_mev
        Mass of the mediator, MeV; far above the momentum transfer (tens of MeV) nothing changes.
    interaction
        What the mediator couples like.

    Raises
    ------
    OutOfRange
        The mass is not positive.

    References
    ----------
    arXiv:1802.06912 (PandaX-II limits on the cross section at zero momentum transfer).
    """

    mediator_mev: float
    interaction: Interaction = field(default_factory=SpinIndependent)

    def __post_init__(self) -> None:
        number("mediator_mev", self.mediator_mev)

    @property
    def quantity(self) -> str:
        """That of the interaction, without momentum transfer."""
        return self.interaction.quantity

    @property
    def nucleon_gev(self) -> float:
        """That of the interaction."""
        return self.interaction.nucleon_gev

    def enhancement(self, nucleus: Nucleus, energy_kev: ArrayLike) -> NDArray[np.float64]:
        """Cross section of a nucleus over that of a nucleon, without the reduced masses; same shape."""
        ratio = momentum_gev(energy_kev, nucleus) / (self.mediator_mev * GEV_PER_MEV)
        return self.interaction.enhancement(nucleus, energy_kev) / (1 + ratio**2) ** 2

    def assumptions(self) -> dict[str, str | float]:
        """Say what was assumed, as a limit curve carries it."""
        return {**self.interaction.assumptions(), "mediator_MeV": self.mediator_mev, "sigma_at": "q = 0"}
