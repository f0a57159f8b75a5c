"""The login of the hub against the issuer of the embedded lake, and against issuers that are not well."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.chart.conftest import Lines
from tests.lake.answering import Answer, answering
from tests.lake.hub.process import login as logged_in
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

RUCIO = {"rucio": {"audience": "rucio", "scope": "openid profile"}}
SOON, LATER = 10**6, 0  # seconds before its end in which a token is renewed
Asked = Callable[..., dict[str, Any]]


@pytest.fixture
def asked(login: Lines) -> Asked:
    """What the hub's login makes of what it keeps of a user; its log is searched for all that is secret."""

    def found(issuer: str, state: dict[str, Any] | None, *secrets: str, **settings: Any) -> dict[str, Any]:
        where = issuer.rstrip("/")
        said: dict[str, Any] = {"token_url": f"{where}/token", "userdata_url": f"{where}/userinfo"}
        said |= {"client_id": "hub", "client_secret": "canary-secret", "username_claim": "preferred_username"}
        said |= {"timeout": 1.0} | settings
        answer: dict[str, Any] = login.ask(login=said, state=state)
        kept = [*(state or {}).values(), *answer.get("state", {}).get("exchanged_tokens", {}).values()]
        kept += [answer.get("state", {}).get("access_token"), said["client_secret"], *secrets]
        assert [each for each in kept if isinstance(each, str) and each and each in answer["log"]] == []
        assert answer["printed"] == ""
        return answer

    return found


@pytest.fixture
def at_the_lake(embedded_lake: LakeStatus, asked: Asked) -> Asked:
    """The same at the lake's issuer."""
    secret = json.loads(Layout(embedded_lake.root).secrets.read_text())["clients"]["hub"]
    trust = {"http_request_kwargs": {"ca_certs": str(embedded_lake.ca)}, "client_secret": secret}
    return lambda state, **settings: asked(
        embedded_lake.issuer, state, **{"timeout": 20.0, **trust, **settings}
    )


def jwt(left: float) -> str:
    """A token that says how long it has left, and that nobody signed."""
    body = (
        base64.urlsafe_b64encode(json.dumps({"exp": int(time.time() + left)}).encode()).decode().rstrip("=")
    )
    return f"eyJhbGciOiJSUzI1NiJ9.{body}.canary"


