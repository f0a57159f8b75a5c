"""KM3NeT's study of four galactic sources, and gammapy's rates, beside ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from vre_dm.physics.neutrino.flux import PowerLaw, integrated
from vre_dm.physics.neutrino.fold import Telescope, fold
from vre_dm.physics.neutrino.galactic import HADRONIC
from vre_dm.physics.neutrino.irf import read_responses
from vre_dm.physics.neutrino.sensitivity import discovery
from vre_dm.physics.neutrino.sources import Point
from vre_dm.physics.validation import Check

RELEASE = "data release of arXiv:2309.03007, median of its {}"
GAMMAPY = "gammapy 2.1 on the same responses, a run of ours and not a publication"
GAMMAPY_EVENTS = {(2.0, None): 216.288, (2.0, 1e5): 118.992, (3.2, None): 5635.50}
"""By index and cut-off in GeV: 1e-18 /(GeV cm² s) at 100 TeV, declination -45 deg, 10 years."""


def checks(fetch: Callable[[str], list[Path]]) -> Iterator[Check]:
    """Compute what the release and gammapy give.

    The gamma rays cannot fail by much: our protons are fitted to the points that the release's are fitted to.
    The published ΔTS is of Poisson data, with the spectrum floating; ours is the Asimov value of the fixed
    one. So it can only be near, and the tolerance is 30 %.
    """
    telescope = Telescope(responses=read_responses(fetch("km3net:arca230.irf")))
    yield from _rates(telescope)
    for hadronic in HADRONIC:
        gamma = float(integrated(hadronic.flux.gamma_rays, np.geomspace(1e2, 1e5, 61)).sum())
        yield Check(
            "neutrino",
            "gamma rays, 0.1 to 100 TeV, in 1/(cm² s)",
            hadronic.name,
            hadronic.published_gamma_cm2_s,
            gamma,
            0.01,
            RELEASE.format("hadronic fits") + "; our protons are fitted to the same points",
        )
    for hadronic in HADRONIC:
        seen = fold(telescope, hadronic.source, years=10)
        found = discovery(seen.events(hadronic.flux), seen.background.sum("background"))
        yield Check(
            "neutrino",
            "ΔTS of no neutrinos, ARCA alone, 10 years",
            hadronic.name,
            hadronic.published_dts,
            found,
            0.30,
            RELEASE.format("pseudo-experiments"),
        )


def _rates(telescope: Telescope) -> Iterator[Check]:
    energies = np.geomspace(1e2, 1e7, 21)
    seen = fold(telescope, Point(-45.0), years=10, energy_edges_gev=energies, ring_edges_deg=[0, 180])
    for (index, cutoff), published in GAMMAPY_EVENTS.items():
        ours = float(seen.events(PowerLaw(norm=1e-18, index=index, cutoff_gev=cutoff)).sum())
        cut = f", cut off at {cutoff:g} GeV" if cutoff else ""
        yield Check("neutrino", "events", f"E^-{index:g}{cut}", published, ours, 0.02, GAMMAPY)
