"""Looking at the cache, reading it all again, taking out what was asked and nothing else."""

import os
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.lake.cache.conftest import Fetched
from vre_dm.did import Did, DidPattern
from vre_dm.lake.cache.keys import key_of, read_key
from vre_dm.lake.cache.tending import Contents, clear, verify
from vre_dm.lake.files import File
from vre_dm.lake.transfer.verify import Expected

Stored = Callable[..., File]
BODY = os.urandom(50_000)


def damage(path: Path) -> None:
    path.chmod(0o600)
    with path.open("r+b") as stream:
        stream.write(b"\x00\x01\x02")


def test_the_contents_are_a_table_with_sizes_and_last_use(fetch: Fetched, stored: Stored):
    fetch(stored("a", BODY), stored("b", BODY[::-1]))
    contents = Contents(fetch.cache)
    assert contents.size == 2 * len(BODY)
    text = str(contents.table())
    assert "2 files, 100 kB" in text
    assert "test:a" in text
    assert "no quota" in text
    assert "&lt;" not in contents._repr_html_()


def test_a_check_of_all_removes_the_damaged_and_keeps_the_good(fetch: Fetched, stored: Stored):
    good, bad = fetch(stored("a", BODY), stored("b", BODY[::-1], md5=None))
    damage(bad)
    verdict = verify(Contents(fetch.cache))
    assert (verdict.good, [entry.did for entry in verdict.removed]) == (1, ["test:b"])
    assert good.read_bytes() == BODY
    assert not bad.exists()
    assert verify(Contents(fetch.cache)).removed == []


def test_what_is_asked_is_removed_and_nothing_else(fetch: Fetched, stored: Stored, tmp_path: Path):
    kept, gone = fetch(stored("a", BODY), stored("b", BODY[::-1]))
    (mine,) = fetch(stored("b", BODY[::-1]), to=tmp_path / "mine")
    assert clear(fetch.cache, Contents(fetch.cache, DidPattern.parse("test:b*")), lambda: 2e9) == []
    assert kept.read_bytes() == BODY
    assert not gone.exists()
    assert mine.read_bytes() == BODY[::-1]
    assert [entry.did for entry in Contents(fetch.cache)] == ["test:a"]


def test_what_is_open_stays_and_is_said(fetch: Fetched, stored: Stored):
    (path,) = fetch(stored("a", BODY))
    with path.open("rb"):
        (stayed,) = clear(fetch.cache, Contents(fetch.cache), lambda: 2e9)
        assert stayed.did == "test:a"
    assert clear(fetch.cache, Contents(fetch.cache), lambda: 2e9) == []
    assert list(fetch.cache.objects()) == []


def test_a_folder_whose_name_shows_an_object_no_more_is_not_touched(fetch: Fetched, stored: Stored):
    """The user put a file of his own in the place of the link."""
    (path,) = fetch(stored("a", BODY))
    path.unlink()
    path.write_bytes(b"mine")
    clear(fetch.cache, Contents(fetch.cache), lambda: 2e9)
    assert path.read_bytes() == b"mine"


def test_what_killed_runs_left_goes_after_a_day(fetch: Fetched, stored: Stored):
    fetch(stored("a", BODY))
    left = fetch.cache.folder / "objects" / "0123456789abcdef.link"
    left.write_bytes(b"")
    made, nothing = left.stat().st_ctime, Contents(fetch.cache, DidPattern.parse("none:*"))
    clear(fetch.cache, nothing, lambda: made + 100)
    assert left.exists()
    clear(fetch.cache, nothing, lambda: made + 90_000)
    assert not left.exists()
    assert len(Contents(fetch.cache)) == 1


SUMS = st.text(alphabet="0123456789abcdef", min_size=32, max_size=32)


@given(st.integers(0, 1 << 60), SUMS.map(lambda text: text[:8]), st.none() | SUMS)
def test_the_name_of_an_object_says_how_to_verify_it(size: int, adler32: str, md5: str | None):
    key = key_of(Did("s", "n"), Expected(size, adler32, md5), "https://lake")
    assert key is not None
    assert read_key(key.name) == key.identity


@given(st.text(max_size=40), st.none() | st.text(max_size=40))
def test_checksums_of_a_hostile_catalogue_shape_no_path(adler32: str, md5: str | None):
    key = key_of(Did("s", "n"), Expected(7, adler32, md5), "https://lake")
    assert key is None or read_key(key.name) == key.identity
