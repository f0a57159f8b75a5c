"""From a model and a response to counts, and the published XENON1T S2-only table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.limits.curve import Curve
from vre_dm.physics.counting import CountingExperiment, observed_in
from vre_dm.physics.halo import StandardHalo
from vre_dm.physics.limit_curve import Nuisances, limit_curve
from vre_dm.physics.response import response_matrix
from vre_dm.physics.statistics import Poisson

COLLABORATION = {"v0_km_s": 220.0, "vesc_km_s": 544.0, "ve_km_s": 232.0}
WINDOW = ["s2_roi_min_PE", "s2_roi_max_PE"]


def derive(
    experiment: CountingExperiment, events: pd.Series, table: pd.DataFrame, halo: StandardHalo
) -> Curve:
    known = Nuisances(
        background=table["n_background_mean"],
        background_sigma=table["n_background_sigma"],
        efficiency_sigma=table["n_signal_sigma"] / table["n_signal_mean"],
    )
    signal = experiment.signal(table["mass_GeV"], halo=halo)
    return limit_curve(signal, events, Poisson("lowered"), windows=table[WINDOW], nuisances=known)


def test_the_published_table_is_reproduced_within_one_percent_above_3_5_gev(
    xenon1t: CountingExperiment, events: pd.DataFrame, published: pd.DataFrame
) -> None:
    halo = StandardHalo(**COLLABORATION, normalisation="wimprates")
    curve = derive(xenon1t, events["s2_area_PE"], published, halo)
    ratio = curve.y / published["limit_cm2"].to_numpy()
    above = curve.x >= 3.5
    assert above.sum() == 33
    assert np.abs(ratio[above] - 1).max() < 0.006
    assert np.abs(ratio[~above] - 1).max() < 0.03


def test_the_exact_normalisation_lies_a_constant_1_percent_below(
    xenon1t: CountingExperiment, events: pd.DataFrame, published: pd.DataFrame
) -> None:
    curve = derive(xenon1t, events["s2_area_PE"], published, StandardHalo(**COLLABORATION))
    ratio = (curve.y / published["limit_cm2"].to_numpy())[curve.x >= 3.5]
    assert ratio.mean() == pytest.approx(0.989, abs=0.001)
    assert np.ptp(ratio) < 0.004


def test_the_events_in_each_published_region_are_the_published_counts(
    events: pd.DataFrame, published: pd.DataFrame
) -> None:
    counted = observed_in(events["s2_area_PE"], published[WINDOW])
    np.testing.assert_array_equal(counted, published["n_observed"])


def test_a_derived_limit_says_what_it_assumes(
    xenon1t: CountingExperiment, events: pd.DataFrame, published: pd.DataFrame
) -> None:
    curve = derive(xenon1t, events["s2_area_PE"], published, StandardHalo(**COLLABORATION))
    assert curve.assumptions["v0_km_s"] == 220
    assert curve.assumptions["threshold_keV"] == 0.7
    assert curve.provenance.type == "derived"
    assert (curve.quantity, curve.cl) == ("sigma_SI", 0.9)


@given(st.floats(0.05, 2.0))
def test_the_limit_is_inverse_to_the_local_density(rho: float) -> None:
    base, other = (
        limit_curve(_toy().signal(50.0, halo=StandardHalo(rho0_gev_cm3=density)), [], Poisson()).y
        for density in (0.3, rho)
    )
    np.testing.assert_allclose(other, base * 0.3 / rho, rtol=1e-12)


@given(st.lists(st.floats(0, 100), max_size=30), st.floats(0, 50), st.floats(0, 50))
def test_counting_includes_both_edges(values: list[float], low: float, width: float) -> None:
    expected = sum(low <= value <= low + width for value in values)
    assert observed_in(values, [[low, low + width]])[0] == expected


def _toy() -> CountingExperiment:
    response = response_matrix([[0.5], [0.8]], [[5, 4, 6], [7, 6, 8]], [[100, 200]])
    return CountingExperiment("toy", response, exposure_tonne_year=1.0)
