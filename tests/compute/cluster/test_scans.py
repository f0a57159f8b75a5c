"""A scan on a cluster: the same bits as here, in few tasks, and points that fail by name."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

import vre_dm as dm
from vre_dm.compute.cluster import Cluster
from vre_dm.errors import ChunkFailed


@pytest.fixture(scope="module")
def both(state: Path):
    with dm.cluster(2, "700 MB", kind="local") as both:
        yield both


def toy(mass: float, toy: int, rng: np.random.Generator) -> np.ndarray:
    if mass == 13 and toy == 7:
        msg = "the fit does not converge"
        raise RuntimeError(msg)
    return rng.poisson(mass, 3)


def test_a_scan_gives_the_same_bits_on_a_cluster_and_names_the_same_point(both: Cluster):
    axes = {"mass": [1.0, 10.0], "toy": range(500)}
    here, there = (dm.scan(toy, axes, on=on, seed=1, progress=lambda event: None) for on in (None, both))
    assert there.identical(here)
    assert dm.jobs()[0].outcome().backend == both.name
    with pytest.raises(
        ChunkFailed, match=r"^mass=13, toy=7: RuntimeError: the fit does not converge \(line \d+"
    ):
        dm.scan(toy, {"mass": [10, 13], "toy": range(10)}, on=both, progress=lambda event: None)


def deadly(mass: float) -> float:
    if mass == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return mass


def test_points_that_kill_their_workers_say_what_makes_them_fewer(both: Cluster):
    with pytest.raises(ChunkFailed, match=r"killed each worker.* or less batch="):
        dm.scan(deadly, {"mass": [1.0, 2.0]}, on=both, batch=1, progress=lambda event: None)
