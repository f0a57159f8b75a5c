"""Limits from the likelihoods of several instruments: tables in one format, summed, every J profiled once."""

from vre_dm.physics.combination.combination import Combination
from vre_dm.physics.combination.curves import combined_curve
from vre_dm.physics.combination.files import read_likelihoods, write_likelihoods
from vre_dm.physics.combination.table import LikelihoodTable, on_one_grid

__all__ = [
    "Combination",
    "LikelihoodTable",
    "combined_curve",
    "on_one_grid",
    "read_likelihoods",
    "write_likelihoods",
]
