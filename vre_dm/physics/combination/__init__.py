"""Limits from the likelihoods of several instruments: tables in one format, summed, every J profiled once.

A file holds what one instrument says: a row for each channel, target, mass and cross section, in this order
and without gaps, with the columns ``channel``, ``target``, ``mass_GeV``, ``sigma_v_cm3_s`` and ``lnL`` (J
held at its central value), and a header in JSON with the keys ``format``, ``instrument``, ``J`` and
``targets`` (for each its J factor). `write_likelihoods` makes both of a `LikelihoodTable`, `read_likelihoods`
checks them.
"""

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
