"""Folders of files under embargo are closed, and nothing that is not theirs is, whoever exchanges names."""

import os
import stat
from pathlib import Path

import pytest

from tests.faults.world import registered
from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.closing import close_folders
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.verify import Expected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o755)
    return tmp_path / "data"


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    path = tmp_path / "precious"
    path.write_text("for all to read")
    path.chmod(0o644)
    return path


def item(folder: Path, name: str) -> Item:
    file = registered(b"x", name=name)
    target = folder / file.did.path()
    return Item(file.did, folder, target.parent, target, Expected.of(file), (), ())


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_are_made_closed_and_files_that_are_there_are_closed(folder: Path):
    here = item(folder, "deep/here")
    here.target.parent.mkdir(parents=True)
    here.target.write_text("x")
    here.target.chmod(0o644)
    close_folders([here, item(folder, "other/coming")], folder)
    assert rights(here.target) == 0o600
    assert {rights(folder / "test" / name) for name in (".", "deep", "other")} == {0o700}
    assert rights(folder) == 0o755


def test_a_file_that_is_closed_keeps_its_rights_and_times(folder: Path):
    here = item(folder, "f")
    here.target.parent.mkdir()
    here.target.write_text("x")
    here.target.chmod(0o400)
    before = here.target.stat()
    close_folders([here], folder)
    assert here.target.stat().st_ctime_ns == before.st_ctime_ns
    assert rights(here.target) == 0o400


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_file_at_a_files_name_is_left_as_it_is(kind: str, folder: Path, precious: Path):
    here = item(folder, "f")
    here.target.parent.mkdir()
    if kind == "link":
        here.target.symlink_to(precious)
    elif kind == "pipe":
        os.mkfifo(here.target, 0o644)
    else:
        here.target.mkdir(mode=0o755)
    before = rights(here.target)
    close_folders([here], folder)
    assert rights(here.target) == before


def test_a_file_that_becomes_a_link_while_it_is_closed_closes_nothing_else(
    folder: Path, precious: Path, monkeypatch: pytest.MonkeyPatch
):
    here, true = item(folder, "f"), os.stat
    here.target.parent.mkdir()
    here.target.write_text("x")
    here.target.chmod(0o644)

    def exchanging(path: object, **more: object) -> os.stat_result:
        facts = true(path, **more)
        if path == "f":
            here.target.unlink()
            here.target.symlink_to(precious)
        return facts

    monkeypatch.setattr(os, "stat", exchanging)
    with pytest.raises(NotWritable):
        close_folders([here], folder)
    assert rights(precious) == 0o644


def test_a_folder_that_is_a_link_out_is_refused_and_not_closed(folder: Path, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (folder / "test").symlink_to(elsewhere)
    with pytest.raises(NotWritable, match="leads out of"):
        close_folders([item(folder, "f")], folder)
    assert rights(elsewhere) == 0o755
