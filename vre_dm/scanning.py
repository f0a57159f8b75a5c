"""One function at each point of a grid of parameters: what a physicist scans, and toys.

>>> import vre_dm as dm
>>> limits = dm.scan(limit, {"mass": [10, 100], "coupling": [0.1, 1]})  # doctest: +SKIP
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from vre_dm import session
from vre_dm.mapping import place_of
from vre_dm.notebook.ending import leaving

if TYPE_CHECKING:
    import xarray as xr

    from vre_dm.compute.options import OnError
    from vre_dm.compute.run.running import RunningMap
    from vre_dm.lake.transfer.events import Listener


def scan(
    function: Callable[..., Any],
    axes: Mapping[str, Any],
    on: object = None,
    *,
    seed: int = 0,
    batch: int | None = None,
    on_error: "OnError" = "raise",
    progress: "Listener | None" = None,
) -> "xr.DataArray | xr.Dataset":
    """Call a function at each point of a grid of parameters, and lay out what it gives over them.

    It is a job as a map is (`vre_dm.map`): done by a process of its own, on one core or on a
    cluster, kept batch by batch, continued by the same call, and listed by `vre_dm.jobs`. Each point is
    computed by itself, so the result has the same bits wherever and in whatever batches it is done, where the
    function leaves nothing in its variables for the next point.

    Parameters
    ----------
    function
        Takes each parameter by its name: ``limit(mass=10.0, coupling=0.1)``. Gives a number, an array,
        xarray, or a tuple or dict of those, of one shape at all points. If it has a parameter ``rng`` it gets
        a ``numpy.random.Generator`` that depends on `seed` and on the place of the point on each axis alone:
        toys are the same on any cluster, and longer axes keep those that were.
    axes
        Values of each parameter, shape (n,): numbers, texts or dates; ``range(1000)`` for toys.
    on
        Where it runs: a cluster (`vre_dm.cluster`), ``"local"``, ``"gateway"``; one core of this machine when
        left out.
    seed
        Of the random numbers, also of a generator that the function brings.
    batch
        Points that are done together; when left out, so many as take half a second, told from a few.
    on_error
        ``"raise"`` (default) ends at the first point that fails, ``"skip"`` leaves such points NaN and names
        them, ``"retry"`` tries them twice more.
    progress
        Takes the events (`vre_dm.lake.transfer.events`) instead of the line below the cell.

    Returns
    -------
    xarray.DataArray or xarray.Dataset
        Parameters first, then the dimensions of the values: ``<name>_index`` for those of plain arrays. A
        tuple or a dict gives a Dataset.

    Raises
    ------
    InvalidRun, NotSendable
        An axis or an option makes no sense, or the function cannot be given to another process; nothing was
        begun.
    ChunkFailed
        The function failed at a point; the text names it. Batches that are done are kept.
    Unmergeable
        Values cannot be laid out, or have different shapes at two points, which the text names.
    RunFailed, JobCancelled
        As `vre_dm.map`.
    """
    running = start_scan(function, axes, on, seed=seed, batch=batch, on_error=on_error)
    with session.shown(progress) as listener:
        found: xr.DataArray | xr.Dataset = running.follow(listener, leaving())
    return found


def start_scan(
    function: Callable[..., Any],
    axes: Mapping[str, Any],
    on: object = None,
    *,
    seed: int = 0,
    batch: int | None = None,
    on_error: "OnError" = "raise",
) -> "RunningMap":
    """Begin a scan, and return at once; parameters as `scan`. The same that runs already is found, not begun.

    Returns
    -------
    RunningMap
        ``result()``, ``outcome()``, ``state``, ``events()``, ``wait()``, ``cancel()``.

    Raises
    ------
    InvalidRun, NotSendable, NotWritable
        Nothing was begun.
    """
    from vre_dm.compute.grid import grid_of
    from vre_dm.compute.run.scans import order_of_scan
    from vre_dm.compute.run.starting import start

    place, grid = place_of(on), grid_of(function, axes, seed)
    return start(
        session.job_folder(), order_of_scan(function, grid, batch=batch, on_error=on_error, on=place)
    )
