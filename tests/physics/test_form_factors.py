"""The Helm form factor: its limits, its first zero and its published radius."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import spherical_jn

from vre_dm.errors import OutOfRange
from vre_dm.physics.form_factors import helm_radius_fm, helm_squared


@given(st.floats(0, 2000), st.floats(4, 240))
def test_the_form_factor_is_a_fraction_of_full_coherence(energy: float, mass_number: float) -> None:
    assert 0 <= helm_squared(energy, mass_number) <= 1


@given(st.floats(4, 240))
def test_a_soft_recoil_sees_the_nucleus_as_one_body(mass_number: float) -> None:
    assert helm_squared(0.0, mass_number) == 1


def test_it_is_the_bessel_function_times_the_skin() -> None:
    energies = np.geomspace(1e-3, 500, 50)
    radius = helm_radius_fm(131.293)
    q = np.sqrt(2 * 131.293 * 0.93149410242 * energies * 1e-6) / 0.1973269804
    expected = (3 * spherical_jn(1, q * radius) / (q * radius)) ** 2 * np.exp(-((0.9 * q) ** 2))
    np.testing.assert_allclose(helm_squared(energies, 131.293), expected, rtol=1e-9)


def test_xenon_has_its_first_zero_near_95_kev() -> None:
    energies = np.linspace(60, 130, 7001)
    zero = energies[np.argmin(helm_squared(energies, 131.293))]
    # First zero of j1 at q r = 4.4934.
    q = 4.4934 / helm_radius_fm(131.293) * 0.1973269804
    assert zero == pytest.approx(q**2 / (2 * 131.293 * 0.93149410242) * 1e6, abs=0.02)
    assert 90 < zero < 100


@pytest.mark.parametrize("mass_number", [0, 3.9, -131, float("nan")])
def test_a_nucleus_too_light_for_the_radius_formula_is_refused(mass_number: float) -> None:
    with pytest.raises(OutOfRange, match="mass number"):
        helm_squared(10.0, mass_number)


@pytest.mark.parametrize("energy", [-1.0, float("nan")])
def test_a_negative_energy_is_refused(energy: float) -> None:
    with pytest.raises(OutOfRange, match="energy"):
        helm_squared(energy, 131.293)
