"""What must not be seen yet: of the DID, of a container above, of a dataset in it; in doubt it holds."""

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.lake.conftest import SCOPE, Make
from vre_dm.did import Did
from vre_dm.lake.connection import Connection
from vre_dm.lake.embargo import embargo
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer.events import Planned

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
Said = Callable[[Did], str | None]


@pytest.fixture
def said(lake: Lake) -> Said:
    connection = Connection(lake.instance)
    return lambda did: embargo(connection, did, lambda: NOW)


@pytest.fixture
def container(rucio: Any, make: Make) -> Callable[..., Did]:
    def one(*content: Did, **metadata: object) -> Did:
        did = Did(SCOPE, f"container.{os.urandom(4).hex()}")
        rucio.add_container(did.scope, did.name)
        if content:
            rucio.attach_dids(did.scope, did.name, [{"scope": d.scope, "name": d.name} for d in content])
        if metadata:
            rucio.set_metadata_bulk(did.scope, did.name, metadata)
        return did

    return one


def test_a_dataset_without_a_date_is_free(said: Said, make: Make):
    assert said(make()) is None


@pytest.mark.parametrize("date", ["2027-01-01", "2026-06-16", "2027-01-01T12:00:00", "2027-01-01T12:00:00Z"])
def test_a_date_that_lies_ahead_is_an_embargo(said: Said, make: Make, date: str):
    did = make(embargo_until=date)
    assert said(did) == f"{did} is under embargo until {date}: the files are yours alone"


@pytest.mark.parametrize("date", ["2026-06-15", "2026-06-14", "2001-01-01"])
def test_a_date_that_has_come_is_none(said: Said, make: Make, date: str):
    assert said(make(embargo_until=date)) is None


def test_the_day_has_come_when_it_has_come_everywhere(lake: Lake, make: Make):
    connection, did = Connection(lake.instance), make(embargo_until="2026-06-15")
    morning = datetime(2026, 6, 15, 1, tzinfo=UTC)
    for now in (morning, morning.astimezone(timezone(timedelta(hours=13)))):
        assert embargo(connection, did, lambda now=now: now) is not None
    assert embargo(connection, did, lambda: morning + timedelta(hours=11)) is None


@pytest.mark.parametrize("date", ["soon", "", "31.12.2020", "2020-13-01", 20200101.5, True, "<b>"])
def test_a_date_that_cannot_be_read_counts_as_one_ahead(said: Said, make: Make, date: object):
    assert "under embargo" in (said(make(embargo_until=date)) or "")


def test_an_embargo_of_a_container_holds_for_all_in_it(said: Said, make: Make, container: Any):
    did = make()
    upper = container(container(did), embargo_until="2027-01-01")
    assert f"{upper} is under embargo" in (said(did) or "")


def test_an_embargo_of_a_file_s_dataset_holds_for_the_file(said: Said, make: Make, lake: Lake):
    did = make(files=1, embargo_until="2027-01-01")
    assert f"{did} is under embargo" in (said(lake.dataset(did).files[0].did) or "")


def test_an_embargo_of_one_dataset_holds_for_the_container_that_is_fetched(
    said: Said, make: Make, container: Any
):
    hidden = make(embargo_until="2027-01-01")
    assert f"{hidden} is under embargo" in (said(container(container(make()), container(hidden))) or "")


def test_a_neighbour_under_embargo_changes_nothing(said: Said, make: Make, container: Any):
    did = make()
    container(did, make(embargo_until="2027-01-01"))
    assert said(did) is None


def test_a_dataset_under_embargo_is_fetched_into_closed_folders_and_it_is_said(
    lake: Lake, rucio: Any, tmp_path: Path
):
    source = lake.dataset("xenon:s2only.limits")
    did = Did(SCOPE, f"hidden.{os.urandom(4).hex()}")
    rucio.add_dataset(did.scope, did.name)
    one = source.files[0].did
    rucio.attach_dids(did.scope, did.name, [{"scope": one.scope, "name": one.name}])
    rucio.set_metadata(did.scope, did.name, "embargo_until", "2999-01-01")
    (tmp_path / one.scope).mkdir(mode=0o755)
    said: list[str] = []

    def listen(event: object) -> None:
        if isinstance(event, Planned):
            said.extend(event.remarks)

    (path,) = lake.dataset(did).fetch(tmp_path, progress=listen)
    assert said == [f"{did} is under embargo until 2999-01-01: the files are yours alone"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
