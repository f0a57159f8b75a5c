import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import eigh

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.catalogue import curves
from vre_dm.limits.checks import check
from vre_dm.limits.convert import dark_photon, rescaled_limits
from vre_dm.limits.convert.constants import ALPHA
from vre_dm.limits.convert.simplified_model import SimplifiedModel

CHARGE = np.sqrt(4 * np.pi * ALPHA)
SIN2 = dark_photon.WEAK_MIXING
couplings = st.floats(1e-4, 0.3)
light, heavy = st.floats(0.01, 40), st.floats(200, 5000)


@pytest.fixture(scope="module")
def dijets():
    """ATLAS's dijet limit brought to a vector with dark matter of a third of its mass."""
    (source,) = curves("gq_atlas_2025_tla_j100_observed")
    axial, vector = (SimplifiedModel(mediator=name, g_q=0.1, g_dm=1.0) for name in ("axial", "vector"))
    known = {"old_dm_mass": 1e4, "new_dm_mass": source.x / 3, "signature": "dijet", "id": "vector"}
    return rescaled_limits.coupling(source, axial, vector, **known)


def diagonalised(bare_mass, bare_z, epsilon):
    """Mass of the dark photon, of the Z, and coupling, from the matrices of B, W3 and A' themselves."""
    sin, cos = np.sqrt(SIN2), np.sqrt(1 - SIN2)
    kinetic = np.eye(3)
    kinetic[0, 2] = kinetic[2, 0] = -epsilon / cos
    z = np.array([-sin, cos, 0])
    masses = bare_z**2 * np.outer(z, z) + np.diag([0, 0, bare_mass**2])
    squares, states = eigh(masses, kinetic)
    photon = 1 + int(np.argmax(np.abs(states[2, 1:])))
    b, w = states[:2, photon]
    mean = 0.0
    for share, q in ((2 / 3, 2 / 3), (1 / 3, -1 / 3)):
        left = CHARGE * (b / cos / 6 + w / sin * (q - 1 / 6))
        mean += share * (left**2 + (CHARGE / cos * q * b) ** 2) / 2
    return np.sqrt(squares[photon]), np.sqrt(squares[3 - photon]), np.sqrt(mean)


@pytest.mark.parametrize(
    ("bare", "epsilon"),
    [(5, 1e-3), (50, 0.1), (85, 0.01), (100, 0.02), (300, 0.3), (1000, 0.6), (1000, 0.85)],
)
def test_the_coupling_is_that_of_the_diagonalised_matrices(monkeypatch, bare, epsilon):
    mass, z, coupling = diagonalised(bare, 91.188, epsilon)
    monkeypatch.setattr(dark_photon, "Z_MASS", z)
    assert dark_photon.quark_coupling(mass, epsilon) == pytest.approx(coupling, rel=1e-9)


@pytest.mark.parametrize(("mass", "theirs"), [(0.01, 5.7197e-3), (1, 5.7177e-3)])
def test_light_dark_photons_are_those_of_the_working_group_s_tools(mass, theirs):
    # DMWG-dark-photon-tools (2026), calculate_epsilon at g_q = 0.001: mean squared charge 1/3.
    assert dark_photon.epsilon(mass, 0.001) == pytest.approx(theirs, rel=5e-4)


def test_a_light_dark_photon_couples_to_charge_and_a_heavy_one_to_hypercharge():
    assert dark_photon.quark_coupling(0.1, 1e-4, up_share=1) == pytest.approx(1e-4 * CHARGE * 2 / 3, rel=1e-4)
    assert dark_photon.quark_coupling(0.1, 1e-4, up_share=0) == pytest.approx(1e-4 * CHARGE / 3, rel=1e-4)
    hypercharge = np.sqrt((1 / 36 + 4 / 9) / 2)
    expected = 1e-4 * CHARGE / (1 - SIN2) * hypercharge
    assert dark_photon.quark_coupling(1e5, 1e-4, up_share=1) == pytest.approx(expected, rel=1e-4)


