"""The Debian below is pinned by its digest, or is a stand-in that carries a label."""

from pathlib import Path

import pytest

from builders.images.debian import (
    MADE_HERE,
    NAME,
    REFERENCE,
    SCRIPT,
    STAND_IN,
    debian,
    pinned,
    stood_on,
)
from builders.images.engine import Engine
from builders.images.errors import ImagesError, NoEngine
from builders.images.source import OCI
from tests.images.programs import program

DIGEST = "sha256:" + 64 * "a"
PODMAN = Engine(("buildah",), ("podman",))
KNOWN = f"""echo '[{{"RepoDigests": ["{NAME}@{DIGEST}"]}}]'"""
STANDS_IN = f"""echo '[{{"Config": {{"Labels": {{"{STAND_IN}": "true"}}}}}}]'"""


def say(text: str) -> None:
    pass


def test_what_was_pulled_is_named_by_its_digest(path: Path) -> None:
    program(path, "buildah", "exit 0")
    program(path, "podman", KNOWN)
    found = debian(PODMAN, say)
    assert found.reference == f"{NAME}@{DIGEST}"
    assert (found.digest, found.name) == (DIGEST, REFERENCE)


def test_what_was_pulled_and_has_no_digest_is_not_built_on() -> None:
    for said in ({}, {"RepoDigests": None}, {"RepoDigests": ["localhost/other@" + DIGEST]}):
        with pytest.raises(ImagesError, match="cannot be pinned"):
            pinned(said)


def test_a_digest_that_is_asked_for_is_the_one_that_is_pulled(path: Path, tmp_path: Path) -> None:
    program(path, "buildah", f'echo "$@" > {tmp_path}/said')
    found = debian(PODMAN, say, digest=DIGEST)
    assert found.reference == f"{NAME}@{DIGEST}"
    assert (tmp_path / "said").read_text().split()[-1] == f"{NAME}@{DIGEST}"
    program(path, "buildah", "exit 1")
    with pytest.raises(ImagesError, match="cannot be pulled; leave --debian out"):
        debian(PODMAN, say, digest=DIGEST)


def test_a_stand_in_that_is_here_is_taken_where_no_registry_answers(path: Path) -> None:
    said: list[str] = []
    program(path, "buildah", "exit 1")
    program(path, "podman", f'case "$3" in {MADE_HERE}) {STANDS_IN};; *) exit 1;; esac')
    found = debian(PODMAN, said.append)
    assert (found.reference, found.digest, found.name) == (MADE_HERE, "", MADE_HERE)
    assert "nothing on it can be published" in said[0]


def test_a_debian_that_is_here_is_taken_and_left_as_it_is_where_no_registry_answers(
    path: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    program(path, "buildah", "exit 1")
    program(path, "mmdebstrap", ":")
    imports = f"import) : > {tmp_path}/imported;;"
    program(path, "podman", f'case "$1" in image) {KNOWN};; {imports} esac')
    found = debian(PODMAN, said.append)
    # that an engine knows a digest does not mean that a registry does
    assert (found.reference, found.digest) == (REFERENCE, "")
    assert "nothing can be published" in said[0]
    assert not (tmp_path / "imported").exists()


def test_without_what_makes_a_stand_in_the_text_says_what_to_install(path: Path) -> None:
    program(path, "buildah", "exit 1")
    program(path, "podman", "exit 1")
    with pytest.raises(NoEngine, match="apt-get install mmdebstrap"):
        debian(PODMAN, say)


def test_a_stand_in_that_is_made_carries_the_label_and_no_name_of_debians(path: Path, tmp_path: Path) -> None:
    program(path, "mmdebstrap", ":")
    program(path, "podman", f'case "$1" in image) exit 1;; import) echo "$@" > {tmp_path}/said;; esac')
    for name in ("bash", "sh"):
        (path / name).symlink_to(f"/bin/{name}")
    debian(PODMAN, say, stand_in=True)
    said = (tmp_path / "said").read_text()
    assert f"LABEL {STAND_IN}=true" in said
    assert said.split()[-1] == MADE_HERE
    assert "docker.io" not in said


def test_an_image_says_by_its_labels_which_debian_it_stands_on() -> None:
    assert stood_on({f"{OCI}.base.digest": DIGEST, f"{OCI}.base.name": REFERENCE}) == f"{NAME}@{DIGEST}"
    assert stood_on({f"{OCI}.base.digest": "", f"{OCI}.base.name": MADE_HERE}) == MADE_HERE
    assert stood_on({}) == REFERENCE


def test_the_script_names_no_mirror() -> None:
    assert "http" not in SCRIPT.read_text()
