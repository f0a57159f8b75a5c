"""Maps that do not heed that they are to stop: their process is ended, and what is done is kept."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.compute.run.conftest import ENTRIES, TOTAL, Files
from tests.compute.run.maps import pid_of, total
from tests.lakes import until
from vre_dm.compute.run.running import RunningMap
from vre_dm.compute.run.starting import begun_job, start
from vre_dm.errors import JobCancelled
from vre_dm.lake.jobs import stopping
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.jobs.listing import jobs_in


def deaf(sign: Path, gate: Path, root: Path) -> Callable[[Any], float]:
    """Sum of x; from the fourth chunk on compiled code keeps the interpreter, unless a file is there."""

    def total(events: Any) -> float:
        import ctypes
        import time

        if events.x[0] >= 3 * ENTRIES and not gate.exists():
            while len([*root.rglob("*.part")]) < 3:  # those before are being kept
                time.sleep(0.02)
            sign.touch()
            ctypes.PyDLL(None).sleep(600)
        return float(np.sum(events.x))

    return total


def test_a_function_that_holds_the_interpreter_is_ended_with_its_process(
    files: Files, root: Path, tmp_path: Path
):
    sign, gate = tmp_path / "sign", tmp_path / "gate"
    order = files.order(deaf(sign, gate, root))
    running = start(root, order)
    until(sign.exists)
    (job,) = jobs_in(root)
    assert job.cancel(30)
    assert "finished chunks are kept" in job.sentence
    with pytest.raises(JobCancelled, match="was killed; run it again to continue"):
        running.result()
    gate.touch()
    outcome = start(root, order).outcome(60)
    assert (outcome.value, outcome.kept) == (TOTAL, 3)


def test_a_merge_without_end_is_ended_with_its_process(files: Files, root: Path, tmp_path: Path):
    sign = tmp_path / "sign"

    def endless(left: float, right: float) -> float:
        sign.touch()
        while True:
            pass

    job = begun_job(root, files.order(total, reduce=endless))
    code = "from vre_dm.cli import driver; driver._END = 1; driver.main()"
    process = subprocess.Popen([sys.executable, "-c", code, job.path])
    until(sign.exists)
    RunningMap(job).cancel()
    assert process.wait(30) < 0
    assert job.state == "cancelled"


def test_a_process_that_does_more_than_the_map_is_left_alone(
    files: Files, root: Path, monkeypatch: pytest.MonkeyPatch
):
    job = begun_job(root, files.order(total))
    session = subprocess.Popen(["sleep", "600"])
    job.give(session.pid)
    assert pid_of(root) == session.pid
    monkeypatch.setattr(stopping, "_PATIENCE", 0.0)
    stopping._end_if_deaf(job)
    assert session.poll() is None
    session.kill()
    session.wait()
    job.cancel()
    assert folders(root)[0].state == "cancelled"
