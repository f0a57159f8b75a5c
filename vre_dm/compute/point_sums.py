"""A map over points: what the function gives at each is merged, as the chunks of files are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from vre_dm.compute.grid import Grid
from vre_dm.compute.merging import addable, merge
from vre_dm.compute.point_calls import Failure, plan_of_points, values_at
from vre_dm.compute.points import Batch
from vre_dm.compute.preparing import Prepared
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.run.sending import dumps, loads
from vre_dm.compute.work import Work

Reduce = Callable[[Any, Any], Any]
_NUMBERS = {int, float, complex}


@dataclass(frozen=True, slots=True)
class Sum:
    """What some points were merged to.

    Attributes
    ----------
    value
        It.
    count
        Of how many points it is.
    failed
        Those at which the function raised.
    """

    value: Any
    count: int
    failed: tuple[Failure, ...] = ()


def prepare_sums(
    function: Callable[..., Any], grid: Grid, batch: int, reduce: Reduce | None, *, skip: bool
) -> Prepared:
    """Plan a map over points.

    Parameters
    ----------
    batch
        Points of a batch, a power of two: then its points are merged as a branch of the tree that all batches
        make together (`vre_dm.compute.reduction.Reduction`), and no bit depends on it.
    reduce
        Merges two values; `vre_dm.compute.merging.merge` when left out.
    skip
        Whether a point that fails is left out, and ends nothing.
    """
    work = Work(
        partial(sum_at_points, function, grid, reduce, skip),
        kind="points",
        reduce=partial(sum_of_two, reduce),
    )
    return Prepared(plan_of_points(grid, batch), work, finish=value_of_sum)


def sum_at_points(
    function: Callable[..., Any], grid: Grid, reduce: Reduce | None, skip: bool, numbers: range
) -> Sum:
    """Merge what the function gives at some points.

    Raises
    ------
    ChunkFailed
        The function raised, and that is to end the map; names the point.
    Unmergeable, NotSendable
        What it gave cannot be merged, or not be given to another process.
    """
    reduction, failed = Reduction(len(numbers), reduce), []
    for number, value in values_at(function, grid, numbers, skip=skip):
        if isinstance(value, Failure):
            failed.append(value)
            reduction.missing([number - numbers.start])
            continue
        if reduce is None:
            addable(value)
        if type(value) not in _NUMBERS:  # which the next point may fill again
            value = loads(dumps(value))
        reduction.add(number - numbers.start, value)
    return Sum(reduction.value, len(numbers) - len(failed), tuple(failed))


def sum_of_two(reduce: Reduce | None, left: Sum, right: Sum) -> Sum:
    """Merge two sums; one of no point changes nothing.

    Raises
    ------
    Unmergeable
        The values do not fit.
    """
    failed = left.failed + right.failed
    if not left.count or not right.count:
        one = left if left.count else right
        return Sum(one.value, one.count, failed)
    return Sum((reduce or merge)(left.value, right.value), left.count + right.count, failed)


def value_of_sum(found: Sum | None) -> Any:
    """Give what all points were merged to; None where all failed."""
    return None if found is None else found.value


def failures(value: object) -> tuple[Failure, ...]:
    """Points at which the function raised, of a value of a scan or of a map over points."""
    return value.failed if isinstance(value, Batch | Sum) else ()
