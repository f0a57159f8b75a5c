"""The login of the hub, renewed by requests as JupyterHub makes them.

At the issuer of the embedded lake, and at issuers that are not well, or take no refresh token twice.
"""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.chart.conftest import Lines
from tests.lake.answering import Answer, Answering, answering
from tests.lake.hub.process import login as logged_in
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

RUCIO = {"rucio": {"audience": "rucio", "scope": "openid profile"}}
SOON, LATER = 10**6, 0  # seconds before its end in which a token is renewed
MEMBERS = {"manage_groups": True, "allowed_groups": ["vre"], "allow_all": False}
Asked = Callable[..., dict[str, Any]]


@pytest.fixture
def asked(login: Lines) -> Asked:
    """What requests make of what the hub keeps of a user; its log is searched for all that is secret."""

    def found(
        issuer: str,
        state: dict[str, Any] | None,
        *canaries: str,
        times: int = 1,
        anew: dict[str, Any] | None = None,
        groups: tuple[str, ...] = (),
        **settings: Any,
    ) -> dict[str, Any]:
        where = issuer.rstrip("/")
        said: dict[str, Any] = {"token_url": f"{where}/token", "userdata_url": f"{where}/userinfo"}
        said |= {"client_id": "hub", "client_secret": "canary-secret", "username_claim": "preferred_username"}
        said |= {"timeout": 1.0, "allow_all": True} | settings
        order = {"login": said, "state": state, "times": times, "anew": anew, "groups": groups}
        answer: dict[str, Any] = login.ask(**order)
        kept = [said["client_secret"], *canaries, *_secrets(state), *_secrets(answer["state"])]
        assert [each for each in kept if each in answer["log"]] == []
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


def jwt(left: float, what: str = "") -> str:
    """A token that says how long it has left, and that nobody signed."""
    said = json.dumps({"exp": int(time.time() + left), "what": what})
    body = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{body}.canary"


def content(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said


@pytest.fixture
def rotating() -> Iterator[tuple[Answering, dict[str, Any]]]:
    """An issuer that ends a login where a refresh token comes a second time; and a login at it."""
    state = {"access_token": jwt(99), "refresh_token": "canary-0"}
    good, used = {"canary-0"}, set[str]()
    with answering() as issuer:

        def say(path: str, headers: dict[str, str], body: bytes) -> Answer:
            if path == "/userinfo":
                return 200, {}, json.dumps({"preferred_username": "dm"}).encode()
            time.sleep(0.2)
            token = parse_qs(body.decode())["refresh_token"][0]
            if token in used:
                good.clear()
            if token not in good:
                return 400, {}, b"{}"
            used.add(token)
            good.remove(token)
            good.add(new := f"canary-{len(used)}")
            return 200, {}, json.dumps({"access_token": jwt(99, new), "refresh_token": new}).encode()

        issuer.say = say
        yield issuer, state


def test_a_login_is_renewed_before_it_ends_and_the_token_of_the_lake_with_it(
    embedded_lake: LakeStatus, at_the_lake: Asked
) -> None:
    before = logged_in(embedded_lake, "hub")
    said = at_the_lake(before, early=SOON, exchange=RUCIO)
    assert said["held"] == [True]
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
    assert at_the_lake({"access_token": jwt(-1)}, early=LATER)["held"] == [False]
    assert at_the_lake({"access_token": jwt(-1), "refresh_token": jwt(9999)}, early=LATER)["held"] == [False]


def test_a_token_that_was_taken_back_before_its_time_is_renewed(
    embedded_lake: LakeStatus, at_the_lake: Asked
) -> None:
    before = logged_in(embedded_lake, "hub") | {"access_token": jwt(9999)}
    said = at_the_lake(before, early=LATER)
    assert said["held"] == [True]
    assert said["state"]["access_token"] != before["access_token"]


def test_requests_at_once_use_a_refresh_token_once_and_none_logs_the_user_out(
    asked: Asked, rotating: tuple[Answering, dict[str, Any]]
) -> None:
    issuer, state = rotating
    said = asked(issuer.url, state, early=SOON, times=4)
    assert said["held"] == [True] * 4
    assert [path for path, _ in issuer.asked].count("/token") == 1
    again = asked(issuer.url, said["state"], early=SOON, times=2)
    assert again["held"] == [True] * 2
    assert again["state"]["refresh_token"] == "canary-2"


def test_a_login_meanwhile_is_not_undone_by_a_renewal_of_the_one_before(
    asked: Asked, rotating: tuple[Answering, dict[str, Any]]
) -> None:
    issuer, state = rotating
    anew = {"access_token": jwt(9999, "anew"), "refresh_token": "canary-anew"}
    assert asked(issuer.url, state, early=SOON, anew=anew)["state"] == anew
    # The old one is used up by now, so its renewal is refused.
    said = asked(issuer.url, state, early=SOON, anew=anew)
    assert (said["held"], said["state"]) == ([True], anew)


def test_an_exchange_that_is_refused_keeps_nobody_from_logging_in(
    embedded_lake: LakeStatus, at_the_lake: Asked
) -> None:
    said = at_the_lake(logged_in(embedded_lake, "hub"), client_secret="wrong", early=LATER, exchange=RUCIO)
    assert said["held"] == [True]
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
    assert at_the_lake(state, early=LATER, username_claim="sub")["held"] == [False]


def test_an_issuer_that_is_silent_or_not_well_ends_no_login_and_holds_nobody_up(asked: Asked) -> None:
    state = {"access_token": jwt(99), "refresh_token": "canary-refresh"}
    with answering({"error": "canary-body"}, status=503) as ill:
        said = asked(ill.url, state, "canary-body", early=SOON)
        assert (said["held"], said["state"]) == ([True], state)
        assert "did not answer (HTTP 503)" in said["log"]
        down = ill.url
    assert asked(down, state, early=SOON)["held"] == [True]
    with answering() as slow:

        def say(path: str, headers: dict[str, str], body: bytes) -> Answer:
            time.sleep(3)
            return 200, {}, b"{}"

        slow.say = say
        said = asked(slow.url, state, early=SOON)
    assert said["held"] == [True]
    assert said["took"] < 2.5
    assert "did not answer (no answer)" in said["log"]


def test_an_address_that_is_not_the_issuers_is_told(asked: Asked) -> None:
    with answering(b"<html>canary-page</html>") as page:
        said = asked(page.url, {"access_token": jwt(99)}, "canary-page", early=LATER)
    assert said["held"] == [True]
    assert "no JSON came; is its address right?" in said["log"]


def test_a_token_of_the_lake_that_has_long_to_live_is_not_asked_for_again(asked: Asked) -> None:
    state = {"access_token": jwt(9999), "exchanged_tokens": {"rucio": jwt(9999), "gone": jwt(9999, "gone")}}
    with answering({"preferred_username": "dm"}) as issuer:
        said = asked(issuer.url, state, early=100, exchange=RUCIO)
        assert [path for path, _ in issuer.asked] == ["/userinfo"]
    assert said["state"]["exchanged_tokens"] == {"rucio": state["exchanged_tokens"]["rucio"]}


@pytest.mark.parametrize("settings", [{}, MEMBERS])
def test_a_new_refresh_token_is_kept_where_the_issuer_falls_silent_right_after(
    asked: Asked, settings: dict[str, Any]
) -> None:
    state = {"access_token": jwt(99), "refresh_token": "canary-old", "exchanged_tokens": {"rucio": jwt(50)}}
    new = {"access_token": jwt(9999), "refresh_token": "canary-new"}
    with answering() as issuer:

        def say(path: str, headers: dict[str, str], body: bytes) -> Answer:
            return (200, {}, json.dumps(new).encode()) if path == "/token" else (503, {}, b"")

        issuer.say = say
        said = asked(
            issuer.url, state, *new.values(), early=SOON, exchange=RUCIO, groups=("vre",), **settings
        )
    assert (said["held"], said["groups"]) == ([True], ["vre"])
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
        assert asked(issuer.url, state, "canary-body", early=SOON)["held"] == [False]


@pytest.mark.parametrize("body", [{"email": "canary@example.org"}, ["canary@example.org"]])
def test_an_issuer_that_does_not_name_the_user_ends_the_login_and_nothing_of_him_is_logged(
    asked: Asked, body: Any
) -> None:
    with answering(body) as issuer:
        said = asked(issuer.url, {"access_token": jwt(99)}, "canary@example.org", early=LATER)
    assert said["held"] == [False]
    assert "no claim preferred_username that names the user" in said["log"]


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("groups", {"groups": ["vre", "others"]}),
        ("wlcg.groups", {"wlcg.groups": ["vre"]}),
        ("realm_access.roles", {"realm_access": {"roles": ["vre"]}}),
        ("groups", {"groups": "vre"}),
    ],
)
def test_a_claim_of_any_form_lists_the_groups(asked: Asked, claim: str, said: dict[str, Any]) -> None:
    with answering({"preferred_username": "dm", **said}) as issuer:
        answer = asked(issuer.url, {"access_token": jwt(99)}, early=LATER, groups_claim=claim, **MEMBERS)
    assert answer["held"] == [True]
    assert "vre" in answer["groups"]


