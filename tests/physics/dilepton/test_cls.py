import numpy as np
import pyhf
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.cls import cls, strength_limit
from vre_dm.physics.dilepton.resonance import resonance
from vre_dm.physics.dilepton.templates import Templates

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
    assert cls(signal, templates.observed, templates.background)[0] == pytest.approx(float(theirs), rel=1e-4)
    median = cls(signal, templates.background, templates.background)[0]
    assert median == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_the_limit_on_a_strength_is_that_of_pyhf(seed: int) -> None:
    rng = np.random.default_rng(seed)
    background = rng.uniform(0.05, 20, 6)
    observed, signal = rng.poisson(background).astype(float), rng.uniform(0, 3, 6)
    model = likelihood(signal, background)
    theirs, _ = pyhf.infer.intervals.upper_limits.toms748_scan(list(observed), model, 0.01, 10, level=0.05)
    assert strength_limit(signal, observed, background)[0] == pytest.approx(float(theirs), rel=1e-4)


def test_cls_is_five_per_cent_at_the_limit() -> None:
    signals = np.array([[1.0, 2.0, 0.5], [0.0, 0.0, 3.0], [300.0, 1.0, 1.0]])
    limit = strength_limit(signals, OBSERVED, BACKGROUND, cl=0.9)
    np.testing.assert_allclose(cls(signals * limit[:, None], OBSERVED, BACKGROUND), 0.1, rtol=1e-6)


def test_nothing_is_never_excluded_and_more_is_always_excluded_more() -> None:
    assert cls([0.0, 0.0, 0.0], OBSERVED, BACKGROUND)[0] == 1
    assert strength_limit([0.0, 0.0, 0.0], OBSERVED, BACKGROUND)[0] == np.inf
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
