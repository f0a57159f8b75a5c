"""The list of images names profiles that are there, and says what each may take."""

from pathlib import Path

import pytest

from builders.images.__main__ import main
from builders.images.catalogue import BASE, GB, chosen, images, registry
from builders.images.errors import ImagesError
from tests.kernels.profiles import written
from vre_dm.kernels.profile import profiles


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return tmp_path / "images.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("base", "demo"):
        written(tmp_path / "profiles", name)
    return tmp_path / "profiles"


def test_every_profile_has_an_image_and_that_of_base_comes_first() -> None:
    found = images()
    assert found[0].name == BASE
    assert {image.name for image in found} == {profile.name for profile in profiles()}


def test_sizes_are_those_that_were_promised() -> None:
    promised = {"base": 1.3, "gamma": 1.9, "km3net": 2.2, "root": 2.6}
    assert {image.name: image.budget for image in images() if image.name in promised} == {
        name: round(size * GB) for name, size in promised.items()
    }


def test_an_image_of_a_profile_that_is_not_there_is_refused(listed: Path, folder: Path) -> None:
    listed.write_text("[base]\nsize = 1\n[borealis]\nsize = 1\n")
    with pytest.raises(ImagesError, match=r"images\.toml names the image borealis: no profile 'borealis'"):
        images(listed, folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[demo]\nsize = 1\n", "names no image base"),
        ("[base]\n", "does not say the size of base"),
        ("base = 1\n", "does not say the size of base"),
        ("[base]\nsize = 1\nfast = true\n", "says fast = True of base, which nothing reads"),
        ("[base]\nsize = '1'\n", "says size = '1' of base"),
        ("[base]\nsize = 1\npython3 = 'other'\n", "has no such kernel"),
        ("[base\n", "cannot be read"),
    ],
)
def test_a_list_that_is_wrong_is_refused(listed: Path, folder: Path, text: str, words: str) -> None:
    listed.write_text(text)
    with pytest.raises(ImagesError, match=words):
        images(listed, folder)


def test_a_profile_of_ones_own_has_an_image_by_two_lines(listed: Path, folder: Path) -> None:
    listed.write_text("[demo]\nsize = 2\npython3 = 'demo'\n[base]\nsize = 1\n")
    assert [image.name for image in images(listed, folder)] == ["base", "demo"]
    assert images(listed, folder)[1].reference("example.org", "1.0") == "example.org/vre-dm-demo:1.0"


def test_images_are_chosen_by_their_names() -> None:
    assert [image.name for image in chosen(["gamma"])] == ["gamma"]
    assert chosen([]) == images()
    with pytest.raises(ImagesError, match="no image 'gama'; there are base, "):
        chosen(["gama"])


def test_the_registry_is_named_beside_the_images(listed: Path, folder: Path) -> None:
    listed.write_text('registry = "ghcr.io/some-team"\n[base]\nsize = 1\n')
    assert registry(listed) == "ghcr.io/some-team"
    assert [image.name for image in images(listed, folder)] == ["base"]


@pytest.mark.parametrize("said", ["", 'registry = ""\n', 'registry = "ghcr.io/Team"\n', "registry = 1\n"])
def test_a_registry_that_none_could_be_is_refused(listed: Path, said: str) -> None:
    listed.write_text(f"{said}[base]\nsize = 1\n")
    with pytest.raises(ImagesError, match="not where images are released, in small letters"):
        registry(listed)


@pytest.mark.parametrize("said", ["https://ghcr.io/team", "ghcr.io/Team", "ghcr.io/team/"])
def test_a_registry_of_the_command_line_is_held_against_the_same(
    said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["publish", "--registry", said]) == 1
    assert f"--registry is '{said}', and not where images are released" in capsys.readouterr().err
