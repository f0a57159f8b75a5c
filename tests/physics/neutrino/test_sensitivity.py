"""Median limits beside scipy and pseudo-experiments; what a projection says of itself."""

import numpy as np
import pytest
from scipy.optimize import brentq

from vre_dm.errors import OutOfRange
from vre_dm.physics.neutrino.density import NFW, Einasto
from vre_dm.physics.neutrino.flux import Annihilation
from vre_dm.physics.neutrino.fold import Fold, Telescope, fold
from vre_dm.physics.neutrino.sensitivity import (
    Annihilating,
    annihilation_sensitivity,
    discovery,
    discrimination,
    median_limit,
)
from vre_dm.physics.neutrino.sources import GalacticHalo, Point
from vre_dm.physics.spectra import FunctionSpectrum, TabulatedSpectrum, counts_in_bins

Channels = dict[str, TabulatedSpectrum]
Z90 = 1.2815515655446004


@pytest.fixture(scope="module")
def halo(arca: Telescope) -> Fold:
    return fold(arca, GalacticHalo(NFW()), years=10)


def test_the_limit_is_that_of_scipy() -> None:
    rng = np.random.default_rng(1)
    signal, background = rng.exponential(2, (4, 30)), rng.exponential(10, 30)
    background[:3] = 0

    def excess(strength: float, row: np.ndarray) -> float:
        s, seen = strength * row, background > 0
        logs = background[seen] * np.log((background[seen] + s[seen]) / background[seen])
        return 2 * (s.sum() - logs.sum()) - Z90**2

    expected = [brentq(excess, 1e-9, 1e6, args=(row,)) for row in signal]
    np.testing.assert_allclose(median_limit(signal, background), expected, rtol=1e-8)


def test_the_median_is_that_of_pseudo_experiments() -> None:
    """Two bins, toys of background alone, the limit of each by its own profile likelihood."""
    signal, background = np.array([8.0, 4.0]), np.array([40.0, 90.0])
    toys = np.random.default_rng(7).poisson(background, (400, 2))

    def deviance(strength: float, seen: np.ndarray) -> float:
        mean = background + strength * signal
        return float(2 * np.sum(mean - seen * np.log(mean)))

    def limit(seen: np.ndarray) -> float:
        def slope(strength: float) -> float:
            return float(np.sum(signal - seen * signal / (background + strength * signal)))

        best = brentq(slope, -4.9, 50)
        return brentq(lambda mu: deviance(mu, seen) - deviance(best, seen) - Z90**2, best, 60)

    assert np.median([limit(seen) for seen in toys]) == pytest.approx(
        median_limit(signal, background)[0], rel=0.08
    )


@pytest.mark.parametrize("background", [0.0, 1e-3, 0.1])
def test_fewer_events_than_an_empty_detector_excludes_are_never_excluded(background: float) -> None:
    told = r"row 1: too little background .* would exclude \d\.\d\d events where 2\.30 are needed"
    with pytest.raises(OutOfRange, match=told):
        median_limit([[2.0]], [background])


def test_with_a_background_that_suffices_there_is_a_limit() -> None:
    assert median_limit([[2.0]], [3.0])[0] * 2 > 2.3


def test_with_much_background_a_limit_is_that_of_a_gaussian() -> None:
    assert median_limit([[1.0]], [1e8])[0] == pytest.approx(Z90 * 1e4, rel=1e-3)


def test_a_discovery_is_the_likelihood_ratio() -> None:
    signal, background = np.array([3.0, 1.0, 0.0]), np.array([5.0, 0.5, 2.0])
    data = signal + background

    def deviance(mean: np.ndarray) -> float:
        return float(2 * np.sum(mean - data * np.log(mean)))

    assert discovery(signal, background) == pytest.approx(deviance(background) - deviance(data))
    assert discrimination([signal], background)[0] < discovery(signal, background)


def test_what_no_limit_can_be_set_on_is_refused() -> None:
    with pytest.raises(OutOfRange, match="row 2 expects no signal event"):
        median_limit([[1.0, 0.0], [0.0, 0.0]], [1.0, 1.0])
    with pytest.raises(OutOfRange, match=r"confidence level = 0\.3"):
        median_limit([[1.0]], [1.0], cl=0.3)
    with pytest.raises(OutOfRange, match="signal in events = -1"):
        median_limit([[-1.0]], [1.0])


@pytest.mark.parametrize(("signal", "background"), [([1.0, 2.0], [1.0]), ([], []), ([1.0], [1.0, 2.0])])
def test_a_signal_and_a_background_of_other_shapes_are_refused(
    signal: list[float], background: list[float]
) -> None:
    with pytest.raises(OutOfRange, match="give as many of each"):
        discovery(signal, background)
    with pytest.raises(OutOfRange, match="must be rows of the background's"):
        median_limit([signal], background)


