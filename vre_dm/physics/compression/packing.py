"""Tables of events to bytes and back: rounded at a bound, bytes shuffled, squeezed by zlib or zstd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import require
from vre_dm.physics.compression.blocks import Codec, joined, parted, shuffled, unshuffled
from vre_dm.physics.compression.rounding import Bound, rounded

KINDS = "fiub"


class Compressor(Protocol):
    """A way to make a table of events small, and to have it back.

    All that is needed to read the bytes is in them, a trained model included: their number is the size.
    """

    @property
    def name(self) -> str:
        """Said in tables and pictures."""

    def compress(self, events: xr.Dataset) -> bytes:
        """Make bytes of a table with one dimension."""

    def decompress(self, data: bytes) -> xr.Dataset:
        """Have the table back, with its attributes, as far as it was kept."""


@dataclass(frozen=True, slots=True)
class BitRounding:
    """Rounding at error bounds, shuffle, and a lossless codec.

    Attributes
    ----------
    bound
        One for all columns of floats, or one by name of a column; those not named, and whole numbers, are
        kept as they are. Without one, nothing is lost.
    codec
        ``zlib`` or ``zstd``.
    """

    bound: Bound | Mapping[str, Bound] = field(default_factory=dict)
    codec: Codec = "zstd"

    @property
    def name(self) -> str:
        """Bound and codec."""
        several = isinstance(self.bound, Mapping)
        told = ("bounds by column" if self.bound else "lossless") if several else str(self.bound)
        return f"{told}, {self.codec}"

    def compress(self, events: xr.Dataset) -> bytes:
        """Make bytes of a table.

        Parameters
        ----------
        events
            Columns of floats, whole numbers or booleans along one dimension; attributes are kept.

        Raises
        ------
        OutOfRange
            No row, several dimensions, another type, a bound for no column of floats, in another unit than
            its column, or a number for which it cannot hold.
        """
        columns = table_of(events)
        bounds = self._bounds(columns, events)
        short = [
            rounded(name, values, bounds[name], events[name].attrs.get("units", ""))
            if name in bounds
            else values
            for name, values in columns.items()
        ]
        about = [
            [name, values.dtype.str.lstrip("<>=|"), dict(events[name].attrs)]
            for name, values in columns.items()
        ]
        header = {"dimension": str(next(iter(events.sizes))), "columns": about, "attrs": dict(events.attrs)}
        return joined(header, [shuffled(values) for values in short], self.codec)

    def decompress(self, data: bytes) -> xr.Dataset:
        """Have the table back.

        Raises
        ------
        OutOfRange
            Other bytes than those of `compress`, cut off or damaged.
        """
        header, blocks = parted(data)
        if "columns" not in header:
            msg = "compressed events were written by another compressor; use its decompress()"
            raise OutOfRange(msg)
        try:
            columns = {
                name: (header["dimension"], unshuffled(block, _stored(kind)), attrs)
                for (name, kind, attrs), block in zip(header["columns"], blocks, strict=True)
            }
            return xr.Dataset(columns, attrs=header["attrs"])
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            msg = f"compressed events: header and blocks do not belong together ({type(error).__name__})"
            raise OutOfRange(msg) from error

    def _bounds(self, columns: Mapping[str, NDArray[Any]], events: xr.Dataset) -> dict[str, Bound]:
        floats = [name for name, values in columns.items() if values.dtype.kind == "f"]
        if not isinstance(self.bound, Mapping):
            return dict.fromkeys(floats, self.bound)
        for name in self.bound:
            require(name, floats, "column of floats", error=OutOfRange)
        return dict(self.bound)


def _stored(kind: str) -> np.dtype[Any]:
    """Type of a column, of those that `table_of` lets through."""
    found = np.dtype(kind)
    if found.kind not in KINDS or found.itemsize > 8:
        msg = f"a column of type {found}"
        raise TypeError(msg)
    return found


def table_of(events: xr.Dataset) -> dict[str, NDArray[Any]]:
    """Columns of a table of events, looked at: one dimension, at least one row, numbers.

    Raises
    ------
    OutOfRange
        It is not so; the message names the column.
    """
    if not isinstance(events, xr.Dataset):
        msg = f"events must be an xarray.Dataset, not {type(events).__name__}"
        raise OutOfRange(msg)
    if len(events.sizes) != 1 or not all(events.sizes.values()) or not events.data_vars:
        msg = f"events must have one dimension and at least one row and column, not {dict(events.sizes)}"
        raise OutOfRange(msg)
    if events.coords:
        msg = f"coordinate {next(iter(events.coords))} of the events would be lost; use reset_coords() first"
        raise OutOfRange(msg)
    columns = {str(name): column.to_numpy() for name, column in events.data_vars.items()}
    for name, values in columns.items():
        if values.dtype.kind not in KINDS or values.dtype.itemsize > 8 or values.dtype == np.float16:
            msg = f"column {name} is of type {values.dtype}, and must be of float32, float64 or whole numbers"
            raise OutOfRange(msg)
        if values.ndim != 1:
            msg = f"column {name} must have the dimension of the table, and has none"
            raise OutOfRange(msg)
    return columns
