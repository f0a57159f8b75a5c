"""A function called at the points of a grid, and what is said of those at which it raises."""

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from vre_dm.compute.chance import Generators
from vre_dm.compute.grid import Grid
from vre_dm.compute.held import Held
from vre_dm.compute.inputs import Input
from vre_dm.compute.plan import POINTS, Chunk, Plan
from vre_dm.compute.work import LONGEST
from vre_dm.errors import ChunkFailed

_SAID = 300  # characters of a cause


@dataclass(frozen=True, slots=True)
class Failure:
    """A point at which the function raised: its number, its name, and why."""

    index: int
    name: str
    cause: str


def plan_of_points(grid: Grid, batch: int) -> Plan:
    """Cut a grid into batches of so many points."""
    starts = range(0, grid.count, batch)
    chunks = tuple(Chunk(i, 0, start, min(start + batch, grid.count), 0) for i, start in enumerate(starts))
    return Plan((input_of(grid),), "", None, chunks, grid.count, 0, POINTS)


def input_of(grid: Grid) -> Input:
    """Give a grid the place that a file has in a map."""
    return Input(f"points of {grid.words}", "", None, None)


def values_at(
    function: Callable[..., Any], held: Held, grid: Grid, numbers: Iterable[int], *, skip: bool
) -> Iterator[tuple[int, Any]]:
    """Give each number with what the function gives there, or with a `Failure`.

    Generators that the function brings draw what the seed and the place on each axis decide, whatever the
    batch.

    Parameters
    ----------
    held
        What the function held before it was called.
    skip
        Whether a point that fails ends nothing.

    Raises
    ------
    ChunkFailed
        The function raised, and that is to end it; names the point.
    """
    generators = Generators(held.objects)
    for number in numbers:
        generators.scatter(grid.seed, *grid.place(number))
        try:
            value = function(**grid.arguments(number))
        except (Exception, SystemExit) as error:
            if not skip:
                raise _failed(grid, number, error) from error
            value = Failure(number, grid.named(number), _said(error))
        yield number, value


def refused(grid: Grid, number: int, error: Exception) -> ChunkFailed:
    """Say of which point it is that what the function gave cannot be taken."""
    kind, name = type(error).__name__, grid.named(number)
    said = f"{name}: {kind}: {' '.join(str(error).split())[:_SAID]}"
    return ChunkFailed(said, name=name, start=number, stop=number + 1, cause=kind)


def _failed(grid: Grid, number: int, error: BaseException) -> ChunkFailed:
    trace = error.__traceback__.tb_next if error.__traceback__ else None  # what the user wrote
    text = "".join(traceback.format_exception(type(error), error, trace))[-LONGEST:] if trace else ""
    said, name = _said(error), grid.named(number)
    return ChunkFailed(
        f"{name}: {said}", name=name, start=number, stop=number + 1, cause=type(error).__name__, trace=text
    )


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())[:_SAID]
    frames = traceback.extract_tb(error.__traceback__)[1:]
    own = [frame for frame in frames if frame.filename == frames[0].filename]
    where = f" (line {own[-1].lineno} in {own[-1].name})" if own else ""
    return f"{type(error).__name__}{f': {text}' if text else ''}{where}"
