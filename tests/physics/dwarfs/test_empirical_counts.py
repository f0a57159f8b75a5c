"""Backgrounds sampled on blank sky make likelihoods and pseudo-experiments, and say what they never had."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson

from tests.physics.dwarfs.conftest import SEED
from vre_dm.errors import OutOfRange
from vre_dm.limits.checks import check
from vre_dm.physics.dwarfs.curves import stack_curve
from vre_dm.physics.dwarfs.empirical_counts import (
    EDGES_MEV,
    MADHAT_2024,
    EmpiricalCounts,
    expected_limits,
    read_counts,
    read_dwarf_set,
)
from vre_dm.physics.dwarfs.roster import Roster
from vre_dm.physics.dwarfs.stack import DwarfStack
from vre_dm.physics.spectra import TabulatedSpectrum, counts_in_bins, read_pppc

MADHAT = SEED / "madhat"
COUNTS, BACKGROUNDS = MADHAT / "madhat.counts.parquet", MADHAT / "madhat.backgrounds.parquet"


@pytest.fixture(scope="module")
def counts() -> EmpiricalCounts:
    return read_counts(COUNTS, BACKGROUNDS)


@pytest.fixture(scope="module")
def few() -> Roster:
    return read_dwarf_set(MADHAT / "madhat.set1.parquet").only("MADHAT 14", "MADHAT 46", "MADHAT 56")


@pytest.fixture(scope="module")
def bb() -> TabulatedSpectrum:
    return read_pppc(SEED / "pppc4dmid" / "pppc4dmid.gamma.ew.parquet")["bb"]


def _first(counts: EmpiricalCounts, many: int) -> EmpiricalCounts:
    return EmpiricalCounts(
        targets=counts.targets[:many],
        photons=counts.photons[:many],
        exposure_cm2_s=counts.exposure_cm2_s[:many],
        background=counts.background[:many],
    )


def test_a_table_is_the_sum_over_all_backgrounds(counts: EmpiricalCounts) -> None:
    table = counts.tables(["MADHAT 14"]).sel(target="MADHAT 14")  # type: ignore[arg-type]
    row = counts.targets.index("MADHAT 14")
    for column in (0, 7, 15):
        seen, chances = counts.photons[row, column], counts.background[row, column]
        signal = table["flux"].to_numpy()[column] * counts.exposure_cm2_s[row, column]
        terms = chances[: seen + 1] * poisson.pmf(seen - np.arange(seen + 1), signal[:40, None])
        by_hand = np.log(terms.sum(axis=1))
        np.testing.assert_allclose(table["lnL"].to_numpy()[column, :40], by_hand, atol=1e-9)


def test_spectra_agree_with_the_release_s_own(bb: TabulatedSpectrum) -> None:
    release = pd.read_parquet(MADHAT / "madhat.spectrum.bb.parquet")
    photons = [counts_in_bins(bb, mass, EDGES_MEV / 1e3).sum() for mass in release["mDM_GeV"]]
    np.testing.assert_allclose(photons, release["photons"], rtol=5e-3)


def test_drawn_photons_follow_the_backgrounds(counts: EmpiricalCounts) -> None:
    rng, some = np.random.default_rng(20), _first(counts, 5)
    drawn = np.array([some.drawn(rng) for _ in range(300)])
    numbers = np.arange(some.background.shape[2])
    mean = some.background @ numbers
    spread = np.sqrt(some.background @ numbers**2 - mean**2)
    pulls = (drawn.mean(axis=0) - mean) / (spread / np.sqrt(300))
    assert np.abs(pulls).max() < 4.5
    assert 0.7 < pulls.std() < 1.3


def test_expected_limits_are_reproducible_and_become_bands(
    counts: EmpiricalCounts, few: Roster, bb: TabulatedSpectrum
) -> None:
    masses = [20.0, 200.0]
    first, again = (
        expected_limits(counts, few, bb, masses, rng=np.random.default_rng(7), experiments=many)
        for many in (20, 2)
    )
    np.testing.assert_array_equal(first[:2], again)
    stack = DwarfStack(counts.tables(few), few)
    curve = stack_curve(stack, bb, masses, origin=MADHAT_2024, expected=first)
    assert not check(curve)
    np.testing.assert_allclose(curve.column("median_cm3_s"), np.median(first, axis=0))


def test_photons_that_blank_sky_never_had_are_refused(counts: EmpiricalCounts) -> None:
    with pytest.raises(OutOfRange, match="MADHAT 88, energy bin 1: blank sky never had 238 photons"):
        counts.tables(["MADHAT 88"])  # type: ignore[arg-type]


def test_files_in_each_other_s_place_or_with_a_gap_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutOfRange, match=r"madhat\.backgrounds\.parquet is not a table of photons"):
        read_counts(BACKGROUNDS, COUNTS)
    with pytest.raises(OutOfRange, match="is not a table of J factors"):
        read_dwarf_set(COUNTS)
    pd.read_parquet(COUNTS).drop(index=20).to_parquet(tmp_path / "counts.parquet")
    with pytest.raises(OutOfRange, match=r"counts\.parquet, row 21: a gap"):
        read_counts(tmp_path / "counts.parquet", BACKGROUNDS)
    pd.read_parquet(COUNTS).iloc[:160].to_parquet(tmp_path / "counts.parquet")
    with pytest.raises(OutOfRange, match="other dwarfs"):
        read_counts(tmp_path / "counts.parquet", BACKGROUNDS)


def test_uncertainties_that_differ_are_no_log_normal_j(tmp_path: Path) -> None:
    frame = pd.read_parquet(MADHAT / "madhat.set1.parquet").assign(sigma_up_dex=0.9)
    frame.to_parquet(tmp_path / "set.parquet")
    with pytest.raises(OutOfRange, match=r"set\.parquet, row 1: J of dwarf 2 has unequal uncertainties"):
        read_dwarf_set(tmp_path / "set.parquet")


def test_chances_that_are_none_are_refused(counts: EmpiricalCounts) -> None:
    one = _first(counts, 1)
    with pytest.raises(OutOfRange, match="MADHAT 1, energy bin 1: probabilities do not add up to one"):
        replace(one, background=0.9 * one.background)
    with pytest.raises(OutOfRange, match="shape"):
        replace(one, targets=("toy", "other"))


def test_no_pseudo_experiment_is_no_band(counts: EmpiricalCounts, few: Roster, bb: TabulatedSpectrum) -> None:
    with pytest.raises(OutOfRange, match="pseudo-experiments"):
        expected_limits(counts, few, bb, [20.0], rng=np.random.default_rng(7), experiments=0)
