"""The same faults on the way to real servers: the lake's WebDAV, and XRootD where it is installed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.kills import FORKS, victim
from tests.faults.storages import BODY, HALF, Server, Storage, behind_a_wire, fetch, is_here
from tests.faults.toxics import Toxic
from tests.faults.world import finals, partials, registered
from tests.lakes import until
from vre_dm.lake.transfer.policy import CHUNK


def test_a_file_without_fault_comes_once(storage: Storage, tmp_path: Path):
    for _ in range(2):
        assert fetch(storage, tmp_path) == ""
        assert is_here(tmp_path)
    assert storage.wire.sent < 1.05 * len(BODY)


@pytest.mark.parametrize("how", ["cut", "reset", "silence"])
@pytest.mark.parametrize("after", [0, 10_000, HALF])
def test_a_network_that_fails_once_costs_no_byte_twice(
    after: int, how: str, storage: Storage, tmp_path: Path
):
    storage.wire.play(Toxic(after, how), Toxic())
    for _ in range(2):
        assert fetch(storage, tmp_path) == ""
        assert is_here(tmp_path)
    assert storage.wire.sent < 1.05 * len(BODY) + (CHUNK if after else 0)


def test_a_killed_fetch_is_continued(storage: Storage, tmp_path: Path):
    storage.wire.play(Toxic(HALF, "silence"), Toxic())
    process = FORKS.Process(target=victim, args=(registered(BODY, storage.pfn), tmp_path, storage.lent()))
    process.start()
    until(lambda: sum(part.stat().st_size for part in partials(tmp_path)) >= CHUNK)
    process.kill()
    process.join()
    assert finals(tmp_path) == []
    assert fetch(storage, tmp_path) == ""
    assert is_here(tmp_path)
    assert storage.wire.sent < 1.05 * len(BODY) + CHUNK


@pytest.mark.parametrize("how", ["cut", "reset", "silence"])
def test_a_network_that_never_works_is_said_and_leaves_nothing(how: str, storage: Storage, tmp_path: Path):
    storage.wire.play(Toxic(0, how))
    for _ in range(2):
        assert "RSE-1" in fetch(storage, tmp_path)
        assert finals(tmp_path) == partials(tmp_path) == []


def test_a_bit_that_flips_on_the_way_is_noticed(storage: Storage, tmp_path: Path):
    storage.wire.play(Toxic(HALF, "flip"), Toxic())
    assert fetch(storage, tmp_path) == ""
    assert is_here(tmp_path)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "lost": (lambda path: path.unlink(), "404|no such file|No such file"),
    "a flipped bit": (lambda path: path.write_bytes(BODY[:HALF] + b"!" + BODY[HALF + 1 :]), "checksum"),
    "cut": (lambda path: path.write_bytes(BODY[:HALF]), "1500000 bytes are offered"),
    "empty": (lambda path: path.write_bytes(b""), "0 bytes are offered"),
    "longer": (lambda path: path.write_bytes(BODY + b"!"), "3000001 bytes are offered"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "RSE-1"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_copy_is_refused_until_it_is_mended(damage: str, storage: Storage, tmp_path: Path):
    harm, cause = DAMAGE[damage]
    harm(storage.path)
    for _ in range(2):
        assert re.search(cause, fetch(storage, tmp_path))
        assert finals(tmp_path) == []
    if storage.path.is_dir():
        storage.path.rmdir()
    storage.path.write_bytes(BODY)
    assert fetch(storage, tmp_path) == ""
    assert is_here(tmp_path)


def test_a_copy_that_is_lost_falls_to_the_next(storage: Storage, tmp_path: Path):
    storage.path.rename(storage.path.with_name("other"))
    for _ in range(2):
        assert fetch(storage, tmp_path, f"{storage.pfn.rpartition('/')[0]}/other") == ""
        assert is_here(tmp_path)


def test_an_object_that_changes_between_two_connections_is_not_mixed(storage: Storage, tmp_path: Path):
    other = bytes(len(BODY))
    storage.path.write_bytes(other)
    storage.wire.play(Toxic(HALF, "cut"), Toxic(0, "cut"))
    assert fetch(storage, tmp_path)
    storage.path.write_bytes(BODY)
    storage.wire.play(Toxic())
    until(lambda: fetch(storage, tmp_path) == "")  # XRootD's client wants a second after an error
    assert is_here(tmp_path)


def test_a_login_that_was_refused_is_asked_for_anew(webdav_server: Server, tmp_path: Path):
    with behind_a_wire(webdav_server) as storage:
        storage.access.refused = 1
        assert fetch(storage, tmp_path) == ""
        storage.access.refused = 100
        assert "401" in fetch(storage, tmp_path / "again")
