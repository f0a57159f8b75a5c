"""Who is in still while the issuer is silent: the hub's lists count, by the groups that were known last."""

from typing import Any

import pytest

from tests.chart.test_login import LATER, MEMBERS, SOON, Asked, answering, asked, jwt
from tests.lake.answering import Answer

__all__ = ["asked"]  # the fixture
ALONE = {"allow_all": False}


@pytest.mark.parametrize(
    ("settings", "groups", "held"),
    [
        ({"allow_all": True}, (), True),
        ({**ALONE, "allowed_users": ["dm"]}, (), True),
        ({**ALONE, "allowed_users": ["another"]}, (), False),
        ({**ALONE, "admin_users": ["dm"]}, (), True),
        (MEMBERS, ("vre",), True),
        (MEMBERS, ("others",), False),
    ],
)
def test_who_was_taken_off_the_list_is_out_though_the_issuer_is_silent(
    asked: Asked, settings: dict[str, Any], groups: tuple[str, ...], held: bool
) -> None:
    state = {"access_token": jwt(99)}
    assert asked("http://127.0.0.1:1", state, early=LATER, groups=groups, **settings)["held"] == [held]


@pytest.mark.parametrize(("user", "held"), [("dm", True), ("another", False)])
def test_so_he_is_where_it_falls_silent_right_after_a_renewal(asked: Asked, user: str, held: bool) -> None:
    state = {"access_token": jwt(99), "refresh_token": "canary-old"}
    new = b'{"access_token": "canary-new", "refresh_token": "canary-newer"}'
    with answering() as issuer:

        def say(path: str, headers: dict[str, str], body: bytes) -> Answer:
            return (200, {}, new) if path == "/token" else (503, {}, b"")

        issuer.say = say
        said = asked(issuer.url, state, "canary-new", early=SOON, allowed_users=[user], **ALONE)
    assert said["held"] == [held]
