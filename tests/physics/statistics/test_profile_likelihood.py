"""Profile likelihood limits against pyhf, iminuit, scipy, and the cases known in closed form."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.stats import poisson

from vre_dm.errors import OutOfRange
from vre_dm.physics.statistics import Observation, ProfileLikelihood, Toys, counted, measured
from vre_dm.physics.statistics.likelihood import likelihood

EDGES = np.linspace(0, 1, 11)
SHAPE = np.exp(-np.linspace(0, 3, 10))


def shaped() -> Observation:
    events = np.random.default_rng(5).random(12) ** 2
    return measured(events, EDGES, SHAPE, background=6.0, background_sigma=1.0, efficiency_sigma=0.15)


def few() -> Observation:
    return counted(5, background=9.0, background_sigma=2.0, efficiency_sigma=0.1)


def many() -> Observation:
    return counted(12, background=6.0, background_sigma=1.0, efficiency_sigma=0.15)


def pyhf_p_value(seen: Observation, *, cls: bool) -> Callable[[float], float]:
    """The same model as a pyhf workspace: histosys is linear and Gaussian, as our nuisances are."""
    pyhf = pytest.importorskip("pyhf")
    pyhf.set_backend("numpy", pyhf.optimize.scipy_optimizer(tolerance=1e-10))

    def sample(name: str, shares: np.ndarray, mean: float, sigma: float, extra: list[object]) -> object:
        shifts = {"hi_data": list(shares * (mean + sigma)), "lo_data": list(shares * (mean - sigma))}
        own = {"name": f"{name} scale", "type": "histosys", "data": shifts}
        return {"name": name, "data": list(shares * mean), "modifiers": [own, *extra]}

    poi = {"name": "mu", "type": "normfactor", "data": None}
    samples = [
        sample("signal", seen.signal, 1.0, seen.efficiency_sigma, [poi]),
        sample("background", seen.background, seen.expected_background, seen.background_sigma, []),
    ]
    model = pyhf.Model({"channels": [{"name": "region", "samples": samples}]}, poi_name="mu")
    data = [*seen.counts, *model.config.auxdata]
    bounds = model.config.suggested_bounds()
    bounds[model.config.poi_index] = (0, 300)

    def p(mu: float) -> float:
        value, tails = pyhf.infer.hypotest(
            mu, data, model, par_bounds=bounds, test_stat="qtilde", return_tail_probs=True
        )
        return float(value if cls else tails[0])

    return p


@pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")
@pytest.mark.parametrize(("make", "cls"), [(shaped, False), (few, True)])
def test_asymptotic_limits_are_those_of_pyhf(make: Callable[[], Observation], cls: bool) -> None:
    seen = make()
    ours = ProfileLikelihood(cls=cls)
    theirs = pyhf_p_value(seen, cls=cls)
    for cl in (0.9, 0.7):
        assert theirs(ours.upper_limit(seen, cl=cl)) == pytest.approx(1 - cl, rel=1e-5)


def test_the_fit_is_that_of_iminuit_on_the_same_likelihood() -> None:
    iminuit = pytest.importorskip("iminuit")
    seen = shaped()

    def cost(signal: float, efficiency: float, background: float) -> float:
        mean = signal * efficiency * seen.signal + background * seen.background
        fitted = 2 * np.sum(mean - seen.counts * np.log(mean))
        return float(fitted + ((efficiency - 1) / 0.15) ** 2 + ((background - 6.0) / 1.0) ** 2)

    minuit = iminuit.Minuit(cost, signal=5.0, efficiency=1.0, background=6.0)
    minuit.errordef, minuit.tol = 1.0, 1e-6
    minuit.limits = [(0, 100), (0.01, 3), (0.01, 50)]
    minuit.migrad()
    best, twice = likelihood(seen).best()
    assert best[0] == pytest.approx(minuit.values["signal"], rel=1e-3)
    assert -twice[0] == pytest.approx(minuit.fval, abs=1e-5)
    minuit.fixed["signal"], minuit.values["signal"] = True, 14.0
    minuit.migrad()
    means, twice = likelihood(seen).at(14.0)
    assert -twice[0] == pytest.approx(minuit.fval, abs=1e-5)
    assert means[0, 1] == pytest.approx(minuit.values["background"], rel=1e-3)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 12), min_size=3, max_size=3),
    st.floats(0.5, 30),
    st.floats(0.05, 20),
    st.floats(0.05, 6),
    st.floats(0.01, 0.5),
)
def test_no_other_means_fit_better(
    counts: list[int], signal: float, background: float, sigma: float, delta: float
) -> None:
    seen = Observation(
        counts=np.array(counts, dtype=float),
        signal=np.array([0.6, 0.3, 0.1]),
        background=np.array([0.1, 0.2, 0.7]),
        expected_background=background,
        background_sigma=sigma,
        efficiency_sigma=delta,
    )

    def cost(means: np.ndarray) -> float:
        x, b = means
        density = x * seen.signal + b * seen.background
        penalty = ((x / signal - 1) / delta) ** 2 + ((b - background) / sigma) ** 2
        return float(2 * np.sum(density - seen.counts * np.log(np.maximum(density, 1e-300))) + penalty)

    means, twice = likelihood(seen).at(signal)
    other = minimize(cost, [signal, background], bounds=[(1e-9, None)] * 2, method="L-BFGS-B")
    assert cost(means[0]) == pytest.approx(-twice[0], abs=1e-6)
    assert cost(means[0]) <= other.fun + 1e-6


def test_without_nuisances_the_asymptotic_limit_is_the_likelihood_ratio_of_a_counter() -> None:
    n = 30

    def rise(mu: float) -> float:
        return 2 * (mu - n - n * math.log(mu / n)) - 1.2815515655**2

    assert ProfileLikelihood().upper_limit(counted(n)) == pytest.approx(brentq(rise, n, 3 * n), rel=1e-5)


def test_toys_of_an_empty_counter_give_the_classical_limit() -> None:
    nothing = counted(0, background=0.09, background_sigma=0.04)
    toys = Toys(np.random.default_rng(2), 1500)
    assert ProfileLikelihood(toys).upper_limit(nothing) == pytest.approx(math.log(10) - 0.09, rel=0.04)
    assert ProfileLikelihood(toys, cls=True).upper_limit(nothing) == pytest.approx(math.log(10), rel=0.04)


def test_toys_and_asymptotic_formulae_agree_where_events_are_many() -> None:
    seen = counted(40, background=25.0, background_sigma=3.0, efficiency_sigma=0.1)
    toys = ProfileLikelihood(Toys(np.random.default_rng(4), 1000), cls=True)
    assert toys.upper_limit(seen) == pytest.approx(ProfileLikelihood(cls=True).upper_limit(seen), rel=0.04)


def test_a_shape_that_tells_signal_from_background_strengthens_the_limit() -> None:
    events = [*np.linspace(0.05, 0.2, 6), *np.linspace(0.3, 0.99, 20)]
    signal = [0.9, 0.07, 0.02, 0.01]
    told = measured(events, np.linspace(0, 1, 5), signal, background=25.0, background_sigma=5.0)
    merely = counted(26, background=25.0, background_sigma=5.0)
    statistic = ProfileLikelihood(cls=True)
    assert statistic.upper_limit(told) < 0.75 * statistic.upper_limit(merely)


@settings(max_examples=3, deadline=None)
@given(st.floats(0, 4), st.floats(0, 0.4), st.floats(0.1, 1.0))
def test_less_certainty_never_gives_a_stronger_limit(sigma: float, delta: float, more: float) -> None:
    def at(sigma: float, delta: float) -> float:
        seen = counted(12, background=6.0, background_sigma=sigma, efficiency_sigma=delta)
        return ProfileLikelihood().upper_limit(seen)

    assert at(sigma + more, delta) >= at(sigma, delta) * (1 - 1e-6)
    assert at(sigma, delta + 0.1 * more) >= at(sigma, delta) * (1 - 1e-6)


def test_the_same_seed_gives_the_same_limit() -> None:
    first, second = (ProfileLikelihood(Toys(np.random.default_rng(9), 500)) for _ in range(2))
    assert first.upper_limit(many()) == second.upper_limit(many())


def test_few_events_need_toys() -> None:
    with pytest.raises(OutOfRange, match=r"4 events near the signal are too few .* give toys=Toys\(rng\)"):
        ProfileLikelihood().upper_limit(counted(4))


def test_many_events_beside_the_signal_need_toys_as_none_do() -> None:
    beside = np.linspace(0.01, 0.4, 10)
    seen = measured(beside, [0, 0.5, 1], [0.02, 1], background=10, background_shape=[1, 0.001])
    for statistic in (ProfileLikelihood(cls=True), ProfileLikelihood()):
        with pytest.raises(OutOfRange, match=r"events near the signal are too few .* give toys=Toys\(rng\)"):
            statistic.upper_limit(seen)
    toys = ProfileLikelihood(Toys(np.random.default_rng(1), 1000), cls=True)
    assert toys.upper_limit(seen) >= 0.95 * math.log(10)


@pytest.mark.parametrize(("events", "background"), [(6, 9.0), (12, 16.0)])
def test_a_limit_below_that_of_no_event_needs_toys_which_are_the_classical_one(
    events: int, background: float
) -> None:
    seen = counted(events, background=background)
    with pytest.raises(OutOfRange, match=r"fewer than the 2\.3 .* where none is seen: give toys=Toys\(rng\)"):
        ProfileLikelihood().upper_limit(seen)
    toys = ProfileLikelihood(Toys(np.random.default_rng(1), 4000)).upper_limit(seen)
    classical = brentq(lambda mean: poisson.cdf(events, mean) - 0.1, background, 3 * background)
    assert toys + background == pytest.approx(classical, rel=0.02)


def test_far_fewer_events_than_background_give_no_limit_without_cls() -> None:
    with pytest.raises(OutOfRange, match="cls=True"):
        ProfileLikelihood().upper_limit(counted(5, background=15.0))


def test_a_level_that_the_toys_do_not_resolve_is_refused() -> None:
    with pytest.raises(OutOfRange, match=r"100 toys do not resolve a level of 0\.95: take 200 or more"):
        ProfileLikelihood(Toys(np.random.default_rng(1), 100)).upper_limit(many(), cl=0.95)


def test_data_that_no_toy_of_the_background_resembles_are_refused() -> None:
    toys = Toys(np.random.default_rng(1), 200)
    with pytest.raises(OutOfRange, match="none of 200 toys of the background sees so few events"):
        ProfileLikelihood(toys, cls=True).upper_limit(counted(0, background=20.0, background_sigma=1.0))


def test_an_event_where_nothing_is_expected_is_refused() -> None:
    seen = measured([0.1] * 5 + [0.9], [0.0, 0.5, 1.0], [1.0, 0.0])
    with pytest.raises(OutOfRange, match="neither signal nor background"):
        ProfileLikelihood().upper_limit(seen)


def test_an_efficiency_that_may_be_zero_excludes_nothing() -> None:
    with pytest.raises(OutOfRange, match="efficiency is too uncertain"):
        ProfileLikelihood().upper_limit(counted(12, background=6.0, efficiency_sigma=2.0))
