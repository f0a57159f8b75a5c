"""How many points make a batch: half a second of them, neither a task a point nor all in one."""

import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.lakes import until
from vre_dm.compute.batches import is_importing, points_a_batch, size_of_batch
from vre_dm.compute.grid import grid_of
from vre_dm.compute.point_values import value_of
from vre_dm.errors import Unmergeable


def size_of(value: Any) -> int:
    return sum(array.nbytes for array in value_of(value, "value").arrays)


@pytest.mark.parametrize(
    ("count", "seconds", "size", "batch"),
    [
        (100_000, 1e-5, 8, 65_536),  # cheap ones: two tasks, not 10^5
        (100_000, 0.01, 8, 64),
        (1000, 0.5, 8, 1),
        (1000, 30.0, 8, 1),
        (100_000, 30.0, 8, 32),  # no more tasks than a scheduler holds
        (100_000, 1e-5, 4_000_000, 32),  # nor more of their values than a worker
        (3, 1e-9, 8, 4),
        (1, 0.0, 0, 1),
        (10, float("inf"), 0, 1),
    ],
)
def test_a_batch_is_half_a_second_within_bounds(count: int, seconds: float, size: int, batch: int):
    assert size_of_batch(count, seconds, size) == batch


def tried(seconds: float, compiling: float = 0.0) -> int:
    """Points of a batch of 64 where each takes so long, and the first call more, on a clock of its own."""
    now = [0.0]

    def value(mass: int) -> int:
        now[0] += seconds if now[0] else compiling + seconds
        return mass

    grid = grid_of(value, {"mass": range(64)})
    return points_a_batch(value, grid, size_of, first=60, patience=60, clock=lambda: now[0])


def test_points_that_are_cheap_go_together():
    assert tried(0.001) == 64
    assert tried(0.1) == 8


def test_a_first_point_in_which_much_is_compiled_does_not_count():
    assert tried(0.001, compiling=30.0) == 64


def test_nobody_is_interrupted_in_an_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    module = "import time, pathlib\nwhile not pathlib.Path(__file__ + '.go').exists(): time.sleep(0.01)\n"
    (tmp_path / "slow_of_mine.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "slow_of_mine", sys)  # goes with the test
    del sys.modules["slow_of_mine"]
    thread = threading.Thread(target=lambda: __import__("slow_of_mine"), daemon=True)
    assert not is_importing(thread)
    thread.start()
    until(lambda: is_importing(thread))
    (tmp_path / "slow_of_mine.py.go").touch()
    until(lambda: not thread.is_alive())
    assert not is_importing(thread)


def test_a_dear_point_is_not_waited_for():
    ended = []

    def dear(mass: int) -> int:
        try:
            while True:
                time.sleep(0.01)
        finally:
            ended.append(mass)

    assert points_a_batch(dear, grid_of(dear, {"mass": range(64)}), size_of, first=0.5) == 1
    assert ended == [0]


def test_a_function_that_raises_is_tried_all_the_same():
    def broken(mass: int) -> int:
        raise ValueError(mass)

    grid = grid_of(broken, {"mass": range(8)})
    assert points_a_batch(broken, grid, size_of, first=60, patience=60, clock=lambda: 0.0) == 8


def test_what_cannot_be_laid_out_is_said_before_the_first_batch():
    grid = grid_of(lambda mass: None, {"mass": np.arange(8)})
    with pytest.raises(Unmergeable, match="mass=0: the function gives nothing"):
        points_a_batch(lambda mass: None, grid, size_of)
