"""One function over all files of a dataset: joins the lake, the computation, and what the user sees of it.

>>> import vre_dm as dm
>>> hists = dm.dataset("cms:zmumu.2010").map(fill)  # doctest: +SKIP
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from vre_dm import session
from vre_dm.did import Did
from vre_dm.errors import InvalidConfiguration, InvalidRun
from vre_dm.lake import instances
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.instance import Instance
from vre_dm.notebook.ending import leaving

if TYPE_CHECKING:
    from vre_dm.compute.options import Kind, OnError
    from vre_dm.compute.run.order import Order
    from vre_dm.compute.run.running import RunningMap
    from vre_dm.lake.transfer.events import Listener

Files = str | Did | Dataset | Path | Iterable[str | Path]
Source = Files | Mapping[str, Any]
Reduce = Callable[[Any, Any], Any]
_OF_POINTS = {"seed", "batch"}


class How(TypedDict, total=False):
    """How a function is mapped over files; see `map`."""

    files: str | None
    tree: str | None
    columns: Sequence[str] | None
    as_: "Kind"
    on_error: "OnError"
    chunk_bytes: int
    fetch: bool | None


class Options(How, total=False):
    """Those of maps over points, too."""

    seed: int
    batch: int | None


class MappableDataset(Dataset):
    """A dataset over which functions can be mapped."""

    def map(
        self,
        function: Callable[[Any], Any],
        reduce: Callable[[Any, Any], Any] | None = None,
        on: object = None,
        *,
        progress: "Listener | None" = None,
        **how: Unpack[Options],
    ) -> Any:
        """Map a function over the events of all files and merge what it gives; see `vre_dm.map`."""
        return map(self, function, reduce, on, progress=progress, **how)

    def map_partitions(
        self,
        function: Callable[[Any], Any],
        on: object = None,
        *,
        progress: "Listener | None" = None,
        **how: Unpack[Options],
    ) -> Any:
        """Give the rows to a function piece by piece, and join what it gives; see `vre_dm.map_partitions`."""
        return map_partitions(self, function, on, progress=progress, **how)

    def start_map(
        self,
        function: Callable[[Any], Any],
        reduce: Callable[[Any, Any], Any] | None = None,
        on: object = None,
        **how: Unpack[Options],
    ) -> "RunningMap":
        """Begin the same, and return at once; see `vre_dm.start_map`."""
        return start_map(self, function, reduce, on, **how)


def map(
    what: Source,
    function: Callable[[Any], Any],
    reduce: Callable[[Any, Any], Any] | None = None,
    on: object = None,
    *,
    progress: "Listener | None" = None,
    **how: Unpack[Options],
) -> Any:
    """Map a function over the events of all files of a dataset, and merge what it gives.

    The work is done by a process of its own, which goes on when this one ends: `vre_dm.jobs` finds it again.
    Each chunk that is done is kept. The same call goes on with what an interrupted one has done; what a
    function, a value that it reads, or a file changed is computed anew.

    Parameters
    ----------
    what
        Dataset or its DID; or files on this machine: a path, or several. Or values of parameters by name, as
        `vre_dm.scan` takes them: then the function is called at each point.
    function
        Takes the events of one chunk, or each parameter by its name, and gives histograms (hist,
        boost-histogram), NumPy arrays, xarray, numbers, or dicts of those.
    reduce
        Merges two such values; they are added when left out. Chunks are merged in a tree whose shape depends
        on the files alone, so the result has the same bits wherever and however fast they were done.
    on
        Where it runs: a cluster (`vre_dm.cluster`), ``"local"``, ``"gateway"``; one core of this machine when
        left out.
    progress
        Takes the events (`vre_dm.lake.transfer.events`) instead of the line below the cell.
    **how
        ``files``: only files whose name fits this pattern. ``tree``: path of the tree, where a file has
        several. ``columns``: what is read; found out on the first events when left out. ``as_``: what the
        function takes, ``"awkward"`` (default), ``"numpy"``, ``"xarray"``, ``"pandas"``, ``"arrow"`` (of
        Parquet) or ``"path"``.
        ``on_error``: ``"raise"`` (default) ends at the first chunk that fails, ``"skip"`` leaves such chunks
        out and says so, ``"retry"`` tries them twice more. ``chunk_bytes``: size of a chunk in memory.
        ``fetch``: True has every file of a dataset here whole and verified, False reads the columns where the
        files are; when left out, they are read there if that moves much less.
        Over points there are only ``on_error``, and ``seed`` and ``batch`` as those of `vre_dm.scan`; a batch
        is a power of two.

    Returns
    -------
    object
        The merged value. ``vre_dm.start_map(…).outcome()`` and ``vre_dm.jobs()[0].outcome()`` also have where
        it came from: files with checksums, function, packages, place, times, and what was left out.

    Raises
    ------
    InvalidRun, NotSendable
        An option makes no sense, or the function cannot be given to another process; nothing was begun.
    UnreadableInput, MissingColumn
        A file is truncated, of another schema, or lacks a column.
    ChunkFailed
        The function failed on a chunk; the text names file, entries and cause. Other chunks are kept.
    Unmergeable
        What it gave cannot be merged.
    DatasetChanged
        A file was replaced meanwhile.
    RunFailed
        The process was killed; the same call continues.
    JobCancelled
        Interrupted (a ``KeyboardInterrupt``), or stopped from another window; the same call continues.
    NotInLake, FetchError, …
        As `vre_dm.fetch`.

    Warns
    -----
    NothingProcessed
        The function saw no event.
    """
    running = start_map(what, function, reduce, on, **how)
    with session.shown(progress) as listener:
        return running.follow(listener, leaving())


def map_partitions(
    what: Source,
    function: Callable[[Any], Any],
    on: object = None,
    *,
    progress: "Listener | None" = None,
    **how: Unpack[Options],
) -> Any:
    """Give the rows of all files to a function piece by piece, and put what it gives in a row.

    A piece is a range of row groups of a Parquet file, or of baskets of a tree. All else is as in `map`: the
    work is done by a process of its own, pieces that are done are kept, and the same call goes on with them.

    Parameters
    ----------
    what
        Dataset or its DID; or files on this machine: a path, or several.
    function
        Takes a piece as a pandas DataFrame, or as ``as_=`` says, and gives what has rows: a DataFrame or a
        Series, an awkward array, an Arrow table, a NumPy array or a list.
    on, progress, **how
        As those of `map`.

    Returns
    -------
    object
        All pieces, in the order of files and rows; it lies in memory as a whole. Rows of pandas are numbered
        from 0, unless the function gave their index a name.

    Raises
    ------
    Unmergeable
        Pieces have different columns, or no rows; the text says which.
    InvalidRun, ChunkFailed, MissingColumn, …
        As `map`.

    Warns
    -----
    NothingProcessed
        The function saw no row.
    """
    from vre_dm.compute.rows import in_a_row

    return map(what, function, in_a_row, on, progress=progress, **{"as_": "pandas", **how})  # type: ignore[arg-type]


def start_map(
    what: Source,
    function: Callable[[Any], Any],
    reduce: Callable[[Any, Any], Any] | None = None,
    on: object = None,
    **how: Unpack[Options],
) -> "RunningMap":
    """Begin a map, and return at once; parameters as `map`. The same that runs already is found, not begun.

    Returns
    -------
    RunningMap
        ``result()``, ``outcome()``, ``state``, ``events()``, ``wait()``, ``cancel()``.

    Raises
    ------
    InvalidRun, NotSendable, NotInLake, NotWritable
        Nothing was begun.
    """
    from vre_dm.compute.run.starting import start

    return start(session.job_folder(), _ordered(what, function, reduce, on, how))


def _ordered(
    what: Source,
    function: Callable[[Any], Any],
    reduce: Callable[[Any, Any], Any] | None,
    on: object,
    how: Options,
) -> "Order":
    """Write the order of a map."""
    place = place_of(on)
    if isinstance(what, Mapping):
        return _over_points(what, function, reduce, place, how)
    if other := _OF_POINTS & how.keys():
        msg = f"{min(other)}= is for maps over parameters, not over files"
        raise InvalidRun(msg)
    return _over_files(what, function, reduce, place, how)


def _over_files(
    what: Files, function: Callable[[Any], Any], reduce: Reduce | None, place: Any, how: How
) -> "Order":
    """Write the order of a map over files."""
    from vre_dm.compute.inputs import inputs_of
    from vre_dm.compute.run.order import order_of

    if not isinstance(what, Dataset) and not _is_did(what):
        paths = [what] if isinstance(what, str | Path) else what
        if isinstance(paths, Did) or how.get("files") is not None:
            msg = "files= chooses among the files of a dataset; of paths give those that are wanted"
            raise InvalidRun(msg)
        if how.get("fetch") is not None:
            msg = "fetch= is for the files of a dataset; those of paths are here"
            raise InvalidRun(msg)
        return order_of(function, reduce, on=place, inputs=inputs_of(list(paths)), **how)
    dataset = what if isinstance(what, Dataset) else session.dataset(what)  # type: ignore[arg-type]
    if _opens_by_name(dataset.instance):
        return order_of(function, reduce, on=place, lake=dataset.instance.name, did=str(dataset.did), **how)
    if how.pop("fetch", None) is False:
        msg = (
            f"only this session is logged in to {dataset.instance.name}: files are fetched; leave out fetch="
        )
        raise InvalidRun(msg)
    # Only this process can log in to a lake that was given by arguments: it fetches.
    from vre_dm.compute.run.taking import fetched

    with session.shown(None) as listener:
        inputs = fetched(dataset, how.pop("files", None), listener)
    return order_of(function, reduce, on=place, inputs=inputs, **how)


def _over_points(
    axes: Mapping[str, Any],
    function: Callable[..., Any],
    reduce: Reduce | None,
    place: Any,
    how: Options,
) -> "Order":
    """Write the order of a map over parameters."""
    from vre_dm.compute.grid import grid_of
    from vre_dm.compute.run.scans import order_of_sums

    if other := how.keys() - _OF_POINTS - {"on_error"}:
        msg = f"{min(other)}= is for maps over files, not over parameters"
        raise InvalidRun(msg)
    grid = grid_of(function, axes, how.get("seed", 0))
    chosen = {"batch": how.get("batch"), "on_error": how.get("on_error", "raise")}
    return order_of_sums(function, grid, reduce, on=place, **chosen)  # type: ignore[arg-type]


def _is_did(what: object) -> bool:
    """Whether it names a dataset, and no file: of a text with a colon, whatever is no path that exists."""
    return isinstance(what, Did) or (isinstance(what, str) and ":" in what and not os.path.lexists(what))


def place_of(on: object) -> Any:
    """Say where a run is to be, in words that another process understands.

    Raises
    ------
    InvalidRun
        It is no place.
    """
    if on is None:
        return None
    if isinstance(on, str):
        kinds: tuple[Literal["local", "gateway"], ...] = ("local", "gateway")
        if on not in kinds:
            msg = f'on={on!a} is no place; use dm.cluster(), "local" or "gateway"'
            raise InvalidRun(msg)
        return {"kind": on}
    handed = getattr(on, "handed", None)
    if not callable(handed):
        msg = f'on= takes dm.cluster(), "local" or "gateway", not a {type(on).__name__}'
        raise InvalidRun(msg)
    return handed()


def _opens_by_name(instance: Instance) -> bool:
    """Whether another process of this user comes to the same lake by its name."""
    if instance.name == instances.EMBEDDED and instance.embedded:
        return True
    try:
        found = instances.choose(instance.name)
    except InvalidConfiguration:
        return False
    same = ("url", "auth", "account", "source", "mount", "replicate")
    return found is not None and all(getattr(found, name) == getattr(instance, name) for name in same)
