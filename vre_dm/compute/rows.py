"""What a function gives for one piece of a table after the other, put in a row in the order of the files."""

from typing import Any

import numpy as np

from vre_dm.errors import Unmergeable

_KINDS = {
    ("pandas", "DataFrame"): "frame",
    ("pandas", "Series"): "frame",
    ("awkward", "Array"): "awkward",
    ("pyarrow", "Table"): "arrow",
    ("numpy", "ndarray"): "numpy",
    ("builtins", "list"): "list",
}


def in_a_row(left: Any, right: Any) -> Any:
    """Put two pieces in a row.

    An index of pandas without a name counts anew; one with a name is kept.

    Raises
    ------
    Unmergeable
        They are of different types, have other columns, or are nothing that has rows.
    """
    kinds = check_rows(left), check_rows(right)
    if type(left) is not type(right):
        msg = f"one is a {type(left).__name__}, another a {type(right).__name__}"
        raise _unfit(msg)
    join = {"frame": _frames, "awkward": _awkward, "arrow": _tables, "numpy": _arrays, "list": _lists}
    try:
        return join[kinds[0]](left, right)
    except Unmergeable:
        raise
    except (ValueError, TypeError) as error:  # Arrow's errors are such, too
        raise _unfit(" ".join(str(error).split())[:300]) from error


def check_rows(value: Any) -> str:
    """Give the family of a piece.

    Raises
    ------
    Unmergeable
        It has no rows.
    """
    for kind in type(value).__mro__:
        family = _KINDS.get((kind.__module__.partition(".")[0], kind.__name__))
        if family and not (family == "numpy" and value.ndim == 0):
            return family
    what = "nothing: does it lack a return?" if value is None else f"a {type(value).__name__}"
    msg = (
        f"the function gives {what}; map_partitions takes what has rows (pandas, awkward, pyarrow, NumPy, "
        "lists); what is to be added goes with map"
    )
    raise Unmergeable(msg)


def numbered(value: Any) -> Any:
    """Give the whole, with its rows counted from 0 where their index has no name."""
    return _numbered(value) if value is not None and check_rows(value) == "frame" else value


def _frames(left: Any, right: Any) -> Any:
    import pandas as pd

    columns = [list(one.columns) if hasattr(one, "columns") else [one.name] for one in (left, right)]
    if columns[0] != columns[1]:
        msg = f"their columns differ, {columns[0]} and {columns[1]}"
        raise _unfit(msg)
    if list(left.index.names) != list(right.index.names):
        msg = f"their indices differ, {list(left.index.names)} and {list(right.index.names)}"
        raise _unfit(msg)
    filled = [_numbered(piece) for piece in _filled(left, right)]
    return _numbered(pd.concat(filled)) if len(filled) > 1 else filled[0]


def _numbered(frame: Any) -> Any:
    nameless = all(name is None for name in frame.index.names)
    return frame.reset_index(drop=True) if nameless else frame


def _awkward(left: Any, right: Any) -> Any:
    import awkward as ak

    if ak.fields(left) != ak.fields(right):
        msg = f"their fields differ, {ak.fields(left)} and {ak.fields(right)}"
        raise _unfit(msg)
    return ak.concatenate(_filled(left, right))


def _tables(left: Any, right: Any) -> Any:
    import pyarrow as pa

    return pa.concat_tables([left, right])


def _arrays(left: Any, right: Any) -> Any:
    join = np.ma.concatenate if isinstance(left, np.ma.MaskedArray) else np.concatenate
    return join(_filled(left, right))


def _lists(left: Any, right: Any) -> Any:
    return left + right


def _filled(left: Any, right: Any) -> list[Any]:
    """Give those with rows: one without is of floats where nobody said otherwise, and would make all such."""
    return [piece for piece in (left, right) if len(piece)] or [left]


def _unfit(why: str) -> Unmergeable:
    return Unmergeable(f"what the function gives for two pieces cannot be put in a row: {why}")
