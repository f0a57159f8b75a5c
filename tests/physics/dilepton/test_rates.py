import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.limits.checks import check
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.couplings import ZPrime
from vre_dm.physics.dilepton.intervals import excluded
from vre_dm.physics.dilepton.rates import limit, predicted
from vre_dm.physics.dilepton.search import RateSearch

MASSES = np.arange(3000.0, 5500.0, 10.0)


def test_the_two_lines_cross_at_the_end_of_the_excluded_interval(rate: RateSearch) -> None:
    psi = BENCHMARKS["psi"]
    theory, observed = (make(rate, psi, MASSES, 1e5, id=make.__name__) for make in (predicted, limit))
    assert check(theory) == check(observed) == []
    (found,) = excluded(rate, psi, MASSES, 1e5)
    assert theory.at(found.high_gev) == pytest.approx(observed.at(found.high_gev), rel=1e-3)
    assert (theory.kind, observed.kind, observed.cl) == ("theory", "observed", 0.95)


def test_a_model_that_makes_no_leptons_has_no_rate(rate: RateSearch) -> None:
    with pytest.raises(OutOfRange, match="V1 makes no lepton pairs"):
        predicted(rate, BENCHMARKS["V1"], MASSES, 1e5, id="v1")


def test_a_limit_at_a_width_beyond_the_published_ones_is_refused(rate: RateSearch) -> None:
    broad = ZPrime("broad", {"up": (0.6, 0.0), "down": (0.6, 0.0), "lepton": (0.1, 0.0)})
    with pytest.raises(OutOfRange, match=r"Γ/M = 1\d\.\d+%; the table has 250"):
        limit(rate, broad, MASSES, 1e5, id="broad")
