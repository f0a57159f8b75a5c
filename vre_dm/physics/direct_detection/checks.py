"""Published numbers of direct detection beside ours: DarkSide-50, XENON1T, and Yellin's table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vre_dm.limits.curve import Curve
from vre_dm.physics.constants import PROTON_GEV
from vre_dm.physics.counting import CountingExperiment
from vre_dm.physics.darkside50 import read_high_mass
from vre_dm.physics.direct_detection.interactions import SpinIndependent
from vre_dm.physics.halo import Normalisation, StandardHalo
from vre_dm.physics.limit_curve import Nuisances, limit_curve
from vre_dm.physics.parquet import metadata, read_table
from vre_dm.physics.response import read_response
from vre_dm.physics.statistics import Poisson
from vre_dm.physics.statistics.interval_tables import interval_table
from vre_dm.physics.validation import Check, Fetch

ANALYSIS = "direct-detection"
FAST_ENOUGH_GEV = 3.5
"""Below, the spectrum falls so steeply that the release's 41 energies are too few; see the tour."""
EXPERIMENTS = 20_000
FIRST_COUNTING = {1: 3.890, 2: 5.800, 5: 10.548}
"""physics/0203002, Table I: expected signal from which intervals with n events take part, at 90 %."""


def checks(fetch: Fetch) -> Iterator[Check]:
    """Compute what is compared.

    Parameters
    ----------
    fetch
        Gives the files of a DID.
    """
    yield from _darkside50(fetch)
    yield from _xenon1t(fetch)
    for events, published in FIRST_COUNTING.items():
        yield Check(
            ANALYSIS,
            "optimum interval, first signal that counts, events",
            f"intervals with {events} events, 90 %",
            published,
            _first_counting(events),
            0.02,
            "physics/0203002, Table I, as carried by public codes",
        )


def _darkside50(fetch: Fetch) -> Iterator[Check]:
    stem = "darkside:ds50.highmass"
    parts = ("acceptance", "leff", "recombination", "inputs")
    search = read_high_mass([path for part in parts for path in fetch(f"{stem}.{part}")])
    published = read_table(fetch(f"{stem}.limits")[0], ("mass_GeV", "limit_cm2"), "published limits")
    masses = published["mass_GeV"].to_numpy()
    signal = search.experiment().signal(
        masses, halo=_halo("exact"), interaction=SpinIndependent(nucleon_gev=PROTON_GEV)
    )
    ours = limit_curve(signal, np.empty(search.observed), Poisson())
    source = "arXiv:1802.07198, as the lake's ds50.highmass.limits states it"
    for mass, limit, value in zip(masses, published["limit_cm2"].to_numpy(), ours.y, strict=True):
        yield Check(ANALYSIS, "DarkSide-50 σ SI in cm²", f"{mass:g} GeV", limit, value, 0.05, source)


def _xenon1t(fetch: Fetch) -> Iterator[Check]:
    ours, published = xenon1t_published(fetch)
    ratio = ours.y / published
    above = ours.x >= FAST_ENOUGH_GEV
    worst = int(np.argmax(np.where(above, np.abs(ratio - 1), 0.0)))
    rows = {f"{mass:g} GeV": int(np.flatnonzero(ours.x == mass)[0]) for mass in (5.0, 10.0, 50.0)}
    rows[f"worst of {above.sum()} masses, {ours.x[worst]:g} GeV"] = worst
    for where, row in rows.items():
        yield Check(
            ANALYSIS,
            "XENON1T S2-only σ SI in cm²",
            where,
            published[row],
            ours.y[row],
            0.01,
            "arXiv:1907.11485, data release, limits/5a_results_si_nr.csv",
        )


def xenon1t_published(fetch: Fetch) -> tuple[Curve, np.ndarray]:
    """Our XENON1T S2-only limit at the published masses, and the published one in cm²."""
    response, binning, events, limits = (
        fetch(f"xenon:s2only.{name}")[0] for name in ("response", "binning", "events", "limits")
    )
    experiment = _xenon1t_experiment(response, binning)
    numbers = ("n_background_mean", "n_background_sigma", "n_signal_mean", "n_signal_sigma")
    edges = ("s2_roi_min_PE", "s2_roi_max_PE")
    table = read_table(limits, ("mass_GeV", "limit_cm2", *edges, *numbers), "published limits")
    column = {name: table[name].to_numpy() for name in table.column_names}
    seen = read_table(events, ("s2_area_PE",), "events of XENON1T")["s2_area_PE"].to_numpy()
    ours = limit_curve(
        experiment.signal(column["mass_GeV"], halo=_halo("wimprates")),
        seen,
        Poisson("lowered"),
        windows=np.stack([column[name] for name in edges], axis=1),
        nuisances=Nuisances(
            background=column["n_background_mean"],
            background_sigma=column["n_background_sigma"],
            efficiency_sigma=column["n_signal_sigma"] / column["n_signal_mean"],
        ),
    )
    return ours, column["limit_cm2"]


def _xenon1t_experiment(response: Path, binning: Path) -> CountingExperiment:
    about = metadata(read_table(response, ("energy_keV",), "a response"))
    return CountingExperiment(
        "XENON1T S2-only",
        read_response(response, binning),
        exposure_tonne_year=about["exposure_tonne_year"],
        threshold_kev=about["energy_cut_keV"],
    )


def _halo(normalisation: Normalisation) -> StandardHalo:
    return StandardHalo(0.3, 220.0, 544.0, 232.0, normalisation=normalisation)


def _first_counting(events: int) -> float:
    """Signal from which an experiment with so many events in all can exclude by its whole range."""
    from scipy.optimize import brentq
    from scipy.special import pdtrc

    def excess(mean: float) -> float:
        needed = float(np.quantile(interval_table(mean, EXPERIMENTS, 20020305).best, 0.9))
        return float(pdtrc(events, mean)) - needed

    published = FIRST_COUNTING[events]
    return float(brentq(excess, 0.8 * published, 1.3 * published, xtol=1e-3))
