import numpy as np
import pytest
import xarray as xr
from scipy.integrate import quad

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS
from vre_dm.physics.dilepton.luminosity import fiducial_cross_section, luminosity_table, read_luminosity
from vre_dm.physics.dilepton.resonance import resonance

from .conftest import RELEASE


@pytest.mark.parametrize("name", ["SSM", "A2"])
def test_cross_sections_agree_with_quadrature_point_by_point(luminosity: xr.DataArray, name: str) -> None:
    mass, model = 2000.0, BENCHMARKS[name]
    found = resonance(model, mass, 1e4)
    width = found.width_gev[0]
    grid = luminosity["mass"].to_numpy()
    up, down = luminosity.sel(flavour="mumu").to_numpy()

    def density(m: float) -> float:
        # arXiv:1912.06374: dσ/dm of the Z' alone, in fb/GeV.
        partons = 0.0
        lepton = sum(g**2 for g in model.coupling("mu"))
        for quark, table in (("u", up), ("d", down)):
            partons += 2 * sum(g**2 for g in model.coupling(quark)) * lepton * np.interp(m, grid, table)
        return 1e12 / 2.56819 * m / 2 / (24 * np.pi) * partons / ((m**2 - mass**2) ** 2 + (mass * width) ** 2)

    points = [mass - width, mass, mass + width, mass + 20 * width]
    area = quad(density, mass - 2 * width, 6000.0, points=points, limit=2000, epsrel=1e-6)[0]
    assert fiducial_cross_section(luminosity, found)[0] == pytest.approx(area, rel=1e-3)


def test_electrons_lose_more_than_muons(luminosity: xr.DataArray) -> None:
    found = resonance(BENCHMARKS["SSM"], [1000.0, 4000.0], 1e4)
    ratio = fiducial_cross_section(luminosity, found, "ee") / fiducial_cross_section(luminosity, found)
    assert np.all((ratio > 0.85) & (ratio < 1))


@pytest.mark.parametrize("mass", [5.0, 9990.0, 20000.0])
def test_a_resonance_outside_the_luminosities_is_refused(luminosity: xr.DataArray, mass: float) -> None:
    with pytest.raises(OutOfRange, match=f"resonance of {mass:g} GeV is not inside the luminosities"):
        fiducial_cross_section(luminosity, resonance(BENCHMARKS["SSM"], [1000.0, mass], 1e5))


def test_luminosities_of_ones_own_give_the_same_rate(luminosity: xr.DataArray) -> None:
    own = luminosity_table(luminosity["mass"], luminosity.to_numpy(), sqrt_s_tev=13.6)
    found = resonance(BENCHMARKS["SSM"], [3000.0], 1e5)
    np.testing.assert_array_equal(
        fiducial_cross_section(own, found), fiducial_cross_section(luminosity, found)
    )
    assert own.attrs["sqrt_s_TeV"] == 13.6


@pytest.mark.parametrize(
    ("mass", "values", "said"),
    [
        ([100.0, 90.0], np.ones((2, 2, 2)), "masses of the luminosities must rise"),
        ([100.0, 200.0], np.ones((2, 2, 3)), "do not fit"),
        ([100.0, 200.0], -np.ones((2, 2, 2)), "parton luminosity = -1"),
        ([100.0, 200.0], np.full((2, 2, 2), np.nan), "parton luminosity = nan"),
    ],
)
def test_luminosities_that_cannot_be_are_refused(mass, values, said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        luminosity_table(mass, values, sqrt_s_tev=14.0)


def test_an_unknown_flavour_is_named(luminosity: xr.DataArray) -> None:
    with pytest.raises(OutOfRange, match="unknown flavour 'mm'; near it: mumu"):
        fiducial_cross_section(luminosity, resonance(BENCHMARKS["SSM"], [3000.0], 1e5), "mm")


def test_another_file_is_no_luminosity() -> None:
    with pytest.raises(OutOfRange, match="is not a table of parton luminosities: it has no column 'ee_u'"):
        read_luminosity(RELEASE / "dilepton.2018.limits.parquet")
