"""Which lakes there are, and how the login stands."""

from tests.server.conftest import Asked, said
from vre_dm.sandbox import LakeStatus


async def test_the_configured_lake_is_listed_and_chosen(on_lake: LakeStatus, api: Asked) -> None:
    answer = said(await api("lakes"))
    assert answer["chosen"] == answer["lakes"][0]["name"] == "127.0.0.1"
    assert answer["lakes"][0]["source"] == str(on_lake.rucio_config)
    assert answer["problem"] is None
    assert [row["name"] for row in answer["lakes"]] == ["127.0.0.1", "embedded"]


async def test_the_login_tells_when_it_ends_and_nothing_of_the_token(on_lake: LakeStatus, api: Asked) -> None:
    answer = said(await api("login"))
    assert answer["account"] == "dm"
    assert answer["seconds_left"] > 0
    assert answer["problem"] is None
    assert "eyJ" not in str(answer)


async def test_an_unknown_lake_is_said_at_its_field(on_lake: LakeStatus, api: Asked) -> None:
    response = await api("login", params={"lake": "<b>none</b>"})
    assert response.code == 400
    assert said(response)["error"] == "InvalidConfiguration"
    assert said(response)["field"] == "lake"


async def test_a_body_that_is_not_as_documented_is_refused(on_lake: LakeStatus, api: Asked) -> None:
    for body in ([], {}, {"name": ""}, {"name": "x", "more": 1}, {"name": 5}, "\ud800", "[" * 10_000):
        response = await api("lakes", method="POST", body=body)
        assert (response.code, said(response)["error"]) == (400, "InvalidRequest"), body
    assert said(await api("lakes", method="POST", body={"name": 5}))["field"] == "name"


async def test_a_body_that_is_too_large_is_refused(on_lake: LakeStatus, api: Asked) -> None:
    response = await api("lakes", method="POST", body={"name": "x" * 1_000_001})
    assert (response.code, said(response)["error"]) == (413, "TooLarge")


async def test_a_lake_can_be_opened_anew(on_lake: LakeStatus, api: Asked) -> None:
    response = await api("lakes", method="POST", body={"name": "127.0.0.1"})
    assert (response.code, said(response)["state"]) == (200, "open")
