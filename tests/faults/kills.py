"""SIGKILL at any byte of a fetch, then a plain re-run: what both moved; as a test and as a histogram."""

import multiprocessing
import os
import random
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.server import Act, Handler, breaking, good
from tests.faults.world import CALM, OpenAccess, finals, partials, registered
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.transfer import fetch_files

BODY = random.Random(27).randbytes(12_000_000)
ON_THE_WAY = 1 << 18
"""Bytes that the network holds at most; those are lost with the process."""
_PIECE = 1 << 16
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.kills"])


MOMENTS = {
    "sync": ("fsync", False),
    "synced": ("fsync", True),
    "replace": ("replace", False),
    "replaced": ("replace", True),
}
"""The calls around which a process dies, and whether after them."""


@dataclass(frozen=True)
class Killed:
    """What came of one kill: the byte, bytes sent to the first run and to both, and what was wrong ('')."""

    at: int
    first: int
    both: int
    fault: str

    @property
    def cost(self) -> float:
        """Bytes moved by both runs for each byte of the file."""
        return self.both / len(BODY)


def victim(file: File, folder: Path, access: Access | None = None) -> None:
    """The process that is killed."""
    fetch_files([file], folder, access=access or OpenAccess())


def suicide(moment: str, file: File, folder: Path) -> None:
    """The same, killed at a call."""
    call, after = MOMENTS[moment]
    true = getattr(os, call)

    def die(*words: Any, **more: Any) -> None:
        if after:
            true(*words, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(os, call, die)
    victim(file, folder)


def die_at(moment: str, file: File, folder: Path) -> None:
    """Run a fetch that is killed around the call that syncs the file, or gives it its name."""
    process = FORKS.Process(target=suicide, args=(moment, file, folder))
    process.start()
    process.join()


def deadly(folder: Path, at: int, strike: Callable[[], None]) -> Act:
    """Send up to a byte, never far ahead of what is on the disk, and strike."""

    def act(handler: Handler) -> None:
        handler.hang_up()
        handler.answer(200, Content_Length=len(BODY))
        sent = 0
        while sent < at:
            until = min(at, _on_disk(folder) + ON_THE_WAY)
            if until > sent:
                handler.send(BODY[sent : min(until, sent + _PIECE)])
                sent = min(until, sent + _PIECE)
            elif handler.play.over.wait(0.0005):
                return
        strike()

    return act


def _on_disk(folder: Path) -> int:
    try:
        return sum(part.stat().st_size for part in partials(folder))
    except OSError:  # renamed while we looked
        return len(BODY)


def kill_at(at: int, folder: Path) -> Killed:
    """Kill a fetch when this many bytes were sent, and run it again."""
    with breaking() as server:
        process: list[multiprocessing.process.BaseProcess] = []
        started = threading.Event()

        def strike() -> None:
            started.wait()
            process[0].kill()

        url = server.play("/x", deadly(folder, at, strike), good(BODY))
        file = registered(BODY, url)
        process.append(FORKS.Process(target=victim, args=(file, folder)))
        process[0].start()
        started.set()
        process[0].join()
        first, half = server.sent, finals(folder)
        fault = "a partial has the final name" if half and half[0].read_bytes() != BODY else ""
        (path,) = fetch_files([file], folder, access=OpenAccess(), policy=CALM)
        if path.read_bytes() != BODY:
            fault = "the bytes are wrong"
        if len(list(folder.rglob("*"))) != 2:
            fault = "something was left beside the file"
        return Killed(at, first, server.sent, fault)


def kills(count: int, seed: int, folder: Path, workers: int = 1) -> Iterator[Killed]:
    """Kill at so many random bytes, each in a folder of its own, some at a time."""
    chance = random.Random(seed)
    places = [folder / str(number) for number in range(count)]
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(_kill_in, [chance.randrange(len(BODY) + 1) for _ in places], places)


def _kill_in(at: int, place: Path) -> Killed:
    place.mkdir()
    try:
        return kill_at(at, place)
    finally:
        shutil.rmtree(place)  # a thousand of them are 12 GB
