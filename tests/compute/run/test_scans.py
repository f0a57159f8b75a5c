"""A scan as a job: its end whatever ends it, how it goes on, and where its values came from."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.compute.run.conftest import reached, told
from tests.compute.run.maps import begun_here, done_here, killed
from vre_dm.compute.grid import grid_of
from vre_dm.compute.run.order import Order
from vre_dm.compute.run.running import RunningMap
from vre_dm.compute.run.scans import order_of_scan
from vre_dm.compute.run.starting import start
from vre_dm.errors import ChunkFailed, InvalidRun, JobCancelled, NotSendable, Unmergeable
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.jobs.listing import jobs_in
from vre_dm.lake.transfer.events import ChunkTrouble, Computing

AXES = {"mass": [10.0, 20.0, 30.0], "toy": range(4)}


def scan(function: Callable[..., Any], axes: Mapping[str, Any] = AXES, *, seed: int = 0, **how: Any) -> Order:
    return order_of_scan(function, grid_of(function, axes, seed), **how)


def toy(mass: float, toy: int, rng: np.random.Generator) -> float:
    return mass + rng.normal()


def gated(gate: Path, last: int) -> Callable[..., Any]:
    """Wait at all toys after this one of the last mass, until a file is there."""

    def waiting(mass: float, toy: int, rng: np.random.Generator) -> float:
        import time

        while mass == 30.0 and toy > last and not gate.exists():
            time.sleep(0.02)
        return mass + rng.normal()

    return waiting


def test_the_values_come_with_where_they_are_from(root: Path):
    outcome = done_here(root, scan(toy, seed=5, batch=5)).outcome()
    assert outcome.value.dims == ("mass", "toy")
    assert outcome.value.attrs == {"function": "toy", "seed": 5}
    place = np.random.SeedSequence(5, spawn_key=(1, 2))
    assert float(outcome.value.sel(mass=20.0, toy=2)) == 20.0 + np.random.default_rng(place).normal()
    assert (outcome.what, outcome.entries, outcome.unit, outcome.chunks) == (
        "3 mass × 4 toy",
        12,
        "points",
        3,
    )
    assert outcome.provenance()["points"] == 12
    assert "rng.normal()" in outcome.source
    last = [event for event in told(root) if isinstance(event, Computing)][-1]
    assert (last.entries_done, last.entries_total, last.unit) == (12, 12, "points")
    (job,) = jobs_in(root)
    assert (job.kind, job.what, job.to, job.state) == ("map", "3 mass × 4 toy", "toy", "finished")
    assert (job.cells()["bytes"], job.document()["points"]) == ("12 points", [12, 12])


def test_batches_that_are_done_are_not_done_again_after_a_kill(root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    waiting = gated(gate, 1)
    start(root, scan(waiting, batch=2))
    reached(root, 5)
    killed(root)
    gate.touch()
    outcome = done_here(root, scan(waiting)).outcome()  # of its own it would make one batch
    assert (outcome.kept, outcome.chunks) == (5, 6)
    assert outcome.value.equals(done_here(root, scan(toy)).outcome().value)


@pytest.mark.parametrize(
    "other",
    [
        lambda function: scan(function, seed=1),
        lambda function: scan(function, {"mass": [10.0, 20.0, 31.0], "toy": range(4)}),
        lambda function: scan(function, {"mass": AXES["mass"], "toy": range(5)}),
        lambda function: scan(lambda mass, toy: mass),
    ],
)
def test_another_seed_axis_or_function_takes_nothing(other: Callable[[Any], Order]):
    assert scan(toy).key == scan(toy, batch=3, on_error="skip").key != other(toy).key


def test_another_name_names_dimensions_otherwise_and_takes_nothing():
    def other(mass: float, toy: int) -> list[float]:
        return [mass, toy]

    before = scan(other)
    other.__name__ = "another"
    assert scan(other).key != before.key


def test_a_scan_that_is_stopped_keeps_its_batches_and_goes_on(root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    order = scan(gated(gate, 1), batch=2)
    running = begun_here(root, order)
    reached(root, 5)
    running.cancel()
    assert running.wait(60)
    with pytest.raises(JobCancelled, match="5 of 6 chunks done and kept"):
        RunningMap(folders(root)[0]).result()
    gate.touch()
    assert done_here(root, order).outcome().kept == 5


def broken(mass: float, toy: int) -> float:
    if toy == 3 and mass > 10:
        msg = "the fit does not converge"
        raise RuntimeError(msg)
    return mass


def test_a_point_that_fails_ends_it_by_name_and_can_be_left_out_afterwards(root: Path):
    with pytest.raises(ChunkFailed, match=r"^mass=20.0, toy=3: RuntimeError: the fit does not converge"):
        done_here(root, scan(broken, batch=1)).outcome()
    assert jobs_in(root)[0].state == "failed"
    outcome = done_here(root, scan(broken, batch=1, on_error="skip")).outcome()
    assert outcome.kept == 7  # all before that point
    assert np.isnan(outcome.value.sel(toy=3)).values.tolist() == [False, True, True]
    assert int(outcome.value.isnull().sum()) == 2
    assert [(one.name, one.start) for one in outcome.skipped] == [
        ("mass=20.0, toy=3", 7),
        ("mass=30.0, toy=3", 11),
    ]
    assert "2 points failed and are left out" in str(outcome)
    assert [event.again for event in told(root) if isinstance(event, ChunkTrouble)] == [False, False]


def test_points_that_failed_are_tried_again_by_the_next_run(root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    waiting = gated(gate, -1)

    def flaky(mass: float, toy: int, rng: np.random.Generator) -> float:
        if mass == 10 and not gate.exists():
            raise OSError
        return float(waiting(mass, toy, rng))

    order = scan(flaky, batch=4, on_error="skip")
    running = begun_here(root, order)
    reached(root, 2)
    running.cancel()
    assert running.wait(60)
    gate.touch()
    outcome = done_here(root, order).outcome()
    assert (outcome.kept, outcome.skipped) == (1, ())
    assert not outcome.value.isnull().any()


def test_what_cannot_be_laid_out_ends_it_before_or_when_it_is_found(root: Path):
    with pytest.raises(Unmergeable, match=r"mass=10.0, toy=0: the function gives nothing"):
        done_here(root, scan(lambda mass, toy: None)).outcome()
    with pytest.raises(
        Unmergeable, match=r"a number at mass=20.0, .*and of shape \(2,\) at mass=30.0, toy=0"
    ):
        done_here(root, scan(lambda mass, toy: [1, 2] if mass > 20 else 1, batch=3)).outcome()


@pytest.mark.parametrize("batch", [0, -1, 1.5, True])
def test_a_batch_that_is_none_is_refused(batch: Any):
    with pytest.raises(InvalidRun, match="is no number of points"):
        scan(toy, batch=batch)


def test_a_function_that_cannot_be_sent_is_named(tmp_path: Path):
    with (tmp_path / "numbers").open("w") as stream, pytest.raises(NotSendable, match="uses stream"):
        scan(lambda mass, toy: stream.fileno())
