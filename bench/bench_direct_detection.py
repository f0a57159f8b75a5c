"""CPU seconds of a direct-detection curve of 100 masses beside wimprates 0.5.0, and of a step of the sliders.

Wanted: a curve in 1 ms, a step in 50 ms. Both codes compute the same numbers, which is asserted.
"""

import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np
import pytest

from bench.figures import Figures
from vre_dm.limits.catalogue import curves
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import derived, theory
from vre_dm.limits.curve import Curve
from vre_dm.physics.direct_detection import SpinDependent, recoil_spectrum
from vre_dm.physics.halo import Halo, StandardHalo, TabulatedHalo
from vre_dm.physics.targets import XENON_NATURAL

MASSES_GEV = np.geomspace(5, 1000, 100)
ENERGIES_KEV = np.linspace(0.5, 95.0, 190)
SIGMA_CM2 = 1e-45
WIDTH_KEV = 0.5
ROUNDS = 200
OTHERS = (
    "si_lz_2024",
    "si_xenonnt_2025",
    "si_pandax4t_2024",
    "si_ds50_2018_lowmass",
    "si_deap3600_2019",
    "si_cresst3_2019",
    "si_xenon1t_2018",
)


@pytest.fixture(scope="module")
def wimprates() -> Any:
    with warnings.catch_warnings():
        # It warns at import that its default halo changed; the halo below is given in full.
        warnings.simplefilter("ignore")
        import wimprates

    return wimprates


def exclusion(halo: Halo, **how: Any) -> np.ndarray:
    """Cross section that gives 2.303 events in one tonne year, for each mass."""
    rates = recoil_spectrum(MASSES_GEV, ENERGIES_KEV, sigma_cm2=SIGMA_CM2, halo=halo, **how)
    return SIGMA_CM2 * 2.303 / (rates.sum(axis=1) * WIDTH_KEV)


def their_exclusion(wimprates: Any) -> np.ndarray:
    """The same with one numerical velocity integral a mass and energy."""
    rates = [wimprates.rate_wimp_std(ENERGIES_KEV, mw=mass, sigma_nucleon=SIGMA_CM2) for mass in MASSES_GEV]
    return SIGMA_CM2 * 2.303 / (np.sum(rates, axis=1) * WIDTH_KEV)


def cpu(call: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """CPU seconds of some calls, after one that warms up."""
    call()
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        call()
        times.append(time.process_time() - begun)
    return times


def table() -> TabulatedHalo:
    """The Standard Halo Model as a user's table of 400 rows."""
    halo = StandardHalo()
    speed = np.linspace(0, halo.vesc_km_s, 400)
    density = speed**2 * np.exp(-((speed / halo.v0_km_s) ** 2))
    return TabulatedHalo(speed, density, ve_km_s=halo.ve_km_s, normalise=True)


def test_curve_of_100_masses(figures: Figures, wimprates: Any) -> None:
    import numericalunits as nu

    earth = float(wimprates.v_earth() / (nu.km / nu.s))
    halo = StandardHalo(ve_km_s=earth, normalisation="wimprates")
    theirs: list[np.ndarray] = []
    peer = cpu(lambda: theirs.append(their_exclusion(wimprates)), 1)
    np.testing.assert_allclose(exclusion(halo), theirs[0], rtol=2e-4)
    note = "CPU; wimprates 0.5.0, same halo, its normalisation, 190 energies"
    figures.add("exclusion of 100 masses", cpu(lambda: exclusion(halo)), peer, note=note)
    for name, how in {
        "a tabulated halo of 400 rows": {"halo": table()},
        "nine isotopes of xenon": {"halo": halo, "target": XENON_NATURAL},
        "spin-dependent, nine isotopes": {
            "halo": halo,
            "target": XENON_NATURAL,
            "interaction": SpinDependent("neutron"),
        },
    }.items():
        figures.add(f"the same, {name}", cpu(lambda how=how: exclusion(**how)), note="CPU")


def test_step_of_the_sliders(figures: Figures) -> None:
    from vre_dm.notebook.halo_sliders import HaloSliders

    def limit(halo: StandardHalo) -> Curve:
        columns = (mass_column(MASSES_GEV), limit_column(exclusion(halo), "sigma_SI"))
        return derived(
            theory("toy"), id="toy", formula="toy", quantity="sigma_SI", columns=columns, inputs={}
        )

    view = HaloSliders(limit, curves(*OTHERS))
    speeds = iter(np.linspace(180, 290, ROUNDS + 1))

    def step() -> None:
        with redirect_stdout(StringIO()):  # outside of a kernel a display is printed
            view.values = {**view.values, "v0_km_s": float(next(speeds))}

    figures.add("a step of a halo slider, 8 curves", cpu(step), note="CPU in the kernel; wanted ≤ 50 ms")
