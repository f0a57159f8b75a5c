"""Limits are read off a profile between its nodes, and not where it does not fall."""

import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.dwarfs.crossing import highest, last_above, one_sided_drop, require_found

X = np.arange(0, 20, 0.5)


def test_95_percent_is_a_drop_of_half_of_2_71() -> None:
    assert 2 * one_sided_drop(0.95) == pytest.approx(2.7055, abs=1e-4)
    for level in (0.5, 1.0, 95):
        with pytest.raises(OutOfRange, match="confidence level"):
            one_sided_drop(level)


def test_maximum_and_crossing_of_a_parabola_are_exact() -> None:
    profile = np.array([-((X - centre) ** 2) for centre in (5.1, 12.34)])
    best, place = highest(profile)
    np.testing.assert_allclose(best, 0, atol=1e-12)
    np.testing.assert_allclose(0.5 * place, (5.1, 12.34))
    np.testing.assert_allclose(0.5 * last_above(profile, best - 4.0), (7.1, 14.34))


def test_a_maximum_below_the_lattice_has_no_place_on_it() -> None:
    best, place = highest(-np.exp(0.3 * X)[None], at_zero=0.0)
    assert (best[0], place[0]) == (0.0, -np.inf)


def test_of_two_crossings_the_last_one_is_the_limit() -> None:
    twice = (np.cos(X) - 0.05 * X)[None, :35]
    place = 0.5 * last_above(twice, np.array([-0.3]))[0]
    assert np.cos(place) - 0.05 * place == pytest.approx(-0.3, abs=2e-3)
    assert 12.5 < place < 15


def test_next_to_the_unknown_a_crossing_is_on_a_straight_line() -> None:
    profile = np.array([[0.0, -1.0, -2.0, -4.0, -np.inf, -np.inf]])
    assert last_above(profile, np.array([-3.0]))[0] == pytest.approx(2.5)


@pytest.mark.parametrize("level", [-100.0, 1.0])
def test_what_never_falls_or_never_was_above_has_no_limit(level: float) -> None:
    places = last_above(-X[None], np.array([level]))
    assert np.isnan(places).all()
    with pytest.raises(OutOfRange, match="toy: the likelihood does not fall far enough at 7 GeV"):
        require_found(places, np.array([7.0]), "toy")
