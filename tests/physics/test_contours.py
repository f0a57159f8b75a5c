"""Contours of grids as curves: where the level is, and what is no grid."""

import numpy as np
import pytest
import xarray as xr

from vre_dm.errors import OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.convert.derived import theory
from vre_dm.limits.curve import Curve
from vre_dm.physics.contours import closed, contour_curves

X, Y = np.linspace(100, 3000, 60), np.linspace(10, 2000, 50)


def plane(values: np.ndarray, x: np.ndarray = X, y: np.ndarray = Y, units: str = "GeV") -> xr.DataArray:
    coords = {"m_med": ("m_med", x, {"units": "GeV"}), "m_chi": ("m_chi", y, {"units": units})}
    return xr.DataArray(values, coords, ("m_med", "m_chi"))


def lines(grid: xr.DataArray, level: float) -> tuple[Curve, ...]:
    source = theory("a test")
    return contour_curves(
        grid,
        level,
        source,
        id="line",
        quantity="mediator_plane",
        formula="test/circle",
        inputs={"level": level},
    )


def distance(x0: float, y0: float) -> np.ndarray:
    return np.asarray(np.hypot(X[:, None] - x0, Y - y0))


def test_a_circle_is_one_closed_curve_around_its_centre() -> None:
    (curve,) = lines(plane(distance(1500, 800)), 500)
    np.testing.assert_allclose(np.hypot(curve.x - 1500, curve.y - 800), 500, rtol=1e-3)
    assert (curve.x[0], curve.y[0]) == (curve.x[-1], curve.y[-1])
    assert (curve.geometry, curve.id, curve.provenance.formula) == ("contour", "line", "test/circle")
    assert not [problem for problem in check(curve) if problem.check == "monotonic mass"]


def test_two_regions_are_two_curves_the_longer_first() -> None:
    both = np.minimum(distance(700, 800) + 100, distance(2200, 800))
    large, small = lines(plane(both), 400)
    assert (large.id, small.id) == ("line_1", "line_2")
    assert (large.label, small.label) == ("a test", "a test, area 2")
    assert large.x.mean() > 2000 > 1000 > small.x.mean()


def test_a_level_that_is_not_met_gives_no_curve() -> None:
    assert lines(plane(distance(1500, 800)), 1e5) == ()


def test_a_line_ends_where_nothing_is_known() -> None:
    values = distance(1500, 800)
    values[X > 1600] = np.nan
    (curve,) = lines(plane(values), 500)
    assert curve.x.max() <= 1600
    assert curve.x[0] != pytest.approx(curve.x[-1], abs=1) or curve.y[0] != pytest.approx(curve.y[-1], abs=1)


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (plane(np.full((60, 50), np.inf)), "is infinite somewhere"),
        (plane(np.ones((60, 50)), X[::-1]), "axis m_med of the grid must rise from above zero"),
        (plane(np.ones((60, 50)), X - 100), "axis m_med of the grid must rise from above zero"),
        (plane(np.ones((60, 50)), units="TeV"), "axis m_chi of the grid is in 'TeV', not in 'GeV'"),
        (plane(np.ones((60, 50)))[:, 0], "a contour needs a grid of two axes"),
        (plane(np.ones((60, 50)))[:, :1], "a contour needs a grid of two axes"),
        (plane(np.ones((60, 50))).drop_vars("m_chi"), "axis m_chi of the grid has no coordinates"),
    ],
)
def test_what_is_no_plane_of_masses_is_refused(grid: xr.DataArray, said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        lines(grid, 0.5)


def test_an_array_without_axes_is_refused() -> None:
    with pytest.raises(OutOfRange, match="a contour needs a DataArray with its axes, not ndarray"):
        lines(np.ones((60, 50)), 0.5)  # type: ignore[arg-type]


def test_a_level_must_be_a_number() -> None:
    with pytest.raises(OutOfRange, match="level nan of a contour must be a finite number"):
        lines(plane(np.ones((60, 50))), float("nan"))


def test_an_area_at_the_edge_or_beside_the_unknown_is_closed_along_it() -> None:
    values = distance(100, 800)
    values[:, Y > 900] = np.nan
    (curve,) = lines(closed(plane(values), outside=1e6), 400)
    assert (curve.x[0], curve.y[0]) == (curve.x[-1], curve.y[-1])
    assert curve.x.min() == pytest.approx(100, rel=1e-5)
    assert curve.y.max() == pytest.approx(Y[Y < 900].max(), rel=1e-2)
    assert curve.x.max() == pytest.approx(500, rel=1e-2)
