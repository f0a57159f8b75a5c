"""Events: added up by hand, thrown at random, and as they must scale."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.physics.neutrino.conftest import disk_directions
from vre_dm.errors import OutOfRange
from vre_dm.physics.neutrino.blur import inside
from vre_dm.physics.neutrino.density import NFW, j_factor
from vre_dm.physics.neutrino.flux import FunctionFlux, PowerLaw
from vre_dm.physics.neutrino.fold import Telescope, fold
from vre_dm.physics.neutrino.irf import Responses, edges
from vre_dm.physics.neutrino.sources import Diffuse, Disk, GalacticHalo, Gaussian, Point, Source

RINGS = [0.0, 0.3, 1.0, 2.0, 5.0, 30.0]
FLUX = PowerLaw(norm=1e-18, index=2.0)


def test_no_neutrino_is_lost_or_made(arca: Telescope, responses: Responses) -> None:
    """With all energies and the whole sky as one bin, only area times time remains."""
    seen = fold(arca, Point(-60.0), years=1, energy_edges_gev=[1, 1e8], ring_edges_deg=[0, 180])
    area = responses.effective_area
    rows, zenith, scale = arca.zenith_bins(area)
    height = np.sin(np.deg2rad(arca.latitude_deg)) * np.sin(np.deg2rad(-60))
    swing = np.cos(np.deg2rad(arca.latitude_deg)) * np.cos(np.deg2rad(-60))
    turns = np.cos(np.linspace(0, 2 * np.pi, 200_001)[:-1])
    time = np.histogram(np.rad2deg(np.arccos(height + swing * turns)), zenith)[0] / 200_000
    energy = np.geomspace(1e2, 1e8, 4001)
    middle = np.sqrt(energy[1:] * energy[:-1])
    mean = sum(
        share * factor * np.interp(np.log(middle), np.log(area["energy"]), area[row])
        for row, share, factor in zip(rows, time, scale, strict=True)
    )
    by_hand = np.sum(FLUX.at(middle) * np.diff(energy) * mean) * 1e4 * 365.25 * 86400
    # What is reconstructed below 1 GeV or above 100 PeV is not in the bin.
    assert float(seen.events(FLUX)[0, 0]) == pytest.approx(by_hand, rel=5e-3)


def test_the_cut_leaves_the_scale_of_the_responses(arca: Telescope, responses: Responses) -> None:
    """The bin that 80 deg divides is a mean over what was cut away; undone, it joins its neighbour."""
    rows, zenith, scale = arca.zenith_bins(responses.effective_area)
    assert zenith[0] == 80.0
    undone = responses.effective_area[rows[0]].to_numpy() * scale[0]
    neighbour = responses.effective_area[rows[1]].to_numpy()
    high = slice(16, 40)  # 10 TeV to 10 PeV
    np.testing.assert_allclose(undone[high].sum(), neighbour[high].sum(), rtol=0.1)


def test_all_background_of_the_sky_is_found(arca: Telescope, responses: Responses) -> None:
    seen = fold(arca, Point(0.0), years=1, energy_edges_gev=[1, 1e8], ring_edges_deg=np.linspace(0, 180, 361))
    days = 365.25
    for name, rate in responses.backgrounds.items():
        rows, zenith, scale = arca.zenith_bins(rate)
        solid_angle = -2 * np.pi * np.diff(np.cos(np.deg2rad(zenith)))
        width_mev = np.diff(edges(rate, "energy")) * 1e3
        per_day = 86400 * np.sum(rate.to_numpy()[rows] @ width_mev * solid_angle * scale)
        assert float(seen.background.sel(background=name).sum()) / days == pytest.approx(per_day, rel=3e-3)


@pytest.mark.parametrize("blur_deg", [0.2, 3.0])
def test_rings_around_a_disk_are_those_of_thrown_neutrinos(blur_deg: float) -> None:
    rng = np.random.default_rng(4)
    size = 200_000
    start, turn = np.deg2rad(disk_directions(1.5, size, rng)), rng.random(size) * 2 * np.pi
    blur = np.deg2rad(blur_deg)
    cosine = np.cos(start) * np.cos(blur) + np.sin(start) * np.sin(blur) * np.cos(turn)
    thrown = np.histogram(np.rad2deg(np.arccos(cosine)), RINGS)[0] / size
    places, weights = Disk(0, 1.5).rings()
    ours = weights @ inside(places, np.array([blur_deg]), np.array(RINGS))[:, 0]
    np.testing.assert_allclose(ours, thrown, atol=0.012)


def test_a_gaussian_has_its_sigma() -> None:
    places, weights = Gaussian(0, 2.0).rings()
    assert np.sqrt(np.sum(weights * places**2) / 2) == pytest.approx(2.0, rel=5e-3)


def test_a_small_source_is_a_point(arca: Telescope) -> None:
    point = fold(arca, Point(-30.0), years=1, ring_edges_deg=RINGS).events(FLUX)
    for small in (Disk(-30.0, 1e-3), Gaussian(-30.0, 1e-3)):
        np.testing.assert_allclose(
            fold(arca, small, years=1, ring_edges_deg=RINGS).events(FLUX), point, rtol=1e-3, atol=1e-9
        )


def test_an_even_sky_looks_even_whatever_the_blur(arca: Telescope) -> None:
    """What the point spread carries out of a ring it carries in from the others."""
    seen = fold(arca, Diffuse(-90.0, 120.0), years=1, ring_edges_deg=[0, 2, 4, 8, 12])
    events = seen.events(PowerLaw(norm=1e-18, index=2.3, per="sr")).sum("energy").to_numpy()
    per_sr = events / -np.diff(np.cos(np.deg2rad([0, 2, 4, 8, 12])))
    np.testing.assert_allclose(per_sr, per_sr.mean(), rtol=0.02)


def test_the_halo_holds_its_j_factor() -> None:
    _, weights = GalacticHalo(NFW(), 30.0).rings()
    assert weights.sum() == pytest.approx(j_factor(NFW(), [0, 30])[0], rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(factor=st.floats(1e-3, 1e3), index=st.floats(1.5, 4))
def test_events_grow_with_flux_and_time(arca: Telescope, factor: float, index: float) -> None:
    one = fold(arca, Point(-45.0), years=1, ring_edges_deg=[0, 1])
    more = fold(arca, Point(-45.0), years=factor, ring_edges_deg=[0, 1])
    flux, brighter = (PowerLaw(norm=norm, index=index) for norm in (1e-18, factor * 1e-18))
    np.testing.assert_allclose(more.events(flux), one.events(brighter), rtol=1e-9)
    np.testing.assert_allclose(more.background, factor * one.background, rtol=1e-9)


def test_several_fluxes_are_each_folded(arca: Telescope) -> None:
    seen = fold(arca, Point(-45.0), years=1)
    other = FunctionFlux(lambda energy: 1e-8 / energy**2)
    both = seen.events([FLUX, other])
    assert both.dims == ("flux", "energy", "ring")
    np.testing.assert_allclose(both[0], seen.events(FLUX))
    np.testing.assert_allclose(both[1], seen.events(PowerLaw(norm=1e-18, index=2, pivot_gev=1e5)), rtol=1e-6)


@pytest.mark.parametrize(
    ("source", "wanted", "said"),
    [
        (Point(80.0), {}, "never looks at declination 80 deg: zenith angles above 80 deg only"),
        (Point(0.0), {"ring_edges_deg": [3, 1]}, "edge of a ring: give two or more edges that rise"),
        (
            Point(0.0),
            {"energy_edges_gev": [0.1, 1e5]},
            "background arca230.bkg.* covers 1 to 1e.08 GeV, not 0.1",
        ),
        (Point(0.0), {"years": -1}, "live time in years = -1 must lie above 0"),
    ],
)
def test_what_cannot_be_folded_is_refused(
    arca: Telescope, source: Source, wanted: dict[str, object], said: str
) -> None:
    with pytest.raises(OutOfRange, match=said):
        fold(arca, source, **{"years": 1, **wanted})


def test_zenith_angles_without_a_point_spread_are_refused(responses: Responses) -> None:
    with pytest.raises(OutOfRange, match=r"zenith angle of \d+ deg the point spread adds up to 0\.\d+"):
        fold(Telescope(responses=responses, above_zenith_deg=10), Point(30.0), years=1)


def test_a_flux_for_something_else_is_refused(arca: Telescope) -> None:
    with pytest.raises(OutOfRange, match="the flux is per sr, the source shines per source"):
        fold(arca, Point(-45.0), years=1).events(PowerLaw(norm=1e-18, index=2, per="sr"))


@pytest.mark.parametrize("wrong", [lambda energy: -energy, lambda energy: np.full_like(energy, np.nan)])
def test_a_flux_that_cannot_be_is_refused(arca: Telescope, wrong: object) -> None:
    with pytest.raises(OutOfRange, match="it must be finite and not negative"):
        fold(arca, Point(-45.0), years=1).events(FunctionFlux(wrong))


def test_a_flux_of_another_shape_or_none_is_refused(arca: Telescope) -> None:
    seen = fold(arca, Point(-45.0), years=1)
    with pytest.raises(OutOfRange, match=r"the flux gave the shape \(\) for \d+ energies"):
        seen.events(FunctionFlux(lambda energy: 1.0))
    with pytest.raises(OutOfRange, match="give one flux or more"):
        seen.events([])


def test_sources_that_cannot_be_are_refused() -> None:
    for make, said in (
        (lambda: Point(-91), "declination = -91 deg"),
        (lambda: Disk(0, -1), "radius of the disk in deg = -1"),
        (lambda: Gaussian(0, 0), "sigma of the Gaussian in deg = 0"),
        (lambda: PowerLaw(norm=-1, index=2), "flux at the pivot"),
        (lambda: PowerLaw(norm=1, index=2, cutoff_gev=0), "cut-off in GeV"),
    ):
        with pytest.raises(OutOfRange, match=said):
            make()
