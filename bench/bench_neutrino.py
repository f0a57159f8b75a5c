"""One hundred spectra of annihilation through ARCA's responses, beside gammapy on the same responses.

gammapy predicts one spectrum in one bin of zenith angle at a time, in energies alone; ours goes on to rings
around the source. Both start from responses that are read and a source that is prepared; the preparation of
ours is a line of its own. Figures are CPU seconds of this process; the events must agree.
"""

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vre_dm
from bench.figures import Figures
from vre_dm.physics.neutrino.density import NFW
from vre_dm.physics.neutrino.flux import Annihilation, PowerLaw
from vre_dm.physics.neutrino.fold import Telescope, fold
from vre_dm.physics.neutrino.irf import read_responses
from vre_dm.physics.neutrino.sensitivity import Annihilating, annihilation_sensitivity
from vre_dm.physics.neutrino.sources import GalacticHalo, Point
from vre_dm.physics.spectra import TabulatedSpectrum, read_pppc

SEED = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files"
MASSES_GEV = np.geomspace(300, 1e5, 100)
ENERGIES = np.geomspace(1e2, 1e6, 17)


@pytest.fixture(scope="module")
def arca() -> Telescope:
    return Telescope(responses=read_responses(sorted((SEED / "km3net").glob("*.fits"))))


@pytest.fixture(scope="module")
def tautau() -> TabulatedSpectrum:
    return read_pppc(SEED / "pppc4dmid" / "pppc4dmid.numu.ew.parquet")["tautau"]


def test_hundred_spectra(
    benchmark: Any, arca: Telescope, tautau: TabulatedSpectrum, figures: Figures
) -> None:
    fluxes = [Annihilation(spectrum=tautau, mass_gev=float(mass)) for mass in MASSES_GEV]
    halo = GalacticHalo(NFW())
    prepared = [cpu(lambda: fold(arca, halo, years=10)) for _ in range(5)]
    seen = fold(arca, halo, years=10)
    ours = [cpu(lambda: seen.events(fluxes)) for _ in range(9)]
    benchmark(seen.events, fluxes)
    annihilating = Annihilating(spectrum=tautau, channel="tautau")
    limits = [cpu(lambda: annihilation_sensitivity(seen, annihilating, MASSES_GEV)) for _ in range(5)]
    figures.add(
        "ARCA, 100 spectra through the responses", ours, note="CPU; aim 200 ms; 16 energies x 15 rings"
    )
    figures.add("  before that, one source prepared", prepared, note="CPU; halo of 160 rings")
    figures.add("  median limits at 100 masses", limits, note="CPU; spectra included")


def test_power_laws_beside_gammapy(arca: Telescope, figures: Figures) -> None:
    laws = [PowerLaw(norm=1e-18, index=float(index)) for index in np.linspace(2, 3, 100)]
    seen = fold(arca, Point(-45.0), years=10, energy_edges_gev=ENERGIES, ring_edges_deg=[0, 180])
    ours = [cpu(lambda: seen.events(laws)) for _ in range(5)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tests.physics.neutrino import test_gammapy as peer
        from vre_dm.physics.neutrino.gamma import as_gammapy

        datasets = peer.datasets(as_gammapy(arca.responses), arca, ENERGIES)
        some = laws[::10]
        start = time.process_time()
        theirs = np.array([peer.predicted(datasets, law) for law in some])
        seconds = (time.process_time() - start) * len(laws) / len(some)
    np.testing.assert_allclose(
        seen.events(laws)[::10].sum(("energy", "ring")), theirs.sum(axis=1), rtol=0.005
    )
    figures.add(
        "ARCA, 100 power laws, no rings", ours, [seconds], note="CPU; gammapy 2.1, 10 of them times 10"
    )


def cpu(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start
