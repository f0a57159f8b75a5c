"""A saved plot is whole or not there, and a file that was there survives a failure."""

import stat
from pathlib import Path

import pytest

from tests.limits.conftest import make
from vre_dm.errors import NotWritable
from vre_dm.limits.overlay import overlay
from vre_dm.limits.plot import saving


def test_a_failure_while_writing_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limits.svg").write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(NotWritable, match="No space left on device"):
        overlay(make()).save(tmp_path / "limits.svg")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("limits.svg", "old")]


def test_the_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "other", saving.write(tmp_path / "plot", b""))
    }
    assert len(modes) == 1


def test_a_plot_is_written_over_an_older_one(tmp_path: Path) -> None:
    for text in (b"a longer one", b"short"):
        saving.write(tmp_path / "limits.svg", text)
    assert (tmp_path / "limits.svg").read_bytes() == b"short"
    assert [path.name for path in tmp_path.iterdir()] == ["limits.svg"]


def test_a_name_alone_is_a_file_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert saving.write(Path("limits.svg"), b"x").read_bytes() == b"x"


def test_an_interruption_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limits.svg").write_text("old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        saving.write(tmp_path / "limits.svg", b"new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("limits.svg", "old")]


@pytest.mark.parametrize(
    "path", [None, 5, b"limits.svg", "", "limits", ".svg", "a\0.svg", "x" * 300 + ".svg"]
)
def test_what_names_no_file_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: object
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotWritable, match="cannot write") as refused:
        overlay(make()).save(path)  # type: ignore[arg-type]
    assert len(str(refused.value)) < 320
    assert list(tmp_path.iterdir()) == []
