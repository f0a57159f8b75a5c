"""CMS's pairs of muons are read with units, and simulated ones are like them; what is neither is refused."""

from pathlib import Path

import numpy as np
import pytest
import uproot
import xarray as xr

from tests.physics.compression.conftest import CMS
from vre_dm.errors import OutOfRange
from vre_dm.physics.compression.dimuons import MUON_GEV, UNITS, pair_mass_gev, read_dimuons
from vre_dm.physics.compression.toy import ETA, PT_GEV, toy_dimuons


def test_the_lakes_candidates_are_read_with_units(cms: xr.Dataset) -> None:
    assert cms.sizes == {"candidate": 2304}
    assert {name: column.attrs["units"] for name, column in cms.data_vars.items()} == UNITS
    np.testing.assert_allclose(pair_mass_gev(cms), cms["mass"], rtol=1e-7)


def test_most_pairs_are_in_the_file_four_times(cms: xr.Dataset) -> None:
    events, rows = np.unique(cms["event"], return_counts=True)
    assert len(events) == 500
    assert np.sum(rows == 4) == 450


def rewritten(folder: Path, change: str) -> Path:
    with uproot.open(CMS) as file:
        columns = file["events"].arrays(library="np")
    if change == "missing":
        del columns["muon2_pz"]
    elif change == "empty":
        columns = {name: values[:0] for name, values in columns.items()}
    elif change == "nan":
        columns["muon1_E"][6] = np.nan
    else:
        columns["mass"][9] *= 1000  # MeV
    path = folder / "pairs.root"
    with uproot.recreate(path) as file:
        tree = "candidates" if change == "tree" else "events"
        file.mktree(tree, {name: values.dtype for name, values in columns.items()})
        file[tree].extend(columns)
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("missing", "pairs.root is no table of muon pairs: tree 'events' has no column 'muon2_pz'"),
        ("empty", "pairs.root is no table of muon pairs: tree 'events' has no row"),
        ("nan", "pairs.root, column muon1_E, row 7: not a finite number"),
        ("unit", r"pairs.root, column mass, row 10: .* GeV, but the momenta give"),
        ("tree", "pairs.root should be a ROOT file with a tree 'events'"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_name(tmp_path: Path, change: str, told: str) -> None:
    with pytest.raises(OutOfRange, match=told):
        read_dimuons(rewritten(tmp_path, change))


def test_what_is_no_root_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pairs.root").write_bytes(b"PAR1 no root")
    for path in (tmp_path / "pairs.root", tmp_path / "none.root"):
        with pytest.raises(OutOfRange, match=f"{path.name} should be a ROOT file"):
            read_dimuons(path)


def test_a_damaged_file_is_refused_with_its_name_or_gives_what_is_sound(tmp_path: Path) -> None:
    whole, path, refused = CMS.read_bytes(), tmp_path / "pairs.root", 0
    for seed in range(40):
        rng, damaged = np.random.default_rng(seed), bytearray(whole)
        for at in rng.integers(len(whole), size=3):
            damaged[at] ^= 0xFF
        path.write_bytes(damaged)
        try:
            read_dimuons(path)
        except OutOfRange as error:
            assert "pairs.root" in str(error)  # noqa: PT017 - some damage lies where nothing is read
            refused += 1
    assert refused > 20


def test_momenta_in_another_unit_or_missing_give_no_mass(cms: xr.Dataset) -> None:
    in_mev = cms.assign(muon1_px=cms["muon1_px"].assign_attrs(units="MeV"))
    with pytest.raises(OutOfRange, match="column muon1_px must be in 'GeV', and is in 'MeV'"):
        pair_mass_gev(in_mev)
    with pytest.raises(OutOfRange, match="no column muon2_E"):
        pair_mass_gev(cms.drop_vars("muon2_E"))


def test_simulated_pairs_are_muons_of_opposite_charge_inside_the_acceptance(toy: xr.Dataset) -> None:
    assert toy.sizes == {"candidate": 20_000}
    assert set(toy.data_vars) == set(UNITS)
    assert np.all(toy["muon1_charge"] == -toy["muon2_charge"])
    for which in (1, 2):
        energy, pt = toy[f"muon{which}_E"], toy[f"muon{which}_pt"]
        x, y, z = (toy[f"muon{which}_p{axis}"] for axis in "xyz")
        np.testing.assert_allclose(energy**2 - x**2 - y**2 - z**2, MUON_GEV**2, atol=1e-6)
        np.testing.assert_allclose(np.hypot(x, y), pt, rtol=1e-12)
        np.testing.assert_allclose(np.arctan2(y, x), toy[f"muon{which}_phi"], atol=1e-12)
        np.testing.assert_allclose(np.arcsinh(z / pt), toy[f"muon{which}_eta"], atol=1e-12)
        assert pt.min() > PT_GEV
        assert np.abs(toy[f"muon{which}_eta"]).max() < ETA
    np.testing.assert_allclose(pair_mass_gev(toy), toy["mass"], rtol=1e-12)


def test_the_same_seed_gives_the_same_pairs() -> None:
    first, again, other = (toy_dimuons(50, np.random.default_rng(seed)) for seed in (3, 3, 4))
    xr.testing.assert_identical(first, again)
    assert not np.any(first["mass"].to_numpy() == other["mass"].to_numpy())


@pytest.mark.parametrize("pairs", [0, -5, 10_000_001, 2.5])
def test_a_number_of_pairs_that_makes_no_sense_is_refused(pairs: int) -> None:
    with pytest.raises(OutOfRange, match=f"number of toy pairs {pairs} must lie between 1 and 10000000"):
        toy_dimuons(pairs, np.random.default_rng(1))
