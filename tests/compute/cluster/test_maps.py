"""A map on a cluster, as its user makes one: from a notebook that may die, through a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vre_dm as dm
from tests.compute.run.conftest import TOTAL, Files, files  # noqa: F401  # a fixture
from tests.lakes import until
from vre_dm.compute.cluster.folder import found
from vre_dm.compute.cluster.server import control
from vre_dm.errors import ClusterLost
from vre_dm.lake.jobs.job import Job

# What a notebook does: enters a cluster and begins a map on it, which waits for a file to go on.
NOTEBOOK = """
import multiprocessing, sys, time
from pathlib import Path
import vre_dm as dm

gate, *paths = map(Path, sys.argv[1:])

def total(events):
    on_a_worker = multiprocessing.parent_process() is not None  # it is tried before, to learn what it reads
    while on_a_worker and not gate.exists():
        gate.with_name("at work").touch()
        time.sleep(0.02)
    return float(events.x.to_numpy().sum())

with dm.cluster(1, "700 MB", kind="local") as one:
    dm.start_map(paths, total, on=one, chunk_bytes=8000)
    print("begun", flush=True)
    time.sleep(600)
"""


def total(events: Any) -> float:
    return float(np.sum(events.x))


@pytest.fixture
def notebook(files: Files, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:  # noqa: F811
    command = [sys.executable, "-c", NOTEBOOK, str(tmp_path / "gate"), *map(str, files.paths)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def clusters(state: Path) -> Iterator[Path]:
    """Folder of the local clusters; none outlives the test."""
    root = state / "vre-dm" / "clusters"
    yield root
    end_all(root)


def end_all(root: Path) -> None:
    for folder in found(root):
        if folder.process is not None:
            os.killpg(folder.process.pid, signal.SIGKILL)


def ended() -> Job:
    """The newest job, once it is over."""
    until(lambda: dm.jobs()[0].state != "running", 240)
    return dm.jobs()[0]


def test_a_run_on_the_cluster_of_a_notebook_outlives_it(
    notebook: "subprocess.Popen[str]", clusters: Path, tmp_path: Path
) -> None:
    until((tmp_path / "at work").exists, 240)
    notebook.kill()
    notebook.wait()
    (tmp_path / "gate").touch()
    assert ended().outcome().value == TOTAL


@pytest.mark.slow  # test_local.py kills a scheduler below a back end
def test_a_run_whose_cluster_is_killed_says_so(
    notebook: "subprocess.Popen[str]", clusters: Path, tmp_path: Path
) -> None:
    until((tmp_path / "at work").exists, 240)
    end_all(clusters)
    with pytest.raises(ClusterLost, match="run the same again"):
        ended().outcome()


def test_a_map_says_where_it_was_done_and_leaves_no_cluster_behind(files: Files, clusters: Path) -> None:  # noqa: F811
    run = dm.start_map(files.paths, total, on=dm.cluster(1, "700 MB"), chunk_bytes=8000)
    outcome = run.outcome()
    assert (outcome.value, outcome.backend) == (TOTAL, "1 process of this machine")
    assert found(clusters) == []


@pytest.mark.slow  # test_gateway.py uses it without a process of the map between
def test_a_map_finds_the_gateway_of_this_machine(files: Files) -> None:  # noqa: F811
    control.up()
    try:
        run = dm.start_map(files.paths, total, on=dm.cluster(1), chunk_bytes=8000)
        outcome = run.outcome()
    finally:
        control.down()
    assert outcome.value == TOTAL
    assert outcome.backend.startswith("gateway cluster")
