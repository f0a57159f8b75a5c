"""A direct-detection curve of 100 masses beside wimprates 0.5.0 on the same energies, in one run.

The ratio stands in the benchmark's extra info; the only assertion is that both compute the same numbers.
"""

import time
import warnings
from typing import Any

import numpy as np
import pytest

from vre_dm.limits.catalogue import load
from vre_dm.physics.direct_detection import si_spectrum
from vre_dm.physics.halo import StandardHalo

MASSES_GEV = np.geomspace(5, 1000, 100)
ENERGIES_KEV = np.linspace(0.5, 95.0, 190)
SIGMA_CM2 = 1e-45
WIDTH_KEV = 0.5


@pytest.fixture(scope="module")
def wimprates() -> Any:
    with warnings.catch_warnings():
        # It warns at import that its default halo changed; the halo below is given in full.
        warnings.simplefilter("ignore")
        import wimprates

    return wimprates


def exclusion(halo: StandardHalo) -> np.ndarray:
    """Cross section that gives 2.303 events in one tonne year, for each mass."""
    rates = si_spectrum(MASSES_GEV, ENERGIES_KEV, sigma_cm2=SIGMA_CM2, halo=halo)
    return SIGMA_CM2 * 2.303 / (rates.sum(axis=1) * WIDTH_KEV)


def their_exclusion(wimprates: Any) -> np.ndarray:
    """The same with one numerical velocity integral a mass and energy."""
    rates = [wimprates.rate_wimp_std(ENERGIES_KEV, mw=mass, sigma_nucleon=SIGMA_CM2) for mass in MASSES_GEV]
    return SIGMA_CM2 * 2.303 / (np.sum(rates, axis=1) * WIDTH_KEV)


def test_exclusion_curve_of_100_masses(benchmark: Any, wimprates: Any) -> None:
    import numericalunits as nu

    earth = float(wimprates.v_earth() / (nu.km / nu.s))
    halo = StandardHalo(ve_km_s=earth, normalisation="wimprates")
    ours = benchmark(exclusion, halo)
    start = time.process_time()
    theirs = their_exclusion(wimprates)
    peer = time.process_time() - start
    best = benchmark.stats.stats.min
    benchmark.extra_info |= {"wimprates_cpu_s": round(peer, 3), "times_faster": round(peer / best)}
    print(f"\nours {best * 1e3:.2f} ms, wimprates {peer:.2f} s CPU: {peer / best:.0f} times")
    np.testing.assert_allclose(ours, theirs, rtol=2e-4)


def test_load_the_shipped_catalogue(benchmark: Any) -> None:
    from vre_dm.limits.catalogue import SHIPPED

    assert len(benchmark(load, SHIPPED)) >= 45
