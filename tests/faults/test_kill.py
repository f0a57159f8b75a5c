"""Stopped by SIGKILL, SIGTERM or Ctrl-C at any byte: no partial at a final name, the next run continues."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.kills import BODY, MOMENTS, die_at, kills
from tests.faults.server import Breaking, breaking, good
from tests.faults.world import CALM, OpenAccess, Waits, finals, partials, registered
from vre_dm.errors import JobCancelled
from vre_dm.lake.files import File
from vre_dm.lake.transfer import Event, Progress, fetch_files, landing, run

CHILD = """
import sys
from pathlib import Path
from tests.faults.world import OpenAccess, registered
from vre_dm.lake.transfer import fetch_files
body = Path(sys.argv[2]).read_bytes()
print("go", flush=True)
fetch_files([registered(body, sys.argv[1])], Path(sys.argv[3]), access=OpenAccess())
"""


def slowly(body: bytes, gate: threading.Event, at: int):
    """Send up to a byte, say so, then wait for the end of the test."""

    def act(h) -> None:
        start = h.asked_from()
        h.answer(
            206 if start else 200,
            Content_Length=len(body) - start,
            Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}",
        )
        h.send(body[start:at])
        gate.set()
        h.play.over.wait(120)
        h.hang_up()

    return act


def start(file: File, truth: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, file.replicas[0].pfn, str(truth), str(folder)]
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)


def wait_for_bytes(folder: Path, size: int) -> None:
    """Until the child has written what the server sent."""
    until = time.monotonic() + 60
    while sum(part.stat().st_size for part in partials(folder)) < size:
        assert time.monotonic() < until, "the child never wrote"
        time.sleep(0.01)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("at", [1, 1_048_577, 7_654_321])
def test_a_killed_fetch_continues_where_it_stopped(sign: int, at: int, server: Breaking, tmp_path: Path):
    truth, folder, gate = tmp_path / "truth", tmp_path / "data", threading.Event()
    truth.write_bytes(BODY)
    file = registered(BODY, server.play("/x", slowly(BODY, gate, at), good(BODY)))
    with start(file, truth, folder) as child:
        assert gate.wait(120)
        wait_for_bytes(folder, at)
        child.send_signal(sign)
    assert finals(folder) == []
    assert fetch_files([file], folder, access=OpenAccess(), policy=CALM)[0].read_bytes() == BODY
    assert partials(folder) == []
    assert server.sent <= 1.05 * len(BODY)


def test_what_a_dead_run_left_damaged_is_fetched_anew(server: Breaking, tmp_path: Path):
    """As after a power cut: the length is there, the bytes are not."""
    truth, folder, gate = tmp_path / "truth", tmp_path / "data", threading.Event()
    truth.write_bytes(BODY)
    file = registered(BODY, server.play("/x", slowly(BODY, gate, 2_000_000), good(BODY)))
    with start(file, truth, folder) as child:
        assert gate.wait(120)
        wait_for_bytes(folder, 2_000_000)
        child.kill()
    with partials(folder)[0].open("r+b") as part:
        part.seek(500_000)
        part.write(b"\0" * 1000)
    assert (
        fetch_files([file], folder, access=OpenAccess(), policy=CALM, pace=Waits().pace())[0].read_bytes()
        == BODY
    )


def test_a_living_process_is_waited_for_and_its_bytes_are_shown(server: Breaking, tmp_path: Path):
    truth, folder, gate, seen = tmp_path / "truth", tmp_path / "data", threading.Event(), threading.Event()
    truth.write_bytes(BODY)

    def pause(handler) -> None:
        handler.answer(200, Content_Length=len(BODY))
        handler.send(BODY[:2_000_000])
        gate.set()
        seen.wait(60)
        handler.send(BODY[2_000_000:])

    def look(event: Event) -> None:
        if isinstance(event, Progress) and event.bytes_done >= 2_000_000:
            seen.set()

    file = registered(BODY, server.play("/x", pause))
    with start(file, truth, folder) as child:
        assert gate.wait(120)
        wait_for_bytes(folder, 2_000_000)
        (path,) = fetch_files([file], folder, access=OpenAccess(), policy=CALM, progress=look)
        assert child.wait() == 0
    assert path.read_bytes() == BODY
    assert server.sent == len(BODY)
    assert seen.is_set()
    assert list(folder.rglob(".*")) == []


def interrupt_when(gate: threading.Event, folder: Path, size: int) -> threading.Thread:
    """Ctrl-C once the small file is there, and so many bytes of the large one were sent and written."""

    def act() -> None:
        gate.wait(60)
        wait_for_bytes(folder, size)
        until = time.monotonic() + 60
        while not finals(folder) and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.2)  # let the client reach the silence
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=act)
    thread.start()
    return thread


@pytest.mark.parametrize("at", [0, 100, 5_000_000])
def test_an_interrupt_ends_at_once_keeps_what_pays_and_the_next_run_continues(
    at: int, server: Breaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run, "_FAREWELL", 60.0)
    before = threading.enumerate()
    gate = threading.Event()
    small = registered(b"small", server.play("/small", good(b"small")), name="small")
    large = registered(BODY, server.play("/x", slowly(BODY, gate, at), good(BODY)))
    thread = interrupt_when(gate, tmp_path, at)
    with pytest.raises(JobCancelled, match=r"1 of 2 files complete .* run it again to continue"):
        fetch_files([small, large], tmp_path, access=OpenAccess())
    thread.join()
    assert [path.name for path in finals(tmp_path)] == ["small"]
    assert [part.stat().st_size for part in partials(tmp_path)] == ([at] if at > 1_048_576 else [])
    assert [
        thread for thread in threading.enumerate() if thread not in before and "_work" in thread.name
    ] == []
    sent = server.sent
    fetch_files([small, large], tmp_path, access=OpenAccess(), policy=CALM)
    assert (tmp_path / large.did.path()).read_bytes() == BODY
    assert partials(tmp_path) == []
    assert server.sent - sent == len(BODY) - (at if at > 1_048_576 else 0)


@pytest.mark.parametrize(
    "count", [50, pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])]
)
def test_kills_at_random_bytes_never_cost_more_than_a_twentieth(count: int, tmp_path: Path):
    told = list(kills(count, count, tmp_path))
    assert [killed for killed in told if killed.fault] == []
    assert max(killed.cost for killed in told) <= 1.05
    assert len({killed.at * 10 // len(BODY) for killed in told}) == 10, "kills in every tenth of the file"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_between_the_last_byte_and_the_name_costs_no_byte(moment: str, tmp_path: Path):
    with breaking() as server:
        file = registered(BODY, server.play("/x", good(BODY)))
        die_at(moment, file, tmp_path)
        assert [path.read_bytes() == BODY for path in finals(tmp_path)] == [True] * (moment == "replaced")
        (path,) = fetch_files([file], tmp_path, access=OpenAccess(), policy=CALM)
        assert path.read_bytes() == BODY
        assert server.sent == len(BODY)
        assert [path.name for path in tmp_path.rglob("*")] == ["test", "data.bin"]


@pytest.mark.parametrize("size", [5000, 5_000_000])
def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end(
    size: int, server: Breaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A power cut can only take what was not synced: in this order it takes no name without its bytes."""
    calls: list[str] = []
    for name in ("write", "fsync", "replace"):
        monkeypatch.setattr(os, name, noting(calls, name, getattr(os, name)))
    fetch_files(
        [registered(BODY[:size], server.play("/x", good(BODY[:size])))], tmp_path, access=OpenAccess()
    )
    order = [name for name, _ in itertools.groupby(calls)]
    assert order[-4:] == ["write", "fsync", "replace", "fsync"]


def test_of_many_small_files_none_has_its_name_before_its_bytes_are_on_the_disk(
    server: Breaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    durable: set[str] = set()
    sync, replace = landing.make_durable, os.replace

    def syncing(descriptors: Iterable[int]) -> dict[int, OSError]:
        files = list(descriptors)
        failed = sync(files)
        durable.update(Path(f"/proc/self/fd/{each}").readlink().name for each in files)
        return failed

    def replacing(temporary: str, name: str, **folders: int) -> None:
        assert temporary in durable
        replace(temporary, name, **folders)

    monkeypatch.setattr(landing, "make_durable", syncing)
    monkeypatch.setattr(os, "replace", replacing)
    bodies = [BODY[at : at + 5000] for at in range(40)]
    files = [
        registered(each, server.play(f"/{at}", good(each)), name=f"f{at}") for at, each in enumerate(bodies)
    ]
    paths = fetch_files(files, tmp_path, access=OpenAccess())
    assert [path.read_bytes() for path in paths] == bodies
    assert len(durable) == len(files)


def noting(calls: list[str], name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*words: Any, **more: Any) -> Any:
        calls.append(name)
        return call(*words, **more)

    return noted
