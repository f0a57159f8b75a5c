"""Data-driven limits: the original code's numbers, iminuit on the full likelihood, posteriors, bands."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid

from tests.physics.dwarfs.conftest import SEED
from vre_dm.errors import OutOfRange
from vre_dm.limits.checks import check, check_record
from vre_dm.limits.sidecar import to_record
from vre_dm.physics.combination import Combination, LikelihoodTable
from vre_dm.physics.dwarfs.blank_sky import BlankSky, read_blank_sky
from vre_dm.physics.dwarfs.data_driven import DROP, DataDrivenStack
from vre_dm.physics.dwarfs.data_driven_bands import blank_sky_limits
from vre_dm.physics.dwarfs.data_driven_checks import DWARFS, checks
from vre_dm.physics.dwarfs.data_driven_curves import data_driven_curve
from vre_dm.physics.dwarfs.j_posteriors import JPosterior, read_j_posteriors
from vre_dm.physics.dwarfs.photon_counts import EDGES_GEV, Dwarfs, read_photon_counts
from vre_dm.physics.dwarfs.roster import JFactor
from vre_dm.physics.spectra import FunctionSpectrum, TabulatedSpectrum, counts_in_bins, read_pppc

FERMI = SEED / "fermi"
FILES = (FERMI / "mlfermi.dwarfs.parquet", FERMI / "mlfermi.counts.parquet")


@pytest.fixture(scope="module")
def dwarfs() -> Dwarfs:
    return read_photon_counts(*FILES)


@pytest.fixture(scope="module")
def sky() -> BlankSky:
    return read_blank_sky(FERMI / "mlfermi.voids.parquet")


@pytest.fixture(scope="module")
def posteriors() -> dict[str, JPosterior]:
    return read_j_posteriors(FERMI / "mlfermi.jposteriors.parquet")


@pytest.fixture(scope="module")
def bb() -> TabulatedSpectrum:
    return read_pppc(SEED / "pppc4dmid" / "pppc4dmid.gamma.ew.parquet")["bb"]


def fetch(did: str) -> list[Path]:
    scope, name = did.split(":")
    return sorted((SEED / scope).glob(f"*{name}.parquet"))


def test_the_limits_of_the_original_code_are_met_within_half_a_percent() -> None:
    found = list(checks(fetch))
    assert len(found) == 5
    assert all(check.holds for check in found), [(check.where, check.ratio) for check in found]


def test_iminuit_finds_the_drop_of_the_full_likelihood_at_the_limit(
    dwarfs: Dwarfs, sky: BlankSky, bb: TabulatedSpectrum
) -> None:
    """⟨σv⟩, two J and two backgrounds, all free, against limits from lattices and envelopes."""
    from iminuit import Minuit

    two = [dwarfs["Draco"], dwarfs["UrsaMinor"]]
    limit = DataDrivenStack(dwarfs=two, sky=sky).limits(bb, 50.0)[0]
    signals = [dwarf.signal(bb, 50.0) for dwarf in two]

    def twice_nll(log_sigma_v: float, j0: float, j1: float, u0: float, u1: float) -> float:
        total = 0.0
        for dwarf, signal, j, u in zip(two, signals, (j0, j1), (u0, u1), strict=True):
            background = np.exp(dwarf.ln_background - dwarf.ln_background[0] + u)
            expected = background + signal * 10 ** (j + log_sigma_v)
            total += np.sum(dwarf.counts * np.log(expected) - expected)
            total += -0.5 * ((j - dwarf.log10_j) / dwarf.sigma_dex) ** 2
            total += sky.log_density(dwarf.l_deg, dwarf.b_deg, [u])[0]
        return -2 * total

    start = dict(
        zip(
            ("j0", "j1", "u0", "u1"),
            [*(d.log10_j for d in two), *(d.ln_background[0] for d in two)],
            strict=True,
        )
    )
    fit = Minuit(twice_nll, log_sigma_v=-26.0, **start)
    fit.errordef, fit.strategy = Minuit.LEAST_SQUARES, 2
    fit.limits["log_sigma_v"] = (-31, -23)
    best = fit.migrad().fval
    fit.values["log_sigma_v"], fit.fixed["log_sigma_v"] = np.log10(limit), True
    assert fit.migrad().fval - best == pytest.approx(2 * DROP, abs=0.03)


def test_photons_are_the_flux_times_the_exposure(dwarfs: Dwarfs, bb: TabulatedSpectrum) -> None:
    draco = dwarfs["Draco"]
    photons = counts_in_bins(bb, 100.0, EDGES_GEV) * draco.exposure_cm2_s / (8 * np.pi * 100.0**2)
    signal = draco.signal(bb, 100.0)
    assert signal.sum() == pytest.approx(photons.sum())
    np.testing.assert_allclose(signal[[0, 4]], [photons[0], photons[4] + photons[5]])
    np.testing.assert_array_equal(draco.groups, [0, 1, 2, 3, 4, 6, 24])


def test_a_mixture_and_a_function_go_the_same_way(dwarfs: Dwarfs, bb: TabulatedSpectrum) -> None:
    stack = DataDrivenStack(dwarfs=[dwarfs["Draco"]])
    same = FunctionSpectrum(bb.dn_de, "mine", bb.mass_range_gev)
    np.testing.assert_allclose(stack.limits(same, 100.0), stack.limits(bb, 100.0), rtol=1e-4)


def test_what_is_not_known_of_the_background_weakens_the_limit(
    dwarfs: Dwarfs, sky: BlankSky, bb: TabulatedSpectrum
) -> None:
    four = [dwarfs[name] for name in DWARFS]
    masses = [20.0, 100.0, 1000.0]
    known = DataDrivenStack(dwarfs=four).limits(bb, masses)
    learnt = DataDrivenStack(dwarfs=four, sky=sky).limits(bb, masses)
    assert np.all(learnt > known)
    elsewhere = replace(four[0], ln_background=four[0].ln_background + 4)
    with pytest.raises(OutOfRange, match=r"Draco: the sky around has another background than predicted"):
        DataDrivenStack(dwarfs=[elsewhere], sky=sky).limits(bb, 50.0)


def test_an_empirical_j_that_is_gaussian_gives_the_limit_of_the_gaussian(
    dwarfs: Dwarfs, bb: TabulatedSpectrum
) -> None:
    draco = dwarfs["Draco"]
    edges = np.linspace(draco.log10_j - 0.3, draco.log10_j + 0.3, 601)
    middle = (edges[1:] + edges[:-1]) / 2
    samples = 1e6 * np.exp(-0.5 * ((middle - draco.log10_j) / draco.sigma_dex) ** 2)
    posterior = JPosterior(edges, samples, bandwidth_dex=0.004)
    gaussian = DataDrivenStack(dwarfs=[draco]).limits(bb, [20.0, 500.0])
    empirical = DataDrivenStack(dwarfs=[draco], posteriors={"Draco": posterior}).limits(bb, [20.0, 500.0])
    np.testing.assert_allclose(empirical, gaussian, rtol=2e-3)


def test_posteriors_are_densities_around_the_means_of_the_table(
    dwarfs: Dwarfs, posteriors: dict[str, JPosterior]
) -> None:
    assert set(posteriors) <= set(dwarfs)
    for name, posterior in posteriors.items():
        at = np.linspace(*posterior.support, 4001)
        assert trapezoid(np.exp(posterior.log_density(at)), at) == pytest.approx(1, abs=2e-3)
        assert posterior.mean == pytest.approx(dwarfs[name].log10_j, abs=0.02)
        assert np.isneginf(posterior.log_density([at[0] - 0.01, at[-1] + 0.01])).all()


def test_the_likelihood_goes_into_a_combination(dwarfs: Dwarfs, bb: TabulatedSpectrum) -> None:
    """J is profiled there, so the same one-sided limit comes out."""
    two = [dwarfs["Draco"], dwarfs["UrsaMinor"]]
    stack = DataDrivenStack(dwarfs=two)
    lnl = stack.likelihood(bb, [50.0, 500.0], np.geomspace(1e-29, 1e-21, 401))
    j = {dwarf.name: JFactor(dwarf.log10_j, dwarf.sigma_dex) for dwarf in two}
    table = LikelihoodTable(instrument="Fermi-LAT", channel="bb", lnl=lnl, jfactors=j)
    expected = stack.limits(bb, [50.0, 500.0], drop=1.35277)
    np.testing.assert_allclose(Combination([table]).scan()["limit"], expected, rtol=1e-3)


def test_bands_come_from_blank_sky_with_a_seed(dwarfs: Dwarfs, sky: BlankSky, bb: TabulatedSpectrum) -> None:
    stack = DataDrivenStack(dwarfs=[dwarfs["Draco"], dwarfs["LeoII"]], sky=sky)
    first, again, other = (
        blank_sky_limits(stack, bb, [50.0, 500.0], rng=np.random.default_rng(seed), experiments=25)
        for seed in (1, 1, 2)
    )
    assert first.identical(again)
    assert not first.identical(other)
    curve = data_driven_curve(stack, bb, [50.0, 500.0], expected=first, inputs=("fermi:mlfermi.counts",))
    low, middle, high = (
        curve.column(f"{stem}_cm3_s") for stem in ("sensitivity_m1sigma", "median", "sensitivity_p1sigma")
    )
    assert np.all((low < middle) & (middle < high))
    np.testing.assert_allclose(middle, np.median(first, axis=0))
    with pytest.raises(OutOfRange, match="other masses"):
        data_driven_curve(stack, bb, [60.0, 500.0], expected=first)
    with pytest.raises(OutOfRange, match="need the blank sky"):
        blank_sky_limits(DataDrivenStack(dwarfs=stack.dwarfs), bb, 50.0, rng=np.random.default_rng(1))


def test_a_blank_sky_experiment_has_the_photons_of_that_place(
    dwarfs: Dwarfs, sky: BlankSky, bb: TabulatedSpectrum
) -> None:
    """With one position like the dwarf's, the limit is that of a dwarf there."""
    draco = dwarfs["Draco"]
    place = int(np.argmin((sky.l_deg - 80) ** 2 + (sky.b_deg - draco.b_deg) ** 2))
    predicted = sky.predicted(sky.l_deg[place], sky.b_deg[place], without=place)
    one = replace(
        draco,
        l_deg=float(sky.l_deg[place]),
        b_deg=float(sky.b_deg[place]),
        counts=sky.counts[place],
        ln_background=predicted,
    )
    alike = replace(draco, ln_background=predicted)
    drawn = blank_sky_limits(
        DataDrivenStack(dwarfs=[alike]), bb, 100.0, rng=np.random.default_rng(3), experiments=40, sky=sky
    )
    assert np.unique(drawn).size > 10
    expected = DataDrivenStack(dwarfs=[one]).limits(bb, 100.0)[0]
    assert drawn.min() < expected < drawn.max()


