"""PPPC4DMID as the lake has it: what is in the file comes out, and the sums that physics demands hold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.physics.spectra.conftest import FOLDER
from vre_dm.errors import OutOfRange
from vre_dm.physics.spectra import TabulatedSpectrum, counts_in_bins, energy_in_bins, read_pppc

Channels = dict[str, TabulatedSpectrum]
OPENS = {"mumu": 5, "tautau": 5, "cc": 5, "bb": 6, "tt": 180, "WW": 90, "ZZ": 100}
PHOTONS = FOLDER / "pppc4dmid.gamma.ew.parquet"


def test_a_tabulated_point_comes_back(photons: Channels) -> None:
    table = pd.read_parquet(PHOTONS).query("mDM_GeV == 100 and log10x > -3")
    energy = 100 * 10 ** table["log10x"].to_numpy()
    given = photons["bb"].dn_de(100.0, energy) * energy * np.log(10)
    np.testing.assert_allclose(given, table["bb"], rtol=1e-9)


def test_each_channel_begins_where_its_particles_can_be_made(photons: Channels, neutrinos: Channels) -> None:
    for channels in (photons, neutrinos):
        assert {name: found.mass_range_gev for name, found in channels.items()} == {
            name: (low, 1e5) for name, low in OPENS.items()
        }


@pytest.mark.parametrize("channel", list(OPENS))
def test_a_mass_left_out_comes_back_from_its_neighbours(photons: Channels, channel: str) -> None:
    full = photons[channel]
    edges = lambda mass: mass * np.array([1e-3, 1.0])  # noqa: E731
    off = []
    for row in range(1, len(full.masses_gev) - 1):
        without = [np.delete(array, row, axis=0) for array in (full.masses_gev, full.dn_dlog10x)]
        part = TabulatedSpectrum(channel, without[0], full.log10x, without[1])
        mass = full.masses_gev[row]
        off.append((energy_in_bins(part, mass, edges(mass)) / energy_in_bins(full, mass, edges(mass)))[0] - 1)
    assert np.max(np.abs(off)) < 0.01
    assert np.median(np.abs(off)) < 1.1e-3


def test_no_more_energy_comes_out_than_annihilates(photons: Channels, neutrinos: Channels) -> None:
    for mass in (200.0, 1e3, 3.3e4):
        for channel in OPENS:
            edges = [mass * 10**-8.8, mass]
            total = sum(energy_in_bins(found[channel], mass, edges)[0] for found in (photons, neutrinos))
            assert 0.2 * mass < total < 2 * mass


def test_tau_pairs_below_the_weak_scale_know_nothing_of_electroweak_corrections(
    photons: Channels, photons_without_weak: Channels
) -> None:
    edges = np.geomspace(0.5, 50, 6)
    soft = (
        counts_in_bins(photons["tautau"], 50.0, edges),
        counts_in_bins(photons_without_weak["tautau"], 50.0, edges),
    )
    np.testing.assert_allclose(*soft, rtol=0.05)
    heavy = [found["tautau"] for found in (photons, photons_without_weak)]
    with_weak, without = (counts_in_bins(found, 1e4, [1.0, 100.0])[0] for found in heavy)
    assert with_weak > 1.2 * without


def test_particles_are_named_by_the_file(photons: Channels, neutrinos: Channels) -> None:
    assert photons["bb"].particle == "photon"
    assert neutrinos["bb"].particle == "muon neutrino"


def test_an_unknown_channel_lists_the_known_ones(photons: Channels) -> None:
    with pytest.raises(OutOfRange, match="no spectrum of channel 'ee'; there are mumu, tautau, cc, bb, tt"):
        photons["ee"]


def changed(folder: Path, change: str) -> Path:
    table = pd.read_parquet(PHOTONS)
    if change == "gap":
        table = table.drop(index=400)
    elif change == "order":
        table = table.iloc[::-1]
    elif change == "missing":
        table.loc[17, "bb"] = np.nan
    elif change == "negative":
        table.loc[400, "bb"] = -0.1
    elif change == "closed again":
        table.loc[table["mDM_GeV"] == 1000, "bb"] = 0.0
    elif change == "column":
        table = table.rename(columns={"log10x": "x"})
    elif change == "axes only":
        table = table[["mDM_GeV", "log10x"]]
    elif change == "empty":
        table = table.head(0)
    path = folder / "broken.parquet"
    table.to_parquet(path, index=False)
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("gap", r"broken.parquet, row 401: a gap or another order in the grid of mDM_GeV and log10x"),
        ("order", "broken.parquet, row 1: a gap or another order"),
        ("missing", "broken.parquet, column bb, row 18: a number is missing"),
        ("negative", "spectrum bb: dN/dlog10x = -0.1 must lie above 0"),
        ("closed again", "spectrum bb: no particle at 1000 GeV"),
        ("column", "broken.parquet is not a table of PPPC4DMID spectra: it has no column 'log10x'"),
        ("axes only", "broken.parquet is not a table of PPPC4DMID spectra: it has no channel"),
        ("empty", "broken.parquet is not a table of PPPC4DMID spectra: it has no row"),
    ],
)
def test_a_broken_table_is_refused_by_file_and_row(tmp_path: Path, change: str, said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        read_pppc(changed(tmp_path, change))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a table")
    with pytest.raises(OutOfRange, match=r"notes\.txt should be a table of PPPC4DMID spectra, but cannot be"):
        read_pppc(tmp_path / "notes.txt")
