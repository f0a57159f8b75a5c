"""Files appear whole and together, or not at all; what was there survives every failure."""

import errno
import os
import resource
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vre_dm.errors import NotWritable
from vre_dm.limits.placing import place


def held(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let the kernel refuse larger files, as a full disk does in the middle of a write."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def stopped_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Make the n-th call of a function of `os` receive a real Ctrl-C before it acts."""

    def arrange(name: str, number: int) -> None:
        real, calls = getattr(os, name), iter(range(1, 100))

        def interrupted(source: Path, target: Path) -> None:
            if next(calls) == number:
                signal.raise_signal(signal.SIGINT)
            real(source, target)

        monkeypatch.setattr(os, name, interrupted)

    return arrange


def test_nothing_is_overwritten_unasked_and_nothing_new_appears(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(NotWritable, match=r"b exists in .* stays; move it away"):
        place({"a": "1", "b": "2"}, tmp_path)
    assert held(tmp_path) == {"b": "mine"}


def test_asked_to_it_replaces(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("a longer one")
    assert place({"a": "1", "b": b"2"}, tmp_path, overwrite=True) == [tmp_path / "a", tmp_path / "b"]
    assert held(tmp_path) == {"a": "1", "b": "2"}


def test_text_is_written_as_utf_8_with_its_own_line_ends(tmp_path: Path) -> None:
    (path,) = place({"a": "σ\r\n\n"}, tmp_path)
    assert path.read_bytes() == "σ\r\n\n".encode()


def test_a_name_alone_is_a_file_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (path,) = place({"limits.svg": b"x"}, Path("limits.svg").parent)
    assert path.read_bytes() == (tmp_path / "limits.svg").read_bytes() == b"x"


def test_the_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    (path,) = place({"plot": ""}, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_a_dangling_link_counts_as_a_file_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotWritable, match="a exists"):
        place({"a": "1"}, tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_link_is_replaced_and_what_it_points_to_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")
    place({"a": "1"}, tmp_path, overwrite=True)
    assert not (tmp_path / "a").is_symlink()
    assert held(tmp_path) == {"a": "1", "elsewhere": "mine"}


def test_a_file_that_cannot_be_made_takes_the_others_with_it(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="and 1 more: File name too long; nothing was changed"):
        place({"a": "1", "x" * 300: "2"}, tmp_path)
    assert held(tmp_path) == {}


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_disk_that_fills_up_leaves_what_was_there_and_no_other(tmp_path: Path, overwrite: bool) -> None:
    before = {"a": "old", "b": "old"} if overwrite else {}
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    with (
        pytest.raises(NotWritable, match=r"File too large; .* choose a folder .* has room"),
        no_file_above(1000),
    ):
        place({"a": "1", "b": "2" * 5000}, tmp_path, overwrite=overwrite)
    assert held(tmp_path) == before


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("overwrite", [False, True])
def test_ctrl_c_before_any_step_leaves_all_as_it_was(
    tmp_path: Path, stopped_at: Callable[[str, int], None], overwrite: bool, number: int
) -> None:
    before = {"a": "old", "c": "old"} if overwrite else {}
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    stopped_at("replace" if overwrite else "link", number)
    with pytest.raises(KeyboardInterrupt):
        place({"a": "1", "b": "2", "c": "3"}, tmp_path, overwrite=overwrite)
    assert held(tmp_path) == before


def test_ctrl_c_leaves_a_link_that_was_to_be_replaced(
    tmp_path: Path, stopped_at: Callable[[str, int], None]
) -> None:
    (tmp_path / "a").symlink_to("nowhere")
    stopped_at("replace", 2)
    with pytest.raises(KeyboardInterrupt):
        place({"a": "1", "b": "2"}, tmp_path, overwrite=True)
    assert [(path.name, str(path.readlink())) for path in tmp_path.iterdir()] == [("a", "nowhere")]


def test_what_cannot_be_put_back_is_named_and_nobody_says_that_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, allowed = os.replace, iter([True])

    def failing(source: Path, target: Path) -> None:
        if not next(allowed, False):
            raise OSError(errno.EROFS, "Read-only file system")
        real(source, target)

    for name in "abc":
        (tmp_path / name).write_text("old")
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(NotWritable, match=r"^a in .* changed and cannot be put back: .*Read-only") as refused:
        place({"a": "1", "b": "2", "c": "3"}, tmp_path, overwrite=True)
    assert "nothing was changed" not in str(refused.value)


def test_a_folder_where_a_file_should_be_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "b" / "inside").mkdir(parents=True)
    for files in ({"a": "1", "b": "2"}, {"b": "2", "a": "1"}):
        with pytest.raises(NotWritable, match="Is a directory; nothing was changed"):
            place(files, tmp_path, overwrite=True)
    assert (tmp_path / "a").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("there", [False, True])
def test_without_hard_links_files_are_placed_as_carefully(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    def no_links(_: Path, target: Path) -> None:
        if there:
            target.write_text("mine")  # somebody was quicker
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    if there:
        with pytest.raises(NotWritable, match="a exists"):
            place({"a": "1"}, tmp_path)
    else:
        place({"a": "1"}, tmp_path)
    assert held(tmp_path) == {"a": "mine" if there else "1"}


@pytest.mark.parametrize("files", [{"a": "1", "b": "\ud800"}, {"a": "1", "b\0": "2"}])
def test_a_text_or_a_name_that_no_file_can_have_leaves_nothing_behind(
    tmp_path: Path, files: dict[str, str]
) -> None:
    with pytest.raises(
        NotWritable, match=r"(surrogates not allowed|embedded null byte); nothing was changed"
    ):
        place(files, tmp_path)
    assert held(tmp_path) == {}


def test_a_folder_that_is_not_there_or_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name, reason in {"gone": "No such file", "file": "Not a directory", "x" * 300: "too long"}.items():
        with pytest.raises(NotWritable, match=f"{name[:90]}.*{reason}.*choose a folder that exists"):
            place({"a": "1"}, tmp_path / name)
