"""The stack lands on the LAT's own limits, and its J profile on what a minimiser finds."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from iminuit import Minuit
from scipy.stats import norm

from vre_dm.errors import OutOfRange
from vre_dm.limits.checks import check
from vre_dm.physics.dwarfs.curves import stack_curve, target_curves
from vre_dm.physics.dwarfs.roster import JFactor, Roster
from vre_dm.physics.dwarfs.stack import DwarfStack
from vre_dm.physics.dwarfs.tables import likelihood_tables
from vre_dm.physics.spectra import FunctionSpectrum, Mixture, TabulatedSpectrum

Channels = dict[str, TabulatedSpectrum]
EDGES = [500.0, 1000.0, 2000.0, 4000.0]


Likelihood = Callable[[np.ndarray, float], np.ndarray]


def lnl(stack: DwarfStack, target: str, flux: np.ndarray) -> Likelihood:
    """Likelihood of one target over log10 J and sigma_v, table by table, without any lattice."""
    table = stack.tables.sel(target=target)
    bins = list(zip(flux, table["flux"].to_numpy(), table["lnL"].to_numpy(), strict=True))

    def of(log10_j: np.ndarray, sigma_v: float) -> np.ndarray:
        return sum(np.interp(phi * sigma_v * 10**log10_j, x, y - y[0]) for phi, x, y in bins)

    return of


def test_iminuit_finds_the_same_stack_with_41_free_j_factors(stack: DwarfStack, channels: Channels) -> None:
    grid = np.geomspace(1e-27, 1e-25, 201)
    ours = stack.likelihood(channels["bb"], 100.0, grid).sum("target").squeeze()
    flux = stack.flux(channels["bb"], 100.0).to_numpy()[0]
    total = 0.0
    for target, factor in stack.roster.items():  # J factors are independent: a fit a target is the fit of all
        seen = lnl(stack, target, flux)

        def cost(pull: float, factor: JFactor = factor, of: Likelihood = seen) -> float:
            j = np.asarray(factor.log10_j + pull * factor.sigma_dex)
            return float(pull**2 - 2 * of(j, grid[140]))

        total += Minuit(cost, 0.0, name=["pull"]).migrad().fval
    assert float(ours[140]) == pytest.approx(-total / 2, abs=5e-3)


def test_a_search_over_j_finds_nothing_better(stack: DwarfStack, channels: Channels) -> None:
    masses, grid, pulls = [10.0, 1000.0], np.geomspace(1e-28, 1e-23, 501), np.linspace(-5, 5, 20001)
    profile = stack.likelihood(channels["bb"], masses, grid)
    flux = stack.flux(channels["bb"], masses).to_numpy()
    for target, row, place in itertools.product(("leo_IV", "sculptor", "reticulum_II"), (0, 1), (150, 350)):
        factor = stack.roster[target]
        j = factor.log10_j + pulls * factor.sigma_dex
        best = np.max(lnl(stack, target, flux[row])(j, grid[place]) - pulls**2 / 2)
        assert float(profile.sel(target=target)[row, place]) == pytest.approx(best, abs=1e-3)


def test_the_published_composite_limit_is_reproduced(stack: DwarfStack, channels: Channels) -> None:
    # limits_bb.txt, column composite_desy2_standard, released with arXiv:1611.03184; 25 GeV to 10 TeV.
    published = {25: 1.217e-26, 100: 3.386e-26, 250: 7.568e-26, 1000: 2.012e-25, 10000: 2.259e-24}
    found = stack.scan(channels["bb"], list(published))["limit"].to_numpy()
    np.testing.assert_allclose(found, list(published.values()), rtol=0.03)


def test_tau_limits_agree_where_generators_do(stack: DwarfStack, channels: Channels) -> None:
    published = {353.6: 6.339e-26, 1000: 3.640e-25, 10000: 6.647e-23}
    found = stack.scan(channels["tautau"], list(published))["limit"].to_numpy()
    np.testing.assert_allclose(found, list(published.values()), rtol=0.02)


def test_one_target_with_j_known_is_a_one_line_limit() -> None:
    # A spectrum and a table for which the limit is solved by hand: lnL = -k phi in every bin.
    slope, log10_j, energy = 2e8, 18.0, 3.0
    flux = np.geomspace(1e-12, 1e-5, 200)
    flux = np.concatenate([[0.0], flux])
    tables = likelihood_tables({"toy": (np.tile(flux, (3, 1)), np.tile(-slope * flux, (3, 1)))}, EDGES)
    flat = FunctionSpectrum(lambda mass, e: np.full(e.shape, energy / (0.5 * (4**2 - 0.5**2))), "flat")
    stack = DwarfStack(tables, Roster({"toy": JFactor(log10_j, 0.0)}))
    drop = 1.6448536269514722**2 / 2
    by_hand = drop / slope * 8 * np.pi * 50.0**2 / (energy * 1e3) / 10**log10_j
    assert float(stack.scan(flat, 50.0)["limit"][0]) == pytest.approx(by_hand, rel=1e-4)
    dirac = DwarfStack(tables, stack.roster, "Dirac")
    assert float(dirac.scan(flat, 50.0)["limit"][0]) == pytest.approx(2 * by_hand, rel=1e-4)


def test_an_uncertain_j_weakens_the_limit_as_a_parabola_says() -> None:
    # lnL = -k phi again; profiling J solves k phi ln10 sigma² = -delta in closed form.
    sigma, slope, flux = 0.5, 2e8, np.concatenate([[0.0], np.geomspace(1e-13, 1e-5, 400)])
    tables = likelihood_tables({"toy": (np.tile(flux, (3, 1)), np.tile(-slope * flux, (3, 1)))}, EDGES)
    soft = FunctionSpectrum(lambda mass, e: e**-2.0, "soft")
    known, uncertain = (
        float(DwarfStack(tables, Roster({"toy": JFactor(18.0, dex)})).scan(soft, 50.0)["limit"][0])
        for dex in (0.0, sigma)
    )
    drop, wide = 1.6448536269514722**2 / 2, (np.log(10) * sigma) ** 2
    # with u = k phi at the best J, u + wide u²/2 = drop, and J is lower by a factor exp(wide u)
    u = (-1 + np.sqrt(1 + 2 * drop * wide)) / wide
    assert uncertain / known == pytest.approx(u / drop * np.exp(wide * u), rel=2e-3)


def test_adding_targets_is_adding_logarithms(stack: DwarfStack, channels: Channels) -> None:
    grid = np.geomspace(1e-27, 1e-24, 301)
    two = DwarfStack(stack.tables, stack.roster.only("draco", "segue_1"))
    parts = [stack.only(name).likelihood(channels["WW"], 200.0, grid) for name in ("draco", "segue_1")]
    np.testing.assert_allclose(
        two.likelihood(channels["WW"], 200.0, grid).sum("target"), sum(part[0] for part in parts)
    )


def test_a_mixture_shines_as_its_parts_and_a_share_in_the_dark_weakens_the_limit(
    stack: DwarfStack, channels: Channels
) -> None:
    bb, tautau = channels["bb"], channels["tautau"]
    flux = [stack.flux(part, 30.0) for part in (bb, tautau, Mixture({bb: 0.25, tautau: 0.75}))]
    xr.testing.assert_allclose(flux[2], 0.25 * flux[0] + 0.75 * flux[1])
    whole, half = (float(stack.scan(part, 30.0)["limit"][0]) for part in (bb, Mixture({bb: 0.5})))
    assert half == pytest.approx(2 * whole)


def test_a_limit_where_a_table_has_ended_is_refused(channels: Channels) -> None:
    flux = np.concatenate([[0.0], np.geomspace(1e-13, 1e-10, 50)])
    shallow = likelihood_tables({"short": (np.tile(flux, (3, 1)), np.tile(-1e9 * flux, (3, 1)))}, EDGES)
    stack = DwarfStack(shallow, Roster({"short": JFactor(18.0, 0.3)}))
    with pytest.raises(
        OutOfRange, match="short: the limit at 50 GeV lies where its likelihood table has ended"
    ):
        stack.scan(channels["bb"], 50.0)


def test_no_limit_depends_on_how_a_table_goes_on(
    tables: xr.Dataset, roster: Roster, channels: Channels
) -> None:
    """Cut the last two fluxes off every table: nothing changes."""
    whole = DwarfStack(tables, roster)
    cut = DwarfStack(tables.isel(point=slice(0, 23)), roster)
    masses = [10.0, 100.0, 1000.0, 10000.0]
    np.testing.assert_allclose(
        cut.scan(channels["bb"], masses)["limit"], whole.scan(channels["bb"], masses)["limit"], rtol=1e-6
    )


@pytest.mark.parametrize("cl", [0.5001, 0.68, 0.9999997])
def test_a_limit_of_any_level_is_where_the_profile_has_dropped(
    stack: DwarfStack, channels: Channels, cl: float
) -> None:
    found = stack.scan(channels["bb"], 100.0, cl=cl)
    limit = float(found["limit"][0])
    grid = limit * np.geomspace(0.9, 1.1, 21)
    drop = float(found["ts"][0]) / 2 - float(
        stack.likelihood(channels["bb"], 100.0, grid).sum("target")[0, 10]
    )
    assert drop == pytest.approx(norm.ppf(cl) ** 2 / 2, rel=1e-2, abs=5e-3)


def test_curves_and_masses_that_are_none_are_refused(stack: DwarfStack, channels: Channels) -> None:
    with pytest.raises(OutOfRange, match="must rise"):
        stack_curve(stack, channels["bb"], [100.0, 10.0])
    for masses in ([], [[10.0, 100.0]]):
        with pytest.raises(OutOfRange, match="not an array of shape"):
            stack.scan(channels["bb"], masses)
    with pytest.raises(OutOfRange, match="no likelihood tables"):
        DwarfStack(stack.tables.drop_vars("lnL"), stack.roster)


@pytest.mark.parametrize("mass", [4.9, 100_001.0, -5.0, float("nan")])
def test_a_mass_outside_the_spectrum_is_refused(stack: DwarfStack, channels: Channels, mass: float) -> None:
    with pytest.raises(OutOfRange, match="mass"):
        stack.scan(channels["bb"], [100.0, mass])


def test_photons_outside_of_the_tables_are_no_limit(stack: DwarfStack) -> None:
    line = FunctionSpectrum(lambda mass, e: np.where(e < 0.4, 1.0, 0.0), "soft", (0.3, 10.0))
    with pytest.raises(OutOfRange, match=r"soft at 5 GeV gives no photon of 0\.5 to 500 GeV"):
        stack.scan(line, 5.0)


def test_neutrino_spectra_and_unknown_targets_are_refused(tables: xr.Dataset, roster: Roster) -> None:
    with pytest.raises(OutOfRange, match="atlantis"):
        DwarfStack(tables, roster.replaced({"atlantis": JFactor(18.0, 0.1)}))
    neutrinos = FunctionSpectrum(lambda mass, e: e**-2.0, "numu", particle="muon neutrino")
    with pytest.raises(OutOfRange, match="muon neutrino"):
        DwarfStack(tables, roster).scan(neutrinos, 100.0)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ([1e-26, 2e-26, 3e-26, 4e-26], "equal steps|step of sigma_v"),
        (np.geomspace(1e-28, 1e-22, 10), "step of sigma_v"),
        ([1e-26], "four or more"),
        (-np.geomspace(1e-27, 1e-25, 50), "sigma_v"),
        (np.geomspace(1e-10, 1e-9, 50), "beyond its likelihood table"),
    ],
)
def test_a_grid_that_is_none_is_refused(
    stack: DwarfStack, channels: Channels, grid: object, message: str
) -> None:
    with pytest.raises(OutOfRange, match=message):
        stack.likelihood(channels["bb"], 100.0, grid, profile_j=False)  # type: ignore[arg-type]


def test_the_curve_passes_the_catalogue_s_checks_and_names_its_inputs(
    stack: DwarfStack, channels: Channels
) -> None:
    curve = stack_curve(
        stack, channels["bb"], np.geomspace(10, 1000, 20), inputs=("fermi:dsph.likelihoods adler32:12345678",)
    )
    assert (curve.quantity, curve.channel, curve.cl) == ("sigmav", "bb", 0.95)
    assert curve.provenance.inputs == ("file 1 = fermi:dsph.likelihoods adler32:12345678",)
    assert str(curve.assumptions["targets"]).startswith("41: bootes_I")
    assert not check(curve)
    assert curve.id == "sv_fermi-lat_41_dwarf_galaxies_bb"


def test_every_target_has_a_curve_and_none_is_much_stronger_than_all(
    stack: DwarfStack, channels: Channels
) -> None:
    few = DwarfStack(stack.tables, stack.roster.only("draco", "segue_1", "ursa_minor"))
    masses = [50.0, 500.0]
    single = target_curves(few, channels["bb"], masses)
    assert [curve.label.split(",")[0] for curve in single] == ["draco", "segue_1", "ursa_minor"]
    best = np.min([curve.y for curve in single], axis=0)
    assert np.all(stack_curve(few, channels["bb"], masses).y < 1.5 * best)
