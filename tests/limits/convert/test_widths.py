"""Widths: the working group's code, an independent one, thresholds, scalings."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.constants import QUARKS
from vre_dm.limits.convert.simplified_model import Mediator, SimplifiedModel
from vre_dm.limits.convert.widths import partial_widths, top_loop, total_width

MEDIATORS: tuple[Mediator, ...] = ("vector", "axial", "scalar", "pseudoscalar")
mediators = st.sampled_from(MEDIATORS)
heavy = st.floats(1, 1e4)


def model(mediator: Mediator, g_q: float = 0.25, g_dm: float = 1.0, **other: float) -> SimplifiedModel:
    return SimplifiedModel(mediator=mediator, g_q=g_q, g_dm=g_dm, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("simplified", "mass", "width"),
    [
        (model("vector"), 1000, 56.3407),
        (model("axial"), 1000, 55.5182),
        (model("pseudoscalar", 1.0), 500, 41.0635),
        (model("vector", 0.1, g_l=0.01, neutrino_flavours=1), 1000, 31.30548),
        (model("axial", 0.1, g_l=0.1, neutrino_flavours=1), 1000, 32.0929),
    ],
)
def test_the_lhc_dark_matter_working_groups_code_gives_the_same(
    simplified: SimplifiedModel, mass: float, width: float
) -> None:
    # DMWG-couplingScan-code (arXiv:2203.12035), run for dark matter of 1 GeV; it knows one neutrino flavour.
    assert total_width(simplified, mass, 1) == pytest.approx(width, rel=2e-6)


@pytest.mark.parametrize(("mediator", "g_l", "width"), [("vector", 0.01, 31.30814), ("axial", 0.1, 32.3581)])
def test_with_three_neutrinos_the_benchmarks_v2_and_a2_are_wider(
    mediator: Mediator, g_l: float, width: float
) -> None:
    assert total_width(model(mediator, 0.1, g_l=g_l), 1000, 1) == pytest.approx(width, rel=1e-6)


def test_a_z_boson_made_of_these_channels_has_its_width_into_neutrinos() -> None:
    # Γ(Z → invisible) = 499.0 MeV for g = g_Z/2 (PDG 2024, 499.0 ± 1.5 MeV): g² = √2 G_F M_Z².
    z = model("vector", 0, 0, g_l=math.sqrt(math.sqrt(2) * 1.1663788e-5) * 91.1876)
    assert partial_widths(z, 91.1876, 1)["nu"] == pytest.approx(0.4990, rel=0.01)


def test_a_higgs_boson_made_of_these_channels_decays_to_taus_quarks_and_gluons_as_known() -> None:
    # A scalar of 125 GeV with g_q = 1 is the Higgs boson at leading order: Γ(bb) = 3 G_F m_b² m_H β³/(4√2 π),
    # Γ(gg) = G_F α_s² m_H³/(36√2 π³) for a heavy top (hep-ph/0503172, sec. 2.3); the real top adds 7 %.
    widths = partial_widths(model("scalar", 1.0, 0, alpha_s=0.113), 125, 1)
    beta = math.sqrt(1 - 4 * (4.2 / 125) ** 2)
    bottom = 3 * 1.1663788e-5 * 4.2**2 * 125 * beta**3 / (4 * math.sqrt(2) * math.pi)
    assert widths["b"] == pytest.approx(bottom, rel=2e-3)
    heavy_top = 1.1663788e-5 * 0.113**2 * 125**3 / (36 * math.sqrt(2) * math.pi**3)
    assert widths["gluons"] == pytest.approx(heavy_top, rel=0.08)
    assert widths["t"] == 0


def test_a_very_heavy_top_leaves_the_known_constants_in_the_loop() -> None:
    assert top_loop(1e6, "scalar") == pytest.approx(2 / 3, rel=1e-5)
    assert top_loop(1e6, "pseudoscalar") == pytest.approx(1, rel=1e-5)


@given(st.floats(0.01, 100), st.sampled_from(["scalar", "pseudoscalar"]))
def test_the_top_loop_has_no_jump_at_threshold_nor_elsewhere(tau: float, mediator: Mediator) -> None:
    around = np.abs(top_loop(np.array([tau * (1 - 1e-9), tau, tau * (1 + 1e-9)]), mediator))
    assert np.ptp(around) < 1e-3
    assert np.isfinite(top_loop(1.0, mediator))


@given(mediators, heavy, heavy)
def test_a_channel_opens_at_twice_the_mass_of_its_particle(mediator: Mediator, m: float, dm: float) -> None:
    widths = partial_widths(model(mediator), m, dm)
    assert (widths["DM"] > 0) == (m > 2 * dm)
    for quark in QUARKS["DMWG"]:
        assert (widths[quark.name] > 0) == (m > 2 * quark.mass)


@given(mediators, heavy, st.floats(0.01, 1), st.floats(0.1, 3))
def test_each_width_goes_with_the_square_of_its_own_coupling(
    mediator: Mediator, m: float, g_q: float, factor: float
) -> None:
    one, other = (
        partial_widths(model(mediator, g_q), m, 1),
        partial_widths(model(mediator, g_q * factor), m, 1),
    )
    np.testing.assert_allclose(other["DM"], one["DM"])
    for name in ("b", "t", "gluons") if "gluons" in one else ("b", "t"):
        np.testing.assert_allclose(other[name], one[name] * factor**2)


@given(st.sampled_from(["vector", "axial"]), heavy)
def test_far_above_threshold_vector_and_axial_mediators_are_alike(mediator: Mediator, m: float) -> None:
    light = partial_widths(model(mediator), m, m * 1e-4)["DM"]
    assert light == pytest.approx(m / (12 * math.pi), rel=1e-6)


@given(mediators, st.lists(heavy, min_size=1, max_size=5))
def test_arrays_give_what_single_masses_give(mediator: Mediator, masses: list[float]) -> None:
    together = total_width(model(mediator), masses, 10)
    np.testing.assert_allclose(together, [total_width(model(mediator), m, 10) for m in masses])


def test_a_width_that_reaches_the_mass_is_no_resonance() -> None:
    with pytest.raises(OutOfRange, match=r"vector mediator of 1000 GeV, .* reaches its mass; lower"):
        total_width(model("vector", 3.0), [1000], 1)


@pytest.mark.parametrize("mass", [0, -1, math.inf, math.nan])
def test_masses_are_positive(mass: float) -> None:
    with pytest.raises(OutOfRange, match="mediator mass in GeV"):
        partial_widths(model("vector"), mass, 1)
    with pytest.raises(OutOfRange, match="dark-matter mass in GeV"):
        partial_widths(model("vector"), 100, mass)
