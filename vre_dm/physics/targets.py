"""Detector targets: which nuclei a recoil can happen on."""

from dataclasses import dataclass

from vre_dm.errors import OutOfRange
from vre_dm.physics.constants import AMU_GEV


@dataclass(frozen=True, slots=True)
class Nucleus:
    """One kind of nucleus in a target.

    Parameters
    ----------
    mass_number
        A, also the coherence factor of spin-independent scattering.
    mass_u
        Atomic mass in u.
    mass_fraction
        Its share of the target's mass, 0 to 1.
    """

    mass_number: float
    mass_u: float
    mass_fraction: float = 1.0

    @property
    def mass_gev(self) -> float:
        """Mass in GeV."""
        return self.mass_u * AMU_GEV


@dataclass(frozen=True, slots=True)
class Target:
    """A detector material as the nuclei in it.

    Raises
    ------
    OutOfRange
        The mass fractions do not add up to one within 0.1 %.
    """

    name: str
    nuclei: tuple[Nucleus, ...]

    def __post_init__(self) -> None:
        total = sum(nucleus.mass_fraction for nucleus in self.nuclei)
        if abs(total - 1) > 1e-3:
            msg = f"mass fractions of target {self.name} add up to {total:.4f}, not 1"
            raise OutOfRange(msg)


def _natural(name: str, isotopes: tuple[tuple[int, float, float], ...]) -> Target:
    total = sum(mass * abundance for _, mass, abundance in isotopes)
    nuclei = (Nucleus(a, mass, mass * abundance / total) for a, mass, abundance in isotopes)
    return Target(name, tuple(nuclei))


XENON_AVERAGE = Target("Xe (one nucleus of standard atomic weight)", (Nucleus(131.293, 131.293),))
"""What wimprates uses, and with it the published XENON limits."""

# (A, mass in u, abundance): IUPAC 2013 abundances (doi:10.1515/pac-2015-0503), AME2020 masses to 1e-5 u.
XENON_NATURAL = _natural(
    "Xe (natural isotopes)",
    (
        (124, 123.90589, 0.000952),
        (126, 125.90430, 0.000890),
        (128, 127.90353, 0.019102),
        (129, 128.90478, 0.264006),
        (130, 129.90351, 0.040710),
        (131, 130.90508, 0.212324),
        (132, 131.90416, 0.269086),
        (134, 133.90540, 0.104357),
        (136, 135.90721, 0.088573),
    ),
)
