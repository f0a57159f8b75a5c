import numpy as np
import pytest
import xarray as xr
from scipy.integrate import quad
from scipy.stats import norm

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.channels import Channel
from vre_dm.physics.dilepton.resonance import resonance
from vre_dm.physics.dilepton.templates import Templates


@pytest.mark.parametrize(("name", "mass"), [("SSM", 3000.0), ("V2", 700.0)])
def test_bins_agree_with_quadrature_of_the_smeared_resonance(
    templates: Templates, channels: tuple[Channel, ...], luminosity: xr.DataArray, name: str, mass: float
) -> None:
    found = resonance(BENCHMARKS[name], mass, 1e5)
    width = found.width_gev[0]
    counts = templates.events(found)[0]
    start = 0
    for place, channel in enumerate(channels):
        ours = counts[start : start + channel.observed.size]
        start += channel.observed.size
        tables = luminosity.sel(flavour=channel.flavour).to_numpy()
        for index in np.flatnonzero(ours > 0.2 * ours.max())[::5]:

            def density(
                m: float, at: int = place, rows: np.ndarray = tables, c: Channel = channel, i: int = index
            ) -> float:
                partons = found.strength[0, at] @ [np.interp(m, luminosity["mass"], row) for row in rows]
                sigma = np.interp(m, *c.resolution_gev)
                seen = np.diff(norm.cdf((c.edges_gev[[i, i + 1]] - m) / sigma))[0] * np.interp(
                    m, *c.efficiency
                )
                shape = m / 2 / (24 * np.pi) / ((m**2 - mass**2) ** 2 + (mass * width) ** 2)
                return 1e12 / 2.56819 * shape * partons * seen * c.luminosity_fb

            points = [mass - width, mass, mass + width]
            area = quad(density, mass - 2 * width, 1.5 * mass, points=points, epsrel=1e-4, limit=200)[0]
            assert ours[index] == pytest.approx(area, rel=5e-3)


def test_a_narrow_resonance_keeps_its_events_on_any_mass(templates: Templates) -> None:
    found = resonance(BENCHMARKS["V2"], np.linspace(1000, 1010, 41), 1e5)
    total = templates.events(found).sum(axis=1)
    assert np.all(np.diff(total) < 0)
    np.testing.assert_allclose(total / np.linspace(total[0], total[-1], 41), 1, atol=2e-3)


def test_events_do_not_depend_on_how_many_are_asked_for_at_once(templates: Templates) -> None:
    found = resonance(BENCHMARKS["SSM"], np.linspace(500, 5000, 600), 1e5)
    alone = templates.events(found.only(np.arange(600) == 550))
    np.testing.assert_allclose(templates.events(found)[550], alone[0], rtol=1e-12)


def test_templates_of_no_channel_are_refused(luminosity: xr.DataArray) -> None:
    with pytest.raises(OutOfRange, match="need a channel"):
        Templates([], luminosity)


def test_luminosities_of_another_energy_do_not_fit_the_data(channels, luminosity: xr.DataArray) -> None:
    with pytest.raises(OutOfRange, match="luminosities of 14 TeV do not fit data of 13 TeV"):
        Templates(channels, luminosity.assign_attrs(sqrt_s_TeV=14.0))


@pytest.mark.parametrize("mass", [173.0, 5929.0])
def test_a_resonance_at_the_edge_of_what_is_known_is_not_covered(templates: Templates, mass: float) -> None:
    found = resonance(BENCHMARKS["SSM"], mass, 1e5)
    assert not templates.covers(found)[0]
    with pytest.raises(
        OutOfRange, match=f"resonance of {mass:g} GeV with two widths is not inside 172 to 5930"
    ):
        templates.events(found)
