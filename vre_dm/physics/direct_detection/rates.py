"""Recoil spectra of dark matter scattering elastically off nuclei."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.physics.constants import CM_PER_KM, GEV_PER_KEV, LIGHT_SPEED_KM_S, TONNE_YEAR_IN_GEV_S
from vre_dm.physics.direct_detection.interactions import Interaction, SpinIndependent
from vre_dm.physics.direct_detection.kinematics import reduced_mass_gev, vmin_km_s
from vre_dm.physics.halo import Halo, StandardHalo
from vre_dm.physics.targets import XENON_AVERAGE, Target


def recoil_spectrum(
    mass_gev: ArrayLike,
    energy_kev: ArrayLike,
    *,
    sigma_cm2: float = 1e-45,
    halo: Halo | None = None,
    target: Target = XENON_AVERAGE,
    interaction: Interaction | None = None,
) -> NDArray[np.float64]:
    r"""Recoil spectrum dR/dE of elastic scattering.

    .. math:: \frac{dR}{dE} = \sum_A \xi_A \frac{\rho_0 \sigma}{2 m \mu_N^2} \, C_A(E) \, \eta(v_{\min})

    with :math:`C_A` the interaction's enhancement, :math:`A^2 F^2` in the simplest case.

    Parameters
    ----------
    mass_gev : array_like, shape (n,), GeV
        Dark-matter masses.
    energy_kev : array_like, shape (k,), keV
        Recoil energies.
    sigma_cm2
        Cross section on one nucleon, cm²; the interaction says on which, and of what mass.
    halo
        Speed distribution and density; the default is ``StandardHalo()``.
    target
        Nuclei and their mass fractions.
    interaction
        ``SpinIndependent()`` when left out; or `SpinDependent`, `LightMediator`, one of a user's own.

    Returns
    -------
    ndarray, shape (n, k), events / (tonne year keV)

    Raises
    ------
    OutOfRange
        A mass or the cross section is not positive, an energy is negative, there is none of them or they
        are no list, or a nucleus is not one that the interaction knows.

    References
    ----------
    Lewin & Smith, Astropart. Phys. 6 (1996) 87, sections 3 and 4; arXiv:1209.3339 (a review).

    Examples
    --------
    >>> recoil_spectrum([50.0, 500.0], [5.0, 10.0, 20.0]).shape
    (2, 3)
    """
    masses = _listed("dark-matter masses", positive("dark-matter mass in GeV", mass_gev))
    energies = _listed("recoil energies", positive("recoil energy in keV", energy_kev, zero=True))
    if not isinstance(target, Target):
        msg = f"{target!r} is no target; take one of vre_dm.physics.targets, such as XENON_NATURAL"
        raise OutOfRange(msg)
    sigma = number("cross section sigma_cm2", sigma_cm2)
    halo, interaction = halo or StandardHalo(), interaction or SpinIndependent()
    # rho sigma c² / (2 m mu²): cm² GeV/cm³ GeV⁻³ (km/s)², times eta in s/km gives km/(s cm GeV²)
    mu = reduced_mass_gev(masses, interaction.nucleon_gev)
    per_mass = halo.rho0_gev_cm3 * sigma / (2 * masses * mu**2)
    scale = LIGHT_SPEED_KM_S**2 * CM_PER_KM * GEV_PER_KEV * TONNE_YEAR_IN_GEV_S
    total = np.zeros((masses.size, energies.size))
    for nucleus in target.nuclei:
        weight = nucleus.mass_fraction * interaction.enhancement(nucleus, energies)
        if weight.any():
            total += weight * halo.eta(vmin_km_s(energies[None, :], masses[:, None], nucleus))
    total *= (scale * per_mass)[:, None]
    return total


def _listed(what: str, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    listed = np.atleast_1d(numbers)
    if listed.ndim != 1 or not listed.size:
        msg = f"{what} are one number or a list of some, not an array of the shape {numbers.shape}"
        raise OutOfRange(msg)
    return listed