@pytest.mark.parametrize("groups", [["others"], [], None, 7, [["vre"]], {"vre": True}])
def test_who_leaves_the_group_is_in_no_longer_than_until_the_next_look(asked: Asked, groups: Any) -> None:
    state = {"access_token": jwt(9999), "refresh_token": "canary-refresh"}
    with answering({"preferred_username": "dm", "groups": groups}) as issuer:
        said = asked(issuer.url, state, early=LATER, groups=("vre",), **MEMBERS)
        assert [path for path, _ in issuer.asked] == ["/userinfo"]  # a new token would not help
    assert said["held"] == [False]
    assert "not let in any more" in said["log"]


@pytest.mark.parametrize(
    ("settings", "held"),
    [
        ({"allow_all": False, "allowed_users": ["dm"]}, True),
        ({"allow_all": False, "allowed_users": ["another"]}, False),
        ({"allow_all": False, "admin_users": ["dm"]}, True),
        ({"allow_all": True, "blocked_users": ["dm"]}, False),
    ],
)
def test_who_leaves_the_list_is_in_no_longer_than_until_the_next_look(
    asked: Asked, settings: dict[str, Any], held: bool
) -> None:
    with answering({"preferred_username": "dm"}) as issuer:
        said = asked(issuer.url, {"access_token": jwt(99)}, early=LATER, **settings)
    assert said["held"] == [held]


def test_who_is_blocked_is_out_though_the_issuer_is_silent(asked: Asked) -> None:
    state = {"access_token": jwt(99)}
    assert asked("http://127.0.0.1:1", state, early=LATER, blocked_users=["dm"])["held"] == [False]


def test_a_user_of_whom_nothing_is_kept_logs_in_again(asked: Asked) -> None:
    assert asked("http://127.0.0.1:1", None)["held"] == [False]


def _secrets(state: dict[str, Any] | None) -> list[str]:
    """Tokens in what the hub keeps of a user."""
    if not state:
        return []
    found = [state.get(name) for name in ("access_token", "refresh_token", "id_token")]
    found += (state.get("exchanged_tokens") or {}).values()
    return [each for each in found if isinstance(each, str)] + _secrets(state.get("token_response"))
