"""A folder is opened where its path led when it was seen, or refused: a link never leads a fetch out."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.lake.transfer.conftest import open_at
from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.inside import Inside


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


def opens(inside: Inside, folder: Path, root: Path) -> Path:
    """The folder that was opened, by the name of a file made in it."""
    with inside.opened(folder, root) as descriptor:
        os.close(os.open("mark", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor))
    (mark,) = root.parent.rglob("mark")
    mark.unlink()
    return mark.parent


def test_a_folder_is_made_where_it_is_missing_and_found_again(root: Path):
    inside = Inside()
    for _ in range(2):
        assert opens(inside, root / "scope" / "deep", root) == root / "scope" / "deep"
    (root / "scope" / "deep").rmdir()
    assert opens(inside, root / "scope" / "deep", root) == root / "scope" / "deep"


@pytest.mark.parametrize("gone", ["scope", "data"])
def test_a_folder_that_another_fetch_removes_on_the_way_is_made_again(
    gone: str, root: Path, monkeypatch: pytest.MonkeyPatch
):
    root.mkdir()
    mkdir, ends = os.mkdir, [True, True, True]

    def made(name: str, *how: Any, **more: Any) -> None:
        if ends and gone == "data" and name == "scope":  # its last file was in the folder above
            ends.pop()
            root.rmdir()
        mkdir(name, *how, **more)
        if ends and name == gone == "scope":
            ends.pop()
            (root / "scope").rmdir()

    monkeypatch.setattr(os, "mkdir", made)
    assert opens(Inside(), root / "scope", root) == root / "scope"
    assert ends == []


@pytest.mark.parametrize("seen", [True, False])
def test_a_folder_that_is_a_link_out_is_refused_though_it_was_good(seen: bool, root: Path, tmp_path: Path):
    inside, folder, elsewhere = Inside(), root / "scope", tmp_path / "elsewhere"
    elsewhere.mkdir()
    root.mkdir()
    if seen:
        opens(inside, folder, root)
        folder.rmdir()
    folder.symlink_to(elsewhere)
    for path in (folder, folder / "deep"):
        with pytest.raises(NotWritable, match="leads out of"), inside.opened(path, root):
            pass
    assert list(elsewhere.iterdir()) == []


def test_a_link_to_another_folder_of_the_target_is_the_users_own(root: Path):
    (root / "real").mkdir(parents=True)
    (root / "scope").symlink_to(root / "real")
    inside = Inside()
    for _ in range(2):
        assert opens(inside, root / "scope", root) == root / "real"


def test_what_is_no_folder_is_refused_and_nothing_stays_open(root: Path):
    root.mkdir()
    (root / "scope").write_text("a file")
    before = open_at(root)
    with pytest.raises(NotWritable), Inside().opened(root / "scope", root):
        pass
    assert open_at(root) == before


def test_links_in_a_circle_are_refused(root: Path):
    root.mkdir()
    (root / "scope").symlink_to(root / "scope")
    with pytest.raises(NotWritable, match="leads out of"), Inside().opened(root / "scope", root):
        pass


def test_a_link_in_place_of_the_target_folder_is_not_followed(root: Path, tmp_path: Path):
    inside, elsewhere = Inside(), tmp_path / "elsewhere"
    elsewhere.mkdir()
    opens(inside, root / "scope", root)
    (root / "scope").rmdir()
    root.rmdir()  # as a fetch that ends removes it, empty
    root.symlink_to(elsewhere)
    with pytest.raises(NotWritable), inside.opened(root / "scope", root):
        pass
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(("private", "mode"), [(True, 0o700), (False, 0o755)])
def test_a_folder_that_is_made_again_is_as_closed_as_the_first(private: bool, mode: int, root: Path):
    before = os.umask(0o022)
    try:
        inside = Inside(private=private)
        for _ in range(2):
            opens(inside, root / "scope", root)
            assert (root / "scope").stat().st_mode & 0o777 == mode
            (root / "scope").rmdir()
    finally:
        os.umask(before)
