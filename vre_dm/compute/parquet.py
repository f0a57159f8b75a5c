"""The rows of a Parquet file as a table of the computation: its row groups are where chunks end."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from vre_dm.compute.tree import missing
from vre_dm.errors import MissingColumn, UnreadableInput

if TYPE_CHECKING:
    import awkward as ak


class ParquetTable:
    """A Parquet file, open for reading.

    Parameters
    ----------
    path
        The file.
    label
        What it is called in errors.

    Raises
    ------
    UnreadableInput
        It is damaged.
    """

    name = ""

    def __init__(self, path: Path, label: str) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        self._label, self._moved = label, 0
        # One chunk is computed while the next is read, and Arrow's reader is not made for both.
        self._lock = Lock()
        try:
            self._file = parquet.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            msg = f"{label} cannot be read as a Parquet file: {error}; fetch it again or leave it out"
            raise UnreadableInput(msg) from error
        self._meta = self._file.metadata

    @property
    def entries(self) -> int:
        """How many rows there are."""
        return int(self._meta.num_rows)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Columns, in the order of the file."""
        return tuple(self._file.schema_arrow.names)

    def has(self, column: str) -> bool:
        """Whether there is a column of this name."""
        return column in self.names

    def type_of(self, column: str) -> str:
        """Arrow type of a column.

        Raises
        ------
        MissingColumn
            There is none of this name.
        """
        if not self.has(column):
            raise missing(column, self.names, self._label)
        return str(self._file.schema_arrow.field(column).type)

    def ends(self, columns: Sequence[str]) -> list[int]:
        """Where row groups end."""
        del columns  # they end together
        return self._ends

    def bytes(self, columns: Sequence[str]) -> int:
        """Size of these columns, decompressed."""
        return sum(c.total_uncompressed_size for c in self._pieces(columns, range(self._meta.num_row_groups)))

    def rows(self, columns: Iterable[str], start: int, stop: int) -> Any:
        """Rows ``[start, stop)`` as an Arrow table."""
        ends, wanted = self._ends, list(columns)
        groups = [i for i, end in enumerate(ends) if end > start and (ends[i - 1] if i else 0) < stop]
        first = (ends[groups[0] - 1] if groups[0] else 0) if groups else 0
        with self._lock:
            self._moved += sum(c.total_compressed_size for c in self._pieces(wanted, groups))
            table = self._file.read_row_groups(groups, columns=wanted, use_threads=False)
        return table.slice(start - first, stop - start)

    def arrays(
        self, columns: Iterable[str], start: int, stop: int, pool: Executor | None = None
    ) -> "dict[str, ak.Array]":
        """Rows ``[start, stop)`` of some columns."""
        del pool  # Arrow decompresses where it is called
        wanted = list(columns)
        rows = self.rows(wanted, start, stop) if wanted else None
        return {name: awkward_of(rows, name) for name in wanted}

    def moved(self) -> int:
        """Compressed bytes that were read since this was last asked."""
        moved, self._moved = self._moved, 0
        return moved

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @cached_property
    def _ends(self) -> list[int]:
        total, ends = 0, []
        for group in range(self._meta.num_row_groups):
            total += self._meta.row_group(group).num_rows
            ends.append(total)
        return ends or [0]

    def _pieces(self, columns: Sequence[str], groups: Iterable[int]) -> Iterable[Any]:
        wanted = frozenset(columns or self.names)
        for group in map(self._meta.row_group, groups):
            pieces = (group.column(i) for i in range(group.num_columns))
            yield from (piece for piece in pieces if piece.path_in_schema.partition(".")[0] in wanted)


def awkward_of(rows: Any, name: str) -> "ak.Array":
    """One column of an Arrow table as an awkward array.

    Raises
    ------
    MissingColumn
        Its type is one that awkward does not have, such as decimal numbers.
    """
    import awkward as ak

    try:
        return ak.from_arrow(rows.select([name]))[name]
    except (ValueError, TypeError, NotImplementedError) as error:
        msg = (
            f"column {name!r} is of the type {rows.schema.field(name).type}, which awkward cannot hold; take "
            f"it with as_='arrow' or as_='pandas', or name others with columns="
        )
        raise MissingColumn(msg) from error
