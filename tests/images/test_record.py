"""The last trial of an image is told of the packages that were tried, and of no others."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from builders.images.catalogue import images
from builders.images.errors import ImagesError
from builders.images.record import Trial, record, trial
from builders.images.testing import Tried
from vre_dm.kernels.profile import Profile

DAY = date(2026, 1, 31)
BASE, OTHER, *_ = images()


def test_a_trial_is_told_until_the_lock_is_another(tmp_path: Path) -> None:
    there, folder = tmp_path / "tried.json", tmp_path / BASE.name
    shutil.copytree(BASE.profile.folder, folder)
    record([Tried(replace(BASE, profile=Profile(folder)), 1_234_567_890)], DAY, there)
    found = trial(Profile(folder), there)
    assert found is not None
    assert (found.size, found.day) == (1.23, "2026-01-31")
    (folder / "requirements.txt").write_text("numpy==2.5.5\n")
    assert trial(Profile(folder), there) is None


def test_what_was_not_tried_now_stays_as_it_was(tmp_path: Path) -> None:
    there = tmp_path / "tried.json"
    assert trial(BASE.profile, there) is None
    record([Tried(BASE, 10**9)], DAY, there)
    record([Tried(OTHER, 2 * 10**9)], date(2026, 2, 1), there)
    days = [found.day for each in (BASE, OTHER) if isinstance(found := trial(each.profile, there), Trial)]
    assert days == ["2026-01-31", "2026-02-01"]


def test_of_a_trial_with_a_fault_nothing_is_written(tmp_path: Path) -> None:
    there = tmp_path / "tried.json"
    with pytest.raises(ImagesError, match=f"^{OTHER.name} has faults, so nothing was recorded: mend them"):
        record([Tried(BASE, 10**9), Tried(OTHER, 10**9, faults=["no kernel"])], DAY, there)
    assert not there.exists()
