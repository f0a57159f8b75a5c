"""Blocks of a file make a file object: the bytes are the same in whatever order they are read."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vre_dm.lake.stream import BLOCK, Stream

BODY = bytes(range(256)) * 4096 * 4 + b"the end"


class Bytes:
    """Bytes in memory, as ranges."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def read(self, start: int, end: int) -> bytes:
        assert 0 <= start < end <= len(self.body)
        return self.body[start:end]

    def close(self) -> None: ...


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, len(BODY) + 9), st.integers(0, 3 * BLOCK)), max_size=8))
def test_reads_in_any_order_give_the_bytes_of_the_file(reads: list[tuple[int, int]]) -> None:
    with io.BufferedReader(Stream(Bytes(BODY), len(BODY), "bytes")) as stream:
        for offset, count in reads:
            stream.seek(offset)
            assert stream.read(count) == BODY[offset : offset + count]


def test_a_closed_stream_says_so() -> None:
    stream = Stream(Bytes(BODY), len(BODY), "bytes")
    assert stream.seek(-1, io.SEEK_END) == stream.tell() == len(BODY) - 1
    with pytest.raises(ValueError, match="before the begin"):
        stream.seek(-1)
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        stream.read(1)
