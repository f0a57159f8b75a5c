import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.convert.mediator_contours import to_cross_section
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS, SIMPLIFIED
from vre_dm.physics.dilepton.couplings import ZPrime, simplified
from vre_dm.physics.dilepton.intervals import excluded
from vre_dm.physics.dilepton.planes import border, coupling_plane, mass_plane
from vre_dm.physics.dilepton.search import BinnedSearch, RateSearch

MASSES, DARK = np.linspace(300, 5000, 48), np.linspace(10, 2500, 12)


def test_a_plane_is_its_rows_of_intervals(binned: BinnedSearch) -> None:
    plane = mass_plane(binned, BENCHMARKS["A2"], MASSES, DARK)
    assert plane.sizes == {"mediator_mass": 48, "dm_mass": 12}
    for row in (0, 6, 11):
        (found,) = excluded(binned, BENCHMARKS["A2"], MASSES, DARK[row])
        inside = np.clip(MASSES, found.low_gev, found.high_gev) == MASSES
        np.testing.assert_array_equal(plane[:, row] > 0, inside)


@pytest.mark.parametrize(("name", "quantity"), [("V2", "sigma_SI"), ("A2", "sigma_SDp")])
def test_borders_close_and_go_on_to_scattering_on_nucleons(
    rate: RateSearch, name: str, quantity: str
) -> None:
    model = SIMPLIFIED[name]
    plane = mass_plane(rate, simplified(model, name), MASSES, DARK)
    curves = border(plane, rate, id=f"dilepton_{name}", assumptions=model.conventions)
    for curve in curves:
        assert check(curve) == []
        assert (curve.x[0], curve.y[0]) == (curve.x[-1], curve.y[-1])
        assert curve.provenance.inputs == ("file 1 = atlas:limits adler32:00000001",)
        assert curve.assumptions["g_l"] == model.g_l
        scattering = to_cross_section(curve, model, id="scattering")
        assert (scattering.quantity, check(scattering)) == (quantity, [])


def test_widths_that_were_not_published_are_not_covered(rate: RateSearch) -> None:
    strong = simplified(SimplifiedModel(mediator="vector", g_q=0.1, g_dm=2.5, g_l=0.05))
    plane = mass_plane(rate, strong, MASSES, DARK)
    wide = DARK[None, :] < 0.3 * MASSES[:, None]
    assert np.all(np.isnan(plane.to_numpy()[wide]))
    assert np.all(np.isfinite(plane.to_numpy()[DARK[None, :] > MASSES[:, None] / 2]))
    (curve, *_) = border(plane, rate, id="strong")
    assert np.all(curve.y > 0.3 * curve.x)


def test_a_coupling_is_excluded_from_a_border_up(rate: RateSearch) -> None:
    def family(g_q: float) -> ZPrime:
        return simplified(SimplifiedModel(mediator="vector", g_q=g_q, g_dm=1.0, g_l=0.05))

    couplings = np.geomspace(0.001, 0.3, 25)
    plane = coupling_plane(rate, family, MASSES, couplings, dm_mass_gev=3000.0, name="g_q")
    np.testing.assert_allclose(
        plane.sel(g_q=couplings[15]), mass_plane(rate, family(couplings[15]), MASSES, [3000.0]).squeeze()
    )
    (curve, *_) = border(plane, rate, id="g", quantity="g_q")
    assert (curve.channel, check(curve)) == ("dilepton", [])
    assert curve.y.min() < 0.02


def test_a_border_of_another_quantity_is_refused(rate: RateSearch) -> None:
    plane = mass_plane(rate, BENCHMARKS["A2"], MASSES[:3], DARK[:3])
    with pytest.raises(OutOfRange, match="no border that is a curve of g_q"):
        border(plane, rate, id="x", quantity="g_q")


@pytest.mark.parametrize("axis", [[], [2000.0, 1000.0], [[1000.0, 2000.0]], [1000.0, -2000.0]])
def test_an_axis_that_does_not_rise_from_above_zero_is_refused(rate: RateSearch, axis: list) -> None:
    with pytest.raises(OutOfRange, match="mediator mass"):
        mass_plane(rate, BENCHMARKS["A2"], axis, DARK)
    with pytest.raises(OutOfRange, match="g_q"):
        coupling_plane(rate, lambda g: BENCHMARKS["A2"], MASSES, axis, dm_mass_gev=10.0)


def test_a_plane_of_nothing_excluded_has_no_border(rate: RateSearch) -> None:
    assert border(mass_plane(rate, BENCHMARKS["V1"], MASSES, DARK), rate, id="none") == ()
