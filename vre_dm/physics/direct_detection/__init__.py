"""Elastic scattering of dark matter off nuclei: any halo, target and interaction, to a recoil spectrum."""

from vre_dm.physics.direct_detection.annual import annual_spectrum
from vre_dm.physics.direct_detection.interactions import Interaction, LightMediator, SpinIndependent
from vre_dm.physics.direct_detection.kinematics import momentum_gev, reduced_mass_gev, vmin_km_s
from vre_dm.physics.direct_detection.rates import recoil_spectrum
from vre_dm.physics.direct_detection.spin_dependent import SpinDependent

__all__ = [
    "Interaction",
    "LightMediator",
    "SpinDependent",
    "SpinIndependent",
    "annual_spectrum",
    "momentum_gev",
    "recoil_spectrum",
    "reduced_mass_gev",
    "vmin_km_s",
]
