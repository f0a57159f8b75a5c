"""Files appear whole and together, or not at all."""

import errno
import os
from pathlib import Path

import pytest

from vre_dm.errors import NotWritable
from vre_dm.limits.interchange import output


def test_nothing_is_overwritten_unasked_and_nothing_new_appears(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(NotWritable, match=r"b exists in .*; move it away, or pass overwrite=True"):
        output.place({"a": "1", "b": "2"}, tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b": "mine"}


def test_asked_to_it_replaces(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    assert output.place({"a": "1", "b": "2"}, tmp_path, overwrite=True) == [tmp_path / "a", tmp_path / "b"]
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "1", "b": "2"}


def test_a_dangling_link_counts_as_a_file_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWritable, match="a exists"):
        output.place({"a": "1"}, tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_that_cannot_be_made_takes_the_others_with_it(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="nothing was written"):
        output.place({"a": "1", "x" * 300: "2"}, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", [False, True])
def test_without_hard_links_files_are_placed_as_carefully(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    def no_links(source: Path, target: Path) -> None:
        if there:
            target.write_text("mine")  # somebody was quicker
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    if there:
        with pytest.raises(NotWritable, match="a exists"):
            output.place({"a": "1"}, tmp_path)
    else:
        output.place({"a": "1"}, tmp_path)
    assert (tmp_path / "a").read_text() == ("mine" if there else "1")


def test_text_that_no_encoding_holds_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="surrogates not allowed; nothing was written"):
        output.place({"a": "1", "b": "\ud800"}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_replacement_that_breaks_off_says_how_far_it_came(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(NotWritable, match="Is a directory; 1 of 2 files are new"):
        output.place({"a": "1", "b": "2"}, tmp_path, overwrite=True)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="No such file or directory"):
        output.place({"a": "1"}, tmp_path / "gone")


def test_an_interruption_between_two_files_leaves_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def interrupted(source: Path, target: Path) -> None:
        if target.name == "b":
            raise KeyboardInterrupt
        link(source, target)

    monkeypatch.setattr(os, "link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.place({"a": "1", "b": "2"}, tmp_path)
    assert list(tmp_path.iterdir()) == []
