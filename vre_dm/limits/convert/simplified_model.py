"""An s-channel simplified model of the LHC Dark Matter Working Group: mediator, couplings, conventions."""

from dataclasses import dataclass
from typing import Literal, get_args

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.constants import NEUTRINO_FLAVOURS, NUCLEON_MASS, QUARKS, Fermion, MassSet
from vre_dm.limits.convert.domain import coupling, positive
from vre_dm.limits.spelling import require

Mediator = Literal["vector", "axial", "scalar", "pseudoscalar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimplifiedModel:
    """Dirac dark matter and one mediator, with the same coupling to every quark flavour.

    Attributes
    ----------
    mediator
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``. The last two couple to quarks with g_q times
        the Yukawa coupling, to gluons through the top loop, and to no lepton.
    g_q, g_dm, g_l
        Couplings to quarks, dark matter, charged leptons and neutrinos; any may be zero, as long as the
        mediator couples to something.
    masses
        Set of quark masses, see `vre_dm.limits.convert.constants.QUARKS`.
    neutrino_flavours
        Left-handed neutrinos; 1 reproduces the working group's code, nature has 3.
    alpha_s
        Strong coupling in the gluon channel; 0.130 is that of the working group's code.
    higgs_value
        v in the Yukawa couplings √2 m/v, GeV.
    nucleon_factor
        Coupling to a nucleon per g_q; that of `vre_dm.limits.convert.mediators.NUCLEON_FACTORS` by default.
    nucleon_mass
        GeV.

    Raises
    ------
    OutOfRange
        A coupling is negative or above √(4π), all are zero, a scalar mediator has g_l > 0, or a convention is
        not positive.

    References
    ----------
    arXiv:1603.04156, sec. 2; arXiv:2203.12035
    """

    mediator: Mediator
    g_q: float
    g_dm: float
    g_l: float = 0.0
    masses: MassSet = "DMWG"
    neutrino_flavours: int = NEUTRINO_FLAVOURS
    alpha_s: float = 0.130
    higgs_value: float = 246.0
    nucleon_factor: float | None = None
    nucleon_mass: float = NUCLEON_MASS

    def __post_init__(self) -> None:
        require(self.mediator, get_args(Mediator), "mediator")
        require(self.masses, QUARKS, "set of quark masses")
        couplings = [
            coupling(name, value, zero=True)
            for name, value in (("g_q", self.g_q), ("g_DM", self.g_dm), ("g_l", self.g_l))
        ]
        if not any(couplings):
            msg = "g_q, g_DM and g_l are all zero: the mediator couples to nothing"
            raise OutOfRange(msg)
        if self.g_l and not self.spin_one:
            msg = f"g_l = {self.g_l:g}: a {self.mediator} mediator of this model couples to no lepton, give 0"
            raise OutOfRange(msg)
        positive("alpha_s", self.alpha_s, zero=True)
        positive("v in GeV", self.higgs_value)
        positive("nucleon mass in GeV", self.nucleon_mass)
        if self.nucleon_factor is not None:
            positive("f per g_q", self.nucleon_factor)
        if self.neutrino_flavours not in (0, 1, 2, 3):
            msg = f"neutrino_flavours = {self.neutrino_flavours!r} must be 0, 1, 2 or 3"
            raise OutOfRange(msg)

    @property
    def spin_one(self) -> bool:
        """Vector or axial, not scalar or pseudoscalar."""
        return self.mediator in ("vector", "axial")

    @property
    def quarks(self) -> tuple[Fermion, ...]:
        """Quarks with their masses, lightest first."""
        return QUARKS[self.masses]

    def to_quark(self, quark: Fermion) -> float:
        """Coupling to one quark flavour: g_q itself, or g_q m/v for spin zero."""
        return self.g_q if self.spin_one else self.g_q * quark.mass / self.higgs_value

    @property
    def conventions(self) -> dict[str, str | float]:
        """What a result takes for granted, for a curve's assumptions."""
        return {
            "mediator": "axial vector" if self.mediator == "axial" else self.mediator,
            "dark_matter": "Dirac fermion",
            **self.couplings,
        }

    @property
    def without_g_q(self) -> dict[str, str | float]:
        """The `conventions` of a limit on g_q itself."""
        return {name: value for name, value in self.conventions.items() if name != "g_q"}

    @property
    def couplings(self) -> dict[str, float]:
        """The couplings by their names in a curve's record."""
        return {"g_q": self.g_q, "g_DM": self.g_dm, "g_l": self.g_l}
