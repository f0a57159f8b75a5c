"""From a function and files to a plan and its work: what is wrong is found before the first chunk."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from vre_dm.compute.columns import Columns
from vre_dm.compute.facts import Facts, facts_of
from vre_dm.compute.given import given
from vre_dm.compute.inputs import Input
from vre_dm.compute.options import Kind
from vre_dm.compute.parquet import ParquetTable
from vre_dm.compute.plan import CHUNK_BYTES, Plan, make_plan, plan_of_paths
from vre_dm.compute.reading import Table, shelf
from vre_dm.compute.rows import in_a_row, numbered
from vre_dm.compute.tracing import TRACED, traced
from vre_dm.compute.work import Work
from vre_dm.errors import InvalidRun


def as_it_is(value: Any) -> Any:
    """Give what the values of all chunks were merged to."""
    return value


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a back end needs.

    Attributes
    ----------
    notes
        Sentences for the user, to be said once.
    finish
        Makes of all values merged, None where there was none, what the user gets.
    """

    plan: Plan
    work: Work
    notes: tuple[str, ...] = ()
    finish: Callable[[Any], Any] = as_it_is


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be done with which files, of which only those up to the first with entries were opened.

    Attributes
    ----------
    inputs
        The files.
    work
        What is done with each chunk of them.
    columns
        What is read, by which files are cut into chunks; ``None`` where they are not cut.
    chunk_bytes
        Size in memory of what a chunk reads, about.
    notes, finish
        As those of `Prepared`.
    """

    inputs: tuple[Input, ...]
    work: Work
    columns: tuple[str, ...] | None = None
    chunk_bytes: int = CHUNK_BYTES
    notes: tuple[str, ...] = ()
    finish: Callable[[Any], Any] = as_it_is

    @property
    def whole(self) -> bool:
        """Whether the function takes each file as a whole, of which nothing has to be known."""
        return self.work.kind == "path"

    def prepared(self, facts: Sequence[Facts]) -> Prepared:
        """Cut the files into chunks; ``facts`` are of all inputs, or none where `whole`.

        Raises
        ------
        UnreadableInput
            A file has a column otherwise than the first.
        """
        if self.whole:
            plan = plan_of_paths(self.inputs)
        else:
            plan = make_plan(self.inputs, facts, columns=self.columns, chunk_bytes=self.chunk_bytes)
        return Prepared(plan, self.work, self.notes, self.finish)


def prepare(function: Callable[[Any], Any], inputs: Sequence[Input], **how: Any) -> Prepared:
    """Look at all files in this process, and plan; parameters and errors as of `draft` and `facts_of`."""
    drafted = draft(function, inputs, **how)
    facts = [] if drafted.whole else [facts_of(i, drafted.work.tree, drafted.columns) for i in inputs]
    return drafted.prepared(facts)


def draft(
    function: Callable[[Any], Any],
    inputs: Sequence[Input],
    *,
    kind: Kind = "awkward",
    tree: str | None = None,
    columns: Sequence[str] | None = None,
    reduce: Callable[[Any, Any], Any] | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Draft:
    """Find the tree, and learn which columns the function touches, from the first file with entries.

    Raises
    ------
    InvalidRun
        There is no file.
    UnreadableInput, MissingColumn
        A file cannot be read, or lacks what is needed.
    Unmergeable
        What the function gives cannot be merged.
    """
    if not inputs:
        msg = "there is no file to map the function over"
        raise InvalidRun(msg)
    every, finish = tuple(inputs), numbered if reduce is in_a_row else as_it_is
    if kind == "path":
        return Draft(every, Work(function, kind, reduce=reduce), finish=finish)
    notes: tuple[str, ...] = ()
    with _first_with_entries(inputs, tree or "") as table:
        name = table.name
        closed, ahead = tuple(columns) if columns else None, tuple(columns or ())
        if closed is None and (kind in {"xarray", "pandas", "arrow"} or isinstance(table, ParquetTable)):
            closed = ahead = _all(table, kind)
            notes = (f"all {len(closed)} columns are read; columns= says which are needed",)
        elif closed is None:
            ahead = traced(function, kind, table, merges=reduce is None)
    return Draft(every, Work(function, kind, name, closed, reduce, ahead), ahead, chunk_bytes, notes, finish)


def _first_with_entries(inputs: Sequence[Input], tree: str) -> AbstractContextManager[Table]:
    for source in inputs:
        with shelf.lend(source, tree) as table:
            if table.entries:
                return shelf.lend(source, tree)
    return shelf.lend(inputs[0], tree)


def _all(table: Table, kind: str) -> tuple[str, ...]:
    """Columns that can be had as this, told from a few entries."""
    if isinstance(table, ParquetTable):
        return table.names
    few = given(Columns(table, 0, min(table.entries, TRACED)), kind)
    return tuple(name for name in table.names if name in few)
