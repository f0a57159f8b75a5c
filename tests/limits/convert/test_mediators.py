"""Scattering through mediators: check values, the published coefficients, algebra, domain."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.higgs_portal import cross_section_per_width
from vre_dm.limits.convert.mediators import (
    cross_section,
    mediator_mass,
    nucleon_factor,
    quantity,
    quark_coupling,
)
from vre_dm.limits.convert.simplified_model import Mediator, SimplifiedModel
from vre_dm.limits.convert.widths import partial_widths

scattering = st.sampled_from(["vector", "axial", "scalar"])
couplings = st.floats(1e-3, 1.5)
heavy, dark = st.floats(1, 1e5), st.floats(0.1, 1e5)


def model(mediator: Mediator, g_q: float = 0.25, g_dm: float = 1.0) -> SimplifiedModel:
    return SimplifiedModel(mediator=mediator, g_q=g_q, g_dm=g_dm)


@pytest.mark.parametrize(
    ("mediator", "g_q", "mass", "sigma"),
    [
        ("vector", 0.25, 1000, 6.0334e-41),
        ("scalar", 1.0, 125, 5.9117e-43),
        ("axial", 0.25, 1000, 2.0594e-42),
    ],
)
def test_the_projects_check_values_for_100_gev_are_met(
    mediator: Mediator, g_q: float, mass: float, sigma: float
) -> None:
    assert cross_section(model(mediator, g_q), mass, 100) == pytest.approx(sigma, rel=1e-3)


@pytest.mark.parametrize(
    ("mediator", "g_q", "mass", "coefficient"),
    [("vector", 0.25, 1000, 6.9e-41), ("axial", 0.25, 1000, 2.4e-42), ("scalar", 1.0, 125, 6.9e-43)],
)
def test_the_coefficients_are_those_printed_in_1603_04156(
    mediator: Mediator, g_q: float, mass: float, coefficient: float
) -> None:
    # σ = coefficient (μ / 1 GeV)²: eq. 4.3 (vector), 4.10 (axial), that of scalars between them; the first
    # two stand so in public plotting code of CMS and of the working group.
    reduced = 100 * 0.93895 / 100.93895
    found = cross_section(model(mediator, g_q), mass, 100) / reduced**2
    assert found == pytest.approx(coefficient, rel=0.015)  # they are printed with two figures


def test_the_nucleon_s_factors_are_sums_over_its_quarks() -> None:
    # arXiv:1603.04156, sec. 4: Δu + Δd + Δs of the proton; f_u, f_d, f_s, and 2/27 of the gluons' share for
    # each of the three heavy quarks.
    assert nucleon_factor(model("axial")) == pytest.approx(0.84 - 0.43 - 0.09)
    light = 0.019 + 0.045 + 0.043
    share = light + 3 * 2 / 27 * (1 - light)
    assert nucleon_factor(model("scalar")) == pytest.approx(share * 0.939 / 246, rel=0.01)


@pytest.mark.parametrize("dm", [5, 30, 60])
def test_a_scalar_with_the_couplings_of_the_higgs_boson_is_the_higgs_portal(dm: float) -> None:
    # arXiv:1603.04156, secs. 2 and 4: scattering and width of a scalar; arXiv:1112.3299, v = 174.
    higgs = SimplifiedModel(
        mediator="scalar", g_q=1.0, g_dm=0.01, nucleon_factor=0.308 * 0.93895 / (174 * math.sqrt(2))
    )
    per_width = cross_section(higgs, 125, dm) / partial_widths(higgs, 125, dm)["DM"]
    assert cross_section_per_width(dm, "Dirac", f_n=0.308) == pytest.approx(per_width, rel=1e-9)


def test_the_mono_jet_point_of_atlas_comes_back_to_its_mediator_mass() -> None:
    # σ_SDp = 1.876e-43 cm² at 2.56 GeV on the ATLAS mono-jet contour is a mediator of 1565 GeV.
    assert mediator_mass(model("axial"), 1.876e-43, 2.56) == pytest.approx(1565, rel=1e-3)


@given(scattering, couplings, couplings, heavy, dark)
def test_mass_to_cross_section_and_back(
    mediator: Mediator, g_q: float, g_dm: float, mass: float, dm: float
) -> None:
    simplified = model(mediator, g_q, g_dm)
    back = mediator_mass(simplified, cross_section(simplified, mass * 1.01, dm), dm)
    assert back == pytest.approx(mass * 1.01, rel=1e-12)


@given(scattering, couplings, couplings, st.floats(0.1, 2), heavy, dark)
def test_it_goes_with_the_squared_couplings_and_the_inverse_fourth_power_of_the_mass(
    mediator: Mediator, g_q: float, g_dm: float, factor: float, mass: float, dm: float
) -> None:
    one = cross_section(model(mediator, g_q, g_dm), mass, dm)
    assert cross_section(model(mediator, g_q * factor, g_dm), mass, dm) == pytest.approx(one * factor**2)
    assert cross_section(model(mediator, g_q, g_dm * factor), mass, dm) == pytest.approx(one * factor**2)
    assert cross_section(model(mediator, g_q, g_dm), mass * 2, dm) == pytest.approx(one / 16)


@given(scattering, couplings, couplings, heavy, dark)
def test_the_coupling_that_gives_a_cross_section_gives_it(
    mediator: Mediator, g_q: float, g_dm: float, mass: float, dm: float
) -> None:
    sigma = cross_section(model(mediator, g_q, g_dm), mass, dm)
    found = quark_coupling(model(mediator, 0.25, g_dm), sigma, mass, dm)
    assert found == pytest.approx(g_q, rel=1e-12)


@given(scattering, heavy)
def test_for_heavy_dark_matter_only_the_nucleons_mass_counts(mediator: Mediator, mass: float) -> None:
    far = cross_section(model(mediator), mass, [1e6, 1e7])
    assert far[0] == pytest.approx(far[1], rel=1e-5)


def test_another_form_factor_takes_the_place_of_the_printed_one() -> None:
    usual = cross_section(model("axial"), 1000, 100)
    strong = SimplifiedModel(mediator="axial", g_q=0.25, g_dm=1.0, nucleon_factor=0.64)
    assert cross_section(strong, 1000, 100) == pytest.approx(4 * usual)


def test_a_pseudoscalar_scatters_on_nothing_at_rest() -> None:
    for ask in (
        lambda: cross_section(model("pseudoscalar"), 1000, 100),
        lambda: mediator_mass(model("pseudoscalar"), 1e-45, 100),
    ):
        with pytest.raises(OutOfRange, match="compare it through annihilation"):
            ask()


@pytest.mark.parametrize(
    ("mass", "dm", "message"),
    [
        (0.5, 100, "too light for a contact interaction"),
        (0, 100, "mediator mass in GeV = 0"),
        (1000, 0, "dark-matter mass in GeV = 0"),
        (1000, np.nan, "dark-matter mass in GeV = nan"),
    ],
)
def test_masses_outside_the_domain_are_refused(mass: float, dm: float, message: str) -> None:
    with pytest.raises(OutOfRange, match=message):
        cross_section(model("vector"), mass, dm)


def test_couplings_of_zero_scatter_on_nothing() -> None:
    with pytest.raises(OutOfRange, match="g_q = 0"):
        cross_section(model("vector", 0.0), 1000, 100)
    with pytest.raises(OutOfRange, match="g_DM = 0"):
        cross_section(model("vector", 0.25, 0.0), 1000, 100)


def test_a_cross_section_that_only_a_light_mediator_gives_is_refused() -> None:
    with pytest.raises(OutOfRange, match="too light for a contact interaction"):
        mediator_mass(model("vector"), 1e-25, 100)


def test_spin_decides_which_quantity_it_is() -> None:
    assert [quantity(model(m)) for m in ("vector", "scalar", "axial")] == [
        "sigma_SI",
        "sigma_SI",
        "sigma_SDp",
    ]
    assert quantity(model("axial"), "sigma_SDn") == "sigma_SDn"
    with pytest.raises(InvalidCurve, match="vector mediators give sigma_SI, not 'sigma_SDp'"):
        quantity(model("vector"), "sigma_SDp")