@given(st.one_of(light, heavy), couplings, st.floats(0, 1))
def test_mixing_and_coupling_are_each_others_inverse(mass, g_q, up_share):
    mixing = dark_photon.epsilon(mass, g_q * 0.1, up_share=up_share)
    assert 0 < mixing < 1
    assert dark_photon.quark_coupling(mass, mixing, up_share=up_share) == pytest.approx(g_q * 0.1, rel=1e-6)


@given(st.one_of(light, heavy), st.floats(1e-6, 1e-4))
def test_weak_mixing_is_proportional_to_the_coupling(mass, g_q):
    assert dark_photon.epsilon(mass, 3 * g_q) / dark_photon.epsilon(mass, g_q) == pytest.approx(3, rel=1e-4)


@given(st.floats(1e-6, 1), st.floats(0.01, 0.49), st.floats(0.01, 1))
def test_y_is_the_square_of_the_mixing_times_the_rest(epsilon, ratio, alpha_d):
    known = {"mass_ratio": ratio, "alpha_d": alpha_d}
    assert dark_photon.y(epsilon, **known) == pytest.approx(epsilon**2 * alpha_d * ratio**4)
    assert dark_photon.y(2 * epsilon, **known) == pytest.approx(4 * dark_photon.y(epsilon, **known))


def test_y_of_the_usual_benchmark():
    # α_D = 1/2 and m_χ = m_A'/3, as accelerator searches plot it: y = ε²/162.
    assert dark_photon.y(1e-3, mass_ratio=1 / 3, alpha_d=0.5) == pytest.approx(1e-6 / 162)


def test_a_dijet_limit_becomes_one_on_the_mixing_and_on_y(dijets):
    mixing = dark_photon.epsilon_curve(dijets)
    combined = dark_photon.y_curve(mixing, mass_ratio=1 / 3, g_dm=1.0)
    for result in (mixing, combined):
        assert check(result) == []
        assert result.provenance.type == "derived"
        assert result.experiment == dijets.experiment
    np.testing.assert_allclose(dark_photon.quark_coupling(mixing.x, mixing.y), dijets.y, rtol=1e-6)
    np.testing.assert_allclose(combined.x, mixing.x / 3)
    np.testing.assert_allclose(combined.y, mixing.y**2 / (4 * np.pi) / 81)
    assert combined.range == pytest.approx([end / 3 for end in mixing.range])
    assert "itself derived: dark-photon/epsilon" in " ".join(combined.provenance.inputs)


def test_near_the_z_mass_a_strong_limit_has_no_mixing():
    with pytest.raises(OutOfRange, match="too near the Z mass"):
        dark_photon.epsilon(91.3, 0.5)


def test_near_the_z_mass_a_strong_mixing_is_refused():
    with pytest.raises(OutOfRange, match="repel"):
        dark_photon.quark_coupling(91.3, 0.3)


@pytest.mark.parametrize("mass", [0, -1, float("nan"), float("inf"), dark_photon.Z_MASS])
def test_a_mass_that_makes_no_sense_is_refused(mass):
    with pytest.raises(OutOfRange):
        dark_photon.epsilon(mass, 0.1)


@pytest.mark.parametrize("wrong", [{"mass_ratio": 0.5}, {"mass_ratio": 0}, {"alpha_d": 0}, {"alpha_d": 2}])
def test_a_dark_sector_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(OutOfRange):
        dark_photon.y(1e-3, **{"mass_ratio": 0.3, "alpha_d": 0.5, **wrong})


def test_another_quantity_is_refused(dijets):
    with pytest.raises(InvalidCurve, match="not a line of g_q"):
        dark_photon.epsilon_curve(curves("si_lz_2024")[0])
    with pytest.raises(InvalidCurve, match="not a line of epsilon"):
        dark_photon.y_curve(dijets, mass_ratio=1 / 3, g_dm=1.0)
