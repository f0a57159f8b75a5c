"""The velocity integral against brute-force integration, and what it must obey for any halo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import dblquad, quad

from vre_dm.errors import OutOfRange
from vre_dm.physics.halo import StandardHalo


@st.composite
def halos(draw: st.DrawFn) -> StandardHalo:
    vesc = draw(st.floats(300, 800))
    ve = draw(st.floats(10, 0.98 * vesc))
    return StandardHalo(
        rho0_gev_cm3=draw(st.floats(0.1, 1.0)), v0_km_s=draw(st.floats(100, 400)), vesc_km_s=vesc, ve_km_s=ve
    )


def maxwellian(halo: StandardHalo, v: float, cosine: float) -> float:
    """Density in the galaxy's frame of a particle with speed v and direction towards the Earth's motion."""
    galactic2 = v * v + halo.ve_km_s**2 + 2 * v * halo.ve_km_s * cosine
    norm = halo.truncation * (np.pi * halo.v0_km_s**2) ** 1.5
    return float(np.exp(-galactic2 / halo.v0_km_s**2) / norm) if galactic2 < halo.vesc_km_s**2 else 0.0


def integrate(halo: StandardHalo, vmin: float, power: int) -> float:
    """The integral of f(v) v^power over all directions and speeds above vmin, in spherical coordinates."""

    def highest_cosine(v: float) -> float:
        return float(np.clip((halo.vesc_km_s**2 - v * v - halo.ve_km_s**2) / (2 * v * halo.ve_km_s), -1, 1))

    value, _ = dblquad(
        lambda cosine, v: 2 * np.pi * v ** (2 + power) * maxwellian(halo, v, cosine),
        vmin,
        halo.vmax_km_s,
        -1.0,
        highest_cosine,
        epsrel=1e-6,
        epsabs=0,
    )
    return value


@pytest.mark.parametrize("vmin", [1.0, 150.0, 300.0, 420.0, 700.0])
@pytest.mark.parametrize(
    "halo", [StandardHalo(), StandardHalo(v0_km_s=220, ve_km_s=232), StandardHalo(vesc_km_s=400, ve_km_s=390)]
)
def test_the_closed_form_is_the_integral_over_all_velocities(halo: StandardHalo, vmin: float) -> None:
    assert halo.eta(vmin) == pytest.approx(integrate(halo, vmin, -1), rel=1e-5)


def test_the_speed_distribution_integrates_to_one() -> None:
    assert integrate(StandardHalo(), 1e-6, 0) == pytest.approx(1.0, rel=1e-5)


@given(halos())
def test_probability_is_the_integral_of_eta_for_any_halo(halo: StandardHalo) -> None:
    # Integrating by parts, the integral of eta over vmin is the total probability.
    total, _ = quad(halo.eta, 0, halo.vmax_km_s, points=[halo.vesc_km_s - halo.ve_km_s], epsabs=1e-9)
    assert total == pytest.approx(1.0, rel=1e-6)


@given(halos(), st.floats(0, 1), st.floats(0, 1))
def test_eta_never_rises_with_the_speed_needed(halo: StandardHalo, first: float, second: float) -> None:
    low, high = sorted((first * halo.vmax_km_s, second * halo.vmax_km_s))
    # Near zero speed eta is flat, and the closed form knows it to its rounding only.
    assert halo.eta(low) * (1 + 1e-9) >= halo.eta(high) >= 0


@given(halos())
def test_eta_has_no_step_where_the_escape_speed_begins_to_cut(halo: StandardHalo) -> None:
    kink = halo.vesc_km_s - halo.ve_km_s
    below, above = halo.eta([kink * (1 - 1e-9), kink * (1 + 1e-9)])
    assert below == pytest.approx(above, rel=1e-6)


@given(halos(), st.floats(0, 1e4))
def test_nothing_is_faster_than_escape_speed_plus_the_earths(halo: StandardHalo, beyond: float) -> None:
    assert halo.eta(halo.vmax_km_s + beyond) == 0


def test_the_normalisation_of_wimprates_is_k_squared_of_the_right_one() -> None:
    exact = StandardHalo(v0_km_s=220, ve_km_s=232)
    theirs = StandardHalo(v0_km_s=220, ve_km_s=232, normalisation="wimprates")
    # 0.98677 is what the speed distribution of wimprates 0.5.0 integrates to at 220 and 544 km/s.
    assert theirs.total_probability == pytest.approx(0.98677, abs=5e-6)
    assert theirs.eta(300.0) / exact.eta(300.0) == pytest.approx(0.98677, abs=5e-6)


@pytest.mark.parametrize("name", ["rho0_gev_cm3", "v0_km_s", "vesc_km_s", "ve_km_s"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), "220"])
def test_a_halo_parameter_that_is_no_positive_number_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(OutOfRange, match=name):
        StandardHalo(**{name: value})  # type: ignore[arg-type]


def test_an_earth_that_is_not_bound_is_refused() -> None:
    with pytest.raises(OutOfRange, match="vesc_km_s"):
        StandardHalo(vesc_km_s=200, ve_km_s=232)


def test_an_unknown_normalisation_is_refused() -> None:
    with pytest.raises(OutOfRange, match="normalisation"):
        StandardHalo(normalisation="wrong")  # type: ignore[arg-type]


@pytest.mark.parametrize("vmin", [-1.0, float("nan")])
def test_a_speed_below_zero_is_refused(vmin: float) -> None:
    with pytest.raises(OutOfRange, match="vmin"):
        StandardHalo().eta(vmin)
