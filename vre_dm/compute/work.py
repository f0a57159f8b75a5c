"""What is done with each piece, and what comes of it."""

import time
import traceback
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from vre_dm.compute.chance import scatter
from vre_dm.compute.columns import Columns
from vre_dm.compute.frozen import ENDS, fresh
from vre_dm.compute.given import given
from vre_dm.compute.held import Held, check_own
from vre_dm.compute.inputs import Input
from vre_dm.compute.merging import addable
from vre_dm.compute.options import Kind
from vre_dm.compute.plan import Chunk
from vre_dm.compute.reading import Table, shelf
from vre_dm.compute.rows import check_rows, in_a_row
from vre_dm.compute.run.sending import dumps, loads
from vre_dm.compute.stand_ins import Refused
from vre_dm.errors import ChunkFailed, DatasetChanged, LoginRefused, TransferFailed, VreDmError

LONGEST = 20_000
"""Characters of a traceback that are kept."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with each chunk: the same for all of them, so it travels to a worker once.

    Attributes
    ----------
    function
        The user's: takes the entries of a chunk and gives what can be merged. One that is
        `vre_dm.compute.frozen.Frozen` is made anew for each chunk.
    kind
        As what it takes them; ``points`` are numbers of a scan, and no file is read; ``input`` is the file as
        the plan knows it.
    tree
        Path of the tree in each file.
    columns
        All it may see; ``None`` for whatever it touches.
    reduce
        Merges two values; ``None`` for `vre_dm.compute.merging.merge`.
    ahead
        Columns that are read before it is called; others when it touches them.
    """

    function: Callable[[Any], Any]
    kind: Kind | Literal["points", "input"] = "awkward"
    tree: str = ""
    columns: tuple[str, ...] | None = None
    reduce: Callable[[Any, Any], Any] | None = None
    ahead: tuple[str, ...] = ()

    @property
    def taken(self) -> Literal["added", "rows", "as it is"]:
        """As what values are taken, on which their bytes depend: small numbers are widened to be added."""
        if self.kind == "input":
            return "as it is"
        if self.reduce is None:
            return "added"
        return "rows" if self.reduce is in_a_row else "as it is"


@dataclass(frozen=True, slots=True)
class Part:
    """What came of a chunk.

    Attributes
    ----------
    index
        Position of the chunk in the plan.
    value
        What the function gave.
    entries
        How many it saw.
    bytes_read
        Compressed bytes that were read for it.
    seconds
        Time of the function, with what it read when it touched it.
    split
        Whether it was done in two halves, since it ran out of memory.
    """

    index: int
    value: Any
    entries: int
    bytes_read: int
    seconds: float
    split: bool = False


