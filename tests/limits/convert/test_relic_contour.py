"""Relic contours: consistent with a constant cross section, with published numbers, and honest about gaps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vre_dm.errors import OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.convert import thermal_relic
from vre_dm.limits.convert.annihilation import sigma_v_at_rest
from vre_dm.limits.convert.relic_contour import contour, relic_abundance
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.convert.thermal_average import average

A1 = SimplifiedModel(mediator="axial", g_q=0.25, g_dm=1.0)
V1 = SimplifiedModel(mediator="vector", g_q=0.25, g_dm=1.0)


def test_on_the_contour_the_abundance_is_the_one_asked_for() -> None:
    for model, side in ((V1, "below"), (A1, "below"), (A1, "above")):
        masses = np.array([1500.0, 2500, 4000])
        line = contour(model, masses, id="relic", side=side)  # type: ignore[arg-type]
        np.testing.assert_allclose(relic_abundance(model, masses, line.y), 0.12, rtol=3e-3)
        assert np.all((line.y < masses / 2) == (side == "below"))


def test_the_contours_of_the_lhc_dark_matter_working_group_leave_what_is_observed() -> None:
    # arXiv:1703.05703, its files for V1 and A1, made with MadDM: mediator, dark matter in GeV.
    vector = np.array([[4982, 1548.8], [3324, 842.4], [2255, 441.6], [986, 103.9], [577, 37.17]]).T
    axial = np.array([[3744, 1639.4], [1684, 665.9], [408, 95.0], [832, 675.0], [2451, 1365], [4088, 2160]]).T
    np.testing.assert_allclose(relic_abundance(V1, *vector), 0.12, rtol=0.05)
    np.testing.assert_allclose(relic_abundance(A1, *axial), 0.12, rtol=0.05)


def test_with_leptons_the_working_group_s_contours_leave_what_is_observed_too() -> None:
    # arXiv:1703.05703, its files for V2 and A2: mediator, dark matter in GeV.
    vector = np.array([[4671, 1875], [3334, 1237], [1829, 545], [979.9, 205], [500.2, 65], [244.3, 17.2]]).T
    above = np.array([[1562.0, 1372], [2906, 1979], [3970, 2485]]).T
    axial = np.array([[549, 197.2], [372, 122.1], [178.7, 40], [1353, 735.9], [2848, 1468], [4932, 2495]]).T
    v2 = SimplifiedModel(mediator="vector", g_q=0.1, g_dm=1.0, g_l=0.01)
    a2 = SimplifiedModel(mediator="axial", g_q=0.1, g_dm=1.0, g_l=0.1)
    np.testing.assert_allclose(relic_abundance(v2, *vector), 0.12, rtol=0.03)
    np.testing.assert_allclose(relic_abundance(v2, *above), 0.12, rtol=0.03)
    np.testing.assert_allclose(relic_abundance(a2, *axial), 0.12, rtol=0.05)
    # Nearer to the resonance 1 % in mass is 40 % in abundance: there the line itself is compared.
    near = np.array([[1759.6, 760], [2929.6, 1302.2], [3820, 1719.2], [4982, 2269]]).T
    np.testing.assert_allclose(contour(a2, near[0], id="a2").y, near[1], rtol=0.005)


def test_towards_the_resonance_dark_matter_is_scarcer() -> None:
    masses = np.array([1500.0, 2500, 4000])
    low, high = (contour(A1, masses, id="x", side=side).y for side in ("below", "above"))  # type: ignore[arg-type]
    inside = relic_abundance(A1, masses, (low + high) / 2)
    outside = relic_abundance(A1, masses, low * 0.9)
    assert np.all(inside < 0.12)
    assert np.all(outside > 0.12)


def test_an_s_wave_leaves_what_its_constant_cross_section_leaves() -> None:
    # Far below the resonance a vector mediator is a contact interaction: ⟨σv⟩ changes by 1 % with x.
    mass, dm = 20_000.0, 2000.0
    strong = SimplifiedModel(mediator="vector", g_q=1.0, g_dm=1.5)
    constant = thermal_relic.abundance(dm, average(strong, mass, dm, 30).item(), particle="Dirac")
    assert relic_abundance(strong, mass, dm) == pytest.approx(float(constant), rel=0.02)


def test_the_cross_section_on_the_line_is_that_of_steigman_dasgupta_and_beacom() -> None:
    # arXiv:1204.3622: 2.2e-26 cm³/s for m > 10 GeV and Ωh² = 0.11, self-conjugate; twice that for Dirac.
    masses = np.array([4000.0, 5000])
    line = contour(V1, masses, id="relic", abundance=0.11)
    for mass, dm in zip(masses, line.y, strict=True):
        assert average(V1, mass, dm, 25).item() == pytest.approx(2 * 2.2e-26, rel=0.15)


@given(st.floats(300, 1500), st.floats(0.15, 0.4))
@settings(max_examples=15)
def test_off_the_resonance_abundance_goes_with_the_inverse_square_of_a_coupling(
    mass: float, share: float
) -> None:
    weak, strong = (SimplifiedModel(mediator="vector", g_q=g, g_dm=1.0) for g in (0.2, 0.4))
    ratio = relic_abundance(weak, mass, mass * share) / relic_abundance(strong, mass, mass * share)
    # Not 4: freeze-out comes a little later, and the resonance is wider.
    assert 3 < ratio < 4.2


def test_the_line_passes_every_check_and_tells_how_it_was_made() -> None:
    line = contour(A1, np.geomspace(1000, 4000, 5), id="relic_a1", abundance=0.118)
    assert not check(line)
    assert (line.kind, line.quantity, line.geometry) == ("theory", "mediator_plane", "line")
    assert {"abundance = 0.118", "side = below", "g_q = 0.25"} <= set(line.provenance.inputs)
    assert line.assumptions["side_of_resonance"] == "below"
    assert "Standard-Model pairs alone" in line.notes


def test_where_the_line_is_not_met_the_range_in_which_it_is_is_named() -> None:
    with pytest.raises(
        OutOfRange, match=r"not met above the resonance of a mediator of 300 GeV; .* from 1500 to"
    ):
        contour(A1, [300, 1500, 3000], id="x", side="above")
    with pytest.raises(OutOfRange, match="found nowhere"):
        contour(V1, [300], id="x", side="above")


@pytest.mark.parametrize(
    ("mass", "dm", "message"),
    [
        (100, 95, r"above 0\.9 of the mediator's mass"),
        (100, 0.5, "dark-matter mass in GeV = 0.5"),
        (1e7, 2e5, "between 1 and 100000"),
        (-1, 10, "mediator mass in GeV = -1"),
    ],
)
def test_outside_the_domain_nothing_is_computed(mass: float, dm: float, message: str) -> None:
    with pytest.raises(OutOfRange, match=message):
        relic_abundance(V1, mass, dm)


def test_a_mediator_that_leads_nowhere_is_said() -> None:
    dark = SimplifiedModel(mediator="vector", g_q=0.0, g_dm=1.0)
    with pytest.raises(OutOfRange, match="100 GeV annihilates too little to be a thermal relic"):
        relic_abundance(dark, 1000, [100, 200])
    weak = SimplifiedModel(mediator="scalar", g_q=0.1, g_dm=0.1)
    with pytest.raises(OutOfRange, match="too little"):
        relic_abundance(weak, 1000, 125)


def test_a_signal_today_needs_the_s_wave_that_the_relic_does_not() -> None:
    scalar = SimplifiedModel(mediator="scalar", g_q=1.0, g_dm=1.0)
    line = contour(scalar, [100, 200], id="x")
    assert np.all(sigma_v_at_rest(scalar, line.x, line.y) == 0)
