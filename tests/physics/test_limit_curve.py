"""From counts to a curve: any statistic, any halo, any spectrum, any region; and XENON1T's checks."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import vre_dm
from vre_dm.errors import OutOfRange
from vre_dm.physics.counting import CountingExperiment, observed_in
from vre_dm.physics.direct_detection import LightMediator, SpinDependent, recoil_spectrum
from vre_dm.physics.halo import StandardHalo
from vre_dm.physics.limit_curve import Nuisances, limit_curve, observe
from vre_dm.physics.response import response_matrix
from vre_dm.physics.statistics import MaximumGap, Observation, OptimumInterval, Poisson, ProfileLikelihood
from vre_dm.physics.validation import checks

MASSES = [20.0, 50.0, 500.0]
WINDOW = ["s2_roi_min_PE", "s2_roi_max_PE"]
SEED = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files"


def from_the_seed(did: str) -> list[Path]:
    scope, name = did.split(":")
    return sorted((SEED / scope).glob(f"{name}*.parquet"))


@pytest.fixture(scope="module")
def toy() -> CountingExperiment:
    energies = [[5, 4, 6], [7, 6, 8], [9, 8, 10]]
    fractions = [[0.4, 0.2, 0.0], [0.1, 0.5, 0.2], [0.0, 0.3, 0.5]]
    response = response_matrix(fractions, energies, [[100, 200], [200, 400], [400, 800]])
    return CountingExperiment("toy", response, exposure_tonne_year=1.0)


@pytest.mark.slow
def test_every_check_of_direct_detection_holds() -> None:
    found = list(checks("direct-detection", from_the_seed))
    assert [check.where for check in found if not check.holds] == []
    assert {"100 GeV", "1000 GeV"} <= {check.where for check in found}


def test_each_mass_sees_the_events_of_its_own_region(
    xenon1t: CountingExperiment, events: pd.DataFrame, published: pd.DataFrame
) -> None:
    windows = published[WINDOW].to_numpy()
    signal = xenon1t.signal(published["mass_GeV"].to_numpy())
    seen = observe(signal, events["s2_area_PE"], windows=windows)
    assert [one.observed for one in seen] == observed_in(events["s2_area_PE"], windows).tolist()


def test_a_statistic_that_looks_where_events_are_gains_on_xenon1t_over_counting(
    xenon1t: CountingExperiment, events: pd.DataFrame, published: pd.DataFrame
) -> None:
    row = published[published["mass_GeV"] == 10.0]
    signal = xenon1t.signal(10.0)
    windows = row[WINDOW].to_numpy()
    plain, interval = (
        limit_curve(signal, events["s2_area_PE"], statistic, windows=windows).y[0]
        for statistic in (Poisson(), OptimumInterval(np.random.default_rng(1), 2000))
    )
    assert 0.3 < interval / plain < 1.3


def test_halo_interaction_and_own_spectrum_are_one_road(toy: CountingExperiment) -> None:
    halo = StandardHalo(rho0_gev_cm3=0.4, v0_km_s=230)

    def mine(mass_gev: np.ndarray, energy_kev: np.ndarray) -> np.ndarray:
        return recoil_spectrum(mass_gev, energy_kev, halo=halo)

    default, own = toy.signal(MASSES, halo=halo), toy.signal(MASSES, rate=mine)
    np.testing.assert_array_equal(default.to_numpy(), own.to_numpy())
    assert own.attrs["assumptions"]["recoil_spectrum"] == "mine"
    assert limit_curve(own, [150.0], MaximumGap()).quantity == "sigma_SI"


def test_other_interactions_give_curves_of_their_own_quantity(toy: CountingExperiment) -> None:
    light = limit_curve(toy.signal([50.0], interaction=LightMediator(5.0)), [], Poisson())
    heavy = limit_curve(toy.signal([50.0]), [], Poisson())
    assert light.quantity == "sigma_SI"
    assert light.y[0] > heavy.y[0]
    from vre_dm.physics.targets import XENON_NATURAL

    natural = CountingExperiment("toy", toy.response, exposure_tonne_year=1.0, target=XENON_NATURAL)
    spin = limit_curve(natural.signal([50.0], interaction=SpinDependent("neutron")), [], Poisson())
    assert spin.quantity == "sigma_SDn"


def test_the_curve_tells_statistic_level_inputs_and_assumptions(toy: CountingExperiment) -> None:
    known = Nuisances(background=1.0, background_sigma=0.3)
    curve = limit_curve(
        toy.signal(MASSES),
        [150, 160, 250, 300, 420, 700],
        ProfileLikelihood(cls=True),
        nuisances=known,
        cl=0.95,
        id="mine",
        inputs=("xenon:s2only.response adler32:00000001",),
    )
    assert (curve.id, curve.cl, curve.kind) == ("mine", 0.95, "observed")
    assert curve.statistic == "profile likelihood ratio, CLs, asymptotic"
    assert curve.provenance.inputs == ("file 1 = xenon:s2only.response adler32:00000001",)
    assert curve.assumptions["exposure_tonne_year"] == 1.0


@pytest.mark.parametrize("limit", [0.0, -2.3, float("nan")])
def test_a_statistic_that_gives_no_positive_limit_is_refused(toy: CountingExperiment, limit: float) -> None:
    class Own:
        name = "mine"

        def upper_limit(self, seen: Observation, *, cl: float = 0.9) -> float:
            return limit

    with pytest.raises(OutOfRange, match="signal events"):
        limit_curve(toy.signal(MASSES), [], Own())


def test_a_region_cuts_bins_in_proportion(toy: CountingExperiment) -> None:
    signal = toy.signal(MASSES)
    whole = limit_curve(signal, [], Poisson(), windows=[200, 400]).y
    half = limit_curve(signal, [], Poisson(), windows=[200, 300]).y
    np.testing.assert_allclose(half, 2 * whole)


def test_the_shape_of_the_background_is_cut_with_the_region(toy: CountingExperiment) -> None:
    known = Nuisances(background=2.0, background_shape=[1.0, 4.0, 2.0])
    (seen,) = observe(toy.signal([50.0]), [], windows=[150, 300], nuisances=known)
    np.testing.assert_allclose(seen.background, [0.2, 0.8])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"windows": [50, 300]}, "region of interest 50 to 300 PE is not inside 100 to 800"),
        ({"windows": [[100, 200]] * 2}, "windows have the shape"),
        ({"events": [float("nan")]}, "events are a list of measured values"),
        ({"events": 3}, "events are a list of measured values"),
        ({"nuisances": Nuisances(background=-1.0)}, "background = -1"),
        ({"nuisances": Nuisances(background_shape=[1.0, 2.0])}, "one number for each of 3 signal bins"),
        ({"nuisances": Nuisances(background=[1.0, 2.0])}, "one for each of 3 masses"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    toy: CountingExperiment, change: dict[str, object], message: str
) -> None:
    arguments: dict[str, object] = {"events": [150.0], "statistic": Poisson()} | change
    with pytest.raises(OutOfRange, match=message):
        limit_curve(toy.signal(MASSES), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        (lambda mass, energy: np.ones(3), r"rate gives the shape \(3,\)"),
        (lambda mass, energy: -np.ones((1, 3)), "rate in events/"),
        (lambda mass, energy: np.full((1, 3), np.nan), "rate in events/"),
    ],
)
def test_a_spectrum_of_another_shape_or_sign_is_refused(
    toy: CountingExperiment, rate: object, message: str
) -> None:
    with pytest.raises(OutOfRange, match=message):
        toy.signal([50.0], rate=rate)  # type: ignore[arg-type]


def test_a_spectrum_and_a_halo_at_once_are_refused(toy: CountingExperiment) -> None:
    with pytest.raises(OutOfRange, match="either it or them"):
        toy.signal([50.0], halo=StandardHalo(), rate=lambda mass, energy: np.ones((1, 3)))


def test_a_signal_that_lost_what_it_says_of_itself_is_refused_with_the_way_out(
    toy: CountingExperiment,
) -> None:
    signal = toy.signal(MASSES)
    import xarray as xr

    with xr.set_options(keep_attrs=True):
        np.testing.assert_allclose(
            limit_curve(signal * 0.5, [], Poisson()).y, 2 * limit_curve(signal, [], Poisson()).y
        )
    for wrong in (signal.drop_attrs(), signal.T, signal.to_numpy()):
        with pytest.raises(OutOfRange, match="keep_attrs=True"):
            limit_curve(wrong, [], Poisson())  # type: ignore[arg-type]


def test_a_mass_without_signal_is_named_and_not_given_an_infinite_limit(toy: CountingExperiment) -> None:
    with pytest.raises(OutOfRange, match="toy expects no event below 50 GeV"):
        limit_curve(toy.signal([0.5, 50.0]), [], Poisson())
    with pytest.raises(OutOfRange, match="at any of these masses"):
        limit_curve(toy.signal([0.5]), [], Poisson())
