"""What must not be seen yet: of the DID, of a container above, of a dataset in it; in doubt it holds."""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.lake.conftest import SCOPE, Make
from tests.lake.rules.conftest import put
from vre_dm.did import Did
from vre_dm.errors import Declined
from vre_dm.lake.cache import Cache
from vre_dm.lake.connection import Connection
from vre_dm.lake.embargo import embargo, refuse_mounted
from vre_dm.lake.instance import Mount
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer.events import Planned
from vre_dm.private import make_private
from vre_dm.sandbox import LakeStatus

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
Said = Callable[..., str | None]


@pytest.fixture
def said(lake: Lake) -> Said:
    return lambda did, files=(): embargo(lake._connection, lake._entry(did), files, lambda: NOW)


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
    connection, entry = lake._connection, lake._entry(make(embargo_until="2026-06-15"))
    morning = datetime(2026, 6, 15, 1, tzinfo=UTC)
    for now in (morning, morning.astimezone(timezone(timedelta(hours=13)))):
        assert embargo(connection, entry, now=lambda now=now: now) is not None
    assert embargo(connection, entry, now=lambda: morning + timedelta(hours=11)) is None


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


@pytest.mark.parametrize("date", ["2027-01-01", "soon", "", "*", 20200101.5, True])
def test_an_embargo_of_one_file_holds_for_the_dataset_if_that_file_is_wanted(
    said: Said, make: Make, lake: Lake, rucio: Any, date: object
):
    did = make(files=3)
    free, hidden, other = (file.did for file in lake.dataset(did).files)
    rucio.set_metadata(hidden.scope, hidden.name, "embargo_until", date)
    rucio.set_metadata(other.scope, other.name, "title", "not dated")
    assert f"{hidden} is under embargo" in (said(did, [free, hidden, other]) or "")
    assert said(did, [free, other]) is None


def test_a_dataset_and_its_files_are_looked_at_together(
    lake: Lake, make: Make, monkeypatch: pytest.MonkeyPatch
):
    did = make(files=50)
    entry, files = lake._entry(did), [file.did for file in lake.dataset(did).files]
    ask, asked = Connection.ask, list[str]()
    monkeypatch.setattr(
        Connection, "ask", lambda self, what, question: asked.append(what) or ask(self, what, question)
    )
    assert embargo(lake._connection, entry, files, lambda: NOW) is None
    assert asked == [f"what holds {did}", f"the embargoes in {did.scope}"]


def test_a_neighbour_under_embargo_changes_nothing(said: Said, make: Make, container: Any):
    did = make()
    container(did, make(embargo_until="2027-01-01"))
    assert said(did) is None


def test_no_rule_brings_what_is_under_embargo_where_others_of_this_machine_read(
    lake: Lake, rucio: Any, make: Make, tmp_path: Path
):
    did = make("hidden", files=2)
    dated = lake.dataset(did).files[1].did
    rucio.set_metadata(dated.scope, dated.name, "embargo_until", "2999-01-01")
    mount = Mount("DESY-DCACHE", tmp_path, 0)
    dataset = Lake(replace(lake.instance, mount=mount), tmp_path).dataset(did)
    kept = dataset.replicate("CNAF-STORM")
    for bring in (dataset.replicate, kept.move):
        for rse in ("DESY-DCACHE", "PIC-DCACHE|DESY-DCACHE"):
            with pytest.raises(Declined, match=f"{dated} is under embargo .*DESY-DCACHE is mounted where"):
                bring(rse)
    assert [rule.state.rse for rule in dataset.rules()] == ["CNAF-STORM"]
    kept.delete()


