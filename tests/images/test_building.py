"""A build gets what it copies and nothing else, from a wheel that is whole."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from builders.images.building import arguments, fill, labels, require_base
from builders.images.catalogue import ROOT, Image, images
from builders.images.debian import Debian
from builders.images.errors import ImagesError
from builders.images.source import DIRTY, OCI, Source, require_whole, source, wheel

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


def git(folder: Path, *words: str) -> None:
    own = ("-c", "user.name=me", "-c", "user.email=me@example.org", "-c", "commit.gpgSign=false")
    subprocess.run(["git", "-C", folder, *own, *words], check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project in one commit, with an extension that was built and is in no commit."""
    root = tmp_path / "checkout"
    for name, text in {
        "pyproject.toml": '[project]\nversion = "1.0"\nurls = {Repository = "x"}\n',
        ".gitignore": "vre_dm/labextension/\n",
        "vre_dm/__init__.py": "x = 1\n",
        "locks/lake.txt": "rucio==1\n",
        "images/profiles/a/card.yaml": "title: a\n",
        "vre_dm/labextension/package.json": "{}",
        "extension/install.json": "{}",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(tmp_path, "init", "--quiet", "checkout")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=all")
    return root


def written(packed: Path, root: Path) -> None:
    """Write the wheel of a project."""
    lab = "vre_dm-1.0.data/data/share/jupyter/labextensions/vre-dm-lab"
    with zipfile.ZipFile(packed, "w") as archive:
        for name, path in {
            "vre_dm/__init__.py": "vre_dm/__init__.py",
            "vre_dm/share/locks/lake.txt": "locks/lake.txt",
            "vre_dm/share/images/profiles/a/card.yaml": "images/profiles/a/card.yaml",
            f"{lab}/package.json": "vre_dm/labextension/package.json",
            f"{lab}/install.json": "extension/install.json",
        }.items():
            archive.write(root / path, name)
        archive.writestr("vre_dm-1.0.dist-info/METADATA", "Name: vre-dm\n")


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
    assert arguments(image("base"), SOURCE, BELOW) == {"DEBIAN": BELOW.reference}
    assert labels(image("base"), SOURCE, BELOW)[f"{OCI}.base.digest"] == BELOW.digest


def test_labels_are_of_this_commit_and_no_recipe_has_one_that_a_cache_could_keep() -> None:
    said = labels(image("root"), SOURCE, BELOW)
    assert said[f"{OCI}.revision"] == SOURCE.revision
    assert said["vre-dm.profile"] == "root"
    for name in ("base", "kernel"):
        assert "LABEL " not in (ROOT / "images" / f"{name}.Containerfile").read_text()


def test_an_image_of_a_kernel_gets_the_packages_of_its_profile() -> None:
    said = arguments(image("root"), SOURCE, BELOW)
    assert said["PACKAGES"] == "g++ libc6-dev"
    assert said["BASE"] == "localhost/vre-dm-base:1.0"


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({f"{OCI}.revision": 40 * "b", f"{OCI}.base.digest": "sha256:1"}, f"has the revision {40 * 'b'}"),
        ({f"{OCI}.revision": 40 * "a" + DIRTY, f"{OCI}.base.digest": "sha256:1"}, f"{DIRTY}, and"),
        ({f"{OCI}.revision": 40 * "a", f"{OCI}.base.digest": "sha256:2"}, "digest sha256:2, and sha256:1 is"),
        ({f"{OCI}.revision": 40 * "a", f"{OCI}.base.digest": ""}, "digest none, and sha256:1 is meant"),
        ({}, "has the revision none"),
    ],
)
def test_no_kernel_is_built_on_a_base_of_another_state_or_debian(labels: dict[str, str], words: str) -> None:
    with pytest.raises(ImagesError, match=f"{words}.*: build it too"):
        require_base(BELOW, SOURCE, labels)


def test_a_kernel_is_built_on_the_base_of_the_same_state_and_debian() -> None:
    require_base(BELOW, SOURCE, {f"{OCI}.revision": SOURCE.revision, f"{OCI}.base.digest": BELOW.digest})
    made_here = Debian("localhost/debian", "", "localhost/debian")
    require_base(made_here, SOURCE, {f"{OCI}.revision": SOURCE.revision, f"{OCI}.base.digest": ""})


