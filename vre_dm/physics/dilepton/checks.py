"""Published numbers of the dilepton search beside ours."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.channels import read_channels
from vre_dm.physics.dilepton.intervals import excluded
from vre_dm.physics.dilepton.luminosity import read_luminosity
from vre_dm.physics.dilepton.published import read_limits
from vre_dm.physics.dilepton.search import BinnedSearch, RateSearch, Search
from vre_dm.physics.dilepton.templates import Templates
from vre_dm.physics.statistics.profile_likelihood import Toys
from vre_dm.physics.validation import Check, Fetch

MASSES_GEV = np.arange(1000.0, 5600.0, 10.0)
MASSES_FOR_TOYS_GEV = np.arange(3900.0, 4801.0, 100.0)
NO_DARK_MATTER_GEV = 1e5
PSI_LIMIT_GEV = 4500.0


def checks(fetch: Fetch) -> Iterator[Check]:
    """Mass limits of both searches.

    Parameters
    ----------
    fetch
        Gives the files of a DID.

    Raises
    ------
    OutOfRange
        A file is not what it should be.
    """
    luminosity = read_luminosity(fetch("atlas:dilepton.2018.partonlumi")[0])
    limits = read_limits(fetch("atlas:dilepton.2018.limits")[0])
    channels = read_channels(
        *(fetch(f"atlas:dilepton.2018.{part}") for part in ("spectra", "resolutions", "xi"))
    )
    yield _mass("crossing of rate and limit, leading order", RateSearch(luminosity, limits))
    templates = Templates(channels, luminosity)
    yield _mass("binned CLs, asymptotic", BinnedSearch(templates))
    toys = Toys(np.random.default_rng(1))
    yield _mass("binned CLs, toys", BinnedSearch(templates, toys=toys), MASSES_FOR_TOYS_GEV)


def _mass(how: str, search: Search, masses_gev: NDArray[np.float64] = MASSES_GEV) -> Check:
    """Where the exclusion that holds at 4 TeV ends."""
    intervals = excluded(search, BENCHMARKS["psi"], masses_gev, NO_DARK_MATTER_GEV)
    ends = [found.high_gev for found in intervals if found.low_gev < 4000 < found.high_gev]
    return Check(
        analysis="dilepton",
        quantity="mass limit in GeV",
        where=f"Z'_psi, {how}",
        published=PSI_LIMIT_GEV,
        ours=ends[0] if ends else float("nan"),
        tolerance=0.05,
        source="arXiv:1903.06248, abstract",
    )
