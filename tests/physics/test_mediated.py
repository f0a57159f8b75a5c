"""Scattering and annihilation from couplings: against the models with one coupling, and by hand."""

import math

import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.annihilation import sigma_v_at_rest
from vre_dm.limits.convert.constants import CM2_GEV2
from vre_dm.limits.convert.mediators import cross_section
from vre_dm.limits.convert.simplified_model import Mediator as Kind
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.physics.dilepton.couplings import ZPrime, simplified
from vre_dm.physics.mediated import annihilation_spectrum, sigma_sd_cm2, sigma_si_cm2, sigma_v_cm3_s
from vre_dm.physics.spectra import FunctionSpectrum

HEAVY, DARK = np.array([[500.0], [2000.0]]), np.array([50.0, 200.0, 249.0, 400.0])
CHANNELS = {"uu": "u", "bb": "b", "tt": "t", "mumu": "mu", "tautau": "tau"}


def universal(kind: Kind) -> SimplifiedModel:
    return SimplifiedModel(mediator=kind, g_q=0.25, g_dm=1.0, g_l=0.1)


@pytest.mark.parametrize("kind", ["vector", "axial"])
def test_a_model_with_one_coupling_annihilates_as_the_conversions_say(kind: Kind) -> None:
    model = universal(kind)
    found = sigma_v_cm3_s(simplified(model), HEAVY, DARK)
    for channel, fermion in CHANNELS.items():
        np.testing.assert_allclose(
            found[fermion], sigma_v_at_rest(model, HEAVY, DARK, channel=channel), rtol=1e-12
        )
    np.testing.assert_allclose(sum(found.values()), sigma_v_at_rest(model, HEAVY, DARK), rtol=1e-12)


def test_a_model_with_one_coupling_scatters_as_the_conversions_say() -> None:
    for kind, of, nothing in (
        ("vector", sigma_si_cm2, sigma_sd_cm2),
        ("axial", sigma_sd_cm2, sigma_si_cm2),
    ):
        model = universal(kind)  # type: ignore[arg-type]
        mediator = simplified(model)
        for nucleon in ("proton", "neutron"):
            np.testing.assert_allclose(
                of(mediator, HEAVY, DARK, nucleon), cross_section(model, HEAVY, DARK), rtol=1e-12
            )
            assert not nothing(mediator, HEAVY, DARK, nucleon).any()


def test_quarks_that_couple_differently_add_up_in_each_nucleon() -> None:
    model = ZPrime("dark photon", {"up": (0.2, 0.0), "down": (-0.1, 0.0), "DM": (1.0, 0.0)})
    assert sigma_si_cm2(model, 1000.0, 100.0, "neutron") == pytest.approx(0, abs=1e-60)
    reduced = 100 * 0.93895 / 100.93895
    by_hand = CM2_GEV2 * (0.3 * reduced) ** 2 / math.pi / 1e12
    assert sigma_si_cm2(model, 1000.0, 100.0) == pytest.approx(by_hand, rel=1e-12)


def test_the_spin_of_a_neutron_is_that_of_a_proton_with_u_and_d_exchanged() -> None:
    up, down = (ZPrime(name, {name: (0.0, 0.2), "DM": (0.0, 1.0)}) for name in ("up", "down"))
    assert sigma_sd_cm2(up, 1e3, 1e2, "neutron") < sigma_sd_cm2(up, 1e3, 1e2, "proton")
    down_proton = sigma_sd_cm2(ZPrime("d", {"d": (0, 0.2), "DM": (0, 1)}), 1e3, 1e2, "proton")
    up_neutron = sigma_sd_cm2(ZPrime("u", {"u": (0, 0.2), "DM": (0, 1)}), 1e3, 1e2, "neutron")
    assert down_proton == pytest.approx(up_neutron, rel=1e-12)
    assert sigma_sd_cm2(down, 1e3, 1e2, "neutron") > sigma_sd_cm2(down, 1e3, 1e2, "proton")


def test_vector_dark_matter_makes_axial_currents_of_products_with_their_own_threshold() -> None:
    """Massless products do not know which current made them; heavy ones of an axial current are slower."""
    pair = [ZPrime("z", {"lepton": g, "b": g, "DM": (0.3, 0.0)}) for g in ((0.2, 0.0), (0.0, 0.2))]
    vector, axial = (sigma_v_cm3_s(model, 1e4, 5.0) for model in pair)
    assert axial["e"] == pytest.approx(vector["e"], rel=1e-6)
    beta2 = 1 - (4.2 / 5.0) ** 2
    assert axial["b"] / vector["b"] == pytest.approx(beta2 / (1 + (4.2 / 5.0) ** 2 / 2), rel=1e-6)


