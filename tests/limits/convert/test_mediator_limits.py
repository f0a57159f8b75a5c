"""Limits of direct detection as areas of the mass plane, as limits on g_q, and the line a model predicts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.mediator_contours import to_cross_section
from vre_dm.limits.convert.mediator_limits import expected, to_mediator_plane, to_quark_coupling
from vre_dm.limits.convert.mediators import cross_section
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.metadata import Scaling, Validity

VECTOR = SimplifiedModel(mediator="vector", g_q=0.25, g_dm=1.0)
AXIAL = SimplifiedModel(mediator="axial", g_q=0.25, g_dm=1.0)
PSEUDOSCALAR = SimplifiedModel(mediator="pseudoscalar", g_q=1.0, g_dm=1.0)


def test_the_area_is_closed_and_its_far_side_is_the_limit() -> None:
    curve = make()
    area = to_mediator_plane(curve, VECTOR, id="area")
    assert not check(area)
    assert (area.quantity, area.geometry) == ("mediator_plane", "contour")
    assert (area.x[0], area.y[0]) == (area.x[-1], area.y[-1]) == (10, 5)
    np.testing.assert_allclose(cross_section(VECTOR, area.x[1:-2], area.y[1:-2]), curve.y)


def test_from_the_mass_plane_the_limit_comes_back() -> None:
    curve = make()
    back = to_cross_section(to_mediator_plane(curve, VECTOR, id="there"), VECTOR, id="back")
    np.testing.assert_array_equal(back.x[1:-2], curve.x)
    np.testing.assert_allclose(back.y[1:-2], curve.y)


def test_where_the_limit_excludes_no_heavier_mediator_the_area_is_refused() -> None:
    with pytest.raises(OutOfRange, match=r"reaches down to mediators of .* GeV; lightest must lie below"):
        to_mediator_plane(make(), VECTOR, id="x", lightest=1e5)


def test_only_the_range_in_which_a_limit_is_valid_is_used() -> None:
    curve = make(validity=Validity(8, 500, "threshold"))
    np.testing.assert_array_equal(to_quark_coupling(curve, VECTOR, id="x").x, [30, 300])


def test_a_limit_on_g_q_gives_the_limit_on_the_cross_section() -> None:
    curve = make()
    limit = to_quark_coupling(curve, VECTOR, id="gq", mass_ratio=4)
    assert not check(limit)
    assert limit.quantity == "g_q"
    for mass, dm, g_q, sigma in zip(limit.x, curve.x, limit.y, curve.y, strict=True):
        at = SimplifiedModel(mediator="vector", g_q=float(g_q), g_dm=1.0)
        assert mass == 4 * dm
        assert cross_section(at, mass, dm) == pytest.approx(sigma)


def test_a_limit_on_g_q_does_not_depend_on_the_one_the_model_came_with() -> None:
    other = SimplifiedModel(mediator="vector", g_q=0.1, g_dm=1.0)
    one, two = (to_quark_coupling(make(), simplified, id="x") for simplified in (VECTOR, other))
    np.testing.assert_allclose(one.y, two.y)
    assert "g_q" not in one.assumptions
    assert not any(entry.startswith("g_q") for entry in one.provenance.inputs)


@given(st.floats(0.05, 3))
def test_the_slider_of_g_dm_gives_what_a_new_conversion_gives(g_dm: float) -> None:
    one = to_quark_coupling(make(), VECTOR, id="x")
    new = to_quark_coupling(make(), SimplifiedModel(mediator="vector", g_q=0.25, g_dm=g_dm), id="x")
    assert one.scalings == (Scaling("g_DM", 1.0, -1),)
    np.testing.assert_allclose(one.y / g_dm, new.y)


def test_the_slider_of_the_local_density_is_carried_through() -> None:
    curve = make(scalings=(Scaling("rho0", 0.3, -1),))
    assert Scaling("rho0", 0.3, -0.5) in to_quark_coupling(curve, VECTOR, id="x").scalings


def test_couplings_without_meaning_are_left_out_and_none_left_is_said() -> None:
    weak = make(columns=(mass_column([10, 1e4]), limit_column([1e-38, 1e-38], "sigma_SI")))
    np.testing.assert_array_equal(to_quark_coupling(weak, VECTOR, id="x").x, [30])
    none = make(columns=(mass_column([1e4, 2e4]), limit_column([1e-36, 1e-36], "sigma_SI")))
    with pytest.raises(OutOfRange, match=r"limits g_q nowhere below √\(4π\)"):
        to_quark_coupling(none, VECTOR, id="x")


def test_the_wrong_spin_or_geometry_is_refused() -> None:
    with pytest.raises(InvalidCurve, match="axial mediators give sigma_SDp or sigma_SDn, not 'sigma_SI'"):
        to_mediator_plane(make(), AXIAL, id="x")
    with pytest.raises(OutOfRange, match="pseudoscalar"):
        to_quark_coupling(make(), PSEUDOSCALAR, id="x")
    with pytest.raises(InvalidCurve, match="is a contour; a line is needed"):
        to_mediator_plane(make(geometry="contour"), VECTOR, id="x")


def test_a_prediction_is_theory_and_its_sliders_are_exact() -> None:
    masses = np.geomspace(1, 1000, 20)
    line = expected(VECTOR, 1000, masses, id="line")
    assert not check(line)
    assert (line.kind, line.cl, line.quantity) == ("theory", None, "sigma_SI")
    assert line.scalings == (Scaling("g_q", 0.25, 2), Scaling("g_DM", 1.0, 2))
    stronger = SimplifiedModel(mediator="vector", g_q=0.5, g_dm=0.5)
    np.testing.assert_allclose(
        line.y * (0.5 / 0.25) ** 2 * 0.5**2, expected(stronger, 1000, masses, id="x").y
    )
    assert expected(AXIAL, 1000, masses, id="x").quantity == "sigma_SDp"
