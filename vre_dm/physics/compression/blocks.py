"""Blocks of bytes with a header in one string of bytes; each squeezed without loss and checked when read."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import require

Codec = Literal["zlib", "zstd"]
MAGIC = b"vre-dm events 1\n"
LARGEST_BLOCK, LONGEST_HEADER = 1 << 32, 1 << 24  # bytes
LEVELS: dict[str, int] = {"zlib": 6, "zstd": 9}


def shuffled(values: NDArray[Any]) -> bytes:
    """All first bytes of the numbers, then all second ones and so on, the least significant first."""
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(values.size, values.dtype.itemsize).T.tobytes()


def unshuffled(data: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Numbers whose bytes were sorted by `shuffled`."""
    planes = np.frombuffer(data, dtype=np.uint8).reshape(dtype.itemsize, -1)
    return np.ascontiguousarray(planes.T).view(dtype.newbyteorder("<")).ravel().astype(dtype)


def joined(header: dict[str, Any], blocks: Sequence[bytes], codec: Codec) -> bytes:
    """Write a header and blocks so that `parted` finds both again.

    Parameters
    ----------
    header
        What JSON can say.
    blocks
        Squeezed here.
    codec
        ``zlib`` or ``zstd``.

    Raises
    ------
    OutOfRange
        No such codec, or an attribute that JSON cannot say.
    """
    require(codec, get_args(Codec), "codec", error=OutOfRange)
    squeezed = [_squeezed(block, codec) for block in blocks]
    about = [
        [len(block), len(small), zlib.adler32(small)] for block, small in zip(blocks, squeezed, strict=True)
    ]
    try:
        document = json.dumps({"codec": codec, "blocks": about, "about": header})
    except TypeError as error:
        msg = f"attributes of the events cannot be written as JSON: {error}"
        raise OutOfRange(msg) from error
    told = zlib.compress(document.encode(), 9)
    return b"".join([MAGIC, struct.pack("<II", len(told), zlib.adler32(told)), told, *squeezed])


def parted(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Read what `joined` wrote.

    Returns
    -------
    header, blocks

    Raises
    ------
    OutOfRange
        Something else, cut off, too long, or damaged.
    """
    start = len(MAGIC) + 8
    if not data.startswith(MAGIC) or len(data) < start:
        msg = (
            f"these {len(data)} bytes are no compressed events: they begin with {data[:16]!r}, not {MAGIC!r}"
        )
        raise OutOfRange(msg)
    length, sum_of_it = struct.unpack("<II", data[len(MAGIC) : start])
    told = _checked(data, start, length, sum_of_it, "the header")
    try:
        document = json.loads(_expanded(told, LONGEST_HEADER, "zlib", exactly=False))
        about, codec, listed = dict(document["about"]), document["codec"], document["blocks"]
        blocks, place = [], start + length
        for number, (size, squeezed, adler) in enumerate(listed, start=1):
            small = _checked(data, place, squeezed, adler, f"block {number}")
            blocks.append(_expanded(small, size, codec))
            place += squeezed
    except OutOfRange:
        raise
    except (ValueError, TypeError, KeyError, OSError, RecursionError, zlib.error) as error:
        cause = type(error).__name__
        msg = f"compressed events are damaged: {cause} in their header or a block; write them anew"
        raise OutOfRange(msg) from error
    if place != len(data):
        msg = f"compressed events: {len(data) - place} bytes too many after the last block"
        raise OutOfRange(msg)
    return about, blocks


def _squeezed(block: bytes, codec: str) -> bytes:
    if codec == "zlib":
        return zlib.compress(block, LEVELS[codec])
    import pyarrow as pa

    return bytes(pa.Codec("zstd", compression_level=LEVELS[codec]).compress(block, asbytes=True))


def _expanded(small: bytes, size: int, codec: str, *, exactly: bool = True) -> bytes:
    """Bytes of a block, of which no more are made than were promised."""
    if not 0 <= size <= LARGEST_BLOCK:
        msg = f"compressed events promise a block of {size} bytes; {LARGEST_BLOCK} is the most"
        raise OutOfRange(msg)
    if codec == "zlib":
        whole = zlib.decompressobj()
        block = whole.decompress(small, size + 1)
        if len(block) > size or not whole.eof or (exactly and len(block) != size):
            msg = (
                f"compressed events are damaged: a block is not of the {size} bytes that its header promises"
            )
            raise OutOfRange(msg)
        return block
    import pyarrow as pa

    return bytes(pa.Codec("zstd").decompress(small, size, asbytes=True))


def _checked(data: bytes, start: int, length: int, adler: int, what: str) -> bytes:
    piece = data[start : start + length]
    if len(piece) < length:
        msg = f"compressed events are cut off: {what} needs {length} bytes, {len(piece)} are there"
        raise OutOfRange(msg)
    if zlib.adler32(piece) != adler:
        msg = f"compressed events are damaged: {what} has another checksum than when it was written"
        raise OutOfRange(msg)
    return piece
