"""A pin gives the files of one day again, or says which of them are not what they were."""

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.did import Did
from vre_dm.errors import InvalidConfiguration, NotInLake, NotWritable
from vre_dm.lake.files import File, Replica
from vre_dm.lake.instances import from_settings
from vre_dm.lake.pin import Pin, refuse_unwritable

LAKE = from_settings("https://rucio.example.org", {"name": "escape", "username": "dm", "password": "dm"})
DATASET, TIME = Did("a", "growing"), datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ONE = File(Did("a", "one"), 3, "00000a0b", "0" * 32)
TWO = File(Did("a", "two"), None)
HOSTILE = [
    {"lake": 3},
    {"address": None},
    {"did": "a:../../x"},
    {"did": None},
    {"time": "yesterday"},
    {"time": 4},
    {"files": {}},
    {"files": ["a:b"]},
    {"files": [{"did": "a:b"}]},
    {"more": 1},
]
ROWS = [
    {"did": "a:/etc/passwd"},
    {"did": "<script>"},
    {"size": -1},
    {"size": 2**63},
    {"size": True},
    {"size": 1.5},
    {"size": "3"},
    {"adler32": "xyz"},
    {"adler32": 12345678},
    {"adler32": "0000000a\n"},
    {"md5": "0" * 31},
    {"url": "https://evil.example.org"},
]


@pytest.fixture
def pin(tmp_path: Path) -> Pin:
    """A pin of two files, which is written."""
    made = Pin(tmp_path / "pin.json", LAKE.name, LAKE.url, DATASET, TIME, (ONE, TWO))
    made.write(private=False)
    return made


def test_what_is_written_is_read_again(pin: Pin) -> None:
    assert Pin.read(pin.path) == pin
    assert stat.S_IMODE(pin.path.stat().st_mode) == 0o644
    assert [path.name for path in pin.path.parent.iterdir()] == ["pin.json"]


def test_where_there_is_no_file_there_is_no_pin(tmp_path: Path) -> None:
    assert Pin.read(tmp_path / "none.json") is None


@pytest.mark.parametrize("change", HOSTILE, ids=str)
def test_a_pin_with_a_hostile_part_is_refused_in_one_line(pin: Pin, change: dict[str, Any]) -> None:
    refused(pin.path, json.loads(pin.path.read_text()) | change)


@pytest.mark.parametrize("change", ROWS, ids=str)
def test_a_pin_with_a_hostile_file_is_refused_in_one_line(pin: Pin, change: dict[str, Any]) -> None:
    document = json.loads(pin.path.read_text())
    document["files"][1] |= change
    refused(pin.path, document)


def test_a_pin_that_names_a_file_twice_is_refused(pin: Pin) -> None:
    document = json.loads(pin.path.read_text())
    document["files"].append(document["files"][0])
    refused(pin.path, document)


def refused(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document))
    with pytest.raises(InvalidConfiguration, match="is no pin of a fetch") as caught:
        Pin.read(path)
    assert str(caught.value).isprintable()


@given(text=st.binary(max_size=200) | st.sampled_from([b"[" * 100_000, b"9" * 5000, b"", b"null"]))
def test_garbage_is_refused_in_one_line(text: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage.json"
    path.write_bytes(text)
    with pytest.raises(InvalidConfiguration) as caught:
        Pin.read(path)
    assert str(caught.value).isprintable()


def test_a_pipe_or_a_folder_is_no_pin_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(InvalidConfiguration, match="no plain file"):
            Pin.read(path)


@pytest.mark.parametrize(
    ("changes", "did"),
    [({"name": "other", "url": "https://other.example.org"}, DATASET), ({}, Did("a", "other"))],
)
def test_a_pin_of_something_else_is_refused(pin: Pin, changes: dict[str, str], did: Did) -> None:
    with pytest.raises(InvalidConfiguration, match=r"pin\.json pins a:growing of escape, not a:.* of "):
        pin.check(replace(LAKE, **changes), did)


@pytest.mark.parametrize("changes", [{}, {"url": "http://127.0.0.1:4321"}, {"name": "a friend's"}])
def test_a_lake_is_known_by_its_name_or_by_its_address(pin: Pin, changes: dict[str, str]) -> None:
    pin.check(replace(LAKE, **changes), DATASET)


def test_a_pin_of_data_under_embargo_is_the_users_alone(pin: Pin) -> None:
    before = os.umask(0)
    try:
        pin.write(private=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(pin.path.stat().st_mode) == 0o600


def test_new_files_are_left_and_the_pinned_ones_kept_in_their_order(pin: Pin) -> None:
    now = [File(Did("a", "new"), 1), TWO, ONE]
    assert pin.held(now, now) == [ONE, TWO]


def test_a_file_that_is_gone_is_named(pin: Pin) -> None:
    with pytest.raises(NotInLake, match=r"a:two pinned by .*pin\.json is no longer in a:growing"):
        pin.held([ONE], [ONE])
    with pytest.raises(NotInLake, match=r"a:one \(and 1 more\)"):
        pin.held([], [])


def test_a_pattern_that_leaves_out_a_pinned_file_is_refused(pin: Pin) -> None:
    with pytest.raises(InvalidConfiguration, match="pins a:two, which files or since leave out"):
        pin.held([ONE, TWO], [ONE])


@pytest.mark.parametrize("change", [{"size": 4}, {"adler32": "00000a0c"}, {"md5": "1" * 32}], ids=str)
def test_a_file_that_was_changed_is_named_with_what_changed(pin: Pin, change: dict[str, Any]) -> None:
    (key,) = change
    with pytest.raises(NotInLake, match=rf"a:one was changed: it has {key} "):
        pin.verified([replace(ONE, **change), TWO])


def test_another_spelling_of_a_checksum_is_no_change(pin: Pin) -> None:
    assert pin.verified([replace(ONE, adler32="A0B"), TWO])[0].adler32 == "00000a0b"


def test_what_the_catalogue_no_longer_tells_is_still_held_against_the_bytes(pin: Pin) -> None:
    silent = File(ONE.did, None, replicas=(Replica("X", "https://x/one"),))
    assert pin.verified([silent, TWO])[0] == replace(ONE, replicas=silent.replicas)


def test_a_pin_that_cannot_be_written_leaves_nothing(pin: Pin) -> None:
    folder = pin.path.parent / "folder"
    folder.mkdir()
    with pytest.raises(NotWritable, match="the files are here, but not the pin"):
        replace(pin, path=folder).write(private=False)
    assert sorted(path.name for path in pin.path.parent.iterdir()) == ["folder", "pin.json"]
    with pytest.raises(NotWritable, match="its folder is missing"):
        refuse_unwritable(folder / "none" / "pin.json")


def test_a_message_names_the_whole_path(tmp_path: Path) -> None:
    path = tmp_path / ("long" * 40) / "pin.json"
    path.parent.mkdir()
    path.write_text("{}")
    with pytest.raises(InvalidConfiguration, match=str(path)):
        Pin.read(path)
