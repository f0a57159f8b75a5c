"""How long the embedded lake takes to come up, and what it costs while nobody uses it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.figures import Figures
from vre_dm import sandbox
from vre_dm.sandbox import LakeStatus

SETTLING = 35  # seconds after the last use until the daemons rest
IDLE_SECONDS = 20


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """Folder of a lake that uses the user's private environment."""
    path = sandbox.default_root().with_name(f"bench-start-{os.getpid()}")
    sandbox.up(path)  # makes the environment where there is none
    yield path
    sandbox.reset(path)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folder of a lake in a place without a private environment; packages are downloaded, not remembered."""
    place = sandbox.default_root().with_name(f"bench-bare-{os.getpid()}")
    monkeypatch.setenv("UV_NO_CACHE", "1")
    yield place / "lake"
    sandbox.reset(place / "lake")
    shutil.rmtree(place, ignore_errors=True)


def _start(root: Path, steps: dict[str, float]) -> Callable[[], None]:
    def start() -> None:
        steps.update(sandbox.up(root).timings)

    return start


def _note(limit: str, steps: dict[str, float]) -> str:
    return f"wanted {limit}; last round: " + ", ".join(f"{step} {taken:.1f}" for step, taken in steps.items())


def test_start_of_a_lake_that_was_stopped(benchmark: Any, figures: Figures, root: Path) -> None:
    steps: dict[str, float] = {}
    benchmark.pedantic(_start(root, steps), setup=lambda: sandbox.down(root), rounds=5)
    figures.add("start, stopped before", [benchmark.stats.stats.median], note=_note("≤ 3 s", steps))


def test_start_from_an_empty_folder(benchmark: Any, figures: Figures, root: Path) -> None:
    steps: dict[str, float] = {}
    benchmark.pedantic(_start(root, steps), setup=lambda: sandbox.reset(root), rounds=3)
    figures.add("start, empty folder", [benchmark.stats.stats.median], note=_note("≤ 60 s", steps))


def test_memory_and_processor_while_idle(figures: Figures, root: Path) -> None:
    lake = sandbox.up(root)
    time.sleep(SETTLING)
    before = _processor(lake)
    time.sleep(IDLE_SECONDS)
    used = _processor(lake) - before
    memory = sandbox.status(root, measure=True).memory
    figures.add("idle: memory", [memory / 1e6], unit="MB", note="wanted ≤ 400 MB; proportional set size")
    figures.add(
        "idle: processor", [100 * used / IDLE_SECONDS], unit="%", note=f"of one core, over {IDLE_SECONDS} s"
    )


def test_start_without_a_private_environment(benchmark: Any, figures: Figures, bare: Path) -> None:
    steps: dict[str, float] = {}
    benchmark.pedantic(_start(bare, steps), rounds=1)
    figures.add("start, packages downloaded too", [benchmark.stats.stats.median], note=_note("≤ 60 s", steps))


def _processor(lake: LakeStatus) -> float:
    """Seconds of processor that all parts have used, ended children included."""
    family = {process for pid in lake.parts.values() for process in _with_children(pid)}
    times = [process.cpu_times() for process in family]
    return sum(t.user + t.system for t in times)


def _with_children(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
