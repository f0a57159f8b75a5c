"""Many files share a sync, and each is told of its own failure only."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vre_dm.lake.transfer import syncing
from vre_dm.lake.transfer.syncing import Syncs


@pytest.fixture
def descriptors(tmp_path: Path) -> Iterator[list[int]]:
    opened = [os.open(tmp_path / str(at), os.O_RDWR | os.O_CREAT) for at in range(20)]
    yield opened
    for descriptor in opened:
        os.close(descriptor)


class Disk:
    """A file system whose first sync takes until it is let go."""

    def __init__(self, answer: int = 0) -> None:
        self.syncs: list[int] = []
        self.begun, self.go, self.answer = threading.Event(), threading.Event(), answer

    def syncfs(self, descriptor: int) -> int:
        self.syncs.append(descriptor)
        self.begun.set()
        self.go.wait(20)
        return self.answer


def together(syncs: Syncs, descriptors: list[int], disk: Disk) -> list[BaseException]:
    """Sync the first; when that runs, all the others, which must wait; then let the disk go on."""
    faults: list[BaseException] = []

    def sync(descriptor: int) -> None:
        try:
            syncs.sync(descriptor)
        except OSError as error:
            faults.append(error)

    threads = [threading.Thread(target=sync, args=(each,)) for each in descriptors]
    threads[0].start()
    disk.begun.wait(20)
    for thread in threads[1:]:
        thread.start()
    (system,) = syncs._systems.values()
    while len(system._turn._waiters) < len(threads) - 1:  # type: ignore[attr-defined]
        threading.Event().wait(0.001)
    disk.go.set()
    for thread in threads:
        thread.join()
    return faults


def test_files_that_wait_for_a_sync_share_the_next(descriptors: list[int], monkeypatch: pytest.MonkeyPatch):
    disk = Disk()
    monkeypatch.setattr(syncing, "_syncfs", disk.syncfs)
    assert together(Syncs(), descriptors, disk) == []
    assert len(disk.syncs) == 2
    assert disk.syncs[0] == descriptors[0]


def test_a_sync_that_began_before_the_bytes_does_not_count(
    descriptors: list[int], monkeypatch: pytest.MonkeyPatch
):
    disk = Disk()
    disk.go.set()
    monkeypatch.setattr(syncing, "_syncfs", disk.syncfs)
    syncs = Syncs()
    for descriptor in descriptors[:3]:
        syncs.sync(descriptor)
    assert disk.syncs == descriptors[:3]


def test_where_all_cannot_be_synced_each_file_is(descriptors: list[int], monkeypatch: pytest.MonkeyPatch):
    disk, synced, real = Disk(answer=-1), [], os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(descriptor)
        if descriptor == descriptors[3]:
            raise OSError(5, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(syncing, "_syncfs", disk.syncfs)
    monkeypatch.setattr(os, "fsync", fsync)
    faults = together(Syncs(), descriptors, disk)
    assert [error.errno for error in faults if isinstance(error, OSError)] == [5]
    assert sorted(synced) == sorted(descriptors)


def counting(calls: list[int]) -> Callable[[int], None]:
    return lambda descriptor: calls.append(descriptor)


@pytest.mark.parametrize("size", [syncing._SMALL, syncing._SMALL - 1])
def test_a_large_file_is_synced_alone(size: int, descriptors: list[int], monkeypatch: pytest.MonkeyPatch):
    disk, alone = Disk(), []
    disk.go.set()
    monkeypatch.setattr(syncing, "_syncfs", disk.syncfs)
    monkeypatch.setattr(os, "fsync", counting(alone))
    os.ftruncate(descriptors[0], size)
    Syncs().sync(descriptors[0])
    large = size >= syncing._SMALL
    assert (alone, disk.syncs) == (([descriptors[0]], []) if large else ([], [descriptors[0]]))


def test_without_syncfs_each_file_is_synced(descriptors: list[int], monkeypatch: pytest.MonkeyPatch):
    alone: list[int] = []
    monkeypatch.setattr(syncing, "_syncfs", None)
    monkeypatch.setattr(os, "fsync", counting(alone))
    for descriptor in descriptors:
        Syncs().sync(descriptor)
    assert alone == descriptors


def test_the_systems_own_call_works(descriptors: list[int]):
    os.write(descriptors[0], b"bytes")
    Syncs().sync(descriptors[0])
