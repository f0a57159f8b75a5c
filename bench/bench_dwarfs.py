"""The stacked Fermi-LAT limit, 41 targets x 24 bins x 100 masses, beside iminuit on the same likelihood.

iminuit minimises over 41 J factors at each cross section that a root finder asks for; its likelihood is
vectorised over targets and bins and comes with its gradient. It is told the best fit, and where to look for
the limit: only the crossing is left to it. Figures are CPU seconds of this process; both limits must agree.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from iminuit import Minuit
from scipy.optimize import brentq

import vre_dm
from bench.figures import Figures
from vre_dm.physics.dwarfs.crossing import one_sided_drop
from vre_dm.physics.dwarfs.roster import read_roster
from vre_dm.physics.dwarfs.stack import DwarfStack
from vre_dm.physics.dwarfs.tables import read_bin_likelihoods
from vre_dm.physics.spectra import read_pppc

SEED = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files"
MASSES_GEV = np.geomspace(6, 1e4, 100)
LN10 = np.log(10)


@pytest.fixture(scope="module")
def stack() -> DwarfStack:
    tables = read_bin_likelihoods(sorted((SEED / "fermi").glob("dsph.likelihood.*")))
    return DwarfStack(tables, read_roster(SEED / "fermi" / "dsph.jfactors.parquet"))


@pytest.fixture(scope="module")
def bb() -> Any:
    return read_pppc(SEED / "pppc4dmid" / "pppc4dmid.gamma.noew.parquet")["bb"]


def test_hundred_masses(benchmark: Any, stack: DwarfStack, bb: Any, figures: Figures) -> None:
    stack.scan(bb, MASSES_GEV[:2])  # numba compiles, or reads its cache
    ours = [_cpu(lambda: stack.scan(bb, MASSES_GEV)) for _ in range(9)]
    spectra = [_cpu(lambda: stack.flux(bb, MASSES_GEV)) for _ in range(9)]
    benchmark(stack.scan, bb, MASSES_GEV)
    found = stack.scan(bb, 100.0)
    limit, level = float(found["limit"][0]), float(found["ts"][0]) / 2 - one_sided_drop(0.95)
    started = time.process_time()
    theirs = _iminuit_limit(stack, bb, 100.0, level, limit)
    peer = time.process_time() - started
    assert theirs == pytest.approx(limit, rel=2e-3)
    figures.add(
        "dwarf stack, 41 targets x 24 bins x 100 masses", ours, note="CPU; aim 100 ms; spectra included"
    )
    figures.add("  of which integrals of the spectra", spectra, note="CPU")
    figures.add(
        "dwarf stack, limit at one mass", [np.median(ours) / 100], [peer], note="CPU; iminuit, 41 J factors"
    )


def _cpu(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def _iminuit_limit(stack: DwarfStack, spectrum: Any, mass: float, level: float, near: float) -> float:
    tables = stack.tables.sel(target=list(stack.roster))
    flux, lnl = tables["flux"].to_numpy(), tables["lnL"].to_numpy()
    slope = np.diff(lnl) / np.diff(flux)
    start = lnl[..., :-1] - lnl[..., :1]
    unit = stack.flux(spectrum, mass).to_numpy()[0]
    mu, sigma = (
        np.array([getattr(j, name) for j in stack.roster.values()]) for name in ("log10_j", "sigma_dex")
    )

    def profiled(log10_sigma_v: float) -> float:
        def parts(pulls: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            phi = unit * 10 ** (log10_sigma_v + mu + sigma * pulls)[:, None]
            k = np.clip((phi[..., None] >= flux).sum(axis=-1) - 1, 0, slope.shape[-1] - 1)[..., None]
            along = np.take_along_axis(slope, k, -1)[..., 0]
            value = np.take_along_axis(start, k, -1)[..., 0]
            value += along * (phi - np.take_along_axis(flux, k, -1)[..., 0])
            return value.sum(axis=1), (along * phi).sum(axis=1) * LN10 * sigma

        fit = Minuit(  # a trial step may overflow, and is taken back
            lambda pulls: float(np.sum(pulls**2) - 2 * parts(pulls)[0].sum()),
            np.zeros(mu.size),
            grad=lambda pulls: 2 * pulls - 2 * parts(pulls)[1],
        )
        fit.migrad()
        return -float(fit.fval) / 2

    around = np.log10(near)
    return float(10 ** brentq(lambda x: profiled(x) - level, around - 0.3, around + 0.3, xtol=1e-4))
