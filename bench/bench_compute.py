"""An event loop on one core beside coffea's runner, uproot.iterate and the bare loop, in turns, in one run.

Figures are processor seconds for two million events, each way in a process of its own on the last core.
Ours and the bare loop have the malloc thresholds that a map sets; peers run as they are, and with the same.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import environments
from bench.dielectron import write
from bench.figures import Figures
from vre_dm.compute.memory import MALLOC

FILES, EVENTS = 4, 500_000
ROUNDS = 3
_LOOPS = Path(__file__).with_name("event_loops.py")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("events")
    made = [folder / f"events_{number}.root" for number in range(FILES)]
    for number, path in enumerate(made):
        write(path, EVENTS, number)
    return made


def looped(way: str, files: list[Path], *, malloc: bool) -> dict[str, Any]:
    """What one way took in a fresh process on the last core."""
    python = environments.python("coffea") if way == "coffea" else sys.executable
    core = max(os.sched_getaffinity(0))
    words = ["taskset", "-c", str(core), str(python), "-W", "ignore", str(_LOOPS), way, *map(str, files)]
    environment = {name: value for name, value in os.environ.items() if name not in MALLOC}
    environment |= MALLOC if malloc else {}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_an_event_loop_on_one_core(figures: Figures, files: list[Path]) -> None:
    ways = {
        "bare loop: decompression and kernel; wanted ≤ 1.5": ("bare", True),
        "coffea, iterative, as it is; wanted ≤ 0.67": ("coffea", False),
        "coffea, iterative, with our malloc thresholds": ("coffea", True),
        "uproot.iterate as it is": ("iterate", False),
        "uproot.iterate with our malloc thresholds": ("iterate", True),
    }
    ours: list[float] = []
    peers: dict[str, list[float]] = {who: [] for who in ways}
    counted = []
    for _ in range(ROUNDS):
        mine = looped("ours", files, malloc=True)
        ours.append(mine["cpu"])
        counted.append(mine)
        for who, (way, malloc) in ways.items():
            said = looped(way, files, malloc=malloc)
            peers[who].append(said["cpu"])
            counted.append(said)
    assert {one["entries"] for one in counted} == {FILES * EVENTS}
    assert all(one["sum"] == counted[0]["sum"] for one in counted)
    for who, times in peers.items():
        figures.add("2 M events on one core, CPU", ours, times, note=who)
