"""Tables of events come back from their bytes: exactly where nothing is given up, within bounds elsewhere."""

import struct
import subprocess
import sys
import zlib

import numpy as np
import pyarrow as pa
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vre_dm.errors import OutOfRange
from vre_dm.physics.compression.blocks import MAGIC, joined, parted, shuffled
from vre_dm.physics.compression.packing import BitRounding
from vre_dm.physics.compression.rounding import Absolute, Relative

KINDS = st.sampled_from(["f4", "f8", "i1", "i4", "i8", "u2", "u8", "b1", ">f8", ">i2"])
COLUMN = KINDS.flatmap(lambda kind: arrays(kind, 7))
SMALL = xr.Dataset(
    {
        "pt": ("row", np.array([20.25, 31.7, 44.123456]), {"units": "GeV"}),
        "charge": ("row", np.array([1, -1, 1], dtype=np.int32), {"units": "1"}),
    },
    attrs={"title": "three muons"},
)


@settings(max_examples=50)
@given(st.lists(COLUMN, min_size=1, max_size=4), st.sampled_from(["zlib", "zstd"]))
def test_without_a_bound_every_bit_comes_back(columns: list[np.ndarray], codec: str) -> None:
    table = xr.Dataset({f"c{number}": ("row", values) for number, values in enumerate(columns)})
    packer = BitRounding(codec=codec)  # type: ignore[arg-type]
    back = packer.decompress(packer.compress(table))
    for name, column in table.data_vars.items():
        values = column.to_numpy()
        assert back[name].dtype == values.dtype.newbyteorder("=")
        assert back[name].to_numpy().tobytes() == values.astype(values.dtype.newbyteorder("=")).tobytes()


def test_names_units_dimension_and_attributes_come_back() -> None:
    packer = BitRounding(Relative(1e-3))
    back = packer.decompress(packer.compress(SMALL))
    xr.testing.assert_allclose(back, SMALL, rtol=1e-3)
    assert back["charge"].dtype == np.int32
    assert back["pt"].attrs == {"units": "GeV"}
    assert back.attrs == SMALL.attrs
    assert packer.compress(back) == packer.compress(SMALL), "rounding again changes nothing"


def test_each_column_may_have_its_own_bound_and_others_are_kept(cms: xr.Dataset) -> None:
    packer = BitRounding({"muon1_pt": Absolute(0.5, "GeV"), "muon1_eta": Relative(1e-2)})
    back = packer.decompress(packer.compress(cms))
    assert 0.1 < np.abs(back["muon1_pt"] - cms["muon1_pt"]).max() <= 0.5
    assert 1e-3 < np.abs(back["muon1_eta"] / cms["muon1_eta"] - 1).max() <= 1e-2
    rest = ["muon1_pt", "muon1_eta"]
    xr.testing.assert_identical(back.drop_vars(rest), cms.drop_vars(rest))


def test_a_looser_bound_makes_fewer_bytes(cms: xr.Dataset) -> None:
    sizes = [len(BitRounding(Relative(10.0**-k)).compress(cms)) for k in (7, 5, 3, 1)]
    assert sizes == sorted(sizes, reverse=True)


def test_rounding_and_shuffling_beat_the_codec_alone(toy: xr.Dataset) -> None:
    alone = len(zlib.compress(b"".join(toy[name].to_numpy().tobytes() for name in toy), 6))
    assert len(BitRounding(codec="zlib").compress(toy)) < alone
    assert len(BitRounding(Relative(1e-4), codec="zlib").compress(toy)) < alone / 3


def test_the_first_bytes_of_all_numbers_come_first() -> None:
    assert shuffled(np.array([0x0102, 0x0304], dtype=np.uint16)) == b"\x02\x04\x01\x03"
    assert shuffled(np.array([0x0102, 0x0304], dtype=">u2")) == b"\x02\x04\x01\x03"


def test_others_read_the_blocks_with_their_own_codecs() -> None:
    block = b"muon " * 100
    for codec, read in (
        ("zlib", zlib.decompress),
        ("zstd", lambda data: pa.input_stream(pa.py_buffer(data), compression="zstd").read()),
    ):
        data = joined({}, [block], codec)  # type: ignore[arg-type]
        begin = len(b"vre-dm events 1\n") + 8 + int.from_bytes(data[16:20], "little")
        assert read(data[begin:]) == block


@given(st.data())
def test_damaged_bytes_are_never_events(data: st.DataObject) -> None:
    whole = BitRounding(Relative(1e-3)).compress(SMALL)
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
    with pytest.raises(OutOfRange, match="compressed events"):
        BitRounding().decompress(whole[:place] + flipped + whole[place + 1 :])


