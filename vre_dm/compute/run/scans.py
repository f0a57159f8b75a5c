"""A scan, or a map over points: its order, and its plan, which stays that of the first run of the same."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from vre_dm.compute.batches import points_a_batch
from vre_dm.compute.frozen import fresh
from vre_dm.compute.grid import Grid
from vre_dm.compute.merging import addable
from vre_dm.compute.options import OnError
from vre_dm.compute.point_calls import input_of
from vre_dm.compute.point_sums import prepare_sums
from vre_dm.compute.point_values import value_of
from vre_dm.compute.points import prepare_points
from vre_dm.compute.preparing import Prepared
from vre_dm.compute.run.fingerprint import fingerprint
from vre_dm.compute.run.folder import RunFolder, read, write
from vre_dm.compute.run.order import Order, order_of
from vre_dm.compute.run.outcome import environment
from vre_dm.compute.run.sending import dumps
from vre_dm.errors import InvalidRun


def order_of_scan(
    function: Callable[..., Any],
    grid: Grid,
    *,
    batch: int | None = None,
    on_error: OnError = "raise",
    on: Mapping[str, Any] | None = None,
) -> Order:
    """Write the order of a scan; parameters as those of `vre_dm.scanning.scan`.

    Raises
    ------
    InvalidRun, NotSendable
        As `vre_dm.compute.run.order.order_of`.
    """
    _check_batch(batch)
    order = order_of(function, inputs=(input_of(grid),), on_error=on_error, on=on)
    order = _told(replace(order, grid=grid, batch=batch, lay_out=True), function)
    return replace(order, key=fingerprint(function, order.name, "laid out", grid.key, environment()))


def order_of_sums(
    function: Callable[..., Any],
    grid: Grid,
    reduce: Callable[[Any, Any], Any] | None = None,
    *,
    batch: int | None = None,
    on_error: OnError = "raise",
    on: Mapping[str, Any] | None = None,
) -> Order:
    """Write the order of a map over points; parameters as those of `vre_dm.mapping.map`.

    Raises
    ------
    InvalidRun, NotSendable
        As `vre_dm.compute.run.order.order_of`.
    """
    _check_batch(batch)
    if batch is not None and batch & (batch - 1):
        two = 1 << batch.bit_length()
        msg = f"batch={batch} would change the last bit of a sum; give a power of two, such as {two}"
        raise InvalidRun(msg)
    order = order_of(function, reduce, inputs=(input_of(grid),), on_error=on_error, on=on)
    key = fingerprint(function, "merged", reduce, grid.key, environment())
    return _told(replace(order, grid=grid, batch=batch, key=key), function)


def prepare_scan(
    order: Order,
    function: Callable[..., Any],
    reduce: Callable[[Any, Any], Any] | None,
    run: RunFolder,
    before: Iterable[RunFolder],
) -> Prepared:
    """Plan it: as many points a batch as in an earlier run of the same, whose batches then are done.

    Parameters
    ----------
    run
        Folder of this run, where the number is kept; of one that continues another it is there already.
    before
        Those of earlier ones.

    Raises
    ------
    Unmergeable
        What the function gives cannot be laid out, or merged.
    """
    grid, skip = order.grid, order.on_error == "skip"
    if grid is None:
        msg = "the order has no points"
        raise InvalidRun(msg)

    def look(value: Any) -> int:
        if order.lay_out:
            return sum(array.nbytes for array in value_of(value, order.name, grid.names).arrays)
        if reduce is None:
            addable(value)
        return 0

    kept = (read(other.batch) for other in (run, *before))  # its own where a job is continued
    size = order.batch or next((n for n in kept if isinstance(n, int) and n > 0), None)
    size = size or points_a_batch(fresh(function), grid, look)
    with suppress(OSError):  # then the next run tries anew
        write(run.batch, dumps(size))
    if order.lay_out:
        return prepare_points(function, grid, size, skip=skip, called=order.name)
    return prepare_sums(function, grid, size, reduce, skip=skip)


def _check_batch(batch: object) -> None:
    if batch is not None and (isinstance(batch, bool) or not isinstance(batch, int) or batch < 1):
        msg = f"batch={batch!a} is no number of points; give 1 or above, or leave it out"
        raise InvalidRun(msg)


def _told(order: Order, function: Callable[..., Any]) -> Order:
    """Name the function as a variable is named; of one with some parameters given, that function."""
    name, source = order.name, order.source
    if isinstance(function, functools.partial):
        name = getattr(function.func, "__name__", "")
        with suppress(OSError, TypeError):
            source = inspect.getsource(function.func)
    return replace(order, name=name if name.isidentifier() else "value", source=source)
