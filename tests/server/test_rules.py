"""Rules by HTTP: made, kept longer, moved, ended; what the lake refuses is refused with its reason."""

import pytest

from tests.lake.conftest import Make
from tests.server.conftest import Asked, said
from vre_dm.did import Did
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus

AT = "CNAF-STORM"


@pytest.fixture
def did(on_lake: LakeStatus, make: Make) -> Did:
    """A dataset with one file, which is at `AT` already."""
    return make("ruled", files=1)


def order(did: Did, /, **changes: object) -> dict[str, object]:
    return {"did": str(did), "rse": AT, "days": 2, "copies": 1, "comment": "a <b>test</b>"} | changes


async def test_a_rule_is_made_listed_kept_longer_and_ended(api: Asked, did: Did, lake: Lake) -> None:
    response = await api("rules", method="POST", body=order(did))
    assert response.code == 201, response.body
    rule = said(response)
    assert (rule["did"], rule["rse"], rule["mine"], rule["state"]) == (str(did), AT, True, "OK")
    assert {"extend", "move", "delete"} <= set(rule["can"])
    assert rule["id"] in {one["id"] for one in said(await api("rules"))["rules"]}
    assert [one["id"] for one in said(await api("rules", params={"did": str(did)}))["rules"]] == [rule["id"]]
    longer = said(await api("rules", rule["id"], method="PATCH", body={"days": 9}))
    assert longer["expires"] > rule["expires"]
    assert said(await api("rules", rule["id"]))["expires"] == longer["expires"]
    assert (await api("rules", rule["id"], method="DELETE")).code == 204
    for ended in lake.dataset(did).rules():  # none, once the lake's cleaner was here
        assert ended.ends_within(1)
        assert (ended.can, ended.sentence.split()[0]) == ([], "ended")


async def test_a_rule_is_moved_and_tried_again(api: Asked, did: Did) -> None:
    rule = said(await api("rules", method="POST", body=order(did, rse="LAKE-LOCAL|CNAF-STORM")))
    boosted = await api("rules", rule["id"], method="PATCH", body={"boost": True})
    assert (boosted.code, said(boosted)["id"]) == (200, rule["id"])
    moved = await api("rules", rule["id"], method="PATCH", body={"rse": AT})
    assert moved.code == 200, moved.body
    assert said(moved)["id"] != rule["id"]
    assert said(moved)["rse"] == AT


async def test_a_move_that_is_refused_is_said_at_its_storage(api: Asked, did: Did) -> None:
    rule = said(await api("rules", method="POST", body=order(did)))
    response = await api("rules", rule["id"], method="PATCH", body={"rse": AT})
    assert (response.code, said(response)["field"]) == (409, "rse"), response.body


async def test_a_second_rule_of_the_kind_is_refused_with_its_reason(api: Asked, did: Did) -> None:
    assert (await api("rules", method="POST", body=order(did))).code == 201
    response = await api("rules", method="POST", body=order(did))
    assert (response.code, said(response)["error"], said(response)["field"]) == (409, "Declined", "rse")
    assert "such a rule exists already" in said(response)["message"]


async def test_a_rule_of_somebody_else_may_not_be_ended(api: Asked, on_lake: LakeStatus, lake: Lake) -> None:
    foreign = next(rule for rule in lake.dataset("xenon:s2only.limits").rules() if not rule.mine)
    assert said(await api("rules", foreign.identifier))["can"] == []
    response = await api("rules", foreign.identifier, method="DELETE")
    assert (response.code, said(response)["error"]) == (424, "LoginRefused")


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"did": "user.dm:is-not-there"}, 404, "did"),
        ({"did": "<x>:y"}, 400, "did"),
        ({"rse": "NO-SUCH-RSE"}, 404, "rse"),
        ({"rse": ""}, 400, "rse"),
        ({"days": -1}, 400, "days"),
        ({"days": "2"}, 400, "days"),
        ({"copies": 0}, 400, "copies"),
        ({"copies": 99}, 409, "copies"),
        ({"days": 1e9}, 400, "days"),
        ({"days": 1e308}, 400, "days"),
        ({"days": 10**400}, 400, "days"),
        ({"days": float("nan")}, 400, None),
        ({"more": 1}, 400, None),
    ],
)
async def test_what_cannot_be_kept_is_said_at_its_field_and_makes_no_rule(
    api: Asked, did: Did, lake: Lake, changes: dict[str, object], status: int, field: str | None
) -> None:
    response = await api("rules", method="POST", body=order(did, **changes))
    assert (response.code, said(response)["field"]) == (status, field), response.body
    assert len(lake.dataset(did).rules()) == 0


@pytest.mark.parametrize(
    "body", [{}, {"days": 1, "boost": True}, {"boost": False}, {"state": "OK"}, {"days": 0}]
)
async def test_a_change_that_is_none_or_two_is_refused(api: Asked, did: Did, body: object) -> None:
    rule = said(await api("rules", method="POST", body=order(did)))
    assert (await api("rules", rule["id"], method="PATCH", body=body)).code == 400
    assert said(await api("rules", rule["id"])) | {"sentence": ""} == rule | {"sentence": ""}


async def test_a_rule_that_is_gone_is_said(api: Asked, on_lake: LakeStatus) -> None:
    for method, body in (("GET", None), ("PATCH", {"boost": True}), ("DELETE", None)):
        response = await api("rules", "0" * 32, method=method, body=body)
        assert (response.code, said(response)["error"]) == (404, "NotInLake")
