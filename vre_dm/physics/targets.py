"""Detector targets: which nuclei a recoil can happen on."""

from dataclasses import dataclass, replace

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.physics.constants import AMU_GEV


@dataclass(frozen=True, slots=True)
class Nucleus:
    """One kind of nucleus in a target.

    Parameters
    ----------
    mass_number
        A; an average over isotopes need not be a whole number.
    mass_u
        Atomic mass in u.
    mass_fraction
        Its share of the target's mass, 0 to 1.
    protons
        Z; 0 where it is not known, which is enough for equal couplings to protons and neutrons.

    Raises
    ------
    OutOfRange
        A or the mass is not positive, the share is not from 0 to 1, or there are more protons than nucleons.
    """

    mass_number: float
    mass_u: float
    mass_fraction: float = 1.0
    protons: int = 0

    def __post_init__(self) -> None:
        number("mass_number", self.mass_number)
        number("mass_u", self.mass_u)
        if not (0 <= self.mass_fraction <= 1 + 1e-9 and 0 <= self.protons <= self.mass_number):
            nucleus = f"Z = {self.protons}, A = {self.mass_number:g}"
            msg = f"a nucleus of {nucleus} with a share of {self.mass_fraction} of the mass cannot be"
            raise OutOfRange(msg)

    @property
    def mass_gev(self) -> float:
        """Mass in GeV."""
        return self.mass_u * AMU_GEV

    @property
    def isotope(self) -> tuple[int, float]:
        """Z and A."""
        return self.protons, self.mass_number


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

    @property
    def mean_mass_u(self) -> float:
        """Mean mass of an atom of it, u."""
        return 1 / sum(nucleus.mass_fraction / nucleus.mass_u for nucleus in self.nuclei)


def compound(name: str, parts: dict[Target, float]) -> Target:
    """Make a target of several elements.

    Parameters
    ----------
    name
        Of the compound.
    parts
        Elements, each with the number of its atoms in a molecule.

    Raises
    ------
    OutOfRange
        No element, or a number of atoms that is not positive.

    Examples
    --------
    >>> octafluoropropane = compound("C3F8", {CARBON_NATURAL: 3, FLUORINE: 8})
    >>> len(octafluoropropane.nuclei)
    3
    """
    masses = {
        element: number(f"{name}: atoms of {element.name}", count) * element.mean_mass_u
        for element, count in parts.items()
    }
    total = sum(masses.values())
    return Target(
        name,
        tuple(
            replace(nucleus, mass_fraction=nucleus.mass_fraction * mass / total)
            for element, mass in masses.items()
            for nucleus in element.nuclei
        ),
    )


def _natural(name: str, protons: int, isotopes: tuple[tuple[int, float, float], ...]) -> Target:
    total = sum(mass * abundance for _, mass, abundance in isotopes)
    nuclei = (Nucleus(a, mass, mass * abundance / total, protons) for a, mass, abundance in isotopes)
    return Target(name, tuple(nuclei))


XENON_AVERAGE = Target("Xe (one nucleus of standard atomic weight)", (Nucleus(131.293, 131.293, 1.0, 54),))
"""What wimprates uses, and with it the published XENON limits."""
ARGON_AVERAGE = Target("Ar (one nucleus of standard atomic weight)", (Nucleus(39.948, 39.948, 1.0, 18),))

# (A, mass in u, abundance): IUPAC 2013 abundances (doi:10.1515/pac-2015-0503) and atomic masses rounded to
# 1e-5 u, both as NIST's table of atomic weights and isotopic compositions gives them.
CARBON_NATURAL = _natural("C (natural isotopes)", 6, ((12, 12.0, 0.9893), (13, 13.00335, 0.0107)))
CARBON_12 = Target("C (carbon-12 alone)", (Nucleus(12, 12.0, 1.0, 6),))
"""For spin-dependent scattering: the spin structure of carbon-13, 1.1 % of carbon, is not known here."""
OXYGEN_NATURAL = _natural(
    "O (natural isotopes)", 8, ((16, 15.99491, 0.99757), (17, 16.99913, 0.00038), (18, 17.99916, 0.00205))
)
FLUORINE = _natural("F", 9, ((19, 18.99840, 1.0),))
SODIUM = _natural("Na", 11, ((23, 22.98977, 1.0),))
SILICON_NATURAL = _natural(
    "Si (natural isotopes)", 14, ((28, 27.97693, 0.92223), (29, 28.97649, 0.04685), (30, 29.97377, 0.03092))
)
ARGON_NATURAL = _natural(
    "Ar (natural isotopes)",
    18,
    ((36, 35.96755, 0.003336), (38, 37.96273, 0.000629), (40, 39.96238, 0.996035)),
)
CALCIUM_NATURAL = _natural(
    "Ca (natural isotopes)",
    20,
    (
        (40, 39.96259, 0.96941),
        (42, 41.95862, 0.00647),
        (43, 42.95877, 0.00135),
        (44, 43.95548, 0.02086),
        (46, 45.95369, 0.00004),
        (48, 47.95252, 0.00187),
    ),
)
GERMANIUM_NATURAL = _natural(
    "Ge (natural isotopes)",
    32,
    (
        (70, 69.92425, 0.2057),
        (72, 71.92208, 0.2745),
        (73, 72.92346, 0.0775),
        (74, 73.92118, 0.3650),
        (76, 75.92140, 0.0773),
    ),
)
IODINE = _natural("I", 53, ((127, 126.90447, 1.0),))
XENON_NATURAL = _natural(
    "Xe (natural isotopes)",
    54,
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
TUNGSTEN_NATURAL = _natural(
    "W (natural isotopes)",
    74,
    (
        (180, 179.94671, 0.0012),
        (182, 181.94820, 0.2650),
        (183, 182.95022, 0.1431),
        (184, 183.95093, 0.3064),
        (186, 185.95436, 0.2843),
    ),
)

SODIUM_IODIDE = compound("NaI", {SODIUM: 1, IODINE: 1})
CALCIUM_TUNGSTATE = compound(
    "CaWO4 (natural isotopes)", {CALCIUM_NATURAL: 1, TUNGSTEN_NATURAL: 1, OXYGEN_NATURAL: 4}
)
