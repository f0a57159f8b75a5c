"""Files on mounts: one that dies, hangs or is damaged is left for the next copy, and holds nobody."""

import json
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.faults.disks import ROOT, may_mount
from tests.lake.transfer.conftest import open_at
from vre_dm.lake.apart import Apart, Hung
from vre_dm.lake.transfer.failures import SourceFailed, Stopped
from vre_dm.lake.transfer.mounts import Mounts
from vre_dm.lake.transfer.reading import reading

BODY = random.Random(5).randbytes(600_000)
mounting = pytest.mark.skipif(not may_mount(), reason="needs mount namespaces and FUSE for users")


def apart(story: str, tmp_path: Path) -> dict[str, Any]:
    truth = tmp_path / "truth"
    truth.write_bytes(BODY)
    command = ["unshare", "--map-root-user", "--mount", sys.executable, "-m", "tests.faults.fuse_stories"]
    done = subprocess.run(
        [*command, story, truth], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@mounting
def test_a_mount_that_falls_silent_is_left_for_the_next_copy_and_asked_no_more(tmp_path: Path) -> None:
    told = apart("falls_silent", tmp_path)
    assert (told["said"], told["finals"]) == ("", 20)
    assert set(told["causes"]) == {f"the mount {tmp_path / 'disk'} does not answer"}
    assert {Path(path).read_bytes() for path in told["paths"]} == {BODY}


@mounting
def test_a_mount_that_fails_in_the_middle_is_left_for_the_next_copy(tmp_path: Path) -> None:
    told = apart("fails", tmp_path)
    assert (told["said"], told["causes"]) == ("", ["Input/output error"])
    assert Path(told["paths"][0]).read_bytes() == BODY


@mounting
def test_a_mount_that_dies_after_the_plan_holds_no_fetch_in_place(tmp_path: Path) -> None:
    told = apart("dies_after_the_plan", tmp_path)
    assert (told["said"], told["paths"]) == ("", [str(tmp_path / "second")] * 3)


@mounting
def test_who_reads_an_open_file_is_told_when_its_mount_falls_silent(tmp_path: Path) -> None:
    told = apart("falls_silent_while_open", tmp_path)
    assert told["begin"]
    reading_on, next_time = told["said"]
    silent = f"the mount {tmp_path / 'disk'} does not answer"
    assert reading_on.endswith(f"cannot be read on: {silent}; dataset.fetch() tries every copy")
    assert "cannot be opened: " in next_time
    assert silent in next_time


@mounting
def test_an_interrupt_does_not_wait_for_a_mount(tmp_path: Path) -> None:
    told = apart("interrupted", tmp_path)
    assert told["said"].startswith("fetch stopped: 0 of 1 file complete")
    assert all(told["threads"])


@mounting
def test_a_file_in_place_is_read_once_and_again_only_where_that_is_asked(tmp_path: Path) -> None:
    told = apart("is_used_in_place", tmp_path)
    assert {name: (run["reads"], run["verified"]) for name, run in told.items()} == {
        "unread": (False, 0),
        "first": (True, 1),
        "second": (False, 0),
        "again": (True, 1),
    }
    assert {path for run in told.values() for path in run["paths"]} == {str(tmp_path / "disk" / "file")}
    assert (told["unread"]["forecast"], told["first"]["forecast"]) == ([0.0], [None])


@mounting
def test_a_damaged_file_in_place_gives_way_to_a_good_copy(tmp_path: Path) -> None:
    told = apart("is_damaged_in_place", tmp_path)
    assert (told["said"], told["paths"]) == ("", [str(tmp_path / "second")])


@mounting
def test_what_cannot_be_read_in_the_cache_is_said_and_not_removed(tmp_path: Path) -> None:
    told = apart("keeps_the_cache_from_being_read", tmp_path)
    assert (told["code"], told["kept"]) == (1, 1)
    assert "cannot be read and stays: test:data.bin (Input/output error)" in told["said"]
    assert told["said"].endswith("no files verified, 0 removed, 1 not read\n")


TABLE = r"""
21 1 8:1 / / rw - ext4 /dev/sda1 rw
22 21 0:40 / /eos rw,nosuid shared:1 - fuse.eosxd eosxd rw
23 22 0:41 / /eos/scratch rw - tmpfs tmpfs rw
24 21 0:42 / /my\040data rw - nfs4 host:/x rw
"""


def mounts(tmp_path: Path, stop: threading.Event | None = None, patience: float = 60.0) -> Mounts:
    table = tmp_path / "table"
    table.write_text(TABLE.strip() + f"\n25 21 0:43 / {tmp_path} rw - fuse fuse rw\n")
    return Mounts(patience, stop or threading.Event(), table)


def is_risky(known: Mounts, path: str) -> bool:
    """Whether a call on a file is done by another thread."""
    with known.doing(Path(path)) as do:
        return do(threading.current_thread) is not threading.current_thread()


@pytest.mark.parametrize(
    ("path", "risky"),
    [
        ("/home/me/f", False),
        ("/eos/a/b/f", True),
        ("/eosx/f", False),
        ("/eos/scratch/f", False),
        ("/my data/f", True),
        ("/", False),
    ],
)
def test_what_may_hang_is_told_from_the_list_of_mounts(tmp_path: Path, path: str, risky: bool) -> None:
    assert is_risky(mounts(tmp_path), path) is risky


def test_without_a_list_of_mounts_every_path_may_hang(tmp_path: Path) -> None:
    assert is_risky(Mounts(60.0, threading.Event(), tmp_path / "none"), "/home/me/f")


def test_a_dead_mount_is_waited_for_once(tmp_path: Path) -> None:
    known, go = mounts(tmp_path, patience=0.05), threading.Event()
    with pytest.raises(SourceFailed, match="does not answer"), known.doing(tmp_path / "a") as do:
        do(go.wait)
    asked: list[int] = []
    with pytest.raises(SourceFailed, match="does not answer"), known.doing(tmp_path / "b") as do:
        do(lambda: asked.append(1))
    assert asked == []
    go.set()


def test_a_cancelled_fetch_waits_for_no_mount(tmp_path: Path) -> None:
    stop, go = threading.Event(), threading.Event()

    def hang() -> None:
        stop.set()
        go.wait()

    with pytest.raises(Stopped), mounts(tmp_path, stop).doing(tmp_path / "a") as do:
        do(hang)
    go.set()


@pytest.mark.parametrize("risky", [True, False])
def test_a_file_is_closed_when_it_was_read_or_could_not_be(tmp_path: Path, risky: bool) -> None:
    (tmp_path / "file").write_bytes(BODY)
    known = mounts(tmp_path) if risky else Mounts(60.0, threading.Event())
    before = open_at(tmp_path)
    for _ in range(20):
        with reading(tmp_path / "file", known) as file:
            assert b"".join(map(bytes, file.chunks(17))) == BODY[17:]
        with pytest.raises(SourceFailed, match="not a plain file"), reading(tmp_path, known):
            pass
    with known.doing(tmp_path / "file") as do:
        do(lambda: None)  # after every closing before it
    assert open_at(tmp_path) == before


def test_what_a_call_raises_is_raised_where_it_was_asked() -> None:
    with pytest.raises(FileNotFoundError):
        Apart().ask(Path("/nowhere/at/all").stat, 60)
    with pytest.raises(TimeoutError):  # as a mount may say it
        Apart().ask(lambda: (_ for _ in ()).throw(TimeoutError), 60)


def test_while_a_call_hangs_the_next_is_refused_and_what_was_left_is_done_after_it() -> None:
    apart_, go, done = Apart(), threading.Event(), threading.Event()
    with pytest.raises(Hung):
        apart_.ask(go.wait, 0.01)
    apart_.later(done.set)
    with pytest.raises(Hung):
        apart_.ask(lambda: None, 60)
    go.set()
    assert done.wait(60)
    assert not apart_.hangs


def test_a_thread_without_work_ends_and_the_next_call_has_another() -> None:
    apart_ = Apart()
    first = apart_.ask(threading.current_thread, 60)
    first.join()
    assert apart_.ask(threading.current_thread, 60) is not first
