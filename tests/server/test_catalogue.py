"""Browsing and searching over HTTP: what is shown is what the lake holds; bad questions are said so."""

import json
from typing import Any

import pytest

from tests.server.conftest import Asked, lines, said
from vre_dm.sandbox import LakeStatus

pytestmark = pytest.mark.usefixtures("on_lake")


def rows(response: Any) -> list[dict[str, Any]]:
    """Rows of a whole stream; it must say that it is complete."""
    *some, last = lines(response)
    found = [row for line in some for row in line["rows"]]
    assert last["done"] is True, last
    assert last["total"] == len(found)
    return found


async def test_scopes_tell_which_of_them_are_mine(api: Asked) -> None:
    answer = said(await api("scopes"))
    assert {"fermi", "limits", "user.dm"} <= set(answer["scopes"])
    assert answer["mine"] == ["user.dm"]
    assert said(await api("scopes", params={"pattern": "fer*"}))["scopes"] == ["fermi"]


async def test_the_tree_goes_down_level_by_level(api: Asked) -> None:
    datasets = rows(await api("children", params={"scope": "fermi"}))
    container = next(row for row in datasets if row["kind"] == "container")
    below = rows(await api("children", params={"did": container["did"]}))
    assert below
    assert {row["kind"] for row in below} == {"dataset"}
    files = rows(await api("children", params={"did": below[0]["did"]}))
    assert {row["kind"] for row in files} == {"file"}
    assert rows(await api("children", params={"did": files[0]["did"]})) == []


async def test_a_level_can_be_limited_to_a_kind(api: Asked) -> None:
    found = rows(await api("children", params={"scope": "fermi", "kind": "container"}))
    assert {row["kind"] for row in found} == {"container"}
    assert rows(await api("children", params={"did": found[0]["did"], "kind": "file"})) == []


async def test_a_search_finds_by_name_and_typed_metadata_and_tells_hits_apart(api: Asked) -> None:
    params = [("pattern", "*limits*"), ("where", "year>=2018"), ("where", 'technique="direct detection"')]
    found = rows(await api("search", params=params))
    assert "darkside:ds50.highmass.limits" in {row["did"] for row in found}
    assert all(row["title"] for row in found)
    assert {row["experiment"] for row in found} == {"DarkSide-50", "XENON1T"}
    assert {row["year"] for row in found} == {"2018", "2019"}
    assert {row["scope"] for row in found} <= {"darkside", "xenon"}


async def test_a_search_that_finds_nothing_is_complete_and_empty(api: Asked) -> None:
    assert rows(await api("search", params={"pattern": "no.such.name"})) == []


async def test_files_are_found_when_asked_for(api: Asked) -> None:
    found = rows(await api("search", params={"pattern": "fermi:*", "kind": "file"}))
    assert {row["kind"] for row in found} == {"file"}
    assert all(row["size"] > 0 for row in found)


BAD = [
    ({"where": "year>>2017"}, "where", "InvalidFilter"),
    ({"where": "year=>2017"}, "where", "InvalidFilter"),
    ({"where": "yaer>=2017"}, "where", "InvalidFilter"),
    ({"where": 'year>="abc"'}, "where", "InvalidFilter"),
    ({"where": "year>=1e999"}, "where", "InvalidFilter"),
    ({"where": "'; DROP TABLE dids; --"}, "where", "InvalidFilter"),
    ({"where": "x=" + "9" * 5000}, "where", "InvalidFilter"),
    ({"pattern": "<img src=x onerror=alert(1)>"}, "pattern", "InvalidDid"),
    ({"pattern": "a:b:c"}, "pattern", "InvalidDid"),
    ({"pattern": "\u202eevil"}, "pattern", "InvalidDid"),
    ({"pattern": "a" * 10_000}, "pattern", "InvalidDid"),
    ({"pattern": "fermi:*", "scope": "xenon"}, "pattern", "InvalidDid"),
    ({"scope": "<img src=x onerror=alert(1)>"}, "scope", "InvalidDid"),
    ({"kind": "everything"}, "kind", "InvalidRequest"),
]


