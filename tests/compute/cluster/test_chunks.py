"""In which order chunks are sent: so that a worker opens few files."""

import threading
import time
from collections import Counter
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from vre_dm.compute.backend import Call
from vre_dm.compute.cluster.chunks import Chunks, in_turns
from vre_dm.compute.inputs import Input
from vre_dm.compute.plan import Chunk


def calls(*chunks: int) -> list[Call]:
    """So many chunks of each file, in the order of a plan."""
    files = [number for number, many in enumerate(chunks) for _ in range(many)]
    names = [Input(f"{number}.root", "adler32:00000001", 1, Path(f"/{number}.root")) for number in files]
    return [
        (name, Chunk(i, file, i, i + 1, 1)) for i, (name, file) in enumerate(zip(names, files, strict=True))
    ]


@given(st.lists(st.integers(1, 5), max_size=12), st.integers(1, 20))
def test_each_chunk_is_sent_once_and_those_of_a_file_in_its_order(chunks: list[int], workers: int) -> None:
    plan = calls(*chunks)
    order = in_turns(plan, workers)
    assert sorted(order) == list(range(len(plan)))
    for file in range(len(chunks)):
        mine = [index for index in order if plan[index][1].input == file]
        assert mine == sorted(mine)


@given(st.integers(1, 6), st.integers(1, 5), st.integers(1, 4))
def test_workers_of_one_speed_open_each_file_once(workers: int, blocks: int, each: int) -> None:
    plan = calls(*[each] * (workers * blocks))
    order = in_turns(plan, workers)
    opened = Counter({(turn % workers, plan[index][1].input) for turn, index in enumerate(order)})
    assert len(opened) == workers * blocks


def ending(chunks: int) -> Chunks:
    """So many chunks that are under way, of no cluster."""
    run = object.__new__(Chunks)
    run._client, run._name, run._due = SimpleNamespace(status="running"), "none", 0.0
    run._ended, run._open = SimpleQueue(), dict.fromkeys(range(chunks))
    return run


def test_chunks_that_end_soon_after_each_other_are_fetched_together_and_the_last_ones_at_once() -> None:
    run, done = ending(5), SimpleNamespace(status="finished")
    run._ended.put(done)
    assert run._next() == [done]  # nobody waits for the first one
    run._open.popitem()
    feeding = threading.Thread(target=lambda: [(time.sleep(0.02), run._ended.put(done)) for _ in range(3)])
    feeding.start()
    assert run._next() == [done] * 3
    feeding.join()
    for _ in range(3):
        run._open.popitem()
    run._due = time.monotonic() + 3600
    run._ended.put(done)
    assert run._next() == [done]  # it is the only one that was left
    assert run._next() == []


def test_one_worker_takes_file_by_file_and_a_file_may_have_all_workers() -> None:
    assert in_turns(calls(3, 2), 1) == [0, 1, 2, 3, 4]
    assert in_turns(calls(5), 4) == [0, 1, 2, 3, 4]
    assert in_turns(calls(2, 3, 1), 2) == [0, 2, 1, 3, 4, 5]
