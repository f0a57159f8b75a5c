"""The folders of local clusters: what a look at them leaves, and what it removes."""

import os
import time
from pathlib import Path

import pytest

from vre_dm.compute.cluster.folder import START, ClusterFolder, Contact, Size, found, named
from vre_dm.lake.transfer.owner import FOREIGN_AGE, Owner, myself, nobody

ORDER = Size(1, 1, 500_000_000, 60.0)
ELSEWHERE = Owner("00000000", 1, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "clusters"


def made(root: Path, owner: Owner | None) -> ClusterFolder:
    """A cluster whose process is that one, with keys; a write of them was killed once."""
    folder = ClusterFolder.new(root, ORDER)
    folder.open(Contact("tls://127.0.0.1:1", "a certificate", "a key"))
    (folder.path / "access.0123abcd").write_text("a key")
    if owner is not None:
        (folder.path / "process").write_text(str(owner))
    return folder


def age(folder: ClusterFolder, seconds: float) -> None:
    for path in (folder.path, *folder.path.iterdir()):
        os.utime(path, (time.time() - seconds,) * 2)


def test_keys_of_a_cluster_that_was_killed_go_at_the_next_look(root: Path) -> None:
    made(root, nobody())
    assert found(root) == []
    assert list(root.iterdir()) == []


def test_whoever_starts_a_cluster_removes_them_too(root: Path) -> None:
    killed = made(root, nobody())
    started = ClusterFolder.new(root, ORDER)
    assert not killed.path.exists()
    assert started.path.exists()


def test_a_cluster_that_lives_stays_and_has_its_name(root: Path) -> None:
    lives = made(root, myself())
    assert found(root) == [lives]
    assert named(root, lives.path.name) == lives
    assert named(root, "local-00000000") is None


def test_one_that_starts_stays_and_one_that_never_came_goes(root: Path) -> None:
    starts = made(root, None)
    assert found(root) == [starts]
    assert named(root, starts.path.name) is None  # nothing answers there yet
    age(starts, START + 60)
    assert found(root) == []


def test_one_of_another_machine_stays_while_it_gives_signs_of_life(root: Path) -> None:
    there = made(root, ELSEWHERE)
    age(there, FOREIGN_AGE + 60)
    there.beat()
    assert found(root) == [there]
    assert not there.here
    age(there, FOREIGN_AGE + 60)
    assert found(root) == []


def test_nothing_in_a_folder_that_others_can_change_is_a_cluster(root: Path) -> None:
    made(root, myself())
    root.chmod(0o777)
    assert found(root) == []
    assert named(root, next(root.iterdir()).name) is None


@pytest.mark.parametrize("name", ["local-zz", "local-012345678", "..", "notes"])
def test_what_has_another_name_is_left_alone(root: Path, name: str) -> None:
    root.mkdir(mode=0o700)
    (root / name).mkdir(exist_ok=True)
    assert found(root) == []
    assert (root / name).exists()