def test_a_curve_is_of_the_catalogue(
    dwarfs: Dwarfs, posteriors: dict[str, JPosterior], bb: TabulatedSpectrum
) -> None:
    stack = DataDrivenStack(dwarfs=[dwarfs[name] for name in DWARFS], posteriors=posteriors)
    curve = data_driven_curve(stack, bb, [10.0, 100.0], inputs=("fermi:mlfermi.counts adler32:db248231",))
    assert (curve.quantity, curve.channel, curve.kind, curve.cl) == ("sigmav", "bb", "observed", 0.95)
    assert "posterior of Draco, LeoII, Sculptor, UrsaMinor" in str(curve.assumptions["J_factor"])
    assert curve.assumptions["point_spread"] == "no loss within 0.5° (as the original code)"
    assert "97.5 % one-sided" in str(curve.assumptions["level"])
    assert "3.84" in curve.label
    assert not [problem for problem in check(curve) if problem.grave and problem.check != "licence"]


def test_a_spectrum_of_any_name_makes_a_curve_that_the_catalogue_takes(
    dwarfs: Dwarfs, bb: TabulatedSpectrum
) -> None:
    mine = FunctionSpectrum(bb.dn_de, "½ bb + ½ ττ (mine)", bb.mass_range_gev)
    check_record(
        to_record(data_driven_curve(DataDrivenStack(dwarfs=[dwarfs["Draco"]]), mine, [10.0, 100.0])), "x"
    )


