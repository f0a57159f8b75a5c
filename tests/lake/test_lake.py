"""The lake browses, tells who one is and what one may use, and shows no secret."""

import pickle

import pytest

from tests.lake.conftest import Make
from vre_dm.errors import NotInLake
from vre_dm.lake.filters import parse
from vre_dm.lake.lake import Lake


def test_browsing_goes_down_level_by_level(lake: Lake) -> None:
    scopes = lake.ls()
    assert scopes == lake.scopes()
    assert {"xenon", "fermi", "atlas", "user.dm"} <= set(scopes)  # type: ignore[arg-type]
    assert lake.scopes("x*") == ["xenon"]
    in_scope = lake.ls("xenon")
    assert {d.kind for d in in_scope} == {"container", "dataset"}  # type: ignore[union-attr]
    assert [d.did.name for d in lake.ls("xenon:s2only.limits")] == ["s2only.limits.parquet"]  # type: ignore[union-attr]
    with pytest.raises(NotInLake):
        lake.ls("xenn")


def test_a_file_is_listed_itself(lake: Lake) -> None:
    (file,) = lake.dataset("xenon:s2only.limits").children
    (listed,) = lake.ls(file.did)
    assert listed == file
    assert (listed.kind, listed.known_size) == ("file", file.size)
    assert repr(lake.ls(str(file.did))).startswith(f"1 at {file.did}")


def test_storage_elements_have_their_protocols(lake: Lake) -> None:
    elements = lake.rses()
    assert {"CERN-EOSPILOT", "CNAF-STORM", "DESY-DCACHE"} <= set(elements.names)
    line = next(line for line in repr(elements).splitlines() if line.startswith("CNAF-STORM"))
    assert "https" in line
    assert "read, write" in line
    assert lake.rses("CNAF-STORM").names == ["CNAF-STORM"]


def test_quota_is_used_plus_left(lake: Lake) -> None:
    quota = lake.quota()
    assert quota.account == "dm"
    for allowance in quota.allowances:
        assert allowance.limit is not None
        assert allowance.left == max(0, allowance.limit - allowance.used)
    assert "CNAF-STORM" in repr(quota)


def test_the_server_is_a_rucio_that_tells_the_time(lake: Lake) -> None:
    assert lake.ping().startswith("41.")
    clock = lake.clock()
    assert clock is not None
    assert clock.tzinfo is not None


def test_the_account_is_the_configured_one(lake: Lake) -> None:
    assert lake.account == "dm"
    assert lake.whoami()["account_type"] == "USER"


def test_no_display_shows_a_secret(lake: Lake, lake_by_password: Lake) -> None:
    password = lake_by_password.instance.password
    assert password is not None
    token = lake.tokens.token().reveal()
    for shown in (
        repr(lake),
        lake._repr_html_(),
        repr(lake.instance),
        repr(lake_by_password.instance),
        str(vars(lake)),
    ):
        assert password.reveal() not in shown
        assert token not in shown
    with pytest.raises(TypeError, match="never written down"):
        pickle.dumps(lake_by_password.instance)


def test_pages_of_a_search_are_what_the_search_finds(lake: Lake) -> None:
    pages = list(lake.find("*limits*", kind="dataset", conditions=parse("year>=2015")))
    found = lake.search("*limits*", kind="dataset", where="year>=2015")
    assert [entry.did for page in pages for entry in page.entries] == [dataset.did for dataset in found]
    assert len(pages) > 1  # one a scope


def test_the_account_knows_the_scopes_it_may_write(lake: Lake) -> None:
    assert lake.own_scopes() == ["user.dm"]


def test_a_dataset_tells_whether_more_may_be_added_and_of_an_embargo(lake: Lake, make: Make) -> None:
    did = make("for.later", embargo_until="2999-12-31")
    dataset = lake.dataset(did)
    assert dataset.is_open is True
    assert "2999-12-31" in (dataset.embargo() or "")
    dataset.close()
    assert lake.dataset(did).is_open is False
    assert lake.dataset("fermi:dsph.2017").embargo() is None