def test_left_handed_neutrinos_count_half_of_a_charged_lepton() -> None:
    model = ZPrime("B-L", {"lepton": (-0.2, 0.0), "neutrino": (-0.1, 0.1), "DM": (0.2, 0.0)})
    found = sigma_v_cm3_s(model, 3000.0, 1000.0)
    assert found["nu_mu"] / found["e"] == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("heavy", "dark", "said"),
    [
        (100.0, 200.0, "pairs of mediators, which are not included, open at a mediator of 100 GeV and dark"),
        (-1.0, 10.0, "mediator mass in GeV = -1 must lie above 0"),
        (100.0, 0.0, "dark-matter mass in GeV = 0 must lie above 0"),
        (100.0, float("nan"), "dark-matter mass in GeV = nan"),
    ],
)
def test_masses_that_mean_nothing_are_refused(heavy: float, dark: float, said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        sigma_v_cm3_s(simplified(universal("vector")), heavy, dark)


def test_what_is_no_contact_interaction_or_no_nucleon_is_refused() -> None:
    model = simplified(universal("vector"))
    with pytest.raises(OutOfRange, match=r"a mediator of 0\.5 GeV is too light"):
        sigma_si_cm2(model, 0.5, 10.0)
    with pytest.raises(OutOfRange, match="unknown nucleon 'pion'"):
        sigma_si_cm2(model, 100.0, 10.0, "pion")


def test_a_width_that_reaches_the_mass_is_refused() -> None:
    broad = ZPrime("broad", {"up": (3.5, 0.0), "down": (3.5, 0.0), "DM": (1.0, 0.0)})
    with pytest.raises(OutOfRange, match="broad: the width reaches the mass at a mediator of 1000 GeV"):
        sigma_v_cm3_s(broad, 1000.0, 100.0)


def falling(name: str) -> FunctionSpectrum:
    return FunctionSpectrum(lambda mass, energy: np.exp(-energy / mass) / mass, name)


def test_spectra_are_mixed_by_what_is_made() -> None:
    model = ZPrime("B-L", {"up": (0.1, 0), "down": (0.1, 0), "lepton": (-0.3, 0), "DM": (0.3, 0)})
    quarks, tau = falling("quarks"), falling("tau")
    mixed = annihilation_spectrum(model, 1e4, 1000.0, {"u": quarks, "b": quarks, "tau": tau})
    assert mixed.fractions[tau] == pytest.approx(1 / 5, rel=1e-3)  # 3 leptons, 6 quarks of 3 x 1/9
    assert mixed.fractions[quarks] == pytest.approx(2 / 15, rel=1e-3)
    assert mixed.name == "B-L at 1000 GeV"
    closed = annihilation_spectrum(model, 1e4, 100.0, {"t": falling("top"), "tau": tau})
    assert list(closed.fractions) == [tau]


def test_spectra_of_unknown_fermions_are_refused() -> None:
    model = simplified(universal("vector"))
    with pytest.raises(OutOfRange, match="unknown fermion of a spectrum 'bb'"):
        annihilation_spectrum(model, 1000.0, 100.0, {"bb": falling("bb")})
    with pytest.raises(OutOfRange, match="shares of top add up to 0"):
        annihilation_spectrum(model, 1000.0, 100.0, {"t": falling("top")})


@pytest.mark.parametrize("pair", [(9.0, 0.0), (float("nan"), 0.0), "strong"])
def test_a_coupling_that_means_nothing_is_refused(pair: object) -> None:
    class Mine:
        name = "mine"

        def coupling(self, fermion: str) -> tuple[float, float]:
            return pair  # type: ignore[return-value]

    for of in (sigma_si_cm2, sigma_sd_cm2, sigma_v_cm3_s):
        with pytest.raises(OutOfRange, match="mine"):
            of(Mine(), 1000.0, 100.0)  # type: ignore[operator]


def test_masses_of_shapes_that_do_not_go_together_are_refused() -> None:
    for formula in (sigma_si_cm2, sigma_sd_cm2, sigma_v_cm3_s):
        with pytest.raises(
            OutOfRange, match=r"mediator masses of shape \(2,\), dark-matter masses of \(3,\)"
        ):
            formula(simplified(universal("vector")), [1e3, 2e3], [1.0, 2.0, 3.0])