def test_what_cannot_be_computed_is_refused(dwarfs: Dwarfs, sky: BlankSky, bb: TabulatedSpectrum) -> None:
    stack = DataDrivenStack(dwarfs=[dwarfs["Draco"]], sky=sky)
    for mass in (1.0, 2e6, -5.0, np.nan):
        with pytest.raises(OutOfRange, match="mass"):
            stack.limits(bb, mass)
    with pytest.raises(OutOfRange, match="no dwarf galaxy 'draco' in the table; near it: Draco"):
        dwarfs["draco"]
    with pytest.raises(OutOfRange, match="each once, not Draco, Draco"):
        DataDrivenStack(dwarfs=[dwarfs["Draco"]] * 2)
    with pytest.raises(OutOfRange, match="each once, not none"):
        DataDrivenStack(dwarfs=[])
    with pytest.raises(OutOfRange, match="unknown shape of the background"):
        DataDrivenStack(dwarfs=[dwarfs["Draco"]], shape="bins")  # type: ignore[arg-type]
    soft = FunctionSpectrum(lambda mass, energy: np.ones_like(energy), "soft", (0.1, 1e5))
    with pytest.raises(OutOfRange, match=r"soft at 0\.4 GeV has no photon between 0\.5 and 500 GeV"):
        stack.limits(soft, 0.4)
    neutrinos = read_pppc(SEED / "pppc4dmid" / "pppc4dmid.numu.ew.parquet")["bb"]
    with pytest.raises(OutOfRange, match="counts muon neutrinos, and photons are needed"):
        stack.limits(neutrinos, 100.0)
    with pytest.raises(OutOfRange, match="sigma_v in cm3/s = -1"):
        stack.likelihood(bb, 100.0, [-1.0])


