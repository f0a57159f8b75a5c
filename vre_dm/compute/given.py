"""As what a function takes the entries of a chunk: awkward, NumPy, xarray, pandas, Arrow."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from vre_dm.compute.columns import Columns
from vre_dm.compute.parquet import ParquetTable
from vre_dm.compute.stand_ins import StandIns
from vre_dm.compute.tree import Tree
from vre_dm.errors import MissingColumn

if TYPE_CHECKING:
    import awkward as ak
    import pandas as pd
    import xarray as xr


def given(columns: Columns, kind: str) -> Any:
    """Entries as a kind of `vre_dm.compute.options.Kind` other than a path.

    Raises
    ------
    MissingColumn
        A column cannot be had as this.
    """
    made: dict[str, Callable[[Columns], Any]] = {
        "awkward": as_awkward,
        "numpy": lambda same: same,
        "xarray": as_xarray,
        "pandas": as_pandas,
        "arrow": as_arrow,
    }
    return made[kind](columns)


def as_awkward(columns: Columns, log: list[Any] | None = None) -> "ak.Array":
    """A record an entry; fields that were not read ahead are read when they are first touched."""
    import awkward as ak

    names, table = columns.names, columns.table
    later = tuple(name for name in names if name not in columns.read) if isinstance(table, Tree) else ()
    read = {name: columns.awkward(name) for name in names if name in columns.read or not later}
    arrays, layouts = list(read.values()), {name: ak.to_layout(array) for name, array in read.items()}
    if later and isinstance(table, Tree):
        virtual = _lazily(columns, table, later, log)
        arrays.append(virtual)
        for name, layout in zip(virtual.layout.fields, virtual.layout.contents, strict=True):
            layouts.setdefault(name, layout)
    behaviors = [array.behavior for array in arrays if array.behavior]
    behavior = {key: made for behavior in behaviors for key, made in behavior.items()}
    record = ak.contents.RecordArray([layouts[name] for name in names], list(names), length=columns.entries)
    return ak.Array(record, behavior=behavior or None)


def _lazily(columns: Columns, table: Tree, names: tuple[str, ...], log: list[Any] | None) -> "ak.Array":
    """Columns that are read when they are first touched, or stand-ins for them."""
    if log is not None or columns.own or table.rntuple:  # of which the bytes are told before they are read
        return table.virtual(names, columns.start, columns.stop, log)
    known = table.stand_ins
    if known is None or known.names != names:
        touched: list[Any] = []
        first = table.virtual(names, columns.start, columns.stop, touched)
        table.stand_ins = StandIns(names, first, touched)
        return first
    if known.touched:
        return table.virtual(names, columns.start, columns.stop)
    columns.stand_ins = known
    return known.array(columns.entries)


def as_xarray(columns: Columns) -> "xr.Dataset":
    """One variable a column over the dimension ``entry``; fixed lengths have ``<name>_index`` too."""
    import xarray as xr

    variables = {
        name: (_dimensions(name, values), values) for name, values in _even(columns, "xarray").items()
    }
    return xr.Dataset(variables)


def as_pandas(columns: Columns) -> "pd.DataFrame":
    """One row an entry."""
    import pandas as pd

    if isinstance(columns.table, ParquetTable):
        frame: pd.DataFrame = columns.rows(columns.table).to_pandas()
        return frame.reset_index(drop=True)
    even = _even(columns, "pandas")
    if columns.closed and (wide := next((name for name, values in even.items() if values.ndim > 1), None)):
        raise _uneven(wide, "several values an entry", "pandas")
    flat = {name: values for name, values in even.items() if values.ndim == 1}
    return pd.DataFrame(flat, copy=False)


def as_arrow(columns: Columns) -> Any:
    """Give the rows of a Parquet file as they are.

    Raises
    ------
    MissingColumn
        It is no Parquet file.
    """
    if not isinstance(columns.table, ParquetTable):
        msg = (
            "as_='arrow' is for Parquet files, and this is a tree; take it with as_='awkward' or as_='pandas'"
        )
        raise MissingColumn(msg)
    return columns.rows(columns.table)


def _dimensions(name: str, values: "np.ndarray[Any, Any]") -> list[str]:
    return ["entry", *(f"{name}_index" + "_" * i for i in range(values.ndim - 1))]


def _even(columns: Columns, kind: str) -> "dict[str, np.ndarray[Any, Any]]":
    """Columns with as many values in each entry: all of them, or an error where they were asked for."""
    found: dict[str, np.ndarray[Any, Any]] = {}
    for name in columns.names:
        try:
            values, offsets = columns.flat(name)
        except MissingColumn:
            if columns.closed:
                raise
            continue
        if offsets is None:
            found[name] = values
        elif columns.closed:
            raise _uneven(name, "a list an entry", kind)
    return found


def _uneven(name: str, what: str, kind: str) -> MissingColumn:
    msg = f"column {name!r} has {what}, which {kind} cannot hold; take it with as_='awkward' or as_='numpy'"
    return MissingColumn(msg)