def test_both_signs_of_neutrinos_are_counted(channels: Channels) -> None:
    """A muon and an antimuon give one muon neutrino and one antineutrino; the table has only the first."""
    table = counts_in_bins(channels["mumu"], 100.0, [1e-6, 100.0])
    assert table[0] == pytest.approx(1.0, abs=0.02)
    flux = Annihilation(spectrum=channels["mumu"], mass_gev=100.0, sigma_v_cm3_s=1e-26)
    by_hand = 2 * table[0] * 1e-26 / (8 * np.pi * 100.0**2)
    assert flux.in_bins(np.array([1e-6, 100.0]))[0] == pytest.approx(by_hand)


def test_a_projection_says_that_it_is_one(halo: Fold, channels: Channels) -> None:
    curve = annihilation_sensitivity(
        halo,
        Annihilating(spectrum=channels["tautau"], channel="tautau"),
        [1e3, 1e4, 1e5],
        inputs=["km3net:arca230.irf adler32:0de5e8a0"],
    )
    assert (curve.kind, curve.quantity, curve.channel, curve.cl) == ("projection", "sigmav", "tautau", 0.9)
    assert "projection, IRF level, no systematics" in curve.statistic
    assert "projection, IRF level, no systematics" in curve.label
    assert curve.assumptions["profile"] == "NFW"
    assert "file 1 = km3net:arca230.irf adler32:0de5e8a0" in curve.provenance.inputs
    assert np.all((curve.y > 1e-25) & (curve.y < 1e-23))


def test_the_limit_moves_as_it_must(halo: Fold, arca: Telescope, channels: Channels) -> None:
    masses = [2e3, 3e4]

    def limits(seen: Fold, **changes: object) -> np.ndarray:
        return annihilation_sensitivity(
            seen, Annihilating(**{"spectrum": channels["bb"], "channel": "bb", **changes}), masses
        ).y

    base = limits(halo)
    np.testing.assert_allclose(limits(halo, particle="Dirac"), 2 * base, rtol=1e-6)
    np.testing.assert_allclose(limits(halo, flavour=0.5), 2 * base, rtol=1e-6)
    denser = fold(arca, GalacticHalo(NFW(local_gev_cm3=0.8)), years=10)
    np.testing.assert_allclose(limits(denser), base / 4, rtol=1e-6)
    longer = limits(fold(arca, GalacticHalo(NFW()), years=40))
    assert np.all((longer < base / 1.9) & (longer > base / 4.1))  # between 1/√t and 1/t
    other = limits(fold(arca, GalacticHalo(Einasto()), years=10))
    assert np.all((other < base) & (other > base / 4))


def test_a_spectrum_of_ones_own_goes_the_same_way(halo: Fold, channels: Channels) -> None:
    table = channels["mumu"]
    own = FunctionSpectrum(table.dn_de, "my mumu", (500.0, 1e5))
    ours, theirs = (
        annihilation_sensitivity(halo, Annihilating(spectrum=spectrum, channel="mumu"), [1e3, 1e4]).y
        for spectrum in (own, table)
    )
    np.testing.assert_allclose(ours, theirs, rtol=0.01)


def test_masses_that_cannot_be_are_refused(halo: Fold, arca: Telescope, channels: Channels) -> None:
    annihilating = Annihilating(spectrum=channels["mumu"], channel="mumu")
    with pytest.raises(OutOfRange, match=r"spectrum mumu covers masses of 5 to 100000 GeV, not 1e\+06"):
        annihilation_sensitivity(halo, annihilating, [1e6])
    with pytest.raises(OutOfRange, match="mumu: 50 GeV gives nothing"):
        annihilation_sensitivity(halo, annihilating, [50.0, 1e3])
    with pytest.raises(OutOfRange, match="needs the fold of a GalacticHalo, not of Point"):
        annihilation_sensitivity(fold(arca, Point(-29), years=1), annihilating, [1e3])


def test_lists_of_masses_and_words_that_cannot_be_are_refused(halo: Fold, channels: Channels) -> None:
    annihilating = Annihilating(spectrum=channels["mumu"], channel="mumu")
    for masses in ([], [1e4, 1e3], [[1e3]]):
        with pytest.raises(OutOfRange, match="dark-matter masses: give one or more that rise"):
            annihilation_sensitivity(halo, annihilating, masses)
    with pytest.raises(OutOfRange, match="unknown channel 'zz'"):
        Annihilating(spectrum=channels["ZZ"], channel="zz")


def test_photons_are_no_neutrinos(halo: Fold) -> None:
    photons = FunctionSpectrum(lambda mass, energy: 1 / energy, "gamma rays", None, "photon")
    with pytest.raises(OutOfRange, match="counts photons, and muon neutrinos are needed"):
        annihilation_sensitivity(halo, Annihilating(spectrum=photons, channel="bb"), [1e3])
