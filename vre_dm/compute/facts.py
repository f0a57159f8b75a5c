"""What a plan has to know of each file, which is opened for that."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from vre_dm.compute.inputs import Input
from vre_dm.compute.reading import shelf
from vre_dm.errors import UnreadableInput, VreDmError
from vre_dm.pool import Pool


@dataclass(frozen=True, slots=True)
class Facts:
    """What was seen of a file.

    Attributes
    ----------
    tree
        Path of its tree; empty for a Parquet file.
    entries
        How many it has.
    bytes
        Size in memory of the columns, decompressed.
    ends
        Entries at which baskets, clusters or row groups of them end together, in order.
    types
        Of each column.
    """

    tree: str
    entries: int
    bytes: int
    ends: tuple[int, ...]
    types: dict[str, str]


def facts_of(source: Input, tree: str = "", columns: Sequence[str] | None = None) -> Facts:
    """Look at a file.

    Parameters
    ----------
    tree
        Path of the tree; empty where the file has but one.
    columns
        What will be read; ``None`` for all. Of no column at all size and ends are those of all.

    Raises
    ------
    UnreadableInput, TransferFailed, LoginRefused
        It cannot be read, or has no such tree.
    MissingColumn
        It lacks a column.
    """
    with shelf.lend(source, tree) as table:
        types = {name: table.type_of(name) for name in (table.names if columns is None else columns)}
        if not table.entries:
            return Facts(table.name, 0, 0, (), types)
        wanted = columns or ()
        return Facts(table.name, table.entries, table.bytes(wanted), tuple(table.ends(wanted)), types)


def seen_by_worker(source: Input, tree: str, columns: Sequence[str] | None) -> Facts | VreDmError:
    """Look at a file on another machine, maybe: what is wrong with it there is given, not raised."""
    try:
        if source.path is not None and source.size not in {None, source.path.stat().st_size}:
            return UnreadableInput(f"{source.name} has another size here")
        return facts_of(source, tree, columns)
    except (VreDmError, OSError) as error:
        return UnreadableInput(str(error))


def first_facts(
    inputs: Sequence[Input], look: Callable[[Input], Facts], seconds: float, pool: Pool
) -> list[Facts]:
    """Look at the first files for so long, as many at once as a pool has threads; raises as ``look``."""
    found, end = list[Facts](), time.monotonic() + seconds
    while len(found) < len(inputs):
        some = inputs[len(found) : len(found) + pool.workers]
        answers = [pool.submit(partial(look, source)) for source in some]
        found += [answer.result() for answer in answers]
        if time.monotonic() > end:
            break
    return found
