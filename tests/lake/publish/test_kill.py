"""Killed, refused or cut off at any step: nothing half is registered, and the next run completes."""

import contextlib
import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.lake.publish.conftest import METADATA, RSES, Files, Shelf
from tests.lake.publish.steps import watched
from vre_dm.errors import Declined, InvalidUpload, JobCancelled, Unreachable, UploadInterrupted, VreDmError
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.store import StoreFailed
from vre_dm.lake.publish.webdav import Dav
from vre_dm.lake.transfer.events import Event, Progress, Started
from vre_dm.sandbox import LakeStatus

_MOST = 60  # steps of an upload of one file are fewer
# Loads everything once, then forks a child for each line: its number of the fatal step.
ZYGOTE = """
import json, os, sys
from pathlib import Path
import vre_dm.lake.publish.publication, vre_dm.lake.jobs.started, vre_dm.lake.jobs.folder
from tests.lake.publish.conftest import METADATA, open_lake
from tests.lake.publish.steps import killer, watched
for line in sys.stdin:
    config, folder, files, did, rse, at = json.loads(line)
    child = os.fork()
    if not child:
        try:
            with watched(killer(at)):
                open_lake(Path(config), Path(folder)).publish(files, did, rse=rse, metadata=METADATA)
        finally:
            os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
Kill = Callable[..., bool]


@pytest.fixture(scope="module")
def kill(embedded_lake: LakeStatus) -> Iterator[Kill]:
    """Upload in a process that kills itself at a step; says whether it came to that."""
    root = str(Path(__file__).parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", ZYGOTE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as zygote:
        assert zygote.stdin
        assert zygote.stdout

        def one(folder: Path, files: Path, did: str, rse: str, at: int) -> bool:
            line = [str(embedded_lake.rucio_config), str(folder), str(files), did, rse, at]
            zygote.stdin.write(json.dumps(line) + "\n")  # type: ignore[union-attr]
            zygote.stdin.flush()  # type: ignore[union-attr]
            return int(zygote.stdout.readline()) == -9  # type: ignore[union-attr]

        yield one
        zygote.stdin.close()


def completes(lake: Lake, folder: Path, did: str, rse: str, shelf: Shelf, tmp_path: Path) -> None:
    made = lake.publish(folder, did, rse=rse, metadata=METADATA)
    assert sorted(path.read_bytes() for path in made.fetch(tmp_path / "back" / made.did.name)) == sorted(
        path.read_bytes() for path in folder.iterdir()
    )
    assert shelf.temporary() == []
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize("rse", RSES)
def test_an_upload_killed_at_any_step_is_completed_by_the_next(
    kill: Kill, lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path, rse: str
) -> None:
    folder, at, half = files(1), 0, 0
    for at in range(1, _MOST):
        did = f"user.dm:{tag}.{at}"
        for path in folder.iterdir():  # a new name each time: that of the run before is taken
            path.rename(folder / f"{at}.{tag}.0.dat")
        if not kill(tmp_path, folder, did, rse, at):
            break
        half += did not in shelf.registered()
        completes(lake, folder, did, rse, shelf, tmp_path)
    assert 15 < at < _MOST
    assert half > 10  # most steps come before the registration


@pytest.mark.parametrize("rse", RSES)
def test_an_upload_refused_by_storage_or_lake_at_any_step_leaves_nothing(
    lake: Lake, files: Files, shelf: Shelf, tag: str, rse: str
) -> None:
    folder, refused = files(1), []
    for at in range(1, _MOST):
        count = itertools.count(1)

        def refuse(_: int, done: bool, what: str, at: int = at, count: Iterator[int] = count) -> None:
            if done or what.startswith("Record") or next(count) != at:
                return
            refused.append(what)
            msg = "no, says it"
            raise Declined(msg) if what.startswith("Rucio") else StoreFailed(msg, passing=False)

        try:
            with watched(refuse):
                lake.publish(folder, f"user.dm:{tag}", rse=rse, metadata=METADATA)
        except Declined as error:
            assert "no, says it" in str(error)  # noqa: PT017 - the loop ends where nothing is raised
            assert shelf.is_empty(), refused
        else:
            break
    steps = "RucioClient._send_request", "Disk.move" if rse == "CERN-EOSPILOT" else "Dav._ask"
    assert set(steps) <= set(refused)
    assert len(refused) > 10
    assert shelf.registered() == [f"user.dm:{tag}", f"user.dm:{tag}.0.dat"]
    assert shelf.temporary() == []


@pytest.mark.parametrize("rse", RSES)
def test_an_upload_that_loses_the_lake_at_any_step_is_completed_by_the_next(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path, rse: str
) -> None:
    folder, after = files(1), 0
    for at in range(1, _MOST):
        for path in folder.iterdir():
            path.rename(folder / f"{at}.{tag}")
        count, cuts = itertools.count(1), list[str]()

        def cut(_: int, done: bool, what: str, at: int = at, count=count, cuts=cuts) -> None:
            if done and what.startswith("Rucio") and next(count) == at:  # done, but the answer is lost
                cuts.append(what)
                msg = "lost"
                raise requests.exceptions.ReadTimeout(msg)

        did = f"user.dm:{tag}.{at}"
        with watched(cut), contextlib.suppress(Unreachable):
            lake.publish(folder, did, rse=rse, metadata=METADATA)
        after += did in shelf.registered()
        completes(lake, folder, did, rse, shelf, tmp_path)
        if not cuts:
            break
    assert after > 1  # one without a cut, and one whose registration was done without a word


def test_a_busy_storage_is_asked_again_and_a_dead_one_leaves_the_rest_for_later(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, put, seen = files(3), Dav.put, list[Event]()

    def busy(self: Dav, address: str, body, size: int) -> None:
        msg = "the storage is busy"
        raise StoreFailed(msg, passing=True, wait=0.01)

    def dies(self: Dav, address: str, body, size: int) -> None:
        monkeypatch.setattr(Dav, "put", busy)
        put(self, address, body, size)

    monkeypatch.setattr(Dav, "put", dies)
    with pytest.raises(UploadInterrupted, match="the storage is busy; what arrived is kept, run again"):
        lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA, progress=seen.append)
    assert shelf.registered() == []
    monkeypatch.setattr(Dav, "put", put)
    completes(lake, folder, f"user.dm:{tag}", "CNAF-STORM", shelf, tmp_path)


def test_what_an_interrupted_upload_left_can_be_discarded(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path, kill: Kill
) -> None:
    folder = files(1)
    for at in range(20, _MOST):
        assert kill(tmp_path, folder, f"user.dm:{tag}", "CERN-EOSPILOT", at)
        if shelf.stored("CERN-EOSPILOT"):
            break
    assert shelf.registered() == []
    told = f"left 1 file of user.dm:{tag} at CERN-EOSPILOT; go on .* vre-dm upload user.dm:{tag} --discard"
    with pytest.raises(InvalidUpload, match=told):  # a dry run says so already
        lake.publication(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    assert lake.publication(folder, f"user.dm:{tag}", rse="CERN-EOSPILOT", metadata=METADATA).plan.is_new
    assert lake.discard_upload(f"user.dm:{tag}") == 0
    assert shelf.is_empty()
    assert lake.discard_upload(f"user.dm:{tag}") == 0


def test_files_given_up_after_an_interruption_leave_nothing_on_the_storage(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path, kill: Kill
) -> None:
    folder = files(1)
    for at in range(20, _MOST):
        assert kill(tmp_path, folder, f"user.dm:{tag}", "CERN-EOSPILOT", at)
        if shelf.stored("CERN-EOSPILOT"):
            break
    (folder / f"{tag}.0.dat").write_bytes(b"another content")
    completes(lake, folder, f"user.dm:{tag}", "CERN-EOSPILOT", shelf, tmp_path)
    assert shelf.stored("CERN-EOSPILOT") == [f"{tag}.0.dat"]


def test_an_interrupt_ends_at_once_and_the_next_run_continues(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, put, gate = files(4), Dav.put, threading.Event()

    def hangs(self: Dav, address: str, body, size: int) -> None:
        if gate.is_set():
            put(self, address, lambda: _forever(body), size)
        gate.set()
        put(self, address, body, size)

    def _forever(body):
        yield from body()
        threading.Event().wait(0.05)

    def stop(event: Event) -> None:
        if isinstance(event, Started | Progress) and gate.is_set():
            raise KeyboardInterrupt

    monkeypatch.setattr(Dav, "put", hangs)
    with pytest.raises(JobCancelled, match=r"stopped.*run it again to continue"):
        lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA, progress=stop)
    monkeypatch.setattr(Dav, "put", put)
    assert shelf.registered() == []
    completes(lake, folder, f"user.dm:{tag}", "CNAF-STORM", shelf, tmp_path)


def test_every_error_of_an_upload_is_one_line(lake: Lake, files: Files, tag: str) -> None:
    with pytest.raises(VreDmError) as caught:
        lake.publish(
            files(1), f"user.dm:{tag}", rse="CNAF-STORM", metadata={"title": "a\nb", "year": "x\x1b"}
        )
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