def test_tables_that_do_not_fit_are_refused_by_name(tmp_path: Path) -> None:
    table, counts = (pd.read_parquet(path) for path in FILES)
    path = tmp_path / "counts.parquet"
    counts.drop(index=2).to_parquet(path)
    with pytest.raises(OutOfRange, match=r"counts\.parquet: the energy bins of BootesI leave a gap"):
        read_photon_counts(FILES[0], path)
    counts[counts["dwarf"] != "Draco"].to_parquet(path)
    with pytest.raises(OutOfRange, match=r"counts\.parquet has no photons of Draco"):
        read_photon_counts(FILES[0], path)
    counts.assign(e_min_GeV=counts["e_min_GeV"] * 1e3, e_max_GeV=counts["e_max_GeV"] * 1e3).to_parquet(path)
    with pytest.raises(OutOfRange, match="do not join the 24"):
        read_photon_counts(FILES[0], path)
    counts.assign(counts=-1).to_parquet(path)
    with pytest.raises(OutOfRange, match="BootesI: photons in a bin = -1"):
        read_photon_counts(FILES[0], path)
    table.assign(exposure=[row[:20] for row in table["exposure"]]).to_parquet(path)
    with pytest.raises(OutOfRange, match="BootesI: 6 bins of photons do not fit"):
        read_photon_counts(path, FILES[1])
    with pytest.raises(OutOfRange, match="is not a table of photons at dwarf galaxies"):
        read_photon_counts(FILES[0], FILES[0])
    posteriors = pd.read_parquet(FERMI / "mlfermi.jposteriors.parquet")
    posteriors.drop(index=10).to_parquet(path)
    with pytest.raises(OutOfRange, match="the bins of Draco leave a gap at log10 J"):
        read_j_posteriors(path)
    posteriors.assign(samples=0).to_parquet(path)
    with pytest.raises(OutOfRange, match="samples in a bin must not be negative, nor all zero"):
        read_j_posteriors(path)
