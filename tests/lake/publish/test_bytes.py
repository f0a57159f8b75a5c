"""Bytes on their way to a storage and on it: nobody else's are touched, and only the true ones registered."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lake.publish.conftest import METADATA, RSES, Files, Shelf
from vre_dm.errors import Declined, InvalidUpload, NoSpace
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.disk import Disk
from vre_dm.lake.publish.store import StoreFailed
from vre_dm.lake.publish.webdav import Dav
from vre_dm.lake.transfer.events import (
    Event,
    Retrying,
)


def test_unregistered_bytes_of_a_stranger_are_neither_replaced_nor_removed(
    lake: Lake, files: Files, shelf: Shelf, tag: str
) -> None:
    for rse in RSES:
        there = shelf.path(rse, f"{tag}.0.dat")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(b"a stranger's")
        with pytest.raises(Declined, match=r"holds other bytes for .* which nobody registered"):
            lake.publish(files(2), f"user.dm:{tag}", rse=rse, metadata=METADATA)
        assert there.read_bytes() == b"a stranger's"
        assert shelf.stored(rse) == [f"{tag}.0.dat"]
        assert shelf.registered() == []
        assert shelf.temporary() == []


@pytest.mark.parametrize("rse", RSES)
def test_bytes_that_a_stranger_places_while_a_rename_fails_are_not_replaced(
    lake: Lake, files: Files, shelf: Shelf, tag: str, rse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, failed = shelf.path(rse, f"{tag}.0.dat"), []

    def once_busy(move: Callable[..., bool]) -> Callable[..., bool]:
        def busy(*given: Any, **more: Any) -> bool:
            if failed:
                return move(*given, **more)
            there.parent.mkdir(parents=True, exist_ok=True)
            failed.append(there.write_bytes(b"a stranger's"))
            msg = "the storage is busy"
            raise StoreFailed(msg, passing=True)

        return busy

    for store in (Disk, Dav):
        monkeypatch.setattr(store, "move", once_busy(store.move))
    with pytest.raises(Declined, match=r"holds other bytes for .* which nobody registered"):
        lake.publish(files(1), f"user.dm:{tag}", rse=rse, metadata=METADATA)
    assert failed
    assert there.read_bytes() == b"a stranger's"
    assert shelf.temporary() == []


def test_the_same_unregistered_bytes_are_used_as_they_are(
    lake: Lake, files: Files, shelf: Shelf, tag: str
) -> None:
    folder = files(1)
    there = shelf.path("CNAF-STORM", f"{tag}.0.dat")
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes((folder / f"{tag}.0.dat").read_bytes())
    made = lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    assert len(made.files) == 1
    assert shelf.temporary() == []


@pytest.mark.parametrize("rse", RSES)
def test_a_storage_that_takes_other_bytes_without_a_word_is_noticed_and_asked_again(
    lake: Lake,
    files: Files,
    shelf: Shelf,
    tag: str,
    rse: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, seen, damaged = files(2), list[Event](), list[str]()

    def damaging(put: Callable[..., None]) -> Callable[..., None]:
        def put_damaged(store: Any, address: str, body: Callable[[], Any], size: int) -> None:
            def flipped() -> Iterator[memoryview]:
                for chunk in body():
                    yield memoryview(bytes(chunk[:-1]) + bytes([chunk[-1] ^ 1]))

            once = address not in damaged
            damaged.append(address)
            put(store, address, flipped if once else body, size)

        return put_damaged

    for store in (Disk, Dav):
        monkeypatch.setattr(store, "put", damaging(store.put))
    made = lake.publish(folder, f"user.dm:{tag}", rse=rse, metadata=METADATA, progress=seen.append)
    retried = [event.cause for event in seen if isinstance(event, Retrying)]
    assert len(retried) == 2
    assert all(cause.startswith("other bytes arrived: adler32 ") for cause in retried)
    assert [path.read_bytes() for path in made.fetch(tmp_path / "back")] == [
        path.read_bytes() for path in sorted(folder.iterdir())
    ]
    assert shelf.temporary() == []


def test_a_file_that_changes_on_its_way_is_not_published(
    lake: Lake, files: Files, shelf: Shelf, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, put = files(2), Dav.put

    def change(self: Dav, address: str, body: Any, size: int) -> None:
        put(self, address, body, size)
        with (folder / f"{tag}.1.dat").open("ab") as stream:
            stream.write(b"more")

    monkeypatch.setattr(Dav, "put", change)
    with pytest.raises(InvalidUpload, match=rf"{tag}\.1\.dat changed while it was uploaded"):
        lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    assert shelf.is_empty()


def test_a_full_storage_is_said_and_leaves_nothing(
    lake: Lake, files: Files, shelf: Shelf, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: Any) -> int:
        if len(data) == 2000 and "mine" not in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    write = os.write
    monkeypatch.setattr("vre_dm.lake.publish.disk.os.write", full)
    with pytest.raises(NoSpace, match="No space left on device"):
        lake.publish(files(2), f"user.dm:{tag}", rse="CERN-EOSPILOT", metadata=METADATA)
    monkeypatch.undo()
    assert shelf.is_empty()