def test_every_user_can_run_what_starts_a_container_whoever_cloned_the_project(
    tmp_path: Path, packed: Path
) -> None:
    fill(tmp_path / "context", image("base"), packed)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "context").iterdir()}
    assert {name for name, mode in modes.items() if mode == 0o755} == {"start.sh", "health.py"}
    assert modes["lake.txt"] == 0o644


def test_the_version_is_that_of_the_project_and_the_date_that_of_its_commit() -> None:
    found = source()
    assert len(found.revision.removesuffix(DIRTY)) == 40
    assert found.created.startswith("20")


def test_where_no_wheel_of_the_version_is_the_text_says_what_makes_one(packed: Path) -> None:
    assert wheel("1.0", packed.parent) == packed
    with pytest.raises(ImagesError, match=r"holds no wheel of vre-dm 2\.0: make wheel"):
        wheel("2.0", packed.parent)


def test_a_wheel_without_the_extension_is_refused(packed: Path, checkout: Path) -> None:
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("vre_dm/__init__.py", "x = 1\n")
    with pytest.raises(ImagesError, match="has no JupyterLab extension in it: make extension"):
        require_whole(packed, checkout)


def test_a_wheel_of_what_is_here_is_taken(checkout: Path, packed: Path) -> None:
    written(packed, checkout)
    require_whole(packed, checkout)


@pytest.mark.parametrize(
    "path",
    [
        "vre_dm/__init__.py",
        "locks/lake.txt",
        "images/profiles/a/card.yaml",
        "vre_dm/labextension/package.json",
    ],
)
def test_a_wheel_of_other_files_than_are_here_is_refused(checkout: Path, packed: Path, path: str) -> None:
    written(packed, checkout)
    (checkout / path).write_text("another\n")
    with pytest.raises(
        ImagesError, match=f"was not built of this checkout: .* is not {checkout / path}; make wheel"
    ):
        require_whole(packed, checkout)


def test_a_wheel_that_lacks_a_file_or_has_one_more_is_refused(checkout: Path, packed: Path) -> None:
    written(packed, checkout)
    (checkout / "vre_dm" / "new.py").write_text("x = 2\n")
    git(checkout, "add", "vre_dm/new.py")
    with pytest.raises(ImagesError, match=r"vre_dm/new\.py in it is not"):
        require_whole(packed, checkout)
    git(checkout, "rm", "--quiet", "--force", "vre_dm/new.py", "vre_dm/__init__.py")
    with pytest.raises(ImagesError, match=r"vre_dm/__init__\.py in it is not"):
        require_whole(packed, checkout)


def test_what_is_in_no_commit_is_said_also_of_files_that_git_does_not_know(checkout: Path) -> None:
    assert not source(checkout).revision.endswith(DIRTY)
    (checkout / "notes.txt").write_text("of nobody's concern\n")
    assert not source(checkout).revision.endswith(DIRTY)
    (checkout / "images" / "profiles" / "a" / "secret.pem").write_text("x\n")
    assert source(checkout).revision.endswith(DIRTY)


def test_a_users_own_list_of_files_to_ignore_has_no_say_in_that(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout.parent / "ignored").write_text("*.pem\n")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.excludesFile")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(checkout.parent / "ignored"))
    (checkout / "vre_dm" / "own.pem").write_text("x\n")
    assert source(checkout).revision.endswith(DIRTY)


def test_what_gitignore_names_goes_into_an_image_with_a_profile_and_is_said_too(checkout: Path) -> None:
    own = checkout / "images" / "profiles" / "a"
    (checkout / ".gitignore").write_text("vre_dm/labextension/\nbuild/\n*.egg-info/\n__pycache__/\n.*\n")
    git(checkout, "commit", "--quiet", "--all", "--message=ignore more")
    for name in ("__pycache__/x.pyc", ".ipynb_checkpoints/smoke.ipynb"):
        (own / name).parent.mkdir()
        (own / name).write_text("left out\n")
    assert not source(checkout).revision.endswith(DIRTY)
    (own / "build").mkdir()
    (own / "build" / "made.sh").write_text("x\n")
    assert source(checkout).revision.endswith(DIRTY)


def test_images_of_what_is_no_checkout_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1"\nurls = {Repository = "x"}\n')
    with pytest.raises(ImagesError, match="is no checkout"):
        source(tmp_path)
