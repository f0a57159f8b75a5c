"""Spin-dependent scattering: structure functions of eight nuclei from chiral effective field theory.

``structure_functions.csv`` has the fits: a row an isospin combination, the coefficients by rising power of u.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.constants import HBARC_GEV_FM, NEUTRON_GEV, PROTON_GEV
from vre_dm.physics.direct_detection.kinematics import momentum_gev
from vre_dm.physics.targets import Nucleus

Nucleon = Literal["proton", "neutron"]
SIGN = {"proton": 1, "neutron": -1}
GEV = {"proton": PROTON_GEV, "neutron": NEUTRON_GEV}


@dataclass(frozen=True, slots=True)
class SpinDependent:
    r"""Axial scattering off one kind of nucleon, :math:`\frac{4\pi}{3 (2J + 1)} S_{p,n}(E)`.

    :math:`S_p = S_{00} + S_{01} + S_{11}` and :math:`S_n = S_{00} - S_{01} + S_{11}` with one- and two-body
    currents, the middle of their band. Known for ¹⁹F, ²³Na, ²⁷Al, ²⁹Si, ⁷³Ge, ¹²⁷I, ¹²⁹Xe and ¹³¹Xe; nuclei
    with even numbers of protons and of neutrons have no spin. Others, rare ones too, are errors: for carbon
    take `targets.CARBON_12`, which by its name neglects the 1.1 % of ¹³C.

    Parameters
    ----------
    nucleon
        ``proton`` or ``neutron``: whose cross section is meant; the other one's is zero.

    Raises
    ------
    OutOfRange
        Another nucleon; later, a nucleus with a spin whose structure function is not known.

    References
    ----------
    arXiv:1304.7684: the fits, as DDCalc carries them (it notes that the oscillator length of ¹⁹F is
    misprinted in the table and takes the one of figure 12).
    """

    nucleon: Nucleon

    def __post_init__(self) -> None:
        if self.nucleon not in SIGN:
            msg = f"nucleon must be 'proton' or 'neutron', not {self.nucleon!r}"
            raise OutOfRange(msg)

    @property
    def quantity(self) -> str:
        """``sigma_SDp`` or ``sigma_SDn``."""
        return f"sigma_SD{self.nucleon[0]}"

    @property
    def nucleon_gev(self) -> float:
        """Mass of the nucleon, GeV."""
        return GEV[self.nucleon]

    def enhancement(self, nucleus: Nucleus, energy_kev: ArrayLike) -> NDArray[np.float64]:
        """Cross section of a nucleus over that of the nucleon, without the reduced masses; same shape.

        Raises
        ------
        OutOfRange
            The nucleus is not among those known, or an energy is beyond its fit.
        """
        momentum = momentum_gev(energy_kev, nucleus)
        function = _function(nucleus)
        if function is None:
            return np.zeros_like(momentum)
        return 4 * np.pi / 3 * function.of(momentum, SIGN[self.nucleon]) / (2 * function.spin + 1)

    def assumptions(self) -> dict[str, str | float]:
        """Say what was assumed, as a limit curve carries it."""
        return {
            "form_factor": "arXiv:1304.7684, one- and two-body currents, middle of the band",
            "coupling": f"spin-dependent, {self.nucleon}s only",
            "nucleon_mass": f"{self.nucleon_gev:.5f} GeV",
        }


@dataclass(frozen=True, slots=True)
class StructureFunction:
    r"""Fits :math:`S_{ij}(u) = e^{-u} \sum_n c_n u^n` of one nucleus, with :math:`u = (q b)^2 / 2`.

    Attributes
    ----------
    isotope
        For messages.
    spin
        J.
    length_fm
        Oscillator length b.
    u_max
        Up to where the fit holds.
    coefficients
        By isospin: ``00``, ``01``, ``11``.
    """

    isotope: str
    spin: float
    length_fm: float
    u_max: float
    coefficients: dict[str, NDArray[np.float64]]

    def of(self, momentum_gev: NDArray[np.float64], sign: int) -> NDArray[np.float64]:
        """S for protons (sign 1) or neutrons (sign -1); same shape.

        Raises
        ------
        OutOfRange
            A momentum is beyond the fit.
        """
        u = (momentum_gev * self.length_fm / HBARC_GEV_FM) ** 2 / 2
        if np.any(u > self.u_max):
            highest = np.sqrt(2 * self.u_max) / self.length_fm * HBARC_GEV_FM
            msg = (
                f"momentum transfer {momentum_gev.max():.3g} GeV is beyond the structure function of "
                f"{self.isotope}, which ends at {highest:.3g} GeV"
            )
            raise OutOfRange(msg)
        even = self.coefficients["00"] + self.coefficients["11"]
        series = np.polynomial.polynomial.polyval(u, even + sign * self.coefficients["01"])
        result: NDArray[np.float64] = np.exp(-u) * series
        return result


def _function(nucleus: Nucleus) -> StructureFunction | None:
    """Of a nucleus; None where it has no spin."""
    protons, number = nucleus.isotope
    if protons and float(number).is_integer() and protons % 2 == 0 and number % 2 == 0:
        return None
    try:
        return _functions()[protons, int(number) if float(number).is_integer() else number]
    except KeyError:
        known = ", ".join(function.isotope for function in _functions().values())
        msg = (
            f"no spin structure is known here of Z = {protons}, A = {number:g}; there are those of {known}: "
            "take a target without it, such as targets.CARBON_12"
        )
        raise OutOfRange(msg) from None


@cache
def _functions() -> dict[tuple[int, float], StructureFunction]:
    text = (files(__package__) / "structure_functions.csv").read_text(encoding="utf-8")
    found: dict[tuple[int, float], StructureFunction] = {}
    for row in csv.DictReader(text.splitlines()):
        key = int(row["Z"]), float(row["A"])
        if key not in found:
            spin, length, end = (float(row[name]) for name in ("J", "b_fm", "u_max"))
            found[key] = StructureFunction(row["isotope"], spin, length, end, {})
        found[key].coefficients[row["isospin"]] = np.array(row["coefficients"].split(), dtype=np.float64)
    return found
