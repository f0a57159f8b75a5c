"""Sums that agree with the standard ones however the bytes come, and every single difference found."""

import hashlib
import threading
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.world import registered
from vre_dm.lake.transfer.failures import Stopped
from vre_dm.lake.transfer.verify import Expected, holds


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_sums_do_not_depend_on_how_the_bytes_are_cut(chunks: list[bytes]):
    whole = b"".join(chunks)
    expected = Expected.of(registered(whole))
    digest = expected.digest()
    for chunk in chunks:
        digest.update(chunk)
    assert (digest.size, digest.adler32) == (len(whole), f"{zlib.adler32(whole):08x}")
    assert digest.md5 == hashlib.md5(whole).hexdigest()
    assert expected.fault(digest) is None


@given(st.binary(min_size=1, max_size=500), st.data())
def test_any_single_changed_byte_is_found(body: bytes, data: st.DataObject):
    at = data.draw(st.integers(0, len(body) - 1))
    wrong = body[:at] + bytes([body[at] ^ data.draw(st.integers(1, 255))]) + body[at + 1 :]
    expected = Expected.of(registered(body, md5=None))
    digest = expected.digest()
    digest.update(wrong)
    assert "adler32" in expected.fault(digest)


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_adler32_is_one(value: int):
    spellings = {f"{value:x}", f"{value:08x}", f"{value:X}", f" {value:08x}\n"}
    found = {Expected.of(registered(b"", adler32=text)).adler32 for text in spellings}
    assert found == {f"{value:08x}"}


def test_a_file_on_disk_is_proved_only_by_a_checksum(tmp_path: Path):
    path, go = tmp_path / "f", threading.Event()
    path.write_bytes(b"true")
    assert holds(path, Expected.of(registered(b"true")), go)
    assert holds(path, Expected.of(registered(b"true", size=None, md5=None)), go)
    assert not holds(path, Expected.of(registered(b"tru!")), go)
    assert not holds(path, Expected.of(registered(b"true", adler32=None, md5=None)), go)
    assert not holds(tmp_path / "absent", Expected.of(registered(b"")), go)
    assert not holds(tmp_path, Expected.of(registered(b"")), go)


def test_looking_through_a_file_can_be_stopped(tmp_path: Path):
    path, stop = tmp_path / "f", threading.Event()
    path.write_bytes(b"true")
    stop.set()
    with pytest.raises(Stopped):
        holds(path, Expected.of(registered(b"true")), stop)
