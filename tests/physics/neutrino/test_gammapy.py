"""Rates beside gammapy's own evaluation of the same responses."""

import warnings
from typing import Any

import numpy as np
import pytest

from vre_dm.physics.neutrino.blur import circles, inside, probabilities
from vre_dm.physics.neutrino.checks import GAMMAPY_EVENTS
from vre_dm.physics.neutrino.density import NFW
from vre_dm.physics.neutrino.flux import PowerLaw
from vre_dm.physics.neutrino.fold import Telescope, fold
from vre_dm.physics.neutrino.gamma import as_gammapy
from vre_dm.physics.neutrino.irf import Responses, edges
from vre_dm.physics.neutrino.sources import Point
from vre_dm.physics.neutrino.visibility import zenith_fractions

DECLINATION, YEARS = -45.0, 10.0
SECONDS = YEARS * 365.25 * 86400
NORM = 1e-18
ENERGIES = np.geomspace(1e2, 1e7, 21)


@pytest.fixture(scope="module")
def theirs(responses: Responses) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its sources are compiled at the first import, with warnings
        import gammapy.datasets
        import gammapy.modeling.models  # noqa: F401
    return as_gammapy(responses)


@pytest.fixture(scope="module")
def made(theirs: dict[str, Any], arca: Telescope) -> list[Any]:
    return datasets(theirs, arca, ENERGIES)


def spectral_model(flux: PowerLaw) -> Any:
    import astropy.units as u
    from gammapy.modeling.models import ExpCutoffPowerLawSpectralModel, PowerLawSpectralModel

    common = {
        "index": flux.index,
        "amplitude": flux.norm * u.Unit("GeV-1 cm-2 s-1"),
        "reference": flux.pivot_gev * u.GeV,
    }
    if flux.cutoff_gev is None:
        return PowerLawSpectralModel(**common)
    return ExpCutoffPowerLawSpectralModel(**common, lambda_=1 / flux.cutoff_gev / u.GeV)


def datasets(irfs: dict[str, Any], arca: Telescope, energies: np.ndarray) -> list[Any]:
    """A SpectrumDataset of gammapy's for each bin of zenith angle that the point is ever in."""
    import astropy.units as u
    from gammapy.datasets import SpectrumDataset
    from gammapy.irf import EDispKernelMap
    from gammapy.maps import MapAxis, RegionGeom, RegionNDMap

    reconstructed = MapAxis.from_energy_edges(energies * u.GeV, name="energy")
    true = MapAxis.from_energy_bounds(1e2 * u.GeV, 1e8 * u.GeV, nbin=192, name="energy_true")
    geometry = RegionGeom.create("icrs;circle(0, 0, 1)", axes=[reconstructed])
    rows, zenith, scale = arca.zenith_bins(arca.responses.effective_area)
    made = []
    for row, share, factor in zip(rows, zenith_fractions(DECLINATION, zenith), scale, strict=True):
        if share == 0:
            continue
        offset = float(arca.responses.effective_area["zenith"][row]) * u.deg
        area = irfs["aeff"].evaluate(offset=offset, energy_true=true.center).to_value("m2")
        dataset = SpectrumDataset.create(geometry, energy_axis_true=true)
        dataset.exposure = RegionNDMap.from_geom(
            geometry.to_image().to_cube([true]),
            data=(area * factor * share * SECONDS)[:, None, None],
            unit="m2 s",
        )
        kernel = irfs["edisp"].to_edisp_kernel(offset, energy_axis_true=true, energy_axis=reconstructed)
        dataset.edisp = EDispKernelMap.from_edisp_kernel(kernel)
        made.append(dataset)
    return made


def predicted(made: list[Any], flux: PowerLaw) -> np.ndarray:
    """Counts of a point source, added up over the zenith angles."""
    from gammapy.modeling.models import SkyModel

    for dataset in made:
        dataset.models = [SkyModel(spectral_model=spectral_model(flux))]
    return np.sum([dataset.npred_signal().data[:, 0, 0] for dataset in made], axis=0)


@pytest.mark.parametrize(("index", "cutoff"), [(2.0, None), (2.0, 1e5), (3.2, None)])
def test_rates_are_those_of_gammapy(
    made: list[Any], arca: Telescope, index: float, cutoff: float | None
) -> None:
    flux = PowerLaw(norm=NORM, index=index, cutoff_gev=cutoff)
    seen = fold(arca, Point(DECLINATION), years=YEARS, energy_edges_gev=ENERGIES, ring_edges_deg=[0, 180])
    ours, expected = seen.events(flux).to_numpy()[:, 0], predicted(made, flux)
    assert ours.sum() == pytest.approx(expected.sum(), rel=5e-3)
    many = expected > 1e-3 * expected.sum()
    np.testing.assert_allclose(ours[many], expected[many], rtol=0.02)
    assert expected.sum() == pytest.approx(GAMMAPY_EVENTS[index, cutoff], rel=1e-3)


@pytest.mark.parametrize("zenith", [100.0, 140.0])
def test_the_share_within_an_angle_is_that_of_gammapy(
    theirs: dict[str, Any], responses: Responses, zenith: float
) -> None:
    import astropy.units as u

    spread = responses.point_spread
    row = int(np.digitize(zenith, edges(spread, "zenith"))) - 1
    energies, angles = spread["energy"].to_numpy()[4:20], np.array([0.5, 2.0, 10.0])
    shares = inside(np.zeros(1), circles(spread), np.append(0, angles))[0]  # (circles, rings)
    ours = np.cumsum(probabilities(spread, np.array([zenith]))[0] @ shares, axis=1)[4:20]
    expected = theirs["psf"].containment(
        rad=angles * u.deg,
        offset=float(spread["zenith"][row]) * u.deg,
        energy_true=energies[:, None] * u.GeV,
    )
    np.testing.assert_allclose(ours, expected.value, atol=0.02)


def test_the_profile_is_that_of_gammapy(theirs: dict[str, Any]) -> None:
    import astropy.units as u
    from gammapy.astro.darkmatter.profiles import NFWProfile

    profile = NFWProfile()
    profile.scale_to_local_density()
    radius = np.geomspace(1e-3, 50, 20)
    ours = NFW(local_gev_cm3=0.3, sun_kpc=8.33).at(radius)
    np.testing.assert_allclose(ours, profile(radius * u.kpc).to_value("GeV / cm3"), rtol=1e-6)
