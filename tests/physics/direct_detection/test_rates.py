"""Recoil spectra against an independent code, and how they must scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import OutOfRange
from vre_dm.physics.direct_detection import recoil_spectrum, vmin_km_s
from vre_dm.physics.halo import StandardHalo
from vre_dm.physics.targets import XENON_AVERAGE, XENON_NATURAL

masses = st.floats(5, 1e4)
energies = st.floats(0.1, 100)


def test_the_rate_in_xenon_is_the_one_of_wimprates_with_its_normalisation() -> None:
    # wimprates 0.5.0 with its defaults (238, 544 and 252.129 km/s) at 1e-45 cm²: events / (t y keV).
    reference = [21.6209, 13.8873, 5.4295, 0.66456]
    halo = StandardHalo(ve_km_s=252.1289, normalisation="wimprates")
    ours = recoil_spectrum(50.0, [5, 10, 20, 40], halo=halo)[0]
    np.testing.assert_allclose(ours, reference, rtol=1e-4)


def test_the_exact_normalisation_gives_more_events_by_the_missing_probability() -> None:
    theirs = StandardHalo(normalisation="wimprates")
    ratio = recoil_spectrum(50.0, [5, 20]) / recoil_spectrum(50.0, [5, 20], halo=theirs)
    np.testing.assert_allclose(ratio, 1 / theirs.total_probability, rtol=1e-12)


def test_averaging_the_isotopes_changes_the_rate_by_less_than_half_a_percent() -> None:
    ratio = recoil_spectrum([50, 500], [5, 20, 40], target=XENON_NATURAL) / recoil_spectrum(
        [50, 500], [5, 20, 40]
    )
    assert np.all(np.abs(ratio - 1) < 5e-3)


@given(masses, energies, st.floats(0.05, 2), st.floats(1e-50, 1e-35))
def test_the_rate_is_proportional_to_density_and_cross_section(
    mass: float, energy: float, rho: float, sigma: float
) -> None:
    base = recoil_spectrum(mass, energy, sigma_cm2=1e-45, halo=StandardHalo(rho0_gev_cm3=0.3))
    scaled = recoil_spectrum(mass, energy, sigma_cm2=sigma, halo=StandardHalo(rho0_gev_cm3=rho))
    np.testing.assert_allclose(scaled, base * (rho / 0.3) * (sigma / 1e-45), rtol=1e-12)


@given(energies)
def test_far_above_the_nuclear_mass_the_rate_falls_as_one_over_the_mass(energy: float) -> None:
    heavy, twice = recoil_spectrum([1e7, 2e7], energy)[:, 0]
    assert heavy / twice == pytest.approx(2, rel=1e-3)


@given(masses, energies)
def test_the_lowest_speed_gives_exactly_the_recoil_it_was_asked_for(mass: float, energy: float) -> None:
    nucleus = XENON_AVERAGE.nuclei[0]
    v = vmin_km_s(energy, mass, nucleus) / 299792.458
    mu = mass * nucleus.mass_gev / (mass + nucleus.mass_gev)
    assert 2 * mu**2 * v**2 / nucleus.mass_gev * 1e6 == pytest.approx(energy, rel=1e-12)


def test_light_dark_matter_gives_no_recoil_above_its_kinematic_end() -> None:
    spectrum = recoil_spectrum(5.0, [0.5, 50.0])[0]
    assert spectrum[0] > 0
    assert spectrum[1] == 0


def test_masses_and_energies_span_a_table() -> None:
    assert recoil_spectrum([5, 50, 500], [1, 2]).shape == (3, 2)


@pytest.mark.parametrize("mass", [0.0, -5.0, float("nan"), float("inf")])
def test_a_mass_that_is_no_positive_number_is_refused(mass: float) -> None:
    with pytest.raises(OutOfRange, match="mass"):
        recoil_spectrum(mass, 5.0)


@pytest.mark.parametrize("sigma", [0.0, -1e-45, float("nan")])
def test_a_cross_section_that_is_not_positive_is_refused(sigma: float) -> None:
    with pytest.raises(OutOfRange, match="cross section"):
        recoil_spectrum(50.0, 5.0, sigma_cm2=sigma)


@pytest.mark.parametrize(
    ("mass", "energy", "said"),
    [
        ([], 5.0, r"dark-matter masses are .* of the shape \(0,\)"),
        (50.0, [], r"recoil energies are .* of the shape \(0,\)"),
        ([[50.0, 60.0]], 5.0, r"masses .* \(1, 2\)"),
        (50.0, -1.0, "recoil energy in keV = -1"),
        ("50", 5.0, "not a number"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused(mass: object, energy: object, said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        recoil_spectrum(mass, energy)  # type: ignore[arg-type]


def test_the_name_of_a_target_is_no_target() -> None:
    with pytest.raises(OutOfRange, match="'Xe' is no target"):
        recoil_spectrum(50.0, 5.0, target="Xe")  # type: ignore[arg-type]
