"""A build gets what it copies and nothing else, from a wheel that is whole."""

import zipfile
from pathlib import Path

import pytest

from builders.images.building import arguments, fill
from builders.images.catalogue import ROOT, Image, images
from builders.images.debian import Debian
from builders.images.errors import ImagesError
from builders.images.source import DIRTY, Source, source, wheel

SOURCE = Source("1.0", 40 * "a", "2026-11-22T00:00:00+00:00", "https://example.org/vre-dm")
BELOW = Debian("docker.io/library/debian@sha256:1", "sha256:1")


def image(name: str) -> Image:
    (found,) = [each for each in images() if each.name == name]
    return found


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "vre_dm-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        name = "vre_dm-1.0.data/data/share/jupyter/labextensions/vre-dm-lab/package.json"
        archive.writestr(name, "{}")
    return path


def test_the_context_of_base_holds_two_locks_the_wheel_and_what_starts_it(
    tmp_path: Path, packed: Path
) -> None:
    recipe = fill(tmp_path / "context", image("base"), packed)
    assert recipe.name == "base.Containerfile"
    assert {path.name for path in (tmp_path / "context").iterdir()} == {
        "bootstrap.txt",
        "health.py",
        "lake.txt",
        "requirements.txt",
        "start.sh",
        packed.name,
    }


def test_the_context_of_a_kernel_holds_its_profile_and_nothing_that_was_left_there(
    tmp_path: Path, packed: Path
) -> None:
    recipe = fill(tmp_path / "context", image("root"), packed)
    assert recipe.name == "kernel.Containerfile"
    found = {path.relative_to(tmp_path / "context") for path in (tmp_path / "context").rglob("*")}
    assert Path("profiles/root/requirements.txt") in found
    assert Path("profiles/root/kernels/vre-dm-root-cpp/smoke.ipynb") in found
    assert not [path for path in found if path.name.startswith(".")]
    assert {path.parts[0] for path in found} == {"profiles", "share.py"}


def test_every_argument_that_is_given_is_declared(packed: Path) -> None:
    for each in images():
        name = "base" if each.name == "base" else "kernel"
        text = (ROOT / "images" / f"{name}.Containerfile").read_text()
        declared = {
            line.split()[1].partition("=")[0] for line in text.splitlines() if line.startswith("ARG ")
        }
        assert set(arguments(each, SOURCE, BELOW)) <= declared


def test_a_release_stands_on_a_digest_and_says_so() -> None:
    said = arguments(image("base"), SOURCE, BELOW)
    assert said["DEBIAN"] == BELOW.reference
    assert said["BASE_DIGEST"] == BELOW.digest


def test_an_image_of_a_kernel_gets_the_packages_of_its_profile() -> None:
    said = arguments(image("root"), SOURCE, BELOW)
    assert said["PACKAGES"] == "g++ libc6-dev"
    assert said["BASE"] == "localhost/vre-dm-base:1.0"


def test_the_version_is_that_of_the_project_and_the_date_that_of_its_commit() -> None:
    found = source()
    assert len(found.revision.removesuffix(DIRTY)) == 40
    assert found.created.startswith("20")


def test_no_wheel_and_one_without_the_extension_are_refused(tmp_path: Path, packed: Path) -> None:
    assert wheel("1.0", packed.parent) == packed
    with pytest.raises(ImagesError, match=r"holds no wheel of vre-dm 2\.0: make wheel"):
        wheel("2.0", packed.parent)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("vre_dm/__init__.py", "")
    with pytest.raises(ImagesError, match="has no JupyterLab extension in it: make extension"):
        wheel("1.0", packed.parent)


def test_images_of_what_is_no_checkout_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1"\nurls = {Repository = "x"}\n')
    with pytest.raises(ImagesError, match="is no checkout"):
        source(tmp_path)
