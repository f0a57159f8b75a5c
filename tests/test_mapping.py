"""What `dm.map` takes: datasets, DIDs, paths, and a place; the rest is refused before it begins."""

import os
from pathlib import Path

import numpy as np
import pytest
import uproot

import vre_dm as dm
from vre_dm.errors import InvalidRun, NotSendable, UnreadableInput


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a colon in its name, in the folder in which the user works; jobs are of this test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "run:7.root"
    with uproot.recreate(path) as root:
        root["events"] = {"x": np.arange(10.0)}
    return path


def total(events: object) -> float:
    return float(np.sum(events.x))  # type: ignore[attr-defined]


def test_a_path_that_looks_like_a_did_is_a_path_if_it_is_there(file: Path):
    assert dm.map(file.name, total, progress=lambda event: None) == 45.0
    (job,) = dm.jobs()
    assert (job.kind, job.what, job.lake) == ("map", "run:7.root", "")
    assert job.outcome().value == 45.0


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("cluster", 'on=.cluster. is no place; use dm.cluster.., "local" or "gateway"'),
        (4, "not a int"),
    ],
)
def test_a_place_that_is_none_is_refused(file: Path, on: object, said: str):
    with pytest.raises(InvalidRun, match=said):
        dm.start_map(file, total, on=on)
    assert dm.jobs() == []


def test_files_are_chosen_among_those_of_a_dataset_only(file: Path):
    with pytest.raises(InvalidRun, match="files= chooses among the files of a dataset"):
        dm.start_map([file], total, files="*.root")


def test_whether_to_fetch_is_asked_of_datasets_only(file: Path):
    with pytest.raises(InvalidRun, match="fetch= is for the files of a dataset"):
        dm.start_map([file], total, fetch=False)
    assert dm.jobs() == []


def test_a_file_that_is_not_there_is_named(file: Path):
    with pytest.raises(UnreadableInput, match=r"missing\.root"):
        dm.start_map([file, "missing.root"], total)


def test_a_function_that_cannot_be_sent_begins_nothing(file: Path):
    with file.open("rb") as stream, pytest.raises(NotSendable, match="uses stream"):
        dm.start_map(file, lambda events: os.fstat(stream.fileno()).st_size)
    assert dm.jobs() == []
