"""What a map was asked to do: written down before its process starts, so any process can repeat it."""

import inspect
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vre_dm.compute.frozen import Frozen
from vre_dm.compute.grid import Grid
from vre_dm.compute.inputs import Input
from vre_dm.compute.options import GIVEN_AS, ON_ERROR, Kind, OnError
from vre_dm.compute.plan import CHUNK_BYTES
from vre_dm.compute.run.fingerprint import fingerprint
from vre_dm.compute.run.outcome import environment
from vre_dm.compute.run.sending import loads, packed
from vre_dm.errors import InvalidRun, RunFailed
from vre_dm.lake.tables import clean

_LEAST = 1000  # bytes: below, a chunk is hardly an entry


@dataclass(frozen=True, slots=True)
class Order:
    """What a map was asked to do.

    Attributes
    ----------
    lake, did, files
        Lake, dataset of it, and pattern of the names of its files; empty where ``inputs`` are given.
    inputs
        Files on this machine.
    functions
        The user's function and how two of its values are merged, as `vre_dm.compute.run.sending.packed`.
    name, source, key, reduce_key
        Name and text of the function, and the digest of all that belongs to it; that of the other function.
    kind, tree, columns, chunk_bytes
        As `vre_dm.mapping.map`.
    on_error
        What becomes of a chunk that fails.
    on
        Where it runs, as a cluster says it; None for the process of the map itself.
    grid, batch
        Points of a scan, and how many of them make a batch where that was said; None for files.
    lay_out
        Whether what the function gives at the points is laid out over them, not merged.
    fetch
        Whether files are fetched whole, or columns read where they are; None for whichever moves less.
    python, path, folder
        Interpreter, places of its modules, and folder in which the user works.
    """

    lake: str
    did: str
    files: str | None
    inputs: tuple[Input, ...]
    functions: bytes
    name: str
    source: str
    key: str
    reduce_key: str
    kind: Kind
    tree: str | None
    columns: tuple[str, ...] | None
    chunk_bytes: int
    on_error: OnError
    on: Mapping[str, Any] | None
    grid: Grid | None = None
    batch: int | None = None
    lay_out: bool = False
    fetch: bool | None = None
    python: str = sys.executable
    path: tuple[str, ...] = ()
    folder: str = ""

    def loaded(self) -> tuple[Frozen, Callable[[Any, Any], Any] | None]:
        """Give the function, to be made anew for each chunk, and what merges two of its values.

        Raises
        ------
        RunFailed
            They cannot be loaded here.
        """
        known = {*sys.path}
        sys.path += [place for place in self.path if place not in known]
        try:
            _, reduce = loads(self.functions)
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            msg = f"{self.name} cannot be loaded by the process of its map ({text}); define it in the session"
            raise RunFailed(clean(msg, None)) from error
        return Frozen(self.functions), reduce

    @property
    def names(self) -> str:
        """What it is mapped over, in words."""
        if self.did:
            return self.did
        if self.grid is not None:
            return self.grid.words
        first = Path(self.inputs[0].name).name if self.inputs else "nothing"
        return first if len(self.inputs) == 1 else f"{first} and {len(self.inputs) - 1} more"


def order_of(
    function: Callable[[Any], Any],
    reduce: Callable[[Any, Any], Any] | None = None,
    *,
    lake: str = "",
    did: str = "",
    files: str | None = None,
    inputs: tuple[Input, ...] = (),
    tree: str | None = None,
    columns: Sequence[str] | None = None,
    as_: Kind = "awkward",
    on_error: OnError = "raise",
    chunk_bytes: int = CHUNK_BYTES,
    on: Mapping[str, Any] | None = None,
    fetch: bool | None = None,
) -> Order:
    """Write an order; parameters as those of `vre_dm.mapping.map` and attributes of `Order`.

    Raises
    ------
    InvalidRun
        An option makes no sense.
    NotSendable
        The function, or a value that it uses, cannot be given to another process.
    """
    named = columns if columns is None or isinstance(columns, str) else tuple(columns)
    _check(function, reduce, as_, on_error, chunk_bytes, named)
    if fetch is False and as_ == "path":
        msg = "a function with as_='path' takes whole files, which are fetched; leave out fetch=False"
        raise InvalidRun(msg)
    return Order(
        lake=lake,
        did=did,
        files=files,
        inputs=inputs,
        functions=packed(function, reduce),
        name=getattr(function, "__name__", type(function).__name__),
        source=_source(function),
        key=fingerprint(function, as_, environment()),
        reduce_key=fingerprint(reduce),
        kind=as_,
        tree=tree,
        columns=None if named is None else tuple(named),
        chunk_bytes=int(chunk_bytes),
        on_error=on_error,
        on=on,
        fetch=fetch,
        path=tuple(str(Path(place).absolute()) for place in sys.path),
        folder=str(Path.cwd()),
    )


def _check(
    function: object, reduce: object, kind: str, on_error: str, chunk_bytes: float, columns: object
) -> None:
    """Refuse options that make no sense."""
    msg = ""
    if not callable(function):
        msg = f"map takes a function of the events of a chunk, not a {type(function).__name__}"
    elif reduce is not None and not callable(reduce):
        msg = f"reduce takes two values and gives one; a {type(reduce).__name__} cannot be called"
    elif kind not in GIVEN_AS:
        msg = f"as_={kind!a} is unknown; use one of {', '.join(GIVEN_AS)}"
    elif on_error not in ON_ERROR:
        msg = f"on_error={on_error!a} is unknown; use one of {', '.join(ON_ERROR)}"
    elif not isinstance(chunk_bytes, int | float) or not _LEAST <= chunk_bytes < math.inf:
        msg = f"chunk_bytes={chunk_bytes!a} is no size of a chunk; give bytes, such as {CHUNK_BYTES}"
    elif isinstance(columns, str):
        msg = f"columns is a list of names; write columns=[{columns!a}]"
    elif columns == ():
        msg = "columns=[] names none; leave it out for those that the function touches"
    if msg:
        raise InvalidRun(msg)


def _source(function: object) -> str:
    """Text of a function as it was written; empty where nobody knows it."""
    try:
        return inspect.getsource(function)  # type: ignore[arg-type]
    except (OSError, TypeError):
        return ""
