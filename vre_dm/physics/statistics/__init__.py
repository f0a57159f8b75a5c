"""Upper limits on a signal, all through one interface: an observation and a level in, signal events out."""

from vre_dm.physics.statistics.observation import Observation, UpperLimit, counted, measured
from vre_dm.physics.statistics.optimum_interval import MaximumGap, OptimumInterval
from vre_dm.physics.statistics.poisson import Poisson
from vre_dm.physics.statistics.profile_likelihood import ProfileLikelihood, Toys

__all__ = [
    "MaximumGap",
    "Observation",
    "OptimumInterval",
    "Poisson",
    "ProfileLikelihood",
    "Toys",
    "UpperLimit",
    "counted",
    "measured",
]
