"""DarkSide-50's search for heavy dark matter (arXiv:1802.07198): each step of the response can be changed."""

from vre_dm.physics.darkside50.inputs import Digitised, read_high_mass
from vre_dm.physics.darkside50.response import HighMass

__all__ = ["Digitised", "HighMass", "read_high_mass"]
