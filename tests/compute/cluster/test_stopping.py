"""A stop of a run: what it ends on the workers, and what it leaves to others."""

import ctypes
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.compute.cluster.runs import Came, Place, used, value, worker_of
from tests.lakes import until
from vre_dm.compute.cluster import backend_for, versions
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.errors import (
    JobCancelled,
)


def test_a_stop_interrupts_what_runs(place: Place) -> None:
    def for_ever(_: object) -> None:
        while True:
            time.sleep(0.01)

    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    assert list(place.started(for_ever, 4, stop)) == []
    assert value(place.done(lambda _: 1, 1)[0]) == 1  # the worker has time for others


def test_what_does_not_heed_a_stop_is_killed(place: Place, tmp_path: Path) -> None:
    told, stop = tmp_path / "pid", threading.Event()

    def deaf(_: object) -> None:
        told.write_text(str(os.getpid()))
        time.sleep(200)

    threading.Thread(target=lambda: until(told.exists) and stop.set()).start()
    assert list(place.started(deaf, 1, stop)) == []
    until(lambda: not psutil.pid_exists(int(told.read_text())), 20)
    assert value(place.done(lambda _: 1, 1)[0]) == 1


def in_compiled_code(seconds: int) -> None:
    """Keep the interpreter's lock, so that the worker answers nobody."""
    ctypes.PyDLL(None).sleep(seconds)


def test_a_worker_that_stays_in_compiled_code_is_killed(place: Place, tmp_path: Path) -> None:
    told, stop = tmp_path / "pid", threading.Event()

    def deaf(_: object) -> None:
        told.write_text(str(os.getpid()))
        in_compiled_code(200)

    threading.Thread(target=lambda: until(told.exists) and stop.set()).start()
    assert list(place.started(deaf, 1, stop)) == []
    until(lambda: not psutil.pid_exists(int(told.read_text())), 20)
    assert value(place.done(lambda _: 1, 1)[0]) == 1


def test_a_stop_leaves_the_chunks_of_others_alone(two: LocalCluster, place: Place, tmp_path: Path) -> None:
    begun, tries, stop = tmp_path / "begun", tmp_path / "tries", threading.Event()

    def for_ever(_: object) -> None:
        begun.touch()
        while True:
            time.sleep(0.01)

    def other(_: object) -> int:
        with tries.open("a") as file:
            file.write(f"{os.getpid()}\n")
        in_compiled_code(4)
        return 1

    stopped = threading.Thread(target=lambda: list(place.started(for_ever, 1, stop)))
    stopped.start()
    until(begun.exists)
    with used(two, place.file) as place_of_others:
        came: Came = {}
        others = threading.Thread(target=lambda: came.update(place_of_others.done(other, 1)))
        others.start()
        until(tries.exists)
        stop.set()
        stopped.join(60)
        others.join(60)
    assert value(came[0]) == 1
    assert len(tries.read_text().split()) == 1


def test_a_stop_leaves_workers_alone_whose_other_chunks_wait_behind_those_of_others(
    two: LocalCluster, place: Place, tmp_path: Path
) -> None:
    tries, gate, stop = tmp_path / "tries", tmp_path / "gate", threading.Event()

    def other(_: object) -> int:
        with tries.open("a") as file:
            file.write(f"{os.getpid()}\n")
        while not gate.exists():
            time.sleep(0.01)
        in_compiled_code(4)
        return 1

    came: Came = {}
    others = threading.Thread(target=lambda: came.update(place.done(other, 2)))
    others.start()
    until(lambda: tries.exists() and len(set(tries.read_text().split())) == 2)
    with used(two, place.file) as stopping:
        client: Any = stopping.backend._client  # type: ignore[attr-defined]
        stopped = threading.Thread(target=lambda: list(stopping.started(lambda _: 1, 4, stop)))
        stopped.start()
        until(lambda: all(len(keys) > 1 for keys in client.processing().values()))
        gate.touch()
        time.sleep(0.5)  # by now both are in compiled code
        stop.set()
        stopped.join(60)
    others.join(60)
    assert [value(came[index]) for index in (0, 1)] == [1, 1]
    assert len(tries.read_text().split()) == 2


@pytest.fixture
def mute(two: LocalCluster, place: Place) -> Iterator[int]:
    """A worker that answers nobody for a while."""
    worker = worker_of(two, place.file)
    os.kill(worker, signal.SIGSTOP)
    again = threading.Timer(60, os.kill, (worker, signal.SIGCONT))
    again.start()
    yield worker
    again.cancel()
    os.kill(worker, signal.SIGCONT)


@pytest.mark.usefixtures("mute")
def test_a_stop_ends_the_wait_for_a_worker_that_does_not_answer(two: LocalCluster) -> None:
    stop, since = threading.Event(), time.monotonic()
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(JobCancelled, match="while it waited for a worker"):
        backend_for(two.handed(), stop)
    assert time.monotonic() - since < 20


@pytest.mark.usefixtures("mute")
def test_a_stop_ends_a_run_that_not_every_worker_has_yet(place: Place) -> None:
    stop, since = threading.Event(), time.monotonic()
    threading.Timer(0.5, stop.set).start()
    assert list(place.started(lambda _: 1, 4, stop)) == []
    assert time.monotonic() - since < 20


@pytest.mark.usefixtures("mute")
def test_a_worker_that_does_not_answer_does_not_make_a_cluster_unusable(
    two: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = versions._of_workers

    async def hurried(*given: Any) -> Any:
        """Ask the workers with less patience than the scheduler."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(versions, "_ANSWER", 1.0)
            return await asked(*given)

    monkeypatch.setattr(versions, "_of_workers", hurried)
    since = time.monotonic()
    backend_for(two.handed()).close()
    assert time.monotonic() - since < 20
