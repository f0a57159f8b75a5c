"""A dead mount is said, and hangs nobody."""

import errno
import os
import threading
from pathlib import Path

import pytest

from tests.lakes import until
from vre_dm.lake.mount import MountWatch


class Time:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_mount_that_answers_has_no_fault(tmp_path: Path):
    assert MountWatch(tmp_path).fault() is None


def test_a_mount_that_is_not_there_is_said(tmp_path: Path):
    said = MountWatch(tmp_path / "eos").fault()
    assert said == f"the mount {tmp_path / 'eos'} cannot be read (No such file or directory); remount it"


@pytest.mark.parametrize("code", [errno.ENOTCONN, errno.ESTALE, errno.EIO])
def test_a_stale_mount_is_said_until_it_is_back(code: int, tmp_path: Path):
    faults, clock = [OSError(code, os.strerror(code))], Time()

    def look(_: Path) -> None:
        if faults:
            raise faults[0]

    watch = MountWatch(tmp_path, look, clock)
    assert os.strerror(code) in (watch.fault() or "")
    faults.clear()
    clock.now = 29.0
    assert watch.fault() is not None
    clock.now = 31.0
    assert watch.fault() is None


def test_a_mount_that_hangs_is_asked_by_one_thread_only(tmp_path: Path):
    asked, asking, go, clock = [], threading.Event(), threading.Event(), Time()

    def look(_: Path) -> None:
        asked.append(threading.current_thread())
        asking.set()
        go.wait()

    watch = MountWatch(tmp_path, look, clock, patience=0.01)
    for clock.now in (0.0, 40.0, 80.0):
        assert watch.fault() == f"the mount {tmp_path} does not answer; remount it"
    assert asking.wait(60)
    assert len(asked) == 1
    go.set()
    asked[0].join()
    clock.now = 120.0
    assert until(lambda: watch.fault() is None)


def test_what_looks_at_files_of_a_mount_that_hangs_is_given_up_and_the_next_at_once(tmp_path: Path):
    watch, go = MountWatch(tmp_path, patience=0.01), threading.Event()
    assert until(lambda: watch.fault() is None)
    assert watch.ask(go.wait) is None
    asked: list[int] = []
    assert watch.ask(lambda: asked.append(1)) is None
    assert asked == []
    assert watch.fault() == f"the mount {tmp_path} does not answer; remount it"
    go.set()
    assert until(lambda: watch.ask(lambda: "back")) == "back"


def test_on_a_mount_that_cannot_be_read_nothing_is_looked_at(tmp_path: Path):
    asked: list[int] = []
    assert MountWatch(tmp_path / "none").ask(lambda: asked.append(1)) is None
    assert asked == []


def test_a_mount_that_was_slow_is_asked_again_soon(tmp_path: Path):
    go, clock = threading.Event(), Time()
    watch = MountWatch(tmp_path, lambda _: go.wait(), clock, patience=0.01)
    assert watch.fault() == f"the mount {tmp_path} does not answer; remount it"
    go.set()
    assert until(lambda: watch.fault() is None)
