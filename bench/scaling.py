"""How many workers a run can use: a simulation from times that were recorded, and what holds it up.

The model: a driver and a scheduler, which plan each file, then hand out and take back one chunk at a time;
workers that do a chunk at a time; one storage, whose bandwidth they share. Clusters start at once, no worker
dies, and the network between scheduler and workers costs what it cost where the times were recorded.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice


@dataclass(frozen=True, slots=True)
class Recorded:
    """Times of one run.

    Attributes
    ----------
    chunk_s : sequence of float
        Seconds that a worker took for each chunk, reading included.
    chunk_bytes
        Compressed bytes that a chunk reads.
    handing_s
        Seconds of scheduler and driver a chunk, when they do nothing else.
    planning_s
        Seconds of the driver a file, before the first chunk.
    """

    chunk_s: Sequence[float]
    chunk_bytes: float
    handing_s: float
    planning_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """A run to be simulated: so many chunks of so many files, bytes a second that the storage gives."""

    chunks: int
    files: int
    bandwidth: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What came of it.

    Attributes
    ----------
    seconds
        From the call to the last chunk.
    speedup
        Over one worker on the same path.
    efficiency
        Speed-up over workers.
    limit
        What takes longest of all that cannot be spread further.
    """

    seconds: float
    speedup: float
    efficiency: float
    limit: str


def forecast(recorded: Recorded, run: Run, workers: int) -> Forecast:
    """Simulate a run on so many workers, and say what holds it up."""
    one, many = (_seconds(recorded, run, number) for number in (1, workers))
    return Forecast(many, one / many, one / many / workers, _limit(recorded, run, workers))


def useful(recorded: Recorded, run: Run, *, efficiency: float = 0.5) -> int:
    """Most workers that are worth having: each works so large a share of the time, or more."""
    low, high = 1, 2
    while high <= run.chunks and forecast(recorded, run, high).efficiency >= efficiency:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        good = forecast(recorded, run, middle).efficiency >= efficiency
        low, high = (middle, high) if good else (low, middle)
    return low


def _seconds(recorded: Recorded, run: Run, workers: int) -> float:
    """Play it through: who is free asks for the next chunk, and waits for the scheduler, then the storage."""
    handed = piped = recorded.planning_s * run.files
    free = [handed] * min(workers, run.chunks)
    for work in islice(cycle(recorded.chunk_s), run.chunks):
        handed = max(handed, heapq.heappop(free)) + recorded.handing_s
        piped = max(piped, handed) + recorded.chunk_bytes / run.bandwidth
        heapq.heappush(free, max(handed + work, piped))
    return max(free)


def _limit(recorded: Recorded, run: Run, workers: int) -> str:
    work = sum(islice(cycle(recorded.chunk_s), run.chunks))
    bounds = {
        "the work itself": work / workers,
        "too few chunks": max(recorded.chunk_s) if workers >= run.chunks else 0.0,
        "planning, file by file": recorded.planning_s * run.files,
        "scheduler and driver, chunk by chunk": recorded.handing_s * run.chunks,
        "bandwidth of the storage": recorded.chunk_bytes * run.chunks / run.bandwidth,
    }
    return max(bounds, key=lambda name: bounds[name])
