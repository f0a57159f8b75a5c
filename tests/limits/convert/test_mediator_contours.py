"""Contours of colliders in the planes of direct and indirect detection."""

import numpy as np
import pytest

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.annihilation import sigma_v_at_rest
from vre_dm.limits.convert.annihilation_lines import for_dirac
from vre_dm.limits.convert.mediator_contours import to_annihilation, to_cross_section
from vre_dm.limits.convert.mediators import cross_section
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Assumptions

AXIAL = SimplifiedModel(mediator="axial", g_q=0.25, g_dm=1.0)
VECTOR = SimplifiedModel(mediator="vector", g_q=0.25, g_dm=1.0)
PSEUDOSCALAR = SimplifiedModel(mediator="pseudoscalar", g_q=1.0, g_dm=1.0)
MEDIATOR = [100.0, 500, 1000, 1200, 1000, 500, 100, 100]
DARK = [1.0, 1, 1, 200, 350, 200, 30, 1]


def contour(**changes: object) -> Curve:
    columns = (mass_column(MEDIATOR), limit_column(DARK, "mediator_plane"))
    fields = {"quantity": "mediator_plane", "geometry": "contour", "columns": columns, "cl": 0.95}
    return make(**(fields | changes))


def test_every_point_of_the_contour_is_converted_and_it_stays_closed() -> None:
    result = to_cross_section(contour(), AXIAL, id="sdp")
    np.testing.assert_array_equal(result.x, DARK)
    np.testing.assert_allclose(result.y, cross_section(AXIAL, MEDIATOR, DARK))
    assert (result.quantity, result.geometry, result.cl) == ("sigma_SDp", "contour", 0.95)
    assert not check(result)


def test_the_record_names_formula_couplings_nucleon_and_source() -> None:
    result = to_cross_section(contour(), AXIAL, id="sdn", quantity="sigma_SDn")
    assert result.provenance.formula == "s-channel/axial/sigma_SDn/1603.04156"
    stated = {"g_q = 0.25", "g_DM = 1.0", "g_l = 0.0", "f per g_q = 0.32", "curve si_toy_2020"}
    assert stated <= set(result.provenance.inputs)
    assert result.assumptions["mediator"] == "axial vector"


def test_no_slider_moves_it_as_the_contour_itself_depends_on_the_couplings() -> None:
    assert to_cross_section(contour(), AXIAL, id="x").scalings == ()


@pytest.mark.parametrize("name", ["g_q", "g_DM", "g_l"])
def test_a_contour_made_with_other_couplings_is_refused(name: str) -> None:
    made = contour(assumptions=Assumptions({name: 0.1}))
    with pytest.raises(InvalidCurve, match=rf"was made with {name} = 0\.1, not .*; rescale it first"):
        to_cross_section(made, VECTOR, id="x")
    same = contour(assumptions=Assumptions({**VECTOR.couplings, "halo": "unknown"}))
    assert to_cross_section(same, VECTOR, id="x").assumptions["halo"] == "unknown"


def test_what_is_no_contour_of_the_mass_plane_is_refused() -> None:
    with pytest.raises(InvalidCurve, match="line of sigma_SI; a mediator_plane contour is needed"):
        to_cross_section(make(), VECTOR, id="x")
    with pytest.raises(InvalidCurve, match="grid of mediator_plane"):
        to_cross_section(contour(geometry="grid"), VECTOR, id="x")


def test_annihilation_today_is_that_of_each_point() -> None:
    result = to_annihilation(contour(), PSEUDOSCALAR, id="sv", channel="bb")
    keep = np.array(DARK) > 4.2
    expected = sigma_v_at_rest(PSEUDOSCALAR, np.array(MEDIATOR)[keep], np.array(DARK)[keep], channel="bb")
    np.testing.assert_allclose(result.y, expected)
    assert (result.quantity, result.channel) == ("sigmav", "bb")
    assert result.assumptions["annihilation_products"] == "bb"


def test_the_result_is_for_dirac_particles_and_is_not_doubled_again() -> None:
    result = to_annihilation(contour(), PSEUDOSCALAR, id="sv")
    with pytest.raises(InvalidCurve, match="sv is for Dirac dark matter already"):
        for_dirac(result, id="twice")


def test_a_channel_that_no_point_reaches_is_said() -> None:
    light = contour(columns=(mass_column([100, 200, 100]), limit_column([1, 2, 1], "mediator_plane")))
    with pytest.raises(OutOfRange, match="the channel tt is closed at every mass"):
        to_annihilation(light, PSEUDOSCALAR, id="x", channel="tt")


def test_a_scalar_mediator_leaves_nothing_to_see_today() -> None:
    scalar = SimplifiedModel(mediator="scalar", g_q=1.0, g_dm=1.0)
    with pytest.raises(OutOfRange, match="p wave only"):
        to_annihilation(contour(), scalar, id="x")