async def test_a_bad_question_is_refused_at_its_field_before_anything_is_sent(api: Asked) -> None:
    for params, field, kind in BAD:
        response = await api("search", params=params)
        answer = said(response)
        assert response.code == 400, (params, answer)
        assert (answer["error"], answer["field"]) == (kind, field), params
        assert "\n" not in answer["message"]
        assert "Traceback" not in answer["message"]


@pytest.mark.parametrize(
    "wrong",
    ["year>>2017", "yaer>=2017", 'year="abc"', "year>true", "title=1..x", "created=x", "bytes>1", "length>1"],
)
async def test_of_several_conditions_the_one_to_blame_is_told(api: Asked, wrong: str) -> None:
    where = [("where", text) for text in ("simulated=false", wrong, "year>=2010")]
    response = await api("search", params=[("pattern", "fermi:*"), *where])
    assert (response.code, said(response)["field"], said(response)["index"]) == (400, "where", 1), (
        response.body
    )


@pytest.mark.parametrize("where", ["yaer>=2017", "title>x", "simulated>true"])
async def test_in_an_unknown_scope_the_scope_is_to_blame_and_no_condition(api: Asked, where: str) -> None:
    for params, field in (({"pattern": "nowhere:*"}, "pattern"), ({"scope": "nowhere"}, "scope")):
        response = await api("search", params=params | {"where": where})
        assert (response.code, said(response)["field"], said(response)["index"]) == (404, field, None)


async def test_bytes_that_are_no_text_are_refused(api: Asked, jp_fetch: Any) -> None:
    response = await jp_fetch("vre-dm", "api", "search", params={"pattern": b"\xff\xfe"}, raise_error=False)
    assert (response.code, json.loads(response.body)["field"]) == (400, "pattern")


async def test_a_mistyped_key_is_answered_with_the_right_one(api: Asked) -> None:
    answer = said(await api("search", params={"pattern": "fermi:*", "where": "yaer>=2017"}))
    assert "did you mean year" in answer["message"]


async def test_an_unknown_scope_or_did_is_not_in_the_lake(api: Asked) -> None:
    for path, params, field in [
        ("children", {"scope": "nowhere"}, "scope"),
        ("children", {"did": "fermi:nothing"}, "did"),
        ("dataset", {"did": "fermi:nothing"}, "did"),
        ("search", {"pattern": "nowhere:*"}, "pattern"),
    ]:
        response = await api(path, params=params)
        answer = said(response)
        assert (response.code, answer["error"], answer["field"]) == (404, "NotInLake", field)
        assert "check the spelling" in answer["message"] or field != "did"


async def test_what_is_looked_into_must_be_said_once(api: Asked) -> None:
    for params in ({}, {"did": "fermi:dsph.2017", "scope": "fermi"}):
        assert said(await api("children", params=params))["field"] == "did"


async def test_keys_tell_what_a_search_can_ask_for(api: Asked) -> None:
    keys = {row["key"]: row for row in said(await api("keys"))["keys"]}
    assert keys["year"]["kinds"] == ["number"]
    assert keys["simulated"]["kinds"] == ["boolean"]
    assert "text" in keys["title"]["kinds"]
    assert "columns" not in keys  # a list cannot be compared


async def test_keys_of_one_scope_are_those_of_its_datasets(api: Asked) -> None:
    here = {row["key"] for row in said(await api("keys", params={"scope": "atlas"}))["keys"]}
    assert "luminosity_fb" in here
    there = {row["key"] for row in said(await api("keys", params={"scope": "fermi"}))["keys"]}
    assert "luminosity_fb" not in there


async def test_storage_elements_tell_what_one_may_do_there(api: Asked, on_lake: LakeStatus) -> None:
    answer = said(await api("rses"))
    assert answer["days"] is None  # for ever, as nothing else is configured
    found = answer["rses"]
    assert [row["name"] for row in found] == sorted(row["name"] for row in found)
    assert any(row["writable"] and "https" in row["schemes"] for row in found)
    assert any(row["left"] for row in found)
