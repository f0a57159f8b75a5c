"""Entries of a chunk, column by column: some read ahead, the others when the function touches them."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import numpy as np

from vre_dm.compute.parquet import ParquetTable, awkward_of
from vre_dm.compute.reading import Table
from vre_dm.compute.tree import missing
from vre_dm.errors import MissingColumn

if TYPE_CHECKING:
    import awkward as ak

    from vre_dm.compute.stand_ins import StandIns


class Columns(Mapping[str, "np.ndarray[Any, Any]"]):
    """Columns of a chunk as NumPy arrays: what a function takes with ``as_="numpy"``.

    A column of numbers has an entry's value in a row. Of a column of lists ``columns[name]`` has all values
    one after the other, and ``columns.offsets(name)`` says where each entry begins. What is not asked for is
    not read.

    Parameters
    ----------
    table
        Where they are.
    start, stop
        Entries ``[start, stop)``.
    names
        Columns that may be asked for; ``None`` for all.
    ahead
        Those that are read at once.
    """

    def __init__(
        self,
        table: Table,
        start: int,
        stop: int,
        names: tuple[str, ...] | None = None,
        ahead: tuple[str, ...] = (),
        pool: Executor | None = None,
    ) -> None:
        self.table, self.start, self.stop = table, start, stop
        self._names = names
        self._read: dict[str, ak.Array] = {}
        self._rows: Any = None  # of a Parquet file, which not every column of is an awkward array
        self.touched: set[str] = set()
        self.own = not ahead
        """Whether those not read ahead are of this chunk, too, as where nobody knows which are touched."""
        self.stand_ins: StandIns | None = None
        """What was given for them, where they are not."""
        if ahead:
            self._check(*ahead)
            if isinstance(table, ParquetTable):
                self._rows = table.rows(ahead, start, stop)
            else:
                self._read.update(table.arrays(ahead, start, stop, pool))

    def use_own(self) -> None:
        """Have all columns of this chunk from now on."""
        self.own, self.stand_ins = True, None

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return self.stop - self.start

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that may be asked for."""
        return self.table.names if self._names is None else self._names

    @property
    def read(self) -> "Mapping[str, ak.Array]":
        """What was read so far."""
        return self._read

    def awkward(self, name: str) -> "ak.Array":
        """One column as an awkward array.

        Raises
        ------
        MissingColumn
            It may not be asked for, is not there, or is nothing that awkward can hold.
        """
        self.touched.add(name)
        if name not in self._read:
            self._check(name)
            if self._rows is not None and name in self._rows.column_names:
                self._read[name] = awkward_of(self._rows, name)
            else:
                self._read.update(self.table.arrays((name,), self.start, self.stop))
        return self._read[name]

    def rows(self, table: ParquetTable) -> Any:
        """Rows of a Parquet file as an Arrow table, which is read once."""
        if self._rows is None or self._rows.num_columns < len(self.names):
            self._rows = table.rows(self.names, self.start, self.stop)
        return self._rows

    @property
    def closed(self) -> bool:
        """Whether the user said which columns there are."""
        return self._names is not None

    def flat(self, name: str) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]":
        """Values of a column, and offsets where it has lists.

        Raises
        ------
        MissingColumn
            It is not there, or NumPy cannot hold it.
        """
        return flat(self.awkward(name), name)

    def offsets(self, name: str) -> "np.ndarray[Any, Any]":
        """Where each entry's values begin in ``columns[name]``, and the last ends; shape (entries + 1,).

        Raises
        ------
        MissingColumn
            It is not there, or has no lists.
        """
        _, offsets = self.flat(name)
        if offsets is None:
            msg = f"column {name!r} has one value an entry, not a list, so there are no offsets"
            raise MissingColumn(msg)
        return offsets.astype(np.int64, copy=False)  # who multiplies them need not think of 32 bits

    def __getitem__(self, name: str) -> "np.ndarray[Any, Any]":
        return self.flat(name)[0]

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"<{len(self)} columns of {self.entries} entries>"

    def _check(self, *names: str) -> None:
        has = self.table.has if self._names is None else self._names.__contains__
        wrong = next((name for name in names if not has(name)), None)
        if wrong is not None:
            where = "the file" if self._names is None else "columns="
            raise missing(wrong, self.names, where)


def flat(array: "ak.Array", name: str) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]":
    """Values of a column, and offsets where it has lists; views of what was read.

    Raises
    ------
    MissingColumn
        It is nested deeper, or has gaps.
    """
    import awkward as ak

    layout = array.layout
    if not _is_packed(layout):
        layout = _whole(ak.to_packed(layout, highlevel=False), name)
    if layout.is_list and not layout.is_regular and layout.parameter("__array__") is None:
        inner = _whole(layout.content, name)
        if inner.is_numpy:
            return np.asarray(inner.data), np.asarray(layout.offsets.data)
    else:
        try:
            return ak.to_numpy(layout, allow_missing=False), None
        except (ValueError, TypeError):
            pass
    raise _unfit(name, "lists in lists, or records")


def _is_packed(layout: Any) -> bool:
    """Whether it is lists of numbers, one after the other and nothing besides, as a tree gives them."""
    import awkward as ak

    if not (isinstance(layout, ak.contents.ListOffsetArray) and layout.content.is_numpy):
        return False
    offsets, values = layout.offsets.data, layout.content.data
    return bool(
        offsets[0] == 0 and offsets[-1] == len(values) and values.ndim == 1 and values.flags.c_contiguous
    )


def _whole(layout: Any, name: str) -> Any:
    """Give what may have gaps, and has none, as what cannot have any."""
    if not layout.is_option:
        return layout
    found = layout.project()
    if len(found) < len(layout):
        raise _unfit(name, "gaps")
    return found


def _unfit(name: str, what: str) -> MissingColumn:
    return MissingColumn(f"column {name!r} has {what}, which NumPy cannot hold; take it with as_='awkward'")
