import numpy as np
import pyhf
import pytest
from scipy.stats import poisson

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.cls import cls, log_cls_by_toys
from vre_dm.physics.dilepton.resonance import resonance
from vre_dm.physics.dilepton.templates import Templates
from vre_dm.physics.statistics.profile_likelihood import Toys

BACKGROUND, OBSERVED = np.array([10.0, 2.0, 0.1]), np.array([12.0, 1.0, 0.0])


def likelihood(signal: np.ndarray, background: np.ndarray) -> pyhf.Model:
    samples = [
        {
            "name": "signal",
            "data": list(signal),
            "modifiers": [{"name": "mu", "type": "normfactor", "data": None}],
        },
        {"name": "background", "data": list(background), "modifiers": []},
    ]
    return pyhf.Model({"channels": [{"name": "all", "samples": samples}]}, poi_name="mu", validate=False)


@pytest.mark.parametrize(("name", "mass"), [("V2", 500.0), ("A2", 3700.0), ("SSM", 5100.0)])
@pytest.mark.parametrize("factor", [0.4, 1.0])
def test_cls_of_the_spectra_is_that_of_pyhf(
    templates: Templates, name: str, mass: float, factor: float
) -> None:
    signal = factor * templates.events(resonance(BENCHMARKS[name], mass, 1e5))[0]
    model = likelihood(signal, templates.background)
    theirs, expected = pyhf.infer.hypotest(
        1.0, list(templates.observed), model, test_stat="qtilde", return_expected=True
    )
    least = np.exp(-signal.sum())  # below it asymptotic formulae do not hold, pyhf's neither
    ours = cls(signal, templates.observed, templates.background)[0]
    assert ours == pytest.approx(max(float(theirs), least), rel=1e-4)
    median = cls(signal, templates.background, templates.background)[0]
    assert median == pytest.approx(max(float(expected), least), rel=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_the_limit_on_a_strength_is_that_of_pyhf(seed: int) -> None:
    rng = np.random.default_rng(seed)
    background = rng.uniform(0.05, 20, 6)
    observed, signal = rng.poisson(background).astype(float), rng.uniform(0, 3, 6)
    model = likelihood(signal, background)
    theirs, _ = pyhf.infer.intervals.upper_limits.toms748_scan(list(observed), model, 0.01, 10, level=0.05)
    assert cls(float(theirs) * signal, observed, background)[0] == pytest.approx(0.05, rel=1e-4)


def test_three_events_are_needed_where_nothing_is_expected_and_nothing_seen() -> None:
    signals, nothing = [[0.5], [3.0], [20.0]], ([0.0], [1e-7])
    exact = np.exp(-np.ravel(signals))
    np.testing.assert_allclose(cls(signals, *nothing), exact, rtol=1e-12)
    np.testing.assert_allclose(np.exp(log_cls_by_toys(signals, *nothing, toys())), exact, rtol=1e-6)


def toys(number: int = 2000) -> Toys:
    return Toys(np.random.default_rng(1), number)


@pytest.mark.parametrize(
    ("signal", "observed", "background"),
    [(2.8, 0, 0.05), (4.0, 1, 0.6), (6.0, 4, 5.0), (4.0, 12, 9.0), (25.0, 84, 100.0), (40.0, 135, 100.0)],
)
def test_toys_of_one_bin_give_the_exact_share_of_fewer_events(
    signal: float, observed: int, background: float
) -> None:
    # In one bin the statistic falls with the count, so CLs is a ratio of sums over counts up to that seen.
    exact = poisson.cdf(observed, signal + background) / poisson.cdf(observed, background)
    by_toys = np.exp(log_cls_by_toys([signal], [observed], [background], toys(20_000)))[0]
    assert by_toys == pytest.approx(exact, rel=0.03)
    assert by_toys >= np.exp(-signal)


def test_asymptotic_cls_is_that_of_toys_at_the_heavy_end_of_the_spectra(templates: Templates) -> None:
    signals = templates.events(resonance(BENCHMARKS["psi"], [4450.0, 4580.0], 1e5))
    data = templates.observed, templates.background
    by_toys = np.exp(log_cls_by_toys(signals, *data, toys()))
    np.testing.assert_allclose(cls(signals, *data), by_toys, rtol=0.08)
    rng = np.random.default_rng(7)
    assert by_toys[0] == pytest.approx(drawn(rng, signals[0], *data), rel=0.12)


def drawn(
    rng: np.random.Generator, signal: np.ndarray, observed: np.ndarray, background: np.ndarray
) -> float:
    """CLs by counting plain toys, strengths of the fit tried one by one."""
    tried = np.linspace(0, 1, 101)[:, None]
    logarithm, total = np.log1p(tried * signal / background), tried[:, 0] * signal.sum()

    def statistic(counts: np.ndarray) -> np.ndarray:
        likelihood = counts @ logarithm.T - total
        return likelihood.max(axis=-1) - likelihood[..., -1]

    least = statistic(observed) - 1e-9
    both, alone = (
        np.mean(statistic(rng.poisson(mean, (10_000, signal.size))) >= least)
        for mean in (background + signal, background)
    )
    return float(both / alone)


def test_toys_refuse_what_was_not_counted_and_what_none_of_them_reaches() -> None:
    with pytest.raises(OutOfRange, match="must be whole numbers"):
        log_cls_by_toys([1.0], [0.5], [1.0], toys())
    with pytest.raises(OutOfRange, match="none of 4000 toys is so signal-poor"):
        log_cls_by_toys([30.0], [10.0], [100.0], toys())


def test_nothing_is_never_excluded_and_more_is_always_excluded_more() -> None:
    assert cls([0.0, 0.0, 0.0], OBSERVED, BACKGROUND)[0] == 1
    steps = cls(np.outer(np.geomspace(0.1, 100, 60), [1.0, 1.0, 1.0]), OBSERVED, BACKGROUND)
    assert np.all(np.diff(steps) < 0)


@pytest.mark.parametrize(
    ("signal", "observed", "background", "said"),
    [
        ([1.0, 1.0], OBSERVED, BACKGROUND, "does not fit"),
        ([-1.0, 1.0, 1.0], OBSERVED, BACKGROUND, "signal events must be"),
        ([1.0, 1.0, 1.0], [1.0, np.nan, 0.0], BACKGROUND, "observed events must be"),
        ([1.0, 1.0, 1.0], OBSERVED, [1.0, 0.0, 1.0], "bin 2 expects no background"),
        ([[]], [], [], "does not fit"),
    ],
)
def test_events_without_meaning_are_refused(signal, observed, background, said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        cls(signal, observed, background)
