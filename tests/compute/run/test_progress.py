"""How far a map is: counted by chunk, file and entry, with a speed that knows nothing of an earlier run."""

import math
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lakes import until
from vre_dm.compute.inputs import Input
from vre_dm.compute.plan import Chunk, Plan
from vre_dm.compute.run.progress import Progress
from vre_dm.compute.work import Part
from vre_dm.lake.transfer.events import Computing, Event, Planned

INPUTS = tuple(Input(f"s:{name}", "", None, Path(name)) for name in "ab")
CHUNKS = tuple(Chunk(index, index // 2, 0, 100, 1000) for index in range(4))
PLAN = Plan(INPUTS, "events", ("x",), CHUNKS, 400, 4000)


def part(index: int) -> Part:
    return Part(index, None, 100, 10, 0.1)


def states(events: list[Event]) -> list[Computing]:
    return [event for event in events if isinstance(event, Computing)]


def test_what_an_earlier_run_did_is_counted_and_is_no_speed():
    heard: list[Event] = []
    seconds = iter(range(1000))
    progress = Progress(PLAN, heard.append, lambda: float(next(seconds)))
    progress.done(part(0))
    with progress.shown(1, ("all columns are read",)):
        progress.done(part(1))
        assert progress.files == 1
        progress.done(part(2))
        progress.done(part(3))
    planned, *_ = heard
    assert isinstance(planned, Planned)
    assert planned.remarks == ("1 of 4 chunks are kept from an earlier run", "all columns are read")
    first, last = states(heard)[0], states(heard)[-1]
    assert (first.chunks_done, first.speed, first.rate, first.remaining) == (1, 0.0, 0.0, None)
    assert (last.chunks_done, last.entries_done, last.bytes_done, last.files_done) == (4, 400, 4000, 2)
    assert 0 < last.speed <= 100  # a chunk a second at most
    assert last.remaining == 0


@given(st.permutations(range(4)), st.lists(st.floats(0, 100), min_size=4, max_size=4))
def test_counts_only_grow_and_end_at_the_whole_in_any_order_and_pace(order: list[int], pauses: list[float]):
    heard: list[Event] = []
    now = [0.0]
    progress = Progress(PLAN, heard.append, lambda: now[0])
    with progress.shown(0, ()):
        for index, pause in zip(order, pauses, strict=True):
            now[0] += pause
            progress.done(part(index))
    done = [event.chunks_done for event in states(heard)]
    assert done == sorted(done)
    assert done[-1] == 4
    assert all(math.isfinite(event.rate) and math.isfinite(event.speed) for event in states(heard))


def test_chunks_that_are_left_out_are_not_waited_for():
    heard: list[Event] = []
    progress = Progress(PLAN, heard.append)
    with progress.shown(0, ()):
        for index in range(4):
            progress.skipped(index)
    assert (states(heard)[-1].chunks_done, states(heard)[-1].entries_done) == (4, 0)


def test_before_the_first_chunk_nothing_is_said_again_so_that_it_is_heard_of_at_once(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("vre_dm.compute.run.progress._TICK", 0.01)
    heard: list[Event] = []
    progress = Progress(PLAN, heard.append)
    with progress.shown(0, ()):
        time.sleep(0.1)
        assert [state.chunks_done for state in states(heard)] == [0]
        progress.done(part(0))
        until(lambda: len(states(heard)) > 2)  # and then how it stands is said while the next one takes long
    assert {state.chunks_done for state in states(heard)[1:]} == {1}
