"""Halos: how dense dark matter is here, and how fast it meets a detector."""

from vre_dm.physics.halo.earth import detector_speed_km_s, earth_velocity_km_s
from vre_dm.physics.halo.protocol import Halo
from vre_dm.physics.halo.standard import Normalisation, StandardHalo
from vre_dm.physics.halo.tabulated import TabulatedHalo

__all__ = [
    "Halo",
    "Normalisation",
    "StandardHalo",
    "TabulatedHalo",
    "detector_speed_km_s",
    "earth_velocity_km_s",
]
