"""A body that makes no sense is refused soon, in a short sentence at its field."""

import pytest

from tests.server.conftest import Asked, said
from vre_dm.server import openapi


async def test_a_list_that_is_too_long_is_refused_for_its_length(api: Asked) -> None:
    body = {"files": [1] * 300_000} | dict.fromkeys(("did", "comment"), "") | {"dry_run": True}
    body |= dict.fromkeys(("rse", "days", "metadata", "prefix"))
    response = await api("publish", method="POST", body=body)
    assert (response.code, said(response)["field"]) == (400, "files")
    assert said(response)["message"] == "files: 300000 are too many; at most 1000 can be said at once"


def test_the_length_of_a_list_is_looked_at_before_what_is_in_it() -> None:
    for name, schema in openapi.document()["components"]["schemas"].items():
        for said_of in schema.get("properties", {}).values():
            if "maxItems" in said_of:
                assert list(said_of).index("maxItems") < list(said_of).index("items"), name


async def test_a_body_that_is_larger_than_any_order_is_not_read(api: Asked) -> None:
    response = await api("rules", method="POST", body={"comment": "x" * 20_000})
    assert (response.code, said(response)["error"]) == (413, "TooLarge")


@pytest.mark.parametrize("days", [float("nan"), float("inf"), -float("inf")])
async def test_numbers_that_json_has_not_are_no_json(api: Asked, days: float) -> None:
    response = await api("rules", "0" * 32, method="PATCH", body={"days": days})
    assert (response.code, said(response)["message"]) == (400, "the body of the request is no JSON")
