"""The event loop on two workers beside coffea on Dask, uproot.dask and RDataFrame, in turns, in one run.

Figures are seconds by the clock, the best of some calls on a cluster that runs. All have the thresholds of
glibc's allocator that ours sets, but where it is said. RDataFrame takes part if ``--peers-python`` has ROOT.
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

FILES, TIMES = 8, 5  # different files, and names of each where many are wanted
ROUNDS, REPEATS = 3, 4
_REPEATS_SLOW = 2  # of calls that take half a minute
BARE, BARE_ALONE = "bare loops in two processes", "one bare loop: what two have of the machine"
_LOOPS = Path(__file__).with_name("worker_loops.py")


@pytest.fixture(scope="module")
def events(pytestconfig: pytest.Config) -> int:
    """In each file."""
    return int(pytestconfig.getoption("--events"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, events: int) -> list[Path]:
    folder = tmp_path_factory.mktemp("events")
    made = [folder / f"events_{number}.root" for number in range(FILES)]
    for number, path in enumerate(made):
        write(path, events, number)
    return made


@pytest.fixture(scope="module")
def many(files: list[Path]) -> list[Path]:
    """Forty names for eight files: as many are opened and planned, and the disk holds few."""
    names = [path.with_name(f"{path.stem}_{time}.root") for time in range(TIMES) for path in files]
    for name, path in zip(names, files * TIMES, strict=True):
        os.link(path, name)
    return names


def python(way: str, config: pytest.Config) -> Path:
    """Interpreter that has what the way needs."""
    if way in {"ours", "bare"}:
        return Path(sys.executable)
    if way == "rdataframe":
        return Path(config.getoption("--peers-python"))
    return environments.python(way.removesuffix("_kernel"))


def has_root(config: pytest.Config) -> bool:
    command = [str(python("rdataframe", config)), "-c", "import ROOT, numpy"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Loops:
    """Ways of one comparison, each in a fresh process, in turns."""

    def __init__(self, config: pytest.Config, state: Path, files: list[Path]) -> None:
        self._config, self._state, self._files = config, state, files
        self.counted: list[dict[str, Any]] = []

    def turns(self, ways: dict[str, tuple[str, int, bool]], rounds: int) -> dict[str, Any]:
        """Wall seconds of each: its way, its workers, and whether it has the thresholds."""
        wall: dict[str, list[float]] = {who: [] for who in ways}
        for _ in range(rounds):
            for who, (way, workers, malloc) in ways.items():
                repeats = _REPEATS_SLOW if way.startswith("uproot_dask") else REPEATS
                wall[who].append(self._once(way, workers, repeats, malloc=malloc)["wall"])
        return wall

    def _once(self, way: str, workers: int, repeats: int, *, malloc: bool) -> dict[str, Any]:
        environment = {name: value for name, value in os.environ.items() if name not in MALLOC}
        environment |= (MALLOC if malloc else {}) | {"XDG_STATE_HOME": str(self._state)}
        words = ["-W", "ignore", str(_LOOPS), way, str(workers), str(repeats), *map(str, self._files)]
        command = [str(python(way, self._config)), *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        self.counted.append(said | {"way": way})
        return said

    def agree(self, entries: int) -> None:
        """All counted the same events; ROOT and awkward may round a mass into the next bin."""
        first = self.counted[0]
        assert {one["entries"] for one in self.counted} == {entries}
        for one in self.counted:
            moved = sum(abs(a - b) for a, b in zip(one["sum"], first["sum"], strict=True))
            same = one["way"] in {"ours", "bare", "coffea_kernel"}
            assert moved <= (0 if same else 1e-4 * entries), one["way"]


def test_an_event_loop_on_two_workers(
    figures: Figures, files: list[Path], events: int, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    ways = {
        "ours": ("ours", 2, True),
        "coffea on Dask, 2 workers, with our malloc thresholds; wanted ≤ 0.62": ("coffea", 2, True),
        "coffea on Dask, our kernel on plain columns, the same": ("coffea_kernel", 2, True),
        "coffea on Dask, 2 workers, as it is": ("coffea", 2, False),
        "ours on one worker; wanted ≤ 0.59": ("ours", 1, True),
        BARE: ("bare", 2, True),
        BARE_ALONE: ("bare", 1, True),
    }
    if has_root(pytestconfig):
        ways["RDataFrame, 2 threads"] = ("rdataframe", 2, False)
    loops = Loops(pytestconfig, tmp_path, files)
    wall = loops.turns(ways, ROUNDS)
    loops.agree(FILES * events)
    mine, alone = wall.pop("ours"), wall.pop(BARE_ALONE)
    for who, times in wall.items():
        figures.add(f"{FILES * events / 1e6:g} M events, 2 workers, clock", mine, times, note=who)
    figures.add(BARE, wall[BARE], alone, note=BARE_ALONE)


@pytest.mark.timeout(900)
def test_an_event_loop_over_forty_files(
    figures: Figures, many: list[Path], events: int, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    ways = {
        "ours": ("ours", 2, True),
        "uproot.dask, 2 workers, with our malloc thresholds; wanted ≤ 0.25": ("uproot_dask", 2, True),
        "uproot.dask, our kernel on each partition, the same": ("uproot_dask_kernel", 2, True),
        "coffea on Dask, 2 workers, with our malloc thresholds": ("coffea", 2, True),
        "ours on one worker; wanted ≤ 0.59": ("ours", 1, True),
    }
    loops = Loops(pytestconfig, tmp_path, many)
    wall = loops.turns(ways, 2)
    loops.agree(len(many) * events)
    mine = wall.pop("ours")
    for who, times in wall.items():
        total = len(many) * events / 1e6
        figures.add(f"{total:g} M events, {len(many)} files, 2 workers", mine, times, note=who)
