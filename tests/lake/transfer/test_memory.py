"""What failed is remembered for ten minutes, by all fetches of a user, and forgotten when it works again."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.lake.transfer.memory import Memory

DAY = 1_700_000_000.0


class Clock:
    now = DAY

    def __call__(self) -> float:
        return self.now


def test_the_next_fetch_knows_what_failed_in_the_last_ten_minutes(tmp_path: Path):
    clock = Clock()
    Memory(tmp_path / "m", clock).failed("host:1")
    clock.now += 599
    assert Memory(tmp_path / "m", clock).is_bad("host:1")
    assert not Memory(tmp_path / "m", clock).is_bad("host:2")
    clock.now += 1
    assert not Memory(tmp_path / "m", clock).is_bad("host:1")


def test_what_works_again_is_forgotten_by_all(tmp_path: Path):
    first, second = Memory(tmp_path / "m"), Memory(tmp_path / "m")
    first.failed("a")
    second.failed("b")
    first.succeeded("a")
    assert not first.is_bad("a")
    third = Memory(tmp_path / "m")
    assert (third.is_bad("a"), third.is_bad("b")) == (False, True)


def test_without_a_file_it_lasts_as_long_as_the_fetch():
    memory = Memory()
    memory.failed("a")
    assert memory.is_bad("a")
    assert not Memory().is_bad("a")


def test_the_file_is_the_users_alone_and_no_other_is_left(tmp_path: Path):
    Memory(tmp_path / "m").failed("a")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]
    assert (tmp_path / "m").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_takes_no_files_costs_nothing(tmp_path: Path):
    memory = Memory(tmp_path / "absent" / "m")
    memory.failed("a")
    assert memory.is_bad("a")


def test_a_failure_from_the_future_does_not_count(tmp_path: Path):
    (tmp_path / "m").write_text(json.dumps({"a": DAY + 1000}))
    assert not Memory(tmp_path / "m", Clock()).is_bad("a")


_LEAVES = st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=3)
_JSON = st.dictionaries(st.text(max_size=5), _LEAVES, max_size=4).map(json.dumps).map(str.encode)


@given(st.binary(max_size=40) | _JSON)
@pytest.mark.filterwarnings("error")
def test_a_garbled_file_says_nothing_and_is_mended(tmp_path_factory: pytest.TempPathFactory, text: bytes):
    path = tmp_path_factory.mktemp("memory") / "m"
    path.write_bytes(text)
    Memory(path, Clock()).failed("a")
    assert Memory(path, Clock()).is_bad("a")
