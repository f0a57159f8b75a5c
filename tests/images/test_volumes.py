"""Containers that are tried leave nothing on this machine, and meet volumes as Kubernetes mounts them."""

from pathlib import Path

import pytest

from builders.images.container import confined
from builders.images.engine import Engine
from builders.images.errors import ImagesError
from builders.images.volumes import two_starts
from tests.images.programs import program

PODMAN = Engine(("buildah",), ("podman",))


def test_a_home_that_is_tried_is_no_folder_of_this_machine() -> None:
    # a stranger's files in one could be removed by nobody but root
    volumes = [option for option in confined("2g") if option.startswith("--volume")]
    assert volumes == ["--volume=/home/jovyan"]


def test_kubelet_comes_before_each_start_and_the_volume_goes_at_the_end(path: Path, tmp_path: Path) -> None:
    answers = """case "$*" in *"- lake") echo '{"seconds": 1}';; esac"""
    program(path, "podman", f'echo "$*" >> {tmp_path}/said; {answers}')
    assert two_starts(PODMAN, "localhost/x") == [1.0, 1.0]
    steps = ("volume create", "chmod 2775", "g+s", "--detach", "- lake", "volume rm")
    said = (tmp_path / "said").read_text().splitlines()
    assert all("VRE_DM_CLOSE_TO_GROUP=yes" in line for line in said if "--detach" in line)
    start = ["g+s", "--detach", "- lake"]
    assert [step for line in said for step in steps if step in line] == [
        "volume create",
        "chmod 2775",
        *start,
        *start,
        "volume rm",
    ]


def test_a_lake_that_does_not_start_again_is_told_and_leaves_no_volume(path: Path, tmp_path: Path) -> None:
    answers = 'case "$*" in *"- lake") echo "others can write it" >&2; exit 1;; esac'
    program(path, "podman", f'echo "$*" >> {tmp_path}/said; {answers}')
    with pytest.raises(ImagesError, match="lake fails: others can write it"):
        two_starts(PODMAN, "localhost/x")
    assert "volume rm" in (tmp_path / "said").read_text().splitlines()[-1]
