"""Which files a later run may take for those that an earlier one has read."""

from dataclasses import replace
from pathlib import Path

from tests.compute.remote import away
from vre_dm.compute.inputs import Input
from vre_dm.compute.run.checkpoint import content_of

URL = "https://storage.example.org/file.root"


def test_what_was_read_from_a_server_is_of_its_run_alone_though_a_checksum_is_registered() -> None:
    first, second = (replace(away(b"", URL, run=run), checksum="adler32:01") for run in ("map-1", "map-2"))
    assert content_of(first) == content_of(replace(first))
    assert content_of(first) != content_of(second)


def test_a_verified_file_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    source = Input("s:a", "adler32:01", 3, tmp_path / "a")
    assert content_of(source) == content_of(replace(source, path=tmp_path / "b"))
    assert content_of(source) != content_of(replace(source, checksum="adler32:02"))


def test_a_mounted_file_that_was_not_compared_is_another_one_when_it_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    source = Input("s:a", "adler32:01", 3, path, compared=False)
    before = content_of(source)
    assert content_of(source) == before
    (tmp_path / "b").write_bytes(b"abd")
    (tmp_path / "b").replace(path)
    assert content_of(source) != before


def test_only_what_was_compared_with_a_checksum_is_verified() -> None:
    source = Input("s:a", "adler32:01", 3, None)
    assert source.verified
    assert not replace(source, checksum="").verified
    assert not replace(source, compared=False).verified
