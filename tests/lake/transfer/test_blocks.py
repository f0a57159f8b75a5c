"""The map behind an unfinished file says what is there, never more, and is gone when the file is whole."""

import os
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.world import registered
from vre_dm.lake.transfer.blocks import Blocks
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.verify import Expected, adler32_combine

BODY = os.urandom(1000)
GO = threading.Event()


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Part]:
    yield from opened(tmp_path / "part", registered(BODY, md5=None))


def opened(path: Path, file: object) -> Iterator[Part]:
    part = Part(path.with_name("target"), Expected.of(file), os.open(path, os.O_RDWR | os.O_CREAT), path)
    yield part
    part.close(keep=False)


def fill(blocks: Blocks, order: list[int], step: int = 7) -> None:
    for index in order:
        while not blocks.whole(index):
            at = index * blocks.block + blocks.done[index]
            blocks.write(index, BODY[at : min(at + step, (index + 1) * blocks.block)])


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_sums_of_two_pieces_make_the_sum_of_both(first: bytes, second: bytes):
    combined = adler32_combine(zlib.adler32(first), zlib.adler32(second), len(second))
    assert combined == zlib.adler32(first + second)


@pytest.mark.parametrize("size", [65520, 65521, 65522, 1 << 20])
def test_sums_are_combined_beyond_the_prime_too(size: int):
    first, second = b"\xff" * size, b"\xfe" * size
    combined = adler32_combine(zlib.adler32(first), zlib.adler32(second), size)
    assert combined == zlib.adler32(first + second)


@given(block=st.integers(1, 1200), prefix=st.integers(0, 1000), data=st.data())
def test_in_whatever_order_blocks_come_the_file_and_its_sum_are_right(
    tmp_path_factory: pytest.TempPathFactory, block: int, prefix: int, data: st.DataObject
):
    path = tmp_path_factory.mktemp("blocks") / "part"
    for part in opened(path, registered(BODY, md5=None)):
        part.write(BODY[:prefix])
        blocks = part.split(block)
        fill(blocks, data.draw(st.permutations(range(len(blocks.done)))), data.draw(st.integers(1, 300)))
        assert part.size == len(BODY)
        part.merge(GO)
        assert path.read_bytes() == BODY
        assert part.complete


def test_a_file_with_md5_is_read_once_in_order(tmp_path: Path):
    for part in opened(tmp_path / "part", registered(BODY)):
        fill(part.split(300), [3, 1, 0, 2])
        assert not part.complete
        part.merge(GO)
        assert part.complete


def test_what_another_process_finds_is_what_was_recorded(part: Part):
    part.write(BODY[:150])
    blocks = part.split(400)
    blocks.write(1, BODY[400:700])
    for index in range(3):
        blocks.save(index)
    for again in opened(part.path, registered(BODY, md5=None)):
        again.resume(GO)
        assert again.blocks is not None
        assert again.blocks.done == [150, 300, 0]
        assert again.size == 450
        fill(again.blocks, [2, 1, 0])
        again.merge(GO)
        assert again.complete


def test_bytes_that_were_not_recorded_are_not_counted(part: Part):
    blocks = part.split(400)
    blocks.write(0, BODY[:399])  # less than what is recorded at a time
    found = Blocks.found(os.open(part.path, os.O_RDONLY), len(BODY))
    assert found is not None
    assert found.done == [0, 0, 0]


def test_a_damaged_byte_of_an_earlier_run_is_found(part: Part):
    fill(part.split(400), [0, 2])
    with part.path.open("r+b") as file:
        file.seek(900)
        file.write(bytes([BODY[900] ^ 1]))
    for again in opened(part.path, registered(BODY, md5=None)):
        again.resume(GO)
        assert again.blocks is not None
        fill(again.blocks, [1])
        again.merge(GO)
        assert "adler32" in (again.expected.fault(again.digest) or "")


@given(st.binary(max_size=80))
def test_a_garbled_map_is_none(tmp_path_factory: pytest.TempPathFactory, tail: bytes):
    path = tmp_path_factory.mktemp("blocks") / "part"
    path.write_bytes(BODY + tail)
    for part in opened(path, registered(BODY, md5=None)):
        part.resume(GO)
        assert part.blocks is None
        assert part.size == (0 if tail else len(BODY))


def test_a_map_that_claims_more_than_a_block_holds_is_none(part: Part):
    blocks = part.split(400)
    blocks.done[2] = 201
    blocks.save(2)
    assert Blocks.found(os.open(part.path, os.O_RDONLY), len(BODY)) is None


def test_going_back_to_one_stream_keeps_the_begin(part: Part):
    blocks = part.split(300)
    fill(blocks, [0, 3])
    blocks.write(1, BODY[300:350])
    part.settle(GO)
    assert part.size == part.facts.st_size == 350
    part.write(BODY[350:])
    assert part.complete


def test_what_did_not_come_out_right_in_blocks_comes_in_one_stream(part: Part):
    fill(part.split(300), [0, 1, 2, 3])
    part.merge(GO)
    part.restart()
    assert part.one_stream
    assert (part.size, part.facts.st_size) == (0, 0)
