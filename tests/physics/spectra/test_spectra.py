"""Spectra of every kind: integrals against quadrature and closed forms, and what is refused."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import exp1

from vre_dm.errors import OutOfRange
from vre_dm.physics.spectra import (
    FunctionSpectrum,
    Mixture,
    Spectrum,
    TabulatedSpectrum,
    counts_in_bins,
    energy_in_bins,
    require_particle,
)

Array = NDArray[np.float64]
EDGES = np.geomspace(0.5, 500.0, 13)


def falling(mass: float, energy: Array) -> Array:
    """An exponential over E, whose integral is known: E₁(a/20) - E₁(b/20) at 100 GeV."""
    return np.asarray(np.exp(-5 * energy / mass) / energy)


@pytest.mark.parametrize("channel", ["bb", "tautau", "mumu"])
@pytest.mark.parametrize("mass", [5.0 * 1.3, 100.0, 1234.5])
def test_the_integrals_of_a_table_are_those_of_quadrature(
    photons: dict[str, TabulatedSpectrum], channel: str, mass: float
) -> None:
    spectrum = photons[channel]
    edges = mass * np.array([1e-4, 3e-4, 0.013, 0.2, 0.9, 1.0, 3.0])
    for power, of in enumerate((counts_in_bins, energy_in_bins)):
        for low, high, found in zip(edges[:-1], edges[1:], of(spectrum, mass, edges), strict=True):
            kinks = np.clip(np.log(mass * 10.0**spectrum.log10x), np.log(low), np.log(high))

            def integrand(log: float, power: int = power) -> float:
                energy = np.exp(log)
                return float(spectrum.dn_de(mass, energy) * energy ** (power + 1))

            pieces = np.unique(np.concatenate([[np.log(low)], kinks, [np.log(min(high, max(low, mass)))]]))
            wanted = sum(quad(integrand, a, b)[0] for a, b in pairwise(pieces))
            assert found == pytest.approx(wanted, rel=1e-8, abs=1e-30)


def test_bins_add_up(photons: dict[str, TabulatedSpectrum]) -> None:
    whole = energy_in_bins(photons["WW"], 300.0, EDGES[[0, -1]])[0]
    assert energy_in_bins(photons["WW"], 300.0, EDGES).sum() == pytest.approx(whole, rel=1e-12)


def test_a_function_is_integrated_as_the_closed_form_says() -> None:
    spectrum = FunctionSpectrum(falling, "toy")
    ends = np.minimum(EDGES, 100.0)
    np.testing.assert_allclose(
        counts_in_bins(spectrum, 100.0, EDGES), -np.diff(exp1(ends / 20)), rtol=1e-9, atol=1e-15
    )
    np.testing.assert_allclose(
        energy_in_bins(spectrum, 100.0, EDGES), -20 * np.diff(np.exp(-ends / 20)), rtol=1e-9, atol=1e-15
    )


def test_nothing_has_more_energy_than_the_mass(photons: dict[str, TabulatedSpectrum]) -> None:
    for spectrum in (photons["bb"], FunctionSpectrum(falling, "toy")):
        assert spectrum.dn_de(100.0, [100.1, 1e6]).tolist() == [0.0, 0.0]
        assert counts_in_bins(spectrum, 100.0, [100.0, 200.0, 300.0]).tolist() == [0.0, 0.0]


@given(st.floats(1, 1e5), st.floats(1.001, 1e6))
def test_particles_with_more_energy_than_annihilates_are_refused(mass: float, times: float) -> None:
    all_of_it = FunctionSpectrum(lambda m, energy: 2 / energy, "flat")  # E dN/dE is 2 from 0 to the mass
    edges = mass * np.array([0.001, 0.1, 1, 10])
    assert energy_in_bins(all_of_it, mass, edges).sum() == pytest.approx(2 * 0.999 * mass)
    too_much = FunctionSpectrum(lambda m, energy: 2 * times / 0.999 / energy, "in MeV")
    with pytest.raises(OutOfRange, match=r"spectrum in MeV at .* GeV that annihilate; dN/dE is per"):
        energy_in_bins(too_much, mass, edges)


def test_a_function_of_a_table_gives_the_tables_numbers(photons: dict[str, TabulatedSpectrum]) -> None:
    again = FunctionSpectrum(photons["tautau"].dn_de, "again")
    np.testing.assert_allclose(
        counts_in_bins(again, 100.0, EDGES), counts_in_bins(photons["tautau"], 100.0, EDGES), atol=1e-5
    )


def test_any_object_with_the_three_members_is_a_spectrum() -> None:
    class Mine:
        name = "mine"
        mass_range_gev = (10.0, 1e3)

        def dn_de(self, mass_gev: float, energy_gev: object) -> Array:
            return falling(mass_gev, np.asarray(energy_gev))

    mine: Spectrum = Mine()
    assert counts_in_bins(mine, 100.0, [1.0, 2.0])[0] == pytest.approx(exp1(0.05) - exp1(0.1))
    with pytest.raises(OutOfRange, match="spectrum mine covers masses of 10 to 1000 GeV, not 5 GeV"):
        counts_in_bins(mine, 5.0, [1.0, 2.0])


@given(share=st.floats(0, 1), mass=st.floats(6, 1e5))
def test_a_mixture_is_the_weighted_sum(
    photons: dict[str, TabulatedSpectrum], share: float, mass: float
) -> None:
    parts = photons["bb"], photons["tautau"]
    mixed = Mixture({parts[0]: share, parts[1]: 1 - share})
    edges = mass * np.array([1e-3, 1e-2, 0.5, 1])
    for of in (counts_in_bins, energy_in_bins):
        first, second = (of(part, mass, edges) for part in parts)
        np.testing.assert_allclose(of(mixed, mass, edges), share * first + (1 - share) * second, rtol=1e-12)


def test_a_mixture_covers_what_its_parts_have_in_common(photons: dict[str, TabulatedSpectrum]) -> None:
    mixed = Mixture({photons["bb"]: 0.5, photons["tt"]: 0.3})
    assert mixed.mass_range_gev == (180.0, 1e5)
    assert (mixed.name, mixed.particle) == ("0.5 bb + 0.3 tt", "photon")
    closed = Mixture({photons["bb"]: 1.0, photons["tt"]: 0.0})
    assert closed.mass_range_gev == (6.0, 1e5)
    counts_in_bins(closed, 10.0, [1.0, 2.0])


def test_a_users_table_is_for_its_mass_alone() -> None:
    energy = np.geomspace(0.1, 100, 200)
    table = TabulatedSpectrum.of_energies("mine", 100.0, energy, falling(100.0, energy), particle="photon")
    np.testing.assert_allclose(table.dn_de(100.0, energy), falling(100.0, energy), rtol=1e-9)
    assert counts_in_bins(table, 100.0, [1.0, 10.0])[0] == pytest.approx(exp1(0.05) - exp1(0.5), rel=1e-3)
    with pytest.raises(OutOfRange, match="mine covers masses of 100 to 100 GeV, not 101 GeV"):
        counts_in_bins(table, 101.0, [1.0, 10.0])
    with pytest.raises(OutOfRange, match=r"mine at 100 GeV covers energies from 0\.1 GeV up, not 0\.05"):
        counts_in_bins(table, 100.0, [0.05, 1.0])


def test_the_table_is_an_array_with_units(photons: dict[str, TabulatedSpectrum]) -> None:
    array = photons["bb"].to_xarray()
    assert array.dims == ("mass", "log10x")
    assert (array["mass"].attrs["units"], array.attrs["particle"]) == ("GeV", "photon")
    assert array.sel(mass=100.0).sum() > 0


AXES = (np.array([10.0, 20.0]), np.array([-1.0, 0.0]))
FULL = np.ones((2, 2))


@pytest.mark.parametrize(
    ("masses", "log10x", "values", "said"),
    [
        (AXES[0][::-1], AXES[1], FULL, "mass in GeV must rise"),
        (AXES[0], AXES[1][::-1], FULL, "log10x must rise"),
        (AXES[0], AXES[1] + 0.5, FULL, "log10x reaches 0.5"),
        (AXES[0], AXES[1], np.ones((2, 3)), "do not fit numbers of"),
        (AXES[0], AXES[1], -FULL, "dN/dlog10x = -1 must lie above 0"),
        (AXES[0], AXES[1], FULL * np.nan, "dN/dlog10x = nan must lie above 0"),
        (AXES[0], AXES[1], 0 * FULL, "no particle at 20 GeV"),
        (AXES[0] * -1, AXES[1], FULL, "mass in GeV = -10 must lie above 0"),
        (AXES[0], np.array([-np.inf, 0.0]), FULL, "log10x must rise"),
        ("10 GeV", AXES[1], FULL, "is not a number"),
    ],
)
def test_a_table_that_cannot_be_a_spectrum_is_refused(
    masses: Array, log10x: Array, values: Array, said: str
) -> None:
    with pytest.raises(OutOfRange, match=f"spectrum s: .*{said}"):
        TabulatedSpectrum("s", masses, log10x, values)


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([1.0], "must be two or more that rise"),
        ([2.0, 1.0], "must be two or more that rise"),
        ([0.0, 1.0], "edge of an energy bin in GeV = 0 must lie above 0"),
        ([1.0, np.nan], "edge of an energy bin in GeV = nan"),
        ([[1.0, 2.0]], "must be two or more that rise"),
    ],
)
def test_bins_that_are_none_are_refused(
    photons: dict[str, TabulatedSpectrum], edges: object, said: str
) -> None:
    with pytest.raises(OutOfRange, match=said):
        counts_in_bins(photons["bb"], 100.0, edges)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda m, e: -e, "dN/dE in 1/GeV = -"),
        (lambda m, e: np.nan * e, "dN/dE in 1/GeV = nan"),
        (lambda m, e: 1.0, r"gave the shape \(\) for"),
    ],
)
def test_a_function_that_gives_no_spectrum_is_refused(function: object, said: str) -> None:
    spectrum = FunctionSpectrum(function, "odd")  # type: ignore[arg-type]
    with pytest.raises(OutOfRange, match=f"spectrum odd.*{said}"):
        counts_in_bins(spectrum, 100.0, [1.0, 100.0])


def test_a_line_of_one_per_cent_is_seen() -> None:
    def line(mass: float, energy: Array) -> Array:
        width = 0.01 * 31.4
        return np.asarray(np.exp(-0.5 * ((energy - 31.4) / width) ** 2) / np.sqrt(2 * np.pi) / width)

    for low in np.geomspace(0.01, 1, 7):
        found = counts_in_bins(FunctionSpectrum(line, "line"), 100.0, [low, 100.0])
        assert found[0] == pytest.approx(1, rel=1e-6)


@given(edges=st.lists(st.floats(0.2, 99), min_size=2, max_size=2, unique=True))
def test_a_box_with_sharp_edges_holds_what_it_should(edges: list[float]) -> None:
    low, high = sorted(edges)

    def box(mass: float, energy: Array) -> Array:
        return np.asarray(np.where((energy > low) & (energy < high), 4.0, 0.0))

    spectrum = FunctionSpectrum(box, "box")
    if high > 1.05 * low:
        bins = np.append(EDGES[EDGES < 100.0], 100.0)
        wanted = 4 * np.clip(np.minimum(high, bins[1:]) - np.maximum(low, bins[:-1]), 0, None)
        np.testing.assert_allclose(counts_in_bins(spectrum, 100.0, bins), wanted, atol=1e-3 * wanted.sum())


def test_a_peak_that_quadrature_cannot_settle_is_refused() -> None:
    def comb(mass: float, energy: Array) -> Array:
        return np.asarray(np.where(np.sin(1e7 * energy) > 0, 1.0, 0.0))

    def pole(mass: float, energy: Array) -> Array:
        return np.asarray(1 / np.abs(energy - 31.4159))

    for function in (comb, pole):
        with pytest.raises(OutOfRange, match="spectrum odd at 100 GeV is too narrow to integrate"):
            counts_in_bins(FunctionSpectrum(function, "odd"), 100.0, [1.0, 100.0])


def test_shares_and_parts_that_make_no_mixture_are_refused(
    photons: dict[str, TabulatedSpectrum], neutrinos: dict[str, TabulatedSpectrum]
) -> None:
    bb, tautau = photons["bb"], photons["tautau"]
    low = FunctionSpectrum(falling, "low", (0.1, 1.0))
    for fractions, said in (
        ({}, "shares of no spectrum add up to 0"),
        ({bb: 0.8, tautau: 0.3}, "add up to 1.1"),
        ({bb: -0.1, tautau: 0.3}, "share of bb = -0.1 must lie between 0 and 1"),
        ({bb: 0.5, neutrinos["bb"]: 0.5}, "count muon neutrino and photon"),
        ({bb: 0.5, low: 0.5}, "known at no common mass"),
    ):
        with pytest.raises(OutOfRange, match=said):
            Mixture(fractions)  # type: ignore[arg-type]


def test_a_spectrum_of_other_particles_is_refused_where_photons_are_needed(
    photons: dict[str, TabulatedSpectrum], neutrinos: dict[str, TabulatedSpectrum]
) -> None:
    require_particle(photons["bb"], "photon")
    require_particle(FunctionSpectrum(falling, "unsaid"), "photon")
    with pytest.raises(OutOfRange, match="spectrum bb counts muon neutrinos, and photons are needed here"):
        require_particle(neutrinos["bb"], "photon")


def test_a_channels_name_is_no_spectrum() -> None:
    said = r"'bb' is not a spectrum; take read_pppc\(path\)\['bb'\], or FunctionSpectrum\("
    for wrong in (
        lambda: counts_in_bins("bb", 100.0, [1.0, 2.0]),  # type: ignore[arg-type]
        lambda: require_particle("bb", "photon"),  # type: ignore[arg-type]
        lambda: Mixture({"bb": 1.0}),  # type: ignore[dict-item]
    ):
        with pytest.raises(OutOfRange, match=said):
            wrong()
