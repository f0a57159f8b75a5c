from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.catalogue import curves
from vre_dm.limits.checks import check
from vre_dm.limits.convert import local_density
from vre_dm.limits.metadata import Assumptions, Scaling

densities = st.floats(0.1, 1)


@pytest.fixture(scope="module")
def limit():
    return curves("si_lz_2024")[0]


def test_twice_the_dark_matter_halves_the_limit_and_its_bands(limit):
    result = local_density.rescale(limit, rho0=0.6, stated=0.3)
    for before, after in zip(limit.columns[1:], result.columns[1:], strict=True):
        np.testing.assert_allclose(after.values, before.values / 2)
    assert result.x.tobytes() == limit.x.tobytes()


def test_the_limit_moves_against_the_rate_that_wimprates_computes(limit):
    # wimprates 0.5.0, rate_wimp_std in xenon at 5 keV for 50 GeV and 1e-45 cm², 0.3 and 0.4 GeV/cm³, in its
    # own units. The limit is the cross section of a fixed number of events.
    rates = 0.07106813, 0.09475751
    result = local_density.rescale(limit, rho0=0.4, stated=0.3)
    assert result.at(40) / limit.at(40) == pytest.approx(rates[0] / rates[1], rel=1e-5)


def test_a_coupling_squared_enters_the_rate_once():
    limit = curves("kappa_xenonnt_2026_s2only")[0]
    result = local_density.rescale(limit, rho0=0.4, stated=0.3)
    np.testing.assert_allclose(result.y, limit.y * np.sqrt(0.75))


@given(densities, densities)
def test_there_and_back_is_where_one_was(first, second):
    limit = curves("si_lz_2024")[0]
    there = local_density.rescale(limit, rho0=second, stated=first)
    back = local_density.rescale(there, rho0=first, id="back")
    np.testing.assert_allclose(back.y, limit.y, rtol=1e-12)


def test_the_result_knows_its_density_and_moves_with_the_slider(limit):
    result = local_density.rescale(limit, rho0=0.4, stated=0.3)
    assert check(result) == []
    assert local_density.assumed(result) == 0.4
    assert result.scalings == (Scaling("rho0", 0.4, -1.0),)
    assert result.assumptions["local_density"] == 0.4
    assert "rho0_before_GeV_cm3 = 0.3" in result.provenance.inputs


def test_the_other_sliders_of_a_curve_stay(limit):
    known = replace(limit, scalings=(Scaling("f_N", 0.3, 2.0), Scaling("rho0", 0.3, -1.0)))
    result = local_density.rescale(known, rho0=0.4)
    assert result.scalings == (Scaling("f_N", 0.3, 2.0), Scaling("rho0", 0.4, -1.0))


def test_a_density_among_the_assumptions_is_used(limit):
    known = replace(limit, assumptions=Assumptions({"local_density": 0.3}))
    assert local_density.assumed(known) == 0.3
    np.testing.assert_allclose(local_density.rescale(known, rho0=0.6).y, limit.y / 2)


def test_a_curve_that_does_not_say_is_refused_with_the_way_out(limit):
    assert local_density.assumed(limit) is None
    with pytest.raises(InvalidCurve, match=r"look it up in arXiv:2410\.17036.*stated=0\.3"):
        local_density.rescale(limit, rho0=0.4)


def test_two_statements_that_differ_are_refused(limit):
    known = replace(limit, scalings=(Scaling("rho0", 0.3, -1.0),))
    with pytest.raises(InvalidCurve, match=r"assumes rho0 = 0\.3 GeV/cm3, not 0\.4"):
        local_density.rescale(known, rho0=0.5, stated=0.4)


@pytest.mark.parametrize("speed", ["v0", "v_esc"])
def test_another_speed_needs_an_efficiency_and_is_refused(limit, speed):
    with pytest.raises(OutOfRange, match="needs the analysis's efficiency"):
        local_density.rescale(limit, rho0=0.4, stated=0.3, **{speed: 238})


@pytest.mark.parametrize("rho0", [0, -0.3, 300, float("nan")])
def test_a_density_that_makes_no_sense_is_refused(limit, rho0):
    with pytest.raises(OutOfRange, match="rho0"):
        local_density.rescale(limit, rho0=rho0, stated=0.3)


@pytest.mark.parametrize("id", ["gq_cms_2018_dijet36", "gae_redgiants_2020"])
def test_a_limit_that_needs_no_dark_matter_around_us_is_refused(id):
    with pytest.raises(InvalidCurve, match="does not depend on the local density"):
        local_density.rescale(curves(id)[0], rho0=0.4, stated=0.3)


def test_a_limit_that_ends_where_rock_stops_dark_matter_follows_no_power_of_the_density():
    (limit,) = curves("si_tesseract_2025")
    assert limit.scalings == ()
    assert np.all(limit.column("ceiling_cm2") >= limit.y)
    with pytest.raises(InvalidCurve, match="si_tesseract_2025 has a ceiling"):
        local_density.rescale(limit, rho0=0.4, stated=0.3)
