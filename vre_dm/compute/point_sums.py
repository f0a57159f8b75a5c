"""A map over points: what the function gives at each is merged, as the chunks of files are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from vre_dm.compute.frozen import fresh
from vre_dm.compute.grid import Grid
from vre_dm.compute.held import Held, check_own
from vre_dm.compute.merging import addable, merge
from vre_dm.compute.point_calls import Failure, plan_of_points, refused, values_at
from vre_dm.compute.points import Batch
from vre_dm.compute.preparing import Prepared
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.run.sending import dumps, loads
from vre_dm.compute.work import Work
from vre_dm.errors import Unmergeable

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


@dataclass(frozen=True, slots=True)
class SumOfPoints:
    """Merges what a function gives at some points.

    Attributes
    ----------
    function
        The user's; one that is `vre_dm.compute.frozen.Frozen` is made anew for each batch.
    grid
        All points.
    reduce
        Merges two values; `vre_dm.compute.merging.merge` when left out.
    skip
        Whether a point that fails is left out, and ends nothing.
    """

    function: Callable[..., Any]
    grid: Grid
    reduce: Reduce | None
    skip: bool

    def __call__(self, numbers: range) -> Sum:
        """Merge what it gives at the points of these numbers.

        Raises
        ------
        ChunkFailed
            The function raised, and that is to end the map; or what it gave cannot be merged, was there
            before, or cannot be given to another process. Names the point.
        Unmergeable
            Values at two points do not fit.
        """
        function = fresh(self.function)
        held, again = Held(function), cache(lambda: Held(fresh(self.function)))
        reduction, failed, last = Reduction(len(numbers), self.reduce), [], _Last()
        for number, value in values_at(function, held, self.grid, numbers, skip=self.skip):
            if isinstance(value, Failure):
                failed.append(value)
                reduction.missing([number - numbers.start])
                continue
            try:
                check_own(held, value, adds=self.reduce is None, again=again)
                value = last.copied(value)
                value = addable(value) if self.reduce is None else value
            except Exception as error:  # also of a class of the user's that cannot be made again
                raise refused(self.grid, number, error) from error
            reduction.add(number - numbers.start, value)
        return Sum(reduction.value, len(numbers) - len(failed), tuple(failed))


class _Last:
    """What the function gave last: one copy of it does all points of a batch, and might fill that again."""

    def __init__(self) -> None:
        self._value: Any = None
        self._data = b""

    def copied(self, value: Any) -> Any:
        """Give a copy, which the next point cannot change.

        Raises
        ------
        Unmergeable
            What it gave before is another now: what is in it would count again and again, and how often would
            depend on the batches.
        """
        if self._data and dumps(self._value) != self._data:
            msg = (
                "the function fills what it gave at the point before: what is in it would be counted again "
                "and again; make it inside of the function, anew at each point"
            )
            raise Unmergeable(msg)
        if type(value) in _NUMBERS:
            self._value, self._data = None, b""
            return value
        self._value, self._data = value, dumps(value)
        return loads(self._data)


def prepare_sums(
    function: Callable[..., Any], grid: Grid, batch: int, reduce: Reduce | None, *, skip: bool
) -> Prepared:
    """Plan a map over points; parameters as those of `SumOfPoints`.

    Parameters
    ----------
    batch
        Points of a batch, a power of two: then its points are merged as a branch of the tree that all batches
        make together (`vre_dm.compute.reduction.Reduction`), and no bit depends on it.
    """
    work = Work(SumOfPoints(function, grid, reduce, skip), kind="points", reduce=partial(sum_of_two, reduce))
    return Prepared(plan_of_points(grid, batch), work, finish=value_of_sum)


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