class Loaded:
    """A chunk whose columns are in memory; its file stays open until `close`.

    Parameters
    ----------
    pool
        Threads that decompress; none: the calling one.

    Raises
    ------
    ChunkFailed
        It cannot be read.
    """

    def __init__(self, work: Work, source: Input, chunk: Chunk, pool: Executor | None = None) -> None:
        self.work, self.source, self.chunk = work, source, chunk
        self._open = ExitStack()
        self._columns: Columns | None = None
        if work.kind in {"path", "points", "input"}:
            return
        try:
            self._columns = self._read(pool)
        except Exception as error:
            self.close()
            raise _failed(source, chunk, f"cannot be read: {_line(error)}", error, "") from error
        except BaseException:
            self.close()
            raise

    def _read(self, pool: Executor | None) -> Columns:
        """Read what is known to be needed; from the next copy, where a server fails that it is read from."""
        work, chunk, away = self.work, self.chunk, self.source.away
        first = work.ahead if work.columns is None else work.columns
        left = len(away.copies) if away is not None else 0
        while True:
            table = self._open.enter_context(shelf.lend(self.source, work.tree))
            _check_entries(self.source, chunk, table)
            try:
                return Columns(table, chunk.start, chunk.stop, work.columns, first, pool)
            except (TransferFailed, LoginRefused):
                self._open.close()
                if not left:
                    raise
                left -= 1

    def compute(self) -> Part:
        """Call the function.

        Raises
        ------
        ChunkFailed
            It raised, or gave what cannot be merged; or the chunk cannot be had as it takes it.
        """
        begin, columns = time.perf_counter(), self._columns
        value = None
        try:
            value = self._value()
            again = columns is not None and columns.stand_ins is not None and columns.stand_ins.touched
        except (ChunkFailed, Refused):
            if columns is None or columns.stand_ins is None:
                raise
            again = True
        if again and columns is not None:  # outside of the handler, which holds what the function had
            value = None
            columns.use_own()
            value = self._value()
        moved = columns.table.moved() if columns is not None else 0
        return Part(self.chunk.index, value, self.chunk.entries, moved, time.perf_counter() - begin)

    def _value(self) -> Any:
        """Call the function; raises as `compute`."""
        try:
            argument = self._argument()
        except Exception as error:
            said = f"cannot be given as {self.work.kind}: {_line(error)}"
            raise _failed(self.source, self.chunk, said, error, "") from error
        try:
            function = fresh(self.work.function)
            held = Held(function)
            if function is not self.work.function and self.work.kind != "points":  # those are told apart
                scatter(held.objects, self.source.name, self.chunk.start, self.chunk.stop)
            value = function(argument)
        except ChunkFailed:  # it says better what failed
            raise
        except (Exception, *ENDS) as error:
            own = error.__traceback__.tb_next if error.__traceback__ else None
            said = f"{_line(error)}{_place(own)}"
            raise _failed(self.source, self.chunk, said, error, _trace(error, own)) from error
        try:
            return self._taken(held, value)
        except VreDmError as error:
            raise _failed(self.source, self.chunk, _line(error), error, "") from error
        except (Exception, *ENDS) as error:  # of a class of the user's, or where memory ends
            said = f"what the function gives cannot be given to another process: {_line(error)}"
            raise _failed(self.source, self.chunk, said, error, _trace(error, error.__traceback__)) from error

    def _taken(self, held: Held, value: Any) -> Any:
        """Give a value as it travels: a copy, which no later chunk changes, and which holds no file's memory.

        Raises
        ------
        Unmergeable, NotSendable
            It cannot be merged, or is not the chunk's own, or cannot be pickled.
        """
        adds = self.work.taken == "added"
        check_own(held, value, adds=adds, again=lambda: Held(fresh(self.work.function)))
        if adds:
            value = addable(value)
        elif self.work.taken == "rows":
            check_rows(value)
        return loads(dumps(value))

    def close(self) -> None:
        """Let go of the file."""
        self._open.close()

    def _argument(self) -> Any:
        if self._columns is not None:
            return given(self._columns, self.work.kind)
        if self.work.kind == "points":
            return range(self.chunk.start, self.chunk.stop)
        if self.work.kind == "input":
            return self.source
        return Path(self.source.path or self.source.name)


def _check_entries(source: Input, chunk: Chunk, table: Table) -> None:
    """Refuse a file that is not as long as it was planned with: what lies beyond would be left out.

    Raises
    ------
    DatasetChanged
        It was replaced since it was looked at, or is another one where this process is.
    """
    if chunk.of not in {None, table.entries}:
        msg = f"{source.name} has {table.entries} entries, not {chunk.of} as when it was looked at: "
        msg += "run it again; it was replaced, or is another one where the chunk is done"
        raise DatasetChanged(msg)


def do_chunk(work: Work, source: Input, chunk: Chunk) -> Part:
    """Read a chunk and call the function; runs in any process.

    Raises
    ------
    ChunkFailed
        It cannot be read, or the function raised: names file, entries and cause.
    """
    loaded = Loaded(work, source, chunk)
    try:
        return loaded.compute()
    finally:
        loaded.close()


def _failed(source: Input, chunk: Chunk, said: str, error: BaseException, trace: str) -> ChunkFailed:
    return ChunkFailed(
        f"{source.name}, entries {chunk.start} to {chunk.stop}: {said}",
        chunk=chunk.index,
        name=source.name,
        start=chunk.start,
        stop=chunk.stop,
        cause=type(error).__name__,
        trace=trace,
    )


def _line(error: BaseException) -> str:
    kind, text = type(error).__name__, ""
    with suppress(Exception):  # an error whose text is an error
        text = " ".join(str(error).split())
    return f"{kind}: {text[:300]}" if text else kind


def _place(frames: TracebackType | None) -> str:
    """Where in the function it happened: the last line that the user wrote, as far as that can be told."""
    found = traceback.extract_tb(frames)
    if not found:
        return ""
    first = found[0].filename
    last = [frame for frame in found if frame.filename == first][-1]
    return f" (line {last.lineno} in {last.name})"


def _trace(error: BaseException, frames: TracebackType | None) -> str:
    if frames is None:
        return ""
    try:
        return "".join(traceback.format_exception(type(error), error, frames))[-LONGEST:]
    except Exception:  # an error whose text is an error
        return "".join(traceback.format_tb(frames))[-LONGEST:]
