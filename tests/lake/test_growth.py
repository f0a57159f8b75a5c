"""Of a dataset that grows, a fetch moves what is new, or what was there on a day."""

import json
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.conftest import Make
from tests.lake.rules.conftest import put
from tests.lakes import until
from vre_dm.did import Did
from vre_dm.errors import InvalidConfiguration, InvalidFilter, NotInLake, NotWritable
from vre_dm.lake.connection import Connection
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.growth import newer, since_time
from vre_dm.lake.instance import Mount
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer.events import Event, Placed, Started
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


class Growing:
    """A dataset of two files, and a third that is not yet in it."""

    def __init__(self, lake: Lake, rucio: Any, did: Did, new: Did, parent: Did) -> None:
        self._lake, self._rucio = lake, rucio
        self.did, self.new, self.parent = did, new, parent

    def dataset(self) -> Dataset:
        return self._lake.dataset(self.did)

    def grow(self) -> None:
        """Attach the third file."""
        self._rucio.attach_dids(*self._name, [{"scope": self.new.scope, "name": self.new.name}])

    def lose(self, did: Did) -> None:
        """Detach a file."""
        self._rucio.detach_dids(*self._name, [{"scope": did.scope, "name": did.name}])

    def registered(self, did: Did) -> datetime:
        return self._rucio.get_metadata(did.scope, did.name)["created_at"].replace(tzinfo=UTC)

    @property
    def _name(self) -> tuple[str, str]:
        return self.did.scope, self.did.name


@pytest.fixture
def growing(embedded_lake: LakeStatus, lake: Lake, rucio: Any, make: Make) -> Growing:
    did = make("growing", files=2)
    put(embedded_lake, rucio, did, "CNAF-STORM")
    (first, *_) = lake.dataset(did).files
    made = Growing(lake, rucio, did, first.did, did)
    last = max(made.registered(file.did) for file in lake.dataset(did).files)
    until(lambda: datetime.now(UTC) >= last + timedelta(seconds=2))  # the catalogue tells whole seconds
    parent = make("later", files=1)
    put(embedded_lake, rucio, parent, "CNAF-STORM")
    (new,) = lake.dataset(parent).files
    made.new, made.parent = new.did, parent
    return made


def moved(events: list[Event]) -> set[Did]:
    return {event.file for event in events if isinstance(event, Started)}


def test_since_a_time_only_files_registered_then_or_later_move(growing: Growing, folder: Path) -> None:
    growing.grow()
    when, events = growing.registered(growing.new), list[Event]()
    for since in (when, when.replace(tzinfo=None).isoformat(), when.isoformat()):
        (path,) = growing.dataset().fetch(folder, since=since, progress=events.append)
        assert path == folder / growing.new.path()
    assert len(list(folder.rglob("*.txt"))) == 1
    assert len({event.path for event in events if isinstance(event, Placed)}) == 1


def test_since_a_time_long_ago_all_files_come(growing: Growing, folder: Path) -> None:
    growing.grow()
    assert len(growing.dataset().fetch(folder, since="2020-01-01")) == 3


def test_where_nothing_is_new_the_newest_date_is_told(growing: Growing, folder: Path) -> None:
    newest = max(growing.registered(file.did) for file in growing.dataset().files)
    with pytest.raises(
        NotInLake, match=rf"no file registered since 2999-01-01.* {newest:%Y-%m-%dT%H:%M:%SZ}$"
    ):
        growing.dataset().fetch(folder, since=date(2999, 1, 1))
    assert list(folder.iterdir()) == []


def test_a_dataset_that_was_looked_at_before_it_grew_gives_what_is_new(
    growing: Growing, folder: Path
) -> None:
    dataset = growing.dataset()
    assert len(dataset.files) == 2
    growing.grow()
    assert len(dataset.fetch(folder, since=growing.registered(growing.new))) == 1


def test_a_pin_is_written_by_the_first_fetch_and_holds_the_second_to_its_files(
    growing: Growing, folder: Path, tmp_path: Path
) -> None:
    pin = tmp_path / "pin.json"
    first = growing.dataset().fetch(folder, pin=pin)
    said = json.loads(pin.read_text())
    assert said["did"] == str(growing.did)
    for path, row in zip(first, said["files"], strict=True):
        assert folder / Did.parse(row["did"]).path() == path
        content = path.read_bytes()
        assert (row["size"], row["adler32"]) == (len(content), f"{zlib.adler32(content):08x}")
    growing.grow()
    before = pin.read_bytes()
    again = growing.dataset().fetch(tmp_path / "again", pin=pin, since="2020-01-01")
    assert [path.name for path in again] == [path.name for path in first]
    assert len(list((tmp_path / "again").rglob("*.txt"))) == 2
    assert pin.read_bytes() == before


