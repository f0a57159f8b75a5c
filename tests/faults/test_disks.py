"""Disks that fill up, freeze, vanish or refuse one call: a clear line, nothing lost, the next run is good."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.disks import apart, may_mount
from tests.faults.matrix import BODY
from tests.faults.server import Act, Breaking, good, halting
from tests.faults.world import CALM, OpenAccess, Waits, partials, registered
from vre_dm.errors import NoSpace, NotWritable
from vre_dm.lake.files import File
from vre_dm.lake.transfer import fetch_files, syncing

GONE = "Transport endpoint is not connected; choose another folder"
HERE = {"said": "", "names": ["test/data.bin"]}
SAID = {
    "fills_up": "NoSpace: .*No space left on device; nothing partial was left; free some space and run again",
    "out_of_inodes": "NoSpace: .*No space left on device",
    "becomes_read_only": "NotWritable: cannot write in .*Read-only file system; choose another folder",
}
mounting = pytest.mark.skipif(not may_mount(), reason="needs mount namespaces and FUSE for users")


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth"
    path.write_bytes(BODY)
    return path


def held(story: str, truth: Path) -> Act:
    """Bytes that come only after the disk was filled; the other disks fail before a byte is asked for."""
    return halting(BODY, truth.with_name("done")) if story == "fills_up" else good(BODY)


@mounting
@pytest.mark.parametrize("story", SAID)
def test_a_disk_that_fails_is_said_and_the_next_run_is_good(story: str, server: Breaking, truth: Path):
    first, second = apart(story, truth, server.play("/x", held(story, truth), good(BODY)))
    assert re.search(SAID[story], first["said"])
    assert first["names"] == []
    assert second == HERE


@mounting
def test_a_disk_that_vanishes_while_bytes_come_gets_no_half_file(server: Breaking, truth: Path):
    """What was mounted is gone for good: the file is made below, where its name leads now."""
    act = halting(BODY, truth.with_name("done"))
    assert apart("vanishes", truth, server.play("/x", act, good(BODY))) == [HERE, HERE]


@mounting
def test_a_folder_on_a_mount_that_died_is_said_in_one_line(server: Breaking, truth: Path):
    for told in apart("stale_target", truth, server.play("/x", good(BODY))):
        assert re.fullmatch(f"NotWritable: cannot write in .*: {GONE}", told["said"])
    assert server.asked == []


@mounting
def test_a_copy_on_a_mount_that_died_falls_to_the_next_replica(server: Breaking, truth: Path):
    dead = f"file://localhost{truth.with_name('disk')}/x"
    assert apart("stale_source", truth, dead, server.play("/x", good(BODY))) == [HERE, HERE]


@mounting
def test_another_users_folder_is_said_in_one_line(server: Breaking, truth: Path):
    for told in apart("locked", truth, server.play("/x", good(BODY)), rights="--user"):
        assert re.fullmatch(r"NotWritable: cannot write in .*; choose another folder", told["said"])
    assert server.asked == []


def fetch(file: File, folder: Path) -> list[Path]:
    return fetch_files([file], folder, access=OpenAccess(), policy=CALM, pace=Waits().pace())


def refusing(monkeypatch: pytest.MonkeyPatch, call: str, code: int, when: Callable[..., bool]) -> None:
    """Let the system refuse one kind of call with an error that is hard to have for real."""
    true = getattr(os, call)

    def refuse(*words: Any, **more: Any) -> Any:
        if when(*words):
            raise OSError(code, os.strerror(code))
        return true(*words, **more)

    monkeypatch.setattr(os, call, refuse)


CALLS: dict[str, Callable[..., bool]] = {
    "open": lambda path, flags, *_: str(path).endswith(".part") and bool(flags & os.O_CREAT),
    "write": lambda _, data: len(data) > 1000,
    "fsync": lambda _: True,
    "replace": lambda *_: True,
}
"""The calls that make a file, and those of them that concern it."""


@pytest.mark.parametrize("code", ["ENOSPC", "EDQUOT", "EIO", "EROFS", "ESTALE", "EACCES"])
@pytest.mark.parametrize("call", CALLS)
def test_whichever_call_the_disk_refuses_the_old_file_stays_and_the_next_run_is_good(
    call: str, code: str, server: Breaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = registered(BODY, server.play("/x", good(BODY)))
    target = tmp_path / file.did.path()
    target.parent.mkdir()
    target.write_bytes(b"an older version")
    with monkeypatch.context() as patch:
        patch.setattr(syncing, "_syncfs", None)
        refusing(patch, call, getattr(errno, code), CALLS[call])
        full = code in {"ENOSPC", "EDQUOT"}
        with pytest.raises(NoSpace if full else NotWritable, match=os.strerror(getattr(errno, code))):
            fetch(file, tmp_path)
    assert target.read_bytes() == b"an older version"
    assert partials(tmp_path) == [] or not full
    assert fetch(file, tmp_path) == [target]
    assert target.read_bytes() == BODY
    assert list(tmp_path.rglob(".*")) == []
