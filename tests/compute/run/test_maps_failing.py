"""A function, a reduction or a file that fails: what is told, and what is kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.compute.run.conftest import ENTRIES, Files, gated, reached
from tests.compute.run.maps import begun_here, done_here, total
from vre_dm.compute.run.folder import RunFolder, read
from vre_dm.compute.run.starting import begun_job
from vre_dm.errors import ChunkFailed, DatasetChanged, LoginRefused, RunFailed, Unmergeable
from vre_dm.lake.jobs.listing import jobs_in


def broken(events: Any) -> float:
    if events.x[0] == 4000:
        msg = "no such detector"
        raise ValueError(msg)
    return float(len(events))


def test_a_chunk_that_fails_ends_it_with_file_and_entries(files: Files, root: Path):
    running = done_here(root, files.order(broken))
    with pytest.raises(
        ChunkFailed, match=r"events\.1\.root, entries 1000 to 2000: ValueError: no such det"
    ) as error:
        running.result(60)
    assert (error.value.start, error.value.stop) == (1000, 2000)
    assert "raise ValueError(msg)" in error.value.trace
    (job,) = jobs_in(root)
    assert job.state == "failed"
    assert "no such detector" in job.sentence


def test_chunks_that_fail_can_be_left_out_and_are_named(files: Files, root: Path):
    outcome = done_here(root, files.order(broken, on_error="skip")).outcome(60)
    assert (outcome.value, outcome.entries) == (5000.0, 5000)
    (skipped,) = outcome.skipped
    assert (skipped.name, skipped.start, skipped.stop) == (str(files.paths[1]), 1000, 2000)
    assert "1 chunk left out" in str(outcome)


@pytest.mark.parametrize("on_error", ["skip", "retry"])
def test_a_file_that_was_replaced_is_never_left_out(files: Files, root: Path, on_error: str):
    def replaced(events: Any) -> float:
        if events.x[0] == 4000:
            msg = "events.1.root was replaced"
            raise DatasetChanged(msg)
        return float(len(events))

    with pytest.raises(DatasetChanged, match="was replaced"):
        done_here(root, files.order(replaced, columns=["x"], on_error=on_error)).result(60)


def test_chunks_that_a_refused_login_keeps_away_are_not_left_out(files: Files, root: Path):
    def refused(events: Any) -> float:
        msg = "the login was refused"
        raise LoginRefused(msg)

    with pytest.raises(ChunkFailed, match="LoginRefused: the login was refused"):
        done_here(root, files.order(refused, columns=["x"], on_error="skip")).result(60)


def test_chunks_that_fail_can_be_tried_again(files: Files, root: Path, tmp_path: Path):
    marks = tmp_path / "marks"
    marks.mkdir()

    def flaky(events: Any) -> float:
        mark = marks / str(int(events.x[0]))
        if not mark.exists() and len(events) == ENTRIES:
            mark.touch()
            msg = "the storage hiccuped"
            raise OSError(msg)
        return float(len(events))

    assert done_here(root, files.order(flaky, columns=["x"], on_error="retry")).result(60) == 6000.0


def test_one_that_always_fails_is_not_tried_for_ever(files: Files, root: Path):
    with pytest.raises(ChunkFailed, match="no such detector"):
        done_here(root, files.order(broken, on_error="retry")).result(60)


def test_what_cannot_be_merged_is_named(files: Files, root: Path):
    with pytest.raises(Unmergeable):
        done_here(root, files.order(lambda events: object)).result(60)


def test_a_file_that_is_replaced_meanwhile_spoils_the_result(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    running = begun_here(root, files.order(gated(gate, 5 * ENTRIES)))
    reached(root, 5)
    other = tmp_path / "other.root"
    other.write_bytes(files.paths[0].read_bytes())
    other.replace(files.paths[0])
    gate.touch()
    with pytest.raises(DatasetChanged, match=r"events\.0\.root was replaced"):
        running.result(60)


def test_a_reduce_that_raises_is_named_with_file_and_entries_and_chunks_are_kept(files: Files, root: Path):
    def reduce(left: float, right: float) -> float:
        msg = "no such sum"
        raise KeyError(msg)

    with pytest.raises(Unmergeable, match=r"events\.0\.root, entries 1000 to 2000 .*reduce= raised KeyError"):
        done_here(root, files.order(total, reduce=reduce)).result(60)
    assert done_here(root, files.order(total, reduce=max)).outcome().kept == 2
    assert done_here(root, files.order(total)).outcome().kept == 0  # what is to be added is kept otherwise


def test_values_that_do_not_fit_are_named_with_file_and_entries(files: Files, root: Path):
    def odd(events: Any) -> Any:
        return np.zeros(3 if events.x[0] < 2 * ENTRIES else 4)

    with pytest.raises(Unmergeable, match=r"events\.\d\.root, entries .*shapes differ, \(3,\) and \(4,\)"):
        done_here(root, files.order(odd, columns=["x"])).result(60)


class Picky(Exception):
    """Pickles, and cannot be made again from what was pickled, whoever has registered how errors are."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)

    def __reduce__(self) -> tuple[Any, ...]:
        return Picky, self.args


def test_an_error_that_cannot_be_made_again_is_told_all_the_same(root: Path, files: Files):
    run = RunFolder(begun_job(root, files.order(total)))
    run.keep_error(Picky("no ", "detector"))
    error = read(run.error)
    assert isinstance(error, RunFailed)
    assert "Picky: no detector" in str(error)


def end(events: Any) -> int:
    raise KeyboardInterrupt


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def mute(events: Any) -> int:
    raise Mute


@pytest.mark.parametrize(("function", "said"), [(end, "KeyboardInterrupt"), (mute, "Mute")])
def test_whatever_a_function_raises_fails_its_chunk(
    files: Files, root: Path, function: Callable[[Any], Any], said: str
):
    with pytest.raises(ChunkFailed, match=f"events.0.root, entries 0 to 1000: {said}"):
        done_here(root, files.order(function, columns=["x"])).result(60)