@given(st.integers(0, 10_000))
def test_bytes_that_are_cut_off_or_too_many_are_refused(length: int) -> None:
    whole = BitRounding().compress(SMALL)
    with pytest.raises(OutOfRange, match="compressed events"):
        BitRounding().decompress(whole[: length % len(whole)])
    with pytest.raises(OutOfRange, match="1 bytes too many"):
        BitRounding().decompress(whole + b"x")


def told(header: str, blocks: bytes = b"") -> bytes:
    """Bytes of somebody who can compute checksums too."""
    small = zlib.compress(header.encode())
    return MAGIC + struct.pack("<II", len(small), zlib.adler32(small)) + small + blocks


BOMB = zlib.compress(bytes(10_000_000))
PROMISE = '{"codec": "zlib", "about": {"columns": []}, "blocks": [[%s, %d, %d]]}'
PACKED = '{"codec": "zlib", "blocks": [], "about": {"dimension": "row", "attrs": {}, "columns": %s}}'


@pytest.mark.parametrize(
    "data",
    [
        *map(told, ("{", "[1]", "{}", "[" * 100_000, '{"codec": 1, "about": {}, "blocks": [[1]]}')),
        told('{"codec": "zlib", "about": 1, "blocks": []}'),
        told(PROMISE % (8, len(BOMB), zlib.adler32(BOMB)), BOMB),
        told(PROMISE % (10**15, len(BOMB), zlib.adler32(BOMB)), BOMB),
        told(PROMISE % ('"8"', len(BOMB), zlib.adler32(BOMB)), BOMB),
        *(told(PACKED % columns) for columns in ('[["x", "f8", {}]]', '[["x"]]', "7")),
        joined({"dimension": "row", "attrs": {}, "columns": [["x", "U2", {}]]}, [bytes(8)], "zlib"),
    ],
)
def test_a_stranger_s_header_neither_fills_the_memory_nor_ends_in_a_stack_trace(data: bytes) -> None:
    with pytest.raises(OutOfRange, match="compressed events"):
        BitRounding().decompress(data)


def test_bytes_of_another_compressor_are_refused() -> None:
    with pytest.raises(OutOfRange, match="written by another compressor"):
        BitRounding().decompress(joined({"model": []}, [], "zlib"))
    assert parted(joined({"model": []}, [], "zlib")) == ({"model": []}, [])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (SMALL.isel(row=slice(0)), "at least one row"),
        ({"pt": [1.0]}, "events must be an xarray.Dataset, not dict"),
        (xr.Dataset(), "at least one row and column"),
        (xr.Dataset({"x": (("a", "b"), np.ones((2, 2)))}), "must have one dimension"),
        (xr.Dataset({"x": ("a", np.array(["s"]))}), "column x is of type <U1"),
        (xr.Dataset({"x": ("a", np.ones(2, dtype=np.float16))}), "column x is of type float16"),
        (xr.Dataset({"x": ("a", np.ones(2, dtype=complex))}), "column x is of type complex128"),
        (SMALL.assign(one=1.0), "column one must have the dimension"),
        (SMALL.assign_coords(row=[1, 2, 3]), "coordinate row of the events would be lost"),
        (SMALL.assign_attrs(made=object()), "attributes of the events cannot be written"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(table: xr.Dataset, told: str) -> None:
    with pytest.raises(OutOfRange, match=told):
        BitRounding().compress(table)


@pytest.mark.parametrize(
    ("packer", "told"),
    [
        (BitRounding({"ptt": Relative(0.1)}), "unknown column of floats 'ptt'; near it: pt"),
        (BitRounding({"charge": Relative(0.1)}), "unknown column of floats 'charge'"),
        (BitRounding({"pt": Absolute(0.1, "MeV")}), "column pt is in 'GeV', the error bound in 'MeV'"),
        (BitRounding(1e-3), "bound 0.001 of column pt must be Relative"),  # type: ignore[arg-type]
        (BitRounding(codec="lzma"), "unknown codec 'lzma'"),  # type: ignore[arg-type]
    ],
)
def test_a_bound_or_codec_that_does_not_fit_is_refused(packer: BitRounding, told: str) -> None:
    with pytest.raises(OutOfRange, match=told):
        packer.compress(SMALL)


def test_neither_the_fit_nor_torch_is_loaded_to_compress() -> None:
    heavy = "import sys, vre_dm.physics.compression.packing; print({'torch', 'iminuit'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
