"""A scan done batch by batch in this process, as any back end does it."""

from collections.abc import Callable, Mapping
from typing import Any

from vre_dm.compute.grid import grid_of
from vre_dm.compute.points import Batch, prepare_points
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.work import do_chunk


def merged(
    function: Callable[..., Any],
    axes: Mapping[str, Any],
    *,
    batch: int = 2,
    seed: int = 0,
    skip: bool = False,
    called: str = "",
) -> tuple[Batch, Any]:
    """What all batches were merged to, and that laid out."""
    grid = grid_of(function, axes, seed)
    prepared = prepare_points(function, grid, batch, skip=skip, called=called or function.__name__)
    reduction = Reduction(len(prepared.plan.chunks), prepared.work.reduce)
    for source, chunk in prepared.plan.calls():
        reduction.add(chunk.index, do_chunk(prepared.work, source, chunk).value)
    return reduction.value, prepared.finish(reduction.value)


def scanned(function: Callable[..., Any], axes: Mapping[str, Any], **how: Any) -> Any:
    """What a scan gives."""
    return merged(function, axes, **how)[1]
