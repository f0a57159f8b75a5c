"""Data-driven dwarf limits, J and background profiled, beside iminuit on the same likelihood, in one run.

Figures are CPU seconds a mass. Minuit has the same tables, the same densities and the same answer; it fits
nine parameters and finds the limit by bisection in ⟨σv⟩, some 17 fits; the original code makes 100.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vre_dm
from vre_dm.physics.dwarfs.blank_sky import read_blank_sky
from vre_dm.physics.dwarfs.data_driven import DROP, DataDrivenStack, DwarfLikelihood
from vre_dm.physics.dwarfs.data_driven_checks import DWARFS
from vre_dm.physics.dwarfs.photon_counts import read_photon_counts
from vre_dm.physics.spectra import TabulatedSpectrum, read_pppc

SEED = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files"
MASS_GEV = 50.0
MASSES_GEV = np.geomspace(10, 1000, 20)


@pytest.fixture(scope="module")
def stack() -> DataDrivenStack:
    table = read_photon_counts(*(SEED / "fermi" / f"mlfermi.{name}.parquet" for name in ("dwarfs", "counts")))
    sky = read_blank_sky(SEED / "fermi" / "mlfermi.voids.parquet")
    return DataDrivenStack(dwarfs=[table[name] for name in DWARFS], sky=sky)


@pytest.fixture(scope="module")
def bb() -> TabulatedSpectrum:
    return read_pppc(SEED / "pppc4dmid" / "pppc4dmid.gamma.ew.parquet")["bb"]


def by_minuit(stack: DataDrivenStack, bb: TabulatedSpectrum) -> float:
    """The limit of one mass, every J and background a parameter of the fit."""
    from iminuit import Minuit

    sky, targets = stack.sky, stack.targets()
    assert sky is not None
    signals = [target.dwarf.signal(bb, MASS_GEV) for target in targets]

    def one(target: DwarfLikelihood, signal: np.ndarray, log_sigma_v: float, j: float, u: float) -> float:
        dwarf = target.dwarf
        expected = np.exp(dwarf.ln_background - dwarf.ln_background[0] + u) + signal * 10 ** (j + log_sigma_v)
        data = np.sum(dwarf.counts * np.log(expected) - expected)
        pull = ((j - dwarf.log10_j) / dwarf.sigma_dex) ** 2
        return float(data - pull / 2 + sky.log_density(dwarf.l_deg, dwarf.b_deg, [u])[0])

    def twice_nll(values: np.ndarray) -> float:
        pairs = zip(targets, signals, values[1::2], values[2::2], strict=True)
        return -2 * sum(one(target, signal, values[0], j, u) for target, signal, j, u in pairs)

    start = [-27.0]
    for target in targets:
        start += [target.dwarf.log10_j, target.dwarf.ln_background[0]]
    fit = Minuit(twice_nll, start)
    fit.errordef = Minuit.LEAST_SQUARES
    fit.limits[0] = (-31, -23)
    level = fit.migrad().fval + 2 * DROP
    low, high = fit.values[0], -23.0
    fit.fixed[0] = True
    while high - low > 1e-4:
        fit.values[0] = (low + high) / 2
        low, high = (low, fit.values[0]) if fit.migrad().fval > level else (fit.values[0], high)
    return float(10**low)


def test_a_mass_with_j_and_background_profiled(
    benchmark: Any, stack: DataDrivenStack, bb: TabulatedSpectrum
) -> None:
    stack.limits(bb, MASS_GEV)  # compiles the envelope
    start = time.process_time()
    benchmark.pedantic(stack.limits, (bb, MASSES_GEV), rounds=3)
    ours = (time.process_time() - start) / 3 / MASSES_GEV.size
    start = time.process_time()
    theirs = by_minuit(stack, bb)
    peer = time.process_time() - start
    benchmark.extra_info |= {"cpu_s_a_mass": ours, "iminuit_cpu_s_a_mass": peer}
    print(f"\nours {ours * 1e3:.1f} ms CPU a mass, iminuit {peer:.1f} s: {peer / ours:.0f} times")
    assert stack.limits(bb, MASS_GEV)[0] == pytest.approx(theirs, rel=0.01)