def content(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said


def test_a_login_is_renewed_before_it_ends_and_the_token_of_the_lake_with_it(
    embedded_lake: LakeStatus, at_the_lake: Asked
) -> None:
    before = logged_in(embedded_lake, "hub")
    said = at_the_lake(before, early=SOON, exchange=RUCIO)
    assert (said["said"], said["name"]) == ("model", "dm")
    assert said["state"]["access_token"] != before["access_token"]
    assert said["state"]["refresh_token"]
    assert content(said["state"]["exchanged_tokens"]["rucio"])["aud"] == "rucio"


def test_a_login_that_lives_on_is_asked_about_and_kept(embedded_lake: LakeStatus, at_the_lake: Asked) -> None:
    before = logged_in(embedded_lake, "hub")
    said = at_the_lake(before, early=LATER, exchange=RUCIO)
    assert said["state"]["access_token"] == before["access_token"]
    assert content(said["state"]["exchanged_tokens"]["rucio"])["aud"] == "rucio"


def test_a_token_that_ended_is_renewed_and_without_that_the_user_logs_in_again(
    embedded_lake: LakeStatus, at_the_lake: Asked
) -> None:
    before = logged_in(embedded_lake, "hub") | {"access_token": jwt(-1)}
    assert content(at_the_lake(before, early=LATER)["state"]["access_token"])["exp"] > time.time()
    assert at_the_lake({"access_token": jwt(-1)}, early=LATER)["said"] is False
    assert at_the_lake({"access_token": jwt(-1), "refresh_token": jwt(9999)}, early=LATER)["said"] is False


def test_a_token_that_was_taken_back_before_its_time_is_renewed(
    embedded_lake: LakeStatus, at_the_lake: Asked
) -> None:
    before = logged_in(embedded_lake, "hub") | {"access_token": jwt(9999)}
    assert at_the_lake(before, early=LATER)["said"] == "model"


def test_an_exchange_that_is_refused_keeps_nobody_from_logging_in(
    embedded_lake: LakeStatus, at_the_lake: Asked
) -> None:
    said = at_the_lake(logged_in(embedded_lake, "hub"), client_secret="wrong", early=LATER, exchange=RUCIO)
    assert said["said"] == "model"
    assert said["state"]["exchanged_tokens"] == {}
    assert "No token for rucio was exchanged for dm (HTTP 401)" in said["log"]


def test_the_last_token_of_the_lake_is_kept_while_it_lives_where_no_new_one_is_given(
    embedded_lake: LakeStatus, at_the_lake: Asked
) -> None:
    state = logged_in(embedded_lake, "hub")
    for last, kept in ((jwt(99), True), (jwt(-99), False)):
        before: dict[str, Any] = {**state, "exchanged_tokens": {"rucio": last}}
        said = at_the_lake(before, client_secret="wrong", early=300, exchange=RUCIO)
        assert (said["state"]["exchanged_tokens"].get("rucio") == last) is kept


def test_another_users_login_is_not_taken(embedded_lake: LakeStatus, at_the_lake: Asked) -> None:
    state = logged_in(embedded_lake, "hub")
    assert at_the_lake(state, early=LATER, username_claim="sub")["said"] is False


def test_an_issuer_that_is_silent_or_not_well_ends_no_login_and_holds_nobody_up(asked: Asked) -> None:
    state = {"access_token": jwt(99), "refresh_token": "canary-refresh"}
    with answering({"error": "canary-body"}, status=503) as ill:
        assert asked(ill.url, state, "canary-body", early=SOON)["said"] is True
        down = ill.url
    assert asked(down, state, early=SOON)["said"] is True
    with answering() as slow:

        def say(path: str, headers: dict[str, str], body: bytes) -> Answer:
            time.sleep(3)
            return 200, {}, b"{}"

        slow.say = say
        said = asked(slow.url, state, early=SOON)
    assert said["said"] is True
    assert said["took"] < 2.5
    assert "did not answer" in said["log"]


def test_a_token_of_the_lake_that_has_long_to_live_is_not_asked_for_again(asked: Asked) -> None:
    state = {"access_token": jwt(9999), "exchanged_tokens": {"rucio": jwt(9999), "gone": jwt(9999)}}
    with answering({"preferred_username": "dm"}) as issuer:
        said = asked(issuer.url, state, early=100, exchange=RUCIO)
        assert [path for path, _ in issuer.asked] == ["/userinfo"]
    assert said["state"]["exchanged_tokens"] == {"rucio": state["exchanged_tokens"]["rucio"]}


def test_a_new_refresh_token_is_kept_where_the_issuer_falls_silent_right_after(asked: Asked) -> None:
    state = {"access_token": jwt(99), "refresh_token": "canary-old", "exchanged_tokens": {"rucio": jwt(50)}}
    new = {"access_token": jwt(9999), "refresh_token": "canary-new"}
    with answering() as issuer:

        def say(path: str, headers: dict[str, str], body: bytes) -> Answer:
            return (200, {}, json.dumps(new).encode()) if path == "/token" else (503, {}, b"")

        issuer.say = say
        said = asked(issuer.url, state, *new.values(), early=SOON, exchange=RUCIO)
    assert said["said"] == "model"
    assert {name: said["state"][name] for name in new} == new
    assert said["state"]["exchanged_tokens"] == state["exchanged_tokens"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": "invalid_grant", "error_description": "canary-body"}),
        (200, {"error": "canary-body"}),
        (200, ["canary-body"]),
        (302, {"see": "canary-body"}),
    ],
)
def test_what_a_refusing_issuer_says_is_not_logged(asked: Asked, status: int, body: Any) -> None:
    state = {"access_token": jwt(99), "refresh_token": "canary-refresh"}
    with answering(body, status=status, headers={"Location": "http://127.0.0.1:1/"}) as issuer:
        assert asked(issuer.url, state, "canary-body", early=SOON)["said"] is False


def test_members_of_a_group_are_let_in_and_others_are_not(asked: Asked) -> None:
    group = {"manage_groups": True, "auth_state_groups_key": "oauth_user.groups", "allowed_groups": ["vre"]}
    for groups, allowed in ((["vre", "others"], True), (["others"], False)):
        with answering({"preferred_username": "dm", "groups": groups}) as issuer:
            said = asked(issuer.url, {"access_token": jwt(99)}, early=LATER, **group)
        assert said["allowed"] is allowed


def test_a_user_of_whom_nothing_is_kept_logs_in_again(asked: Asked) -> None:
    assert asked("http://127.0.0.1:1", None)["said"] is False
