"""Many files share a sync, and each is told of its own failure only."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vre_dm.lake.transfer import syncing
from vre_dm.lake.transfer.syncing import make_durable


@pytest.fixture
def descriptors(tmp_path: Path) -> Iterator[list[int]]:
    opened = [os.open(tmp_path / str(at), os.O_RDWR | os.O_CREAT) for at in range(20)]
    yield opened
    for descriptor in opened:
        os.close(descriptor)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Files that were synced each for itself; the fourth fails."""
    synced: list[int] = []

    def fsync(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 4:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    return synced


def whole(answer: int, calls: list[int]) -> Callable[[int], int]:
    """A file system that is synced as a whole, or refuses."""

    def syncfs(descriptor: int) -> int:
        calls.append(descriptor)
        return answer

    return syncfs


def test_many_files_share_one_sync(descriptors: list[int], alone: list[int], monkeypatch: pytest.MonkeyPatch):
    calls: list[int] = []
    monkeypatch.setattr(syncing, "_syncfs", whole(0, calls))
    assert make_durable(descriptors) == {}
    assert (len(calls), alone) == (1, [])


def test_files_of_two_file_systems_are_synced_on_each(
    descriptors: list[int], alone: list[int], monkeypatch: pytest.MonkeyPatch
):
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == os.fstat(descriptors[0]).st_dev:
        pytest.skip("needs a second file system")
    calls: list[int] = []
    monkeypatch.setattr(syncing, "_syncfs", whole(0, calls))
    other = [os.open(shared, os.O_TMPFILE | os.O_RDWR) for _ in range(2)]
    try:
        assert make_durable([*descriptors, *other]) == {}
    finally:
        for descriptor in other:
            os.close(descriptor)
    assert sorted(calls) == sorted([descriptors[0], other[0]])


def test_one_file_does_not_pay_for_what_others_write(
    descriptors: list[int], alone: list[int], monkeypatch: pytest.MonkeyPatch
):
    calls: list[int] = []
    monkeypatch.setattr(syncing, "_syncfs", whole(0, calls))
    assert make_durable(descriptors[:1]) == {}
    assert (calls, alone) == ([], descriptors[:1])


@pytest.mark.parametrize("syncfs", [None, whole(-1, [])])
def test_where_all_cannot_be_synced_each_file_is_and_hears_of_its_own_failure(
    syncfs: Callable[[int], int] | None,
    descriptors: list[int],
    alone: list[int],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(syncing, "_syncfs", syncfs)
    failed = make_durable(descriptors)
    assert {descriptor: error.errno for descriptor, error in failed.items()} == {descriptors[3]: 5}
    assert alone == descriptors


def test_the_systems_own_call_works(descriptors: list[int]):
    for descriptor in descriptors:
        os.write(descriptor, b"bytes")
    assert make_durable(descriptors) == {}
