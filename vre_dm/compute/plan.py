"""What is done in how many pieces: entry ranges of files, the same for every back end."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vre_dm.compute.facts import Facts
from vre_dm.compute.inputs import Input
from vre_dm.errors import UnreadableInput

ENTRIES, ROWS, FILES, POINTS = "entries", "rows", "files", "points"
"""What a plan counts: of trees, of Parquet files, where the function takes a path, of a scan."""
CHUNK_BYTES = 64_000_000
"""Size of a chunk in memory when nothing else is said: some tenths of a second of work."""
_MOST_ENTRIES = 500_000  # of a chunk, however few bytes: what the function makes of them takes memory too


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of a plan.

    Attributes
    ----------
    index
        Position in the plan.
    input
        Which of `Plan.inputs` it reads.
    start, stop
        Entries ``[start, stop)`` of that file.
    bytes
        Size of what it reads in memory, decompressed.
    of
        Entries of the whole file as it was planned; ``None`` where nobody looked.
    """

    index: int
    input: int
    start: int
    stop: int
    bytes: int
    of: int | None = None

    @property
    def entries(self) -> int:
        """How many entries it has."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Plan:
    """All pieces of a run.

    Attributes
    ----------
    inputs
        Files, in the order in which they were given.
    tree
        Path of the tree in each of the files; empty for Parquet and where the function takes a path.
    columns
        What is read; ``None`` for everything.
    chunks
        In order of file and entry.
    entries, bytes
        Sums over the chunks.
    unit
        What is counted: ``entries``, ``rows``, ``files`` or ``points``.
    """

    inputs: tuple[Input, ...]
    tree: str
    columns: tuple[str, ...] | None
    chunks: tuple[Chunk, ...]
    entries: int
    bytes: int
    unit: str = ENTRIES

    def calls(self) -> list[tuple[Input, Chunk]]:
        """Give what a back end takes: each chunk with its file."""
        return [(self.inputs[chunk.input], chunk) for chunk in self.chunks]


def make_plan(
    inputs: Sequence[Input],
    facts: Sequence[Facts],
    *,
    columns: Sequence[str] | None = None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Plan:
    """Cut files into chunks that end where baskets, clusters or row groups do, and never across files.

    What comes of it depends on the files and on these arguments alone: no matter where it is done, the same
    chunks are merged in the same order.

    Parameters
    ----------
    facts
        Of each input.
    columns
        What is read; ``None`` for all. Nothing, where it is not known: then chunks are cut as for all.
    chunk_bytes
        Size in memory of what a chunk reads, about.

    Raises
    ------
    UnreadableInput
        A file has columns of other types than the first.
    """
    chunks: list[Chunk] = []
    check_alike(inputs, dict(enumerate(facts)))
    for number, seen in enumerate(facts):
        chunks += _cut(seen, number, chunk_bytes, first=len(chunks))
    entries, size = sum(c.entries for c in chunks), sum(c.bytes for c in chunks)
    known = None if columns is None else tuple(columns)
    tree = next((seen.tree for seen in facts if seen.tree), "")  # chunks are known again by it
    unit = ENTRIES if facts[-1].tree else ROWS
    return Plan(tuple(inputs), tree, known, tuple(chunks), entries, size, unit)


def plan_of_paths(inputs: Sequence[Input]) -> Plan:
    """Give each file as a whole to a function that opens it itself."""
    chunks = tuple(Chunk(i, i, 0, 1, source.size or 0) for i, source in enumerate(inputs))
    return Plan(tuple(inputs), "", None, chunks, len(chunks), sum(c.bytes for c in chunks), FILES)


def _cut(facts: Facts, number: int, chunk_bytes: int, first: int) -> list[Chunk]:
    """Chunks of a file: as many as its size asks for, each ending at the boundary next to an even share."""
    entries, size, ends = facts.entries, facts.bytes, facts.ends
    if not entries:
        return []
    pieces = max(-(-size // chunk_bytes), -(-entries // _MOST_ENTRIES))
    chosen = sorted({_nearest(ends, entries * (i + 1) / pieces) for i in range(pieces)} | {entries})
    starts = [0, *chosen[:-1]]
    return [
        Chunk(first + i, number, start, stop, size * (stop - start) // entries, entries)
        for i, (start, stop) in enumerate(zip(starts, chosen, strict=True))
    ]


def _nearest(ends: Sequence[int], wanted: float) -> int:
    """Boundary next to a place; the earlier one of two."""
    at = bisect_left(ends, wanted)
    return min(ends[max(at - 1, 0) : at + 1], key=lambda end: abs(end - wanted))


def check_alike(inputs: Sequence[Input], facts: Mapping[int, Facts]) -> None:
    """Refuse files with other columns than the first: what is meant by the same name may not be the same.

    Parameters
    ----------
    facts
        Of some of the inputs, by their positions; of the first in any case.

    Raises
    ------
    UnreadableInput
        A file has columns of other types than the first.
    """
    for position, seen in facts.items():
        if seen.types != facts[0].types:
            _check_types(facts[0].types, seen.types, inputs[0].name, inputs[position].name)


def _check_types(first: dict[str, str], other: dict[str, str], name: str, where: str) -> None:
    for column in sorted(first.keys() | other.keys()):
        if first.get(column) != other.get(column):
            there, here = (types.get(column, "missing") for types in (first, other))
            msg = (
                f"files are of different schema: column {column!r} is {there} in {name} and {here} in "
                f"{where}; map them apart, or say with columns= what they have in common"
            )
            raise UnreadableInput(msg)
