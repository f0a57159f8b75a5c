"""Halos from a table, against the Standard Halo Model in closed form and against direct integration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from vre_dm.errors import OutOfRange
from vre_dm.physics.halo import StandardHalo, TabulatedHalo

STANDARD = StandardHalo(v0_km_s=220, ve_km_s=232)
SPEEDS = np.linspace(0, STANDARD.vesc_km_s, 2001)


def maxwellian(speed: np.ndarray, halo: StandardHalo = STANDARD) -> np.ndarray:
    """Distribution of speeds in the galaxy's frame, s/km."""
    norm = halo.truncation * (np.pi * halo.v0_km_s**2) ** 1.5
    return np.asarray(4 * np.pi * speed**2 * np.exp(-((speed / halo.v0_km_s) ** 2)) / norm)


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    steps = draw(st.lists(st.floats(1, 200), min_size=2, max_size=8))
    heights = draw(st.lists(st.floats(0.01, 1), min_size=len(steps), max_size=len(steps)))
    return np.cumsum([draw(st.floats(0, 300)), *steps]), np.array([0.0, *heights])


@pytest.mark.parametrize("ve", [30.0, 232.0, 500.0])
def test_a_table_of_the_standard_halo_is_the_standard_halo(ve: float) -> None:
    tabulated = TabulatedHalo(SPEEDS, maxwellian(SPEEDS), ve_km_s=ve)
    speeds = np.linspace(0, 0.99 * tabulated.vmax_km_s, 100)
    np.testing.assert_allclose(tabulated.eta(speeds), STANDARD.seen_at(ve).eta(speeds), rtol=1e-5)


def test_a_detector_at_rest_is_the_limit_of_a_slow_one() -> None:
    at_rest, slow = (TabulatedHalo(SPEEDS, maxwellian(SPEEDS), ve_km_s=ve) for ve in (None, 0.1))
    speeds = np.linspace(1, 540, 50)
    np.testing.assert_allclose(slow.eta(speeds), at_rest.eta(speeds), rtol=1e-4)


@given(tables(), st.floats(0, 1))
def test_the_closed_form_is_the_integral_over_the_lines_of_the_table(
    table: tuple[np.ndarray, np.ndarray], part: float
) -> None:
    speed, density = table
    halo = TabulatedHalo(speed, density, normalise=True)
    start = part * speed[-1]
    area = np.sum(np.diff(speed) * (density[1:] + density[:-1]) / 2)
    expected, _ = quad(
        lambda v: np.interp(v, speed, density, left=0) / v / area,
        max(start, 1e-9),
        speed[-1],
        points=[knot for knot in speed if start < knot < speed[-1]],
        limit=200,
    )
    assert halo.eta(start) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(tables(), st.floats(1, 600))
def test_nothing_of_a_distribution_is_lost_when_it_is_seen_from_a_moving_detector(
    table: tuple[np.ndarray, np.ndarray], ve: float
) -> None:
    halo = TabulatedHalo(*table, ve_km_s=ve, normalise=True)
    knots = np.abs(np.concatenate([table[0] - ve, table[0] + ve]))
    edges = np.unique([0, *knots[knots < halo.vmax_km_s], halo.vmax_km_s])
    nodes, weights = np.polynomial.legendre.leggauss(40)
    widths = np.diff(edges)[:, None]
    total = np.sum(halo.eta(edges[:-1, None] + widths * (nodes + 1) / 2) * widths / 2 * weights)
    assert total == pytest.approx(1, rel=1e-4)


def test_random_particles_of_the_halo_have_the_same_mean_inverse_speed() -> None:
    rng = np.random.default_rng(20261121)
    halo = TabulatedHalo([0, 200, 400], [0, 1, 0], ve_km_s=250, normalise=True)
    speed = rng.triangular(0, 200, 400, 400_000)
    cosine = rng.uniform(-1, 1, speed.size)
    seen = np.sqrt(speed**2 + 250**2 - 2 * speed * 250 * cosine)
    for vmin in (0, 150, 400, 550):
        sample = np.where(seen > vmin, 1 / seen, 0)
        error = sample.std() / np.sqrt(sample.size)
        assert halo.eta(vmin) == pytest.approx(sample.mean(), abs=5 * error)


def test_a_table_in_the_detectors_frame_cannot_be_moved() -> None:
    with pytest.raises(OutOfRange, match="only one in the galaxy's can move"):
        TabulatedHalo(SPEEDS, maxwellian(SPEEDS)).seen_at(240)


def test_other_numbers_have_another_checksum_in_the_assumptions() -> None:
    first, second = (TabulatedHalo([0, 200, 400], [0, 1, end], normalise=True) for end in (0, 0.1))
    assert first.assumptions()["halo_table"] != second.assumptions()["halo_table"]
    assert first.assumptions()["halo_frame"] == "detector"


@pytest.mark.parametrize(
    ("speed", "density", "said"),
    [
        ([0, 200, 400], [0, 1, 0], "integrates to 200, not 1"),
        ([0, 200, 400], [0, 0, 0], "integrates to 0, not 1"),
        ([0, 200, 200], [0, 1, 0], "does not rise at row 3, 200 after 200"),
        ([0, 200], [1, 0], r"f\(0\) = 1 s/km"),
        ([0, 200, 400], [0, 1], "one density a speed"),
        ([200], [1], "two rows or more"),
        ([-1, 200], [0, 1], "speed_km_s = -1 must lie above 0"),
        ([0, 200, 400], [0, -1, 0], "density_s_km = -1 must lie above 0"),
        ([0, float("nan"), 400], [0, 1, 0], "speed_km_s = nan"),
    ],
)
def test_what_is_no_speed_distribution_is_refused(
    speed: list[float], density: list[float], said: str
) -> None:
    with pytest.raises(OutOfRange, match=said):
        TabulatedHalo(speed, density)


@pytest.mark.parametrize("name", ["rho0_gev_cm3", "ve_km_s"])
def test_a_parameter_that_is_no_positive_number_is_refused_by_name(name: str) -> None:
    with pytest.raises(OutOfRange, match=name):
        TabulatedHalo(SPEEDS, maxwellian(SPEEDS), **{name: -1.0})
