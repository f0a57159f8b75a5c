"""The name of a file says how a plot is saved; a name that cannot be is refused, and an old plot survives."""

from pathlib import Path

import pytest

from tests.limits.conftest import make
from vre_dm.errors import NotWritable
from vre_dm.limits.overlay import overlay
from vre_dm.limits.plot.saving import target_of


@pytest.mark.parametrize("name", ["limits.svg", "limits.SVG", "a.b.svg"])
def test_the_ending_is_the_last_part_in_capitals_or_not(name: str) -> None:
    assert target_of(name) == (Path(name), "svg")


def test_a_plot_is_written_over_an_older_one(tmp_path: Path) -> None:
    (tmp_path / "limits.svg").write_text("old")
    assert overlay(make()).save(tmp_path / "limits.svg").read_text().startswith("<?xml")
    assert [path.name for path in tmp_path.iterdir()] == ["limits.svg"]


def test_a_failure_while_writing_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "limits.svg").write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(NotWritable, match="No space left on device"):
        overlay(make()).save(tmp_path / "limits.svg")
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
    assert len(str(refused.value)) < 340
    assert list(tmp_path.iterdir()) == []
