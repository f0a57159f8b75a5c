"""An environment takes from another one the large files that are the same, and no others."""

import subprocess
import sys
from pathlib import Path

import pytest

from builders.images.catalogue import ROOT

LARGE = "x" * 70_000


@pytest.fixture
def environments(tmp_path: Path) -> tuple[Path, Path]:
    """Two environments, by their folders of packages."""
    found = [tmp_path / name / "lib/python3.11/site-packages" for name in ("kernel", "lab")]
    for each in found:
        (each / "package").mkdir(parents=True)
    return found[0], found[1]


def share(tmp_path: Path) -> str:
    words = [sys.executable, ROOT / "images" / "share.py", tmp_path / "kernel", tmp_path / "lab"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_what_is_the_same_becomes_a_link(tmp_path: Path, environments: tuple[Path, Path]) -> None:
    for each in environments:
        (each / "package" / "library.so").write_text(LARGE)
    assert share(tmp_path).startswith("0 MB")
    kernel, lab = (each / "package" / "library.so" for each in environments)
    assert kernel.readlink() == lab
    assert kernel.read_text() == LARGE


@pytest.mark.parametrize("other", [LARGE[:-1] + "y", LARGE + "x", None])
def test_what_differs_or_is_not_there_stays(
    tmp_path: Path, environments: tuple[Path, Path], other: str | None
) -> None:
    kernel, lab = (each / "package" / "library.so" for each in environments)
    kernel.write_text(LARGE)
    if other is not None:
        lab.write_text(other)
    share(tmp_path)
    assert not kernel.is_symlink()
    assert kernel.read_text() == LARGE


def test_modules_small_files_and_links_stay_as_they_are(
    tmp_path: Path, environments: tuple[Path, Path]
) -> None:
    kernel, lab = environments
    for each in environments:
        (each / "package" / "small.so").write_text("x")
        (each / "package" / "module.py").write_text(LARGE)
        (each / "package" / "real.so").write_text(LARGE)
    (lab / "package" / "library.so").symlink_to("real.so")
    (kernel / "package" / "library.so").write_text(LARGE)
    share(tmp_path)
    assert not [path for path in kernel.rglob("*") if path.is_symlink() and path.name != "real.so"]


def test_what_is_said_of_a_package_stays_in_its_own_environment(
    tmp_path: Path, environments: tuple[Path, Path]
) -> None:
    for each in environments:
        (each / "package-1.dist-info").mkdir()
        (each / "package-1.dist-info" / "METADATA").write_text(LARGE)
    share(tmp_path)
    assert not (environments[0] / "package-1.dist-info" / "METADATA").is_symlink()
