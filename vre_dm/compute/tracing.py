"""Which columns a function touches: told by a call of it with a few entries that are read when touched."""

from collections.abc import Callable
from typing import Any

from vre_dm.compute.columns import Columns
from vre_dm.compute.frozen import ENDS
from vre_dm.compute.given import as_awkward
from vre_dm.compute.merging import addable
from vre_dm.compute.reading import Table
from vre_dm.compute.tree import Tree
from vre_dm.errors import Unmergeable

TRACED = 1000
"""How many are looked at before a run."""


def traced(function: Callable[[Any], Any], kind: str, table: Table, *, merges: bool) -> tuple[str, ...]:
    """Columns that a function touches of the first thousand entries, in the order of the file.

    A function that touches others later, or that raises here, is none the worse: what is not read ahead is
    read when it is touched.

    Parameters
    ----------
    kind
        ``numpy``, or for a tree ``awkward``.
    merges
        Whether what it gives is to be merged as `vre_dm.compute.merging.merge` does.

    Raises
    ------
    Unmergeable
        What it gives cannot be merged.
    """
    columns = Columns(table, 0, min(table.entries, TRACED))
    log: list[Any] = []
    try:
        value = function(as_awkward(columns, log) if kind == "awkward" else columns)
        if merges:
            addable(value)
    except Unmergeable:
        raise
    except (Exception, *ENDS):  # noqa: S110 - said of the chunk, with its entries, when it is done
        pass
    touched = columns.touched | (table.touched(log) if isinstance(table, Tree) else set())
    return tuple(name for name in table.names if name in touched)
