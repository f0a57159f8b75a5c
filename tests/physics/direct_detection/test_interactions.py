"""Interactions of nuclei against wimprates, published spins and what must hold for any of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import OutOfRange
from vre_dm.limits.quantities import QUANTITIES
from vre_dm.physics.direct_detection import (
    Interaction,
    LightMediator,
    SpinDependent,
    SpinIndependent,
    recoil_spectrum,
)
from vre_dm.physics.halo import StandardHalo
from vre_dm.physics.targets import (
    ARGON_AVERAGE,
    ARGON_NATURAL,
    CALCIUM_TUNGSTATE,
    CARBON_12,
    CARBON_NATURAL,
    FLUORINE,
    GERMANIUM_NATURAL,
    IODINE,
    SILICON_NATURAL,
    SODIUM,
    XENON_AVERAGE,
    XENON_NATURAL,
    Nucleus,
    Target,
    compound,
)

ENERGIES = np.array([1.0, 5.0, 10.0, 20.0, 40.0])


def theirs(wimprates: Any, mass: float, sigma: float, **how: Any) -> np.ndarray:
    """Events / (tonne year keV)."""
    import numericalunits as nu

    rate = wimprates.rate_wimp(ENERGIES * nu.keV, mass * nu.GeV / nu.c0**2, sigma * nu.cm**2, **how)
    return np.asarray(rate * (nu.keV * 1000 * nu.kg * nu.year))


def theirs_halo(wimprates: Any) -> StandardHalo:
    import numericalunits as nu

    return StandardHalo(ve_km_s=float(wimprates.v_earth() / (nu.km / nu.s)), normalisation="wimprates")


@pytest.mark.parametrize(
    ("material", "target", "tolerance"),
    [
        ("Xe", XENON_AVERAGE, 1e-4),
        ("Ar", ARGON_AVERAGE, 1e-4),
        # It has one average nucleus where there are isotopes.
        ("Ge", GERMANIUM_NATURAL, 5e-3),
        ("Si", SILICON_NATURAL, 5e-3),
    ],
)
def test_spin_independent_rates_are_those_of_wimprates(
    wimprates: Any, material: str, target: Target, tolerance: float
) -> None:
    halo = theirs_halo(wimprates)
    for mass in (20.0, 200.0):
        expected = theirs(wimprates, mass, 1e-45, material=material)
        ours = recoil_spectrum(mass, ENERGIES, halo=halo, target=target)[0]
        np.testing.assert_allclose(ours, expected, rtol=tolerance)


@pytest.mark.parametrize("mediator_mev", [1.0, 20.0, 300.0])
def test_a_light_mediator_gives_the_rates_of_wimprates(wimprates: Any, mediator_mev: float) -> None:
    import numericalunits as nu

    expected = theirs(wimprates, 50.0, 1e-45, m_med=mediator_mev * nu.MeV / nu.c0**2)
    ours = recoil_spectrum(
        50.0, ENERGIES, halo=theirs_halo(wimprates), interaction=LightMediator(mediator_mev)
    )
    np.testing.assert_allclose(ours[0], expected, rtol=1e-4)


@pytest.mark.parametrize("nucleon", ["proton", "neutron"])
def test_spin_dependent_rates_in_xenon_are_near_those_of_wimprates(wimprates: Any, nucleon: str) -> None:
    # Same paper; its table was read off the figure, ours is the fit.
    expected = theirs(wimprates, 50.0, 1e-40, interaction=f"SD_{nucleon[0]}_central")
    ours = recoil_spectrum(
        50.0,
        ENERGIES,
        sigma_cm2=1e-40,
        halo=theirs_halo(wimprates),
        target=XENON_NATURAL,
        interaction=SpinDependent(nucleon),  # type: ignore[arg-type]
    )
    np.testing.assert_allclose(ours[0], expected, rtol=0.035)


# Spins of protons and neutrons of arXiv:1304.7684, as the public code obscura tabulates them.
SPINS = [
    (9, 19, 0.5, 0.478, -0.002),
    (11, 23, 1.5, 0.224, 0.024),
    (13, 27, 2.5, 0.326, 0.038),
    (14, 29, 0.5, 0.016, 0.156),
    (32, 73, 4.5, 0.031, 0.439),
    (53, 127, 2.5, 0.342, 0.031),
    (54, 129, 0.5, 0.010, 0.329),
    (54, 131, 1.5, -0.009, -0.272),
]


@pytest.mark.parametrize(("protons", "number", "spin", "sp", "sn"), SPINS)
def test_without_momentum_transfer_the_structure_functions_have_the_published_spins(
    protons: int, number: int, spin: float, sp: float, sn: float
) -> None:
    nucleus = Nucleus(number, number, 1.0, protons)
    norm = 4 / 3 * (spin + 1) / spin
    strong, weak = sorted(
        (float(SpinDependent(name).enhancement(nucleus, 0.0)) for name in ("proton", "neutron")), reverse=True
    )
    # Currents of two nucleons act on the difference of protons and neutrons only, so the sum of the
    # amplitudes is what the spins say; a fifth of the odd kind's rate is lost to them.
    assert np.sqrt(strong) + np.sqrt(weak) == pytest.approx(np.sqrt(norm) * abs(sp + sn), rel=0.01)
    assert 0.76 < strong / (norm * max(sp**2, sn**2)) < 0.82


@given(st.floats(0.1, 200), st.sampled_from([FLUORINE, SODIUM, IODINE, GERMANIUM_NATURAL, XENON_NATURAL]))
def test_no_structure_function_is_negative(energy: float, target: Target) -> None:
    for nucleus in target.nuclei:
        for nucleon in ("proton", "neutron"):
            assert SpinDependent(nucleon).enhancement(nucleus, energy) >= 0  # type: ignore[arg-type]


def test_a_target_without_spin_gives_no_spin_dependent_recoils() -> None:
    rate = recoil_spectrum(50.0, ENERGIES, target=ARGON_NATURAL, interaction=SpinDependent("neutron"))
    assert not rate.any()


def test_of_octafluoropropane_the_fluorine_alone_has_a_spin() -> None:
    c3f8 = compound("C3F8", {CARBON_12: 3, FLUORINE: 8})
    whole, fluorine = (
        recoil_spectrum(50.0, ENERGIES, target=target, interaction=SpinDependent("proton"))
        for target in (c3f8, FLUORINE)
    )
    np.testing.assert_allclose(whole, fluorine * 8 * 18.9984 / (8 * 18.9984 + 3 * 12), rtol=1e-6)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (CALCIUM_TUNGSTATE, "Z = 20, A = 43"),
        (CARBON_NATURAL, r"Z = 6, A = 13; .* such as targets\.CARBON_12"),
        (XENON_AVERAGE, r"A = 131\.293; there are those of 19F"),
    ],
)
def test_a_nucleus_whose_spin_structure_is_not_known_is_an_error_and_not_a_zero(
    target: Target, said: str
) -> None:
    with pytest.raises(OutOfRange, match=said):
        recoil_spectrum(50.0, ENERGIES, target=target, interaction=SpinDependent("neutron"))


def test_a_recoil_beyond_a_structure_functions_fit_is_refused() -> None:
    with pytest.raises(OutOfRange, match=r"0\.41 GeV is beyond the structure function of 129Xe"):
        recoil_spectrum(50.0, [10.0, 700.0], target=XENON_NATURAL, interaction=SpinDependent("neutron"))


def test_equal_couplings_are_the_usual_rate() -> None:
    usual = recoil_spectrum(50.0, ENERGIES, target=XENON_NATURAL)
    almost = recoil_spectrum(
        50.0, ENERGIES, target=XENON_NATURAL, interaction=SpinIndependent(fn_over_fp=1 + 1e-9)
    )
    np.testing.assert_allclose(almost, usual, rtol=1e-8)


def test_couplings_that_cancel_in_xenon_leave_the_share_that_its_isotopes_allow() -> None:
    # Per isotope (Z + (A - Z) f)² over A²; with f = -0.7 the mean over natural xenon is known by hand.
    weights = {nucleus.mass_number: nucleus.mass_fraction for nucleus in XENON_NATURAL.nuclei}
    by_hand = sum(w * (54 - 0.7 * (a - 54)) ** 2 for a, w in weights.items())
    usual = sum(w * a**2 for a, w in weights.items())
    still = [0.01]
    rates = [
        recoil_spectrum(1e4, still, target=XENON_NATURAL, interaction=SpinIndependent(f))[0, 0]
        for f in (-0.7, 1)
    ]
    assert rates[0] / rates[1] == pytest.approx(by_hand / usual, rel=2e-2)
    assert rates[0] / rates[1] < 2e-4


def test_the_protons_mass_in_place_of_one_u_lowers_the_rate_of_heavy_dark_matter_by_1_4_percent() -> None:
    proton = SpinIndependent(nucleon_gev=0.93827208816)
    ratio = recoil_spectrum(1e4, ENERGIES, interaction=proton) / recoil_spectrum(1e4, ENERGIES)
    assert ratio[0] == pytest.approx(np.full(5, 0.9857), abs=2e-4)
    assert proton.assumptions()["nucleon_mass"] == "0.938272 GeV"


def test_couplings_that_differ_need_to_know_the_protons() -> None:
    with pytest.raises(OutOfRange, match="has no Z"):
        SpinIndependent(-0.7).enhancement(Nucleus(131.3, 131.3), 5.0)


@pytest.mark.parametrize("mediator", [0.0, -1.0, float("nan"), float("inf")])
def test_a_mediator_without_a_positive_mass_is_refused(mediator: float) -> None:
    with pytest.raises(OutOfRange, match="mediator_mev"):
        LightMediator(mediator)


@pytest.mark.parametrize("ratio", [float("nan"), float("inf")])
def test_couplings_that_are_no_numbers_are_refused(ratio: float) -> None:
    with pytest.raises(OutOfRange, match="fn_over_fp"):
        SpinIndependent(ratio)


def test_only_protons_and_neutrons_have_a_spin_dependent_cross_section() -> None:
    with pytest.raises(OutOfRange, match="'electron'"):
        SpinDependent("electron")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "interaction",
    [SpinIndependent(), SpinDependent("proton"), SpinDependent("neutron"), LightMediator(10)],
)
def test_what_an_interaction_limits_is_a_quantity_of_the_catalogue(interaction: Interaction) -> None:
    assert interaction.quantity in QUANTITIES


def test_a_heavy_mediator_is_a_contact_interaction_and_a_light_one_loses_the_hard_recoils() -> None:
    contact = recoil_spectrum(50.0, ENERGIES)[0]
    heavy, light = (
        recoil_spectrum(50.0, ENERGIES, interaction=LightMediator(mass))[0] for mass in (1e5, 1.0)
    )
    np.testing.assert_allclose(heavy, contact, rtol=1e-5)
    # q² ≫ m²: the rate falls as 1/E² beside the contact one.
    np.testing.assert_allclose(light / contact * ENERGIES**2, (light / contact)[0], rtol=2e-2)


def test_a_users_own_interaction_is_one_short_class() -> None:
    class Anapole:
        quantity, nucleon_gev = "sigma_SI", 0.93149410242

        def enhancement(self, nucleus: Nucleus, energy_kev: Any) -> np.ndarray:
            return nucleus.protons**2 * np.asarray(energy_kev) / 10

        def assumptions(self) -> dict[str, str | float]:
            return {"coupling": "toy"}

    rate = recoil_spectrum(50.0, ENERGIES, interaction=Anapole())
    assert rate.shape == (1, 5)
    assert np.all(rate > 0)