def test_a_pin_whose_file_is_gone_moves_nothing(growing: Growing, folder: Path, tmp_path: Path) -> None:
    growing.dataset().fetch(folder, pin=tmp_path / "pin.json")
    gone = growing.dataset().files[1].did
    growing.lose(gone)
    with pytest.raises(NotInLake, match=f"{gone} pinned by .* is no longer in {growing.did}"):
        growing.dataset().fetch(tmp_path / "again", pin=tmp_path / "pin.json")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(("key", "value"), [("size", 77), ("adler32", "0badbad0")])
def test_a_file_that_is_not_what_was_pinned_moves_nothing(
    growing: Growing, folder: Path, tmp_path: Path, key: str, value: object
) -> None:
    pin = tmp_path / "pin.json"
    growing.dataset().fetch(folder, pin=pin)
    document = json.loads(pin.read_text())
    document["files"][1][key] = value  # nobody may change what Rucio registered: so what was pinned differs
    pin.write_text(json.dumps(document))
    with pytest.raises(NotInLake, match=f"00001.txt was changed: it has {key} .*, and {value} in the pin"):
        growing.dataset().fetch(tmp_path / "again", pin=pin)
    assert not (tmp_path / "again").exists()


def test_a_fetch_that_fails_pins_nothing(lake: Lake, make: Make, folder: Path, tmp_path: Path) -> None:
    without_bytes = lake.dataset(make("lost", files=1))
    with pytest.raises(Exception, match="could not be fetched"):
        without_bytes.fetch(folder, pin=tmp_path / "pin.json")
    assert not (tmp_path / "pin.json").exists()


def test_options_that_make_no_sense_are_refused_before_a_job_begins(
    lake: Lake, growing: Growing, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "garbled.json").write_text("<html>")
    dataset = growing.dataset()
    with pytest.raises(InvalidFilter, match="is no date"):
        dataset.start_fetch(folder, since="yesterday")
    with pytest.raises(InvalidConfiguration, match="is no pin"):
        dataset.start_fetch(folder, pin=tmp_path / "garbled.json")
    with pytest.raises(NotWritable, match="its folder is missing"):
        dataset.start_fetch(folder, pin=tmp_path / "none/pin.json")
    dataset.fetch(folder, pin=tmp_path / "pin.json")
    with pytest.raises(InvalidConfiguration, match=f"pins {growing.did} of .*, not {growing.parent} of"):
        lake.dataset(growing.parent).start_fetch(folder, pin=tmp_path / "pin.json")


def test_in_replica_mode_the_whole_dataset_comes_and_that_is_said(
    embedded_lake: LakeStatus, lake: Lake, growing: Growing, folder: Path
) -> None:
    storage = Layout(embedded_lake.root).storage("CNAF-STORM")
    mount = Mount("CNAF-STORM", storage, begins_at=len(storage.parts) - 1)
    mounted = replace(lake.instance, mount=mount, replicate=True)
    dataset = Lake(mounted, folder / "cache").dataset(growing.did)
    with pytest.raises(InvalidConfiguration, match="CNAF-STORM brings all of it; name a folder"):
        dataset.fetch(since="2020-01-01")
    assert len(dataset.fetch(folder / "here", since="2020-01-01")) == 2


@pytest.mark.parametrize(
    "since",
    [
        "2026-01-01",
        "2026-01-01T00:00",
        "2026-01-01T02:00:00+02:00",
        date(2026, 1, 1),
        datetime(2026, 1, 1),
        datetime(2026, 1, 1, 0, 0, 0, 700_000, tzinfo=UTC),
        datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
    ],
    ids=str,
)
def test_a_time_is_utc_unless_it_says_otherwise(since: str | date) -> None:
    assert since_time(since) == NEW_YEAR


@given(st.text() | st.sampled_from(["2026-02-30", "26-1-1", "0001-01-01T00:00+14:00", "2026-01-01T25:00"]))
def test_what_is_no_date_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InvalidFilter, match="is no date; write") as caught:
        since_time(text)
    assert str(caught.value).isprintable()


def test_a_file_of_unknown_age_is_neither_new_nor_old(
    lake: Lake, growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = list(growing.dataset().files)
    monkeypatch.setattr("vre_dm.lake.growth.metadata_of", lambda *_: {})
    with pytest.raises(NotInLake, match="does not say when"):
        newer(Connection(lake.instance), growing.did, files, NEW_YEAR)
