"""CPU seconds of a 100 × 100 plane of binned CLs, beside pyhf on the same likelihood and quadrature a bin.

Wanted: 5 s on two cores. The peers take some points of the same plane; their times are scaled to all of it.
"""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyhf
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

import vre_dm
from bench.figures import Figures
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.channels import read_channels
from vre_dm.physics.dilepton.cls import cls
from vre_dm.physics.dilepton.luminosity import FIDUCIAL_WIDTHS, PREFACTOR, read_luminosity
from vre_dm.physics.dilepton.planes import mass_plane
from vre_dm.physics.dilepton.published import read_limits
from vre_dm.physics.dilepton.resonance import Resonance, resonance
from vre_dm.physics.dilepton.search import BinnedSearch, RateSearch
from vre_dm.physics.dilepton.templates import Templates

FILES = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files" / "atlas"
MASSES, DARK = np.linspace(300, 5500, 100), np.linspace(10, 2500, 100)
MODEL = BENCHMARKS["A2"]
POINTS = MASSES.size * DARK.size
ROUNDS = 5


@pytest.fixture(scope="module")
def templates() -> Templates:
    kinds = (FILES.glob(f"dilepton.2018.{kind}.*") for kind in ("spectrum", "resolution", "xi"))
    return Templates(read_channels(*kinds), read_luminosity(FILES / "dilepton.2018.partonlumi.parquet"))


@pytest.fixture(scope="module")
def some() -> Resonance:
    """Points of the plane, evenly spread."""
    plane = resonance(MODEL, MASSES[:, None], DARK[None, :])
    return plane.only(np.arange(POINTS) % 499 == 7)


def cpu(call: Callable[[], object]) -> float:
    """Processor time, which a busy machine does not lengthen as it does the time on the wall."""
    gc.collect()
    start = time.process_time()
    call()
    return time.process_time() - start


def test_plane_of_binned_cls(benchmark: Any, figures: Figures, templates: Templates, some: Resonance) -> None:
    search = BinnedSearch(templates)
    benchmark.pedantic(lambda: mass_plane(search, MODEL, MASSES, DARK), rounds=ROUNDS, warmup_rounds=1)
    ours = [cpu(lambda: mass_plane(search, MODEL, MASSES, DARK)) for _ in range(ROUNDS)]
    signals = templates.events(some)
    theirs: list[float] = []
    start = time.process_time()
    for signal in signals:
        theirs.append(with_pyhf(templates, signal))
    peer = (time.process_time() - start) / len(signals) * POINTS
    figures.add(
        "dilepton plane 100 × 100, binned CLs, CPU",
        ours,
        [peer],
        note=f"pyhf, likelihood alone, {len(signals)} points scaled",
    )
    wall = benchmark.stats.stats.median
    figures.add("the same, wall", [wall], note="two cores")
    mine = cls(signals, templates.observed, templates.background)
    near = mine > 1e-9  # where CLs is too small for a float pyhf answers 0.5
    assert near.any()
    least = np.exp(-signals.sum(axis=1))  # asymptotic formulae go below it, ours are held
    np.testing.assert_allclose(mine[near], np.maximum(theirs, least)[near], rtol=1e-3)


def with_pyhf(templates: Templates, signal: np.ndarray) -> float:
    samples = [
        {
            "name": "s",
            "data": list(signal),
            "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
        },
        {"name": "b", "data": list(templates.background), "modifiers": []},
    ]
    model = pyhf.Model({"channels": [{"name": "all", "samples": samples}]}, poi_name="mu", validate=False)
    return float(pyhf.infer.hypotest(1.0, list(templates.observed), model, test_stat="qtilde"))


def test_events_of_a_point_bin_by_bin(benchmark: Any, figures: Figures, templates: Templates) -> None:
    found = resonance(MODEL, [2000.0], 1e5)
    ours = benchmark(templates.events, found)[0]
    times: list[float] = []
    theirs = np.empty(0)
    for _ in range(3):
        start = time.process_time()
        theirs = by_quadrature(templates, found)
        times.append(time.process_time() - start)
    plane = resonance(MODEL, MASSES[:, None], DARK[None, :])
    batch = [cpu(lambda: templates.events(plane)) / POINTS for _ in range(ROUNDS)]
    figures.add(
        "signal of a point in all bins, CPU",
        batch,
        times,
        note="scipy's quad a bin, rel. 0.01; ours in a batch",
    )
    full = theirs > 1e-3 * theirs.max()
    np.testing.assert_allclose(ours[full], theirs[full], rtol=0.03)


def by_quadrature(templates: Templates, found: Resonance) -> np.ndarray:
    """One adaptive integral over the true mass for every bin of both channels."""
    luminosity = read_luminosity(FILES / "dilepton.2018.partonlumi.parquet")
    grid = luminosity["mass"].to_numpy()
    mass, width = float(found.mass_gev[0]), float(found.width_gev[0])
    counts = []
    for place, channel in enumerate(templates.channels):
        partons = found.strength[0, place] @ luminosity.sel(flavour=channel.flavour).to_numpy()

        def density(m: float, low: float, high: float, c: Any = channel, p: np.ndarray = partons) -> float:
            sigma = np.interp(m, *c.resolution_gev)
            seen = ndtr((high - m) / sigma) - ndtr((low - m) / sigma)
            shape = 2 * m / ((m**2 - mass**2) ** 2 + (mass * width) ** 2)
            rate = PREFACTOR * c.luminosity_fb * np.interp(m, grid, p) * np.interp(m, *c.efficiency)
            return float(rate * seen * shape)

        start = mass - FIDUCIAL_WIDTHS * width
        for low, high in zip(channel.edges_gev[:-1], channel.edges_gev[1:], strict=True):
            area = quad(
                density,
                start,
                templates.range_gev[1],
                args=(low, high),
                points=[mass],
                epsabs=1e-30,
                epsrel=0.01,
                limit=200,
            )
            counts.append(area[0])
    return np.array(counts)


def test_plane_of_published_limits(benchmark: Any, figures: Figures) -> None:
    luminosity = read_luminosity(FILES / "dilepton.2018.partonlumi.parquet")
    search = RateSearch(luminosity, read_limits(FILES / "dilepton.2018.limits.parquet"))
    benchmark.pedantic(lambda: mass_plane(search, MODEL, MASSES, DARK), rounds=ROUNDS, warmup_rounds=1)
    figures.add(
        "dilepton plane 100 × 100, published limits, CPU",
        [cpu(lambda: mass_plane(search, MODEL, MASSES, DARK)) for _ in range(ROUNDS)],
    )
