"""The peak of the Z in CMS's candidates and in the toy, as they are: what compression must not move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from vre_dm.physics.compression.dimuons import GLOBAL_PAIR, pair_mass_gev, read_dimuons
from vre_dm.physics.compression.toy import Z_GEV, toy_dimuons
from vre_dm.physics.compression.z_mass import fit_z_mass
from vre_dm.physics.validation import Check

QUANTITY = "peak of the Z in GeV"
EARLIER_GEV = 90.79
SEED, PAIRS = 15, 100_000


def checks(fetch: Callable[[str], list[Path]]) -> Iterator[Check]:
    """Fit the peak in all candidates, in each pair once, and in simulated pairs.

    The momenta of the real candidates are taken as they are, and photons that the muons lost are not added: a
    peak half a percent below the mass of the Z is what such a sample gives.
    """
    cms = read_dimuons(fetch("cms:zmumu.2010")[0])
    masses = pair_mass_gev(cms)
    once = masses[cms["category"].to_numpy() == GLOBAL_PAIR]
    earlier = "a Voigt fit of ours with other code, ± 0.07; not a publication"
    world = "mass of the Z, Particle Data Group, 91.1876 ± 0.0021"
    toy = pair_mass_gev(toy_dimuons(PAIRS, np.random.default_rng(SEED)))
    for where, values, published, tolerance, source in (
        ("CMS, all 2304 candidates", masses, EARLIER_GEV, 0.001, earlier),
        ("CMS, global muons: pairs once", once, Z_GEV, 0.01, world),
        ("toy, 100000 pairs", toy, Z_GEV, 0.0005, "what was put in"),
    ):
        ours = fit_z_mass(values).mass_gev
        yield Check("compression", QUANTITY, where, published, ours, tolerance, source)