def test_no_rule_starts_again_that_brings_what_is_under_embargo_where_others_of_this_machine_read(
    lake: Lake, rucio: Any, make: Make, tmp_path: Path
):
    did = make("hidden", files=2, embargo_until="2999-01-01")
    asked = [{"scope": did.scope, "name": did.name}]
    mounted = Lake(replace(lake.instance, mount=Mount("DESY-DCACHE", tmp_path, 0)), tmp_path)
    rules = {
        "approve": rucio.add_replication_rule(asked, 1, "DESY-DCACHE", ask_approval=True)[0],
        "boost": rucio.add_replication_rule(asked, 1, "DESY-DCACHE|PIC-DCACHE", delay_injection=3600)[0],
    }
    for change, step in (
        ("approve", "deny the rule"),
        ("boost", "move the rule to another RSE, or delete it"),
    ):
        rule = mounted.rule(rules[change])
        before = rule.state.state
        with pytest.raises(
            Declined, match=f"{did} is under embargo .*DESY-DCACHE is mounted .*; {step}$"
        ) as no:
            getattr(rule, change)()
        assert no.value.field is None
        assert rule.refresh().state.state == before
        rule.delete()
    elsewhere = lake.dataset(did).replicate("CNAF-STORM", days=1)
    mounted.rule(elsewhere.identifier).boost()
    elsewhere.delete()


def test_a_file_under_embargo_keeps_a_container_that_holds_it_from_the_mount(
    lake: Lake, rucio: Any, make: Make, container: Any, tmp_path: Path
):
    did = make("hidden", files=2)
    dated = lake.dataset(did).files[1].did
    rucio.set_metadata(dated.scope, dated.name, "embargo_until", "2999-01-01")
    mounted = Lake(replace(lake.instance, mount=Mount("DESY-DCACHE", tmp_path, 0)), tmp_path)
    with pytest.raises(Declined, match=f"{dated} is under embargo .*DESY-DCACHE is mounted where"):
        mounted.dataset(container(container(did))).replicate("DESY-DCACHE")
    mounted.dataset(container(make(files=1))).replicate("DESY-DCACHE", days=1).delete()


def test_the_files_of_a_container_are_listed_only_where_some_have_a_date(
    lake: Lake, make: Make, container: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    inner = container(make(files=1), make(files=1))
    did = container(inner)
    connection = Connection(replace(lake.instance, mount=Mount("DESY-DCACHE", tmp_path, 0)))
    ask, asked = Connection.ask, list[str]()

    def seen(self: Connection, what: str, question: Any) -> Any:
        asked.append(what)
        return [] if what.startswith("the embargoes") else ask(self, what, question)

    monkeypatch.setattr(Connection, "ask", seen)
    refuse_mounted(connection, did, "DESY-DCACHE")
    told = [what for what in asked if what.startswith(("the files", "the content"))]
    assert told == [f"the content of {did}", f"the content of {inner}"]
    assert {f"the embargoes in {scope}" for scope in lake.scopes()} <= set(asked)


@pytest.mark.parametrize("whose", ["the dataset", "one of its files"])
def test_what_is_under_embargo_is_fetched_into_closed_folders_and_kept_out_of_caches_that_others_read(
    lake: Lake, rucio: Any, make: Make, embedded_lake: LakeStatus, tmp_path: Path, whose: str
):
    did = make("hidden", files=2)
    put(embedded_lake, rucio, did, "CNAF-STORM")
    dated = did if whose == "the dataset" else lake.dataset(did).files[1].did
    rucio.set_metadata(dated.scope, dated.name, "embargo_until", "2999-01-01")
    (tmp_path / did.scope).mkdir(mode=0o755)
    said: list[str] = []

    def listen(event: object) -> None:
        if isinstance(event, Planned):
            said.extend(event.remarks)

    for path in lake.dataset(did).fetch(tmp_path, progress=listen, pin=tmp_path / "pin.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert said == [f"{dated} is under embargo until 2999-01-01: the files are yours alone"]
    assert stat.S_IMODE((tmp_path / "pin.json").stat().st_mode) == 0o600
    shared = Cache(tmp_path / "cache", tmp_path / "cache" / "lakes", lake.instance.url)
    make_private(shared.folder)
    shared.folder.chmod(0o755)
    Lake(lake.instance, shared.shows, cache=shared).dataset(did).fetch()
    assert list(shared.objects()) == []
