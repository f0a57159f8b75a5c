"""The Debian below is pinned by its digest, or is a stand-in that carries a label."""

import subprocess
from pathlib import Path

import pytest

from builders.images.debian import REFERENCE, SCRIPT, STAND_IN, debian, pinned
from builders.images.engine import Engine
from builders.images.errors import ImagesError, NoEngine
from tests.images.programs import program

DIGEST = "sha256:" + 64 * "a"
PODMAN = Engine(("buildah",), ("podman",))


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_what_was_pulled_is_named_by_its_digest(path: Path) -> None:
    program(path, "buildah", "exit 0")
    program(path, "podman", f"""echo '[{{"RepoDigests": ["docker.io/library/debian@{DIGEST}"]}}]'""")
    found = debian(PODMAN, lambda text: None)
    assert found.reference == f"docker.io/library/debian@{DIGEST}"
    assert found.digest == DIGEST


def test_what_was_pulled_and_has_no_digest_is_not_built_on() -> None:
    for said in ({}, {"RepoDigests": None}, {"RepoDigests": ["localhost/other@" + DIGEST]}):
        with pytest.raises(ImagesError, match="cannot be pinned"):
            pinned(said)


def test_a_stand_in_that_is_here_is_taken_where_no_registry_answers(path: Path) -> None:
    said: list[str] = []
    program(path, "buildah", "exit 1")
    program(path, "podman", f"""echo '[{{"Config": {{"Labels": {{"{STAND_IN}": "true"}}}}}}]'""")
    found = debian(PODMAN, said.append)
    assert (found.reference, found.digest) == (REFERENCE, "")
    assert "nothing can be published" in said[0]


def test_without_what_makes_a_stand_in_the_text_says_what_to_install(path: Path) -> None:
    program(path, "buildah", "exit 1")
    program(path, "podman", "exit 1")
    with pytest.raises(NoEngine, match="apt-get install mmdebstrap"):
        debian(PODMAN, lambda text: None)


def test_a_stand_in_that_is_made_carries_the_label(path: Path, tmp_path: Path) -> None:
    program(path, "mmdebstrap", ":")
    program(path, "podman", f'case "$1" in image) exit 1;; import) echo "$@" > {tmp_path}/said;; esac')
    for name in ("bash", "sh"):
        (path / name).symlink_to(f"/bin/{name}")
    debian(PODMAN, lambda text: None, stand_in=True)
    said = (tmp_path / "said").read_text()
    assert f"LABEL {STAND_IN}=true" in said
    assert said.split()[-1] == REFERENCE


def test_the_script_names_no_mirror_and_is_sound() -> None:
    text = SCRIPT.read_text()
    assert "http" not in text
    subprocess.run(["bash", "-n", str(SCRIPT)], check=True)
