"""Invisible Higgs decays against scattering: check values, other people's code, algebra, domain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import Origin
from vre_dm.limits.convert.higgs_portal import (
    Particle,
    cross_section_per_width,
    from_branching_ratio,
    invisible_width,
    to_branching_ratio,
)
from vre_dm.limits.metadata import Reference, Scaling

ATLAS = Origin(
    experiment="ATLAS",
    year=2023,
    label="ATLAS 2023",
    cl=0.95,
    statistic="CLs",
    reference=Reference(arxiv="2301.10731"),
    licence="CC0-1.0",
)
PARTICLES: tuple[Particle, ...] = ("scalar", "complex scalar", "Majorana", "Dirac", "vector")
masses = st.floats(0.1, 62.4)
particles = st.sampled_from(PARTICLES)


def sigma(m: float, particle: Particle, br: float, **conventions: float) -> float:
    return float(cross_section_per_width(m, particle, **conventions) * invisible_width(br))


@pytest.mark.parametrize(
    ("m", "scalar", "majorana", "dirac", "vector"),
    [
        (10, 8.983e-45, 1.180e-46, 5.900e-47, 1.510e-48),
        (30, 1.264e-45, 1.891e-46, 9.457e-47, 2.072e-47),
        (50, 6.815e-46, 6.058e-46, 3.029e-46, 1.046e-46),
        (60, 1.020e-45, 5.998e-45, 2.999e-45, 3.029e-46),
    ],
)
def test_the_projects_check_values_at_br_0p107_are_met(
    m: float, scalar: float, majorana: float, dirac: float, vector: float
) -> None:
    expected = {"scalar": scalar, "Majorana": majorana, "Dirac": dirac, "vector": vector}
    for particle, value in expected.items():
        assert sigma(m, particle, 0.107, f_n=0.326) == pytest.approx(value, rel=1e-3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("particle", "value"),
    [("scalar", 3.58477e-45), ("Majorana", 2.80234e-46), ("vector", 1.86492e-47)],
)
def test_it_agrees_with_the_code_of_zhao_huan_yu_after_1903_03616(particle: Particle, value: float) -> None:
    # That code goes through the couplings λ of arXiv:1903.03616, eqs. 17, 28, 51, 52, with v = 246.22 GeV in
    # the widths; values at 23 GeV for BR = 0.2, m_H = 125.10 GeV, the proton's mass and form factors.
    higgs = {"f_n": 0.303811, "higgs_mass": 125.10, "nucleon_mass": 0.938272, "v": 246.21965 / np.sqrt(2)}
    assert sigma(23, particle, 0.2, **higgs) == pytest.approx(value, rel=1e-4)


@pytest.mark.parametrize(("particle", "value"), [("scalar", 7.14602e-45), ("Majorana", 9.38722e-47)])
def test_with_v_246_it_is_the_macro_behind_the_figure_of_cms_hig_17_023(
    particle: Particle, value: float
) -> None:
    # dmNucleonXSECScalar and dmNucleonXSECFermion of that macro (CMS, arXiv:1809.05937) at 10 GeV, BR 0.16.
    found = sigma(10, particle, 0.16, f_n=0.326, nucleon_mass=0.939, v=246)
    assert found == pytest.approx(value, rel=2e-4)


def test_through_the_couplings_at_30_gev_the_same_cross_section_comes_out() -> None:
    # λ_hSS = 2.148e-2 gives Γ = λ² v² β/(64π m_H) and σ = λ² m_N⁴ f²/(16π m_H⁴ (m+m_N)²), arXiv:1112.3299.
    beta = np.sqrt(1 - 4 * 30**2 / 125**2)
    assert 2.148e-2**2 * 174**2 * beta / (64 * np.pi * 125) == pytest.approx(invisible_width(0.107), rel=1e-3)
    direct = 2.148e-2**2 * 0.93895**4 * 0.326**2 / (16 * np.pi * 125**4 * 30.93895**2) * 3.893794e-28
    assert sigma(30, "scalar", 0.107, f_n=0.326) == pytest.approx(direct, rel=1e-3)


def test_the_width_for_br_0p107_is_0p4877_mev() -> None:
    assert invisible_width(0.107) == pytest.approx(0.4877e-3, rel=1e-4)


@given(masses)
def test_a_particle_that_is_its_own_antiparticle_decays_half_as_often(m: float) -> None:
    ratio = cross_section_per_width(m, "Majorana") / cross_section_per_width(m, "Dirac")
    assert ratio == pytest.approx(2)
    ratio = cross_section_per_width(m, "scalar") / cross_section_per_width(m, "complex scalar")
    assert ratio == pytest.approx(2)


@given(masses, particles)
def test_246_in_the_place_of_174_lowers_every_limit_by_1p9988(m: float, particle: Particle) -> None:
    ratio = cross_section_per_width(m, particle, v=174) / cross_section_per_width(m, particle, v=246)
    assert ratio == pytest.approx(1.9988, rel=1e-5)


@given(masses, particles, st.floats(0.1, 1), st.floats(1.01, 3))
def test_the_cross_section_goes_with_the_square_of_f_n(
    m: float, particle: Particle, f_n: float, factor: float
) -> None:
    ratio = cross_section_per_width(m, particle, f_n=f_n * factor) / cross_section_per_width(
        m, particle, f_n=f_n
    )
    assert ratio == pytest.approx(factor**2)


@given(particles)
def test_towards_the_threshold_the_limit_is_lost(particle: Particle) -> None:
    near = cross_section_per_width(62.5 * (1 - np.geomspace(1e-3, 1e-9, 20)), particle)
    assert np.all(np.diff(near) > 0)


@pytest.mark.parametrize("m", [62.5, 63, 1000, 0, -1, float("nan"), [10, 70]])
def test_above_half_the_higgs_mass_nothing_is_said(m: object) -> None:
    with pytest.raises(OutOfRange, match="dark-matter mass in GeV"):
        cross_section_per_width(m, "scalar")  # type: ignore[arg-type]


@pytest.mark.parametrize("br", [0, 1, 1.2, -0.1, float("nan"), "0.1 %"])
def test_a_branching_ratio_lies_between_0_and_1(br: object) -> None:
    with pytest.raises(OutOfRange, match="BR"):
        from_branching_ratio(br, ATLAS, "scalar", id="x")  # type: ignore[arg-type]


@pytest.mark.parametrize("v", [0, 200, 250, -174, float("nan")])
def test_what_is_no_vacuum_value_is_refused(v: float) -> None:
    with pytest.raises(OutOfRange, match=r"174, and 246|v in GeV = .* above 0"):
        cross_section_per_width(10, "scalar", v=v)


def test_an_unknown_particle_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidCurve, match=r"'majorana'; near it: Majorana"):
        cross_section_per_width(10, "majorana")  # type: ignore[arg-type]


@pytest.mark.parametrize("particle", PARTICLES)
def test_the_curve_passes_every_check_and_says_what_it_takes_for_granted(particle: Particle) -> None:
    curve = from_branching_ratio(0.107, ATLAS, particle, id="hinv")
    assert not check(curve)
    assert curve.provenance.type == "derived"
    assert curve.provenance.formula == f"higgs-portal/{particle.lower().replace(' ', '-')}/1112.3299"
    assert {"BR(H → inv) = 0.107", "f_N = 0.308", "v_GeV = 174.0"} <= set(curve.provenance.inputs)
    assert particle in str(curve.assumptions["dark_matter"])
    assert (curve.cl, curve.statistic, curve.reference.arxiv) == (0.95, "CLs", "2301.10731")
    assert curve.range[1] < 62.5


@given(particles, st.floats(0.001, 0.9), st.floats(0.001, 0.9), st.floats(0.2, 0.4))
def test_the_sliders_give_what_a_new_conversion_gives(
    particle: Particle, br: float, other: float, f_n: float
) -> None:
    grid = [1.0, 20.0, 60.0]
    old = from_branching_ratio(br, ATLAS, particle, id="x", dm_masses=grid)
    new = from_branching_ratio(other, ATLAS, particle, id="x", dm_masses=grid, f_n=f_n)
    assert old.scalings == (Scaling("BR", br, 1, "odds"), Scaling("f_N", 0.308, 2))
    shift = (other / (1 - other)) / (br / (1 - br)) * (f_n / 0.308) ** 2
    np.testing.assert_allclose(old.y * shift, new.y, rtol=1e-9)


@given(particles, st.floats(1e-5, 0.999))
def test_there_and_back_the_branching_ratio_is_the_same(particle: Particle, br: float) -> None:
    curve = from_branching_ratio(br, ATLAS, particle, id="there", dm_masses=np.geomspace(1, 62, 30))
    back = to_branching_ratio(curve, particle, id="back")
    np.testing.assert_allclose(back.y, br, rtol=1e-9)
    assert back.quantity == "BR_inv"


def test_a_direct_detection_limit_is_cut_at_the_threshold_and_keeps_its_lineage() -> None:
    curve = make()
    back = to_branching_ratio(curve, "Majorana", id="back")
    np.testing.assert_array_equal(back.x, [5, 10])
    assert not check(back)
    assert back.provenance.source == "curve si_toy_2020"
    assert f"sha256:{curve.sha256}" in back.provenance.inputs
    assert back.cl == 0.9


def test_a_limit_that_begins_above_the_threshold_or_of_another_quantity_is_refused() -> None:
    heavy = make(columns=(mass_column([100, 200]), limit_column([1e-46, 1e-46], "sigma_SI")))
    with pytest.raises(OutOfRange, match="begins at 100 GeV, above half of the Higgs mass"):
        to_branching_ratio(heavy, "scalar", id="x")
    with pytest.raises(InvalidCurve, match="not a line of sigma_SI"):
        to_branching_ratio(make(quantity="sigma_SDp"), "scalar", id="x")


def test_hostile_text_of_an_origin_stays_text() -> None:
    curve = from_branching_ratio(0.1, Origin(experiment=HOSTILE, label=HOSTILE), "scalar", id="x")
    assert "<img" not in curve._repr_html_()
