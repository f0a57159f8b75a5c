"""Who is let in by the values of the chart: through its own configuration of the hub, at an issuer."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.chart.conftest import Lines, values
from tests.chart.test_servers import Cluster, mounted
from tests.lake.answering import Answer, Answering, answering

PEOPLE: dict[str, dict[str, Any]] = {
    "alice": {},
    "bob": {"wlcg.groups": ["/escape", "/vre"]},
    "carol": {"wlcg.groups": ["/escape"]},
    "dave": {},
}
Entered = Callable[..., dict[str, Any]]


@pytest.fixture
def issuer() -> Iterator[Answering]:
    """Gives whoever comes with a name as the code a token of that name, and says who that is."""
    with answering() as server:

        def say(path: str, headers: dict[str, str], body: bytes) -> Answer:
            if path == "/token":
                (name,) = parse_qs(body.decode())["code"]
                return 200, {}, json.dumps({"access_token": name}).encode()
            name = headers["Authorization"].removeprefix("Bearer ")
            return 200, {}, json.dumps({"preferred_username": name, **PEOPLE[name]}).encode()

        server.say = say
        yield server


@pytest.fixture
def entered(issuer: Answering, cluster: Cluster, pods: Lines, tmp_path: Path) -> Entered:
    """What becomes of everybody who comes, with values of the login; or why the hub does not start."""

    def found(config: dict[str, Any] | None = None, **login: Any) -> dict[str, Any]:
        said = values("", {"login": {"issuer": issuer.url, "exchange": {"rucio": None}, **login}})
        hub = mounted(cluster, said, tmp_path)
        hub["hub"]["config"] |= config or {}  # as `hub.existingSecret` brings it, which no template sees
        answer: dict[str, Any] = pods.ask(
            what="people", files=str(tmp_path), codes=sorted(PEOPLE), values=hub
        )
        return answer.get("found", answer)  # type: ignore[no-any-return]

    return found


def within(found: dict[str, Any]) -> set[str]:
    return {name for name, person in found.items() if person}


def test_nobody_is_let_in_where_nobody_is_named(entered: Entered) -> None:
    assert within(entered()) == set()


def test_those_are_let_in_who_are_named_and_nobody_else(entered: Entered) -> None:
    found = entered(allowedUsers=["alice"], admins=["dave"])
    assert within(found) == {"alice", "dave"}
    assert {name for name, person in found.items() if person and person["admin"]} == {"dave"}


def test_members_of_a_group_are_let_in_by_a_claim_with_dots_in_its_name(entered: Entered) -> None:
    found = entered(allowedGroups=["/vre"], groupsClaim="wlcg.groups")
    assert within(found) == {"bob"}
    assert found["bob"]["groups"] == ["/escape", "/vre"]
    assert not found["bob"]["admin"]


def test_everybody_is_let_in_who_is_not_blocked(entered: Entered) -> None:
    assert within(entered(allowAll=True, blockedUsers=["carol"])) == {"alice", "bob", "dave"}


def test_who_is_blocked_is_out_though_named(entered: Entered) -> None:
    blocked = entered(blockedUsers=["alice", "bob", "dave"], allowedUsers=["alice"], admins=["dave"])
    assert within(blocked) == set()


def test_a_name_is_blocked_as_the_issuer_writes_it(entered: Entered) -> None:
    assert within(entered(allowAll=True, blockedUsers=["Carol", "BOB"])) == {"alice", "dave"}


def test_a_hub_that_finds_administrators_elsewhere_does_not_start(entered: Entered) -> None:
    said = entered({"JupyterHub": {"authenticator_class": "null", "admin_users": ["carol"]}})
    assert "login says who is let in, and so does JupyterHub.admin_users" in said["ended"]


@pytest.mark.parametrize("section", ["GenericOAuthenticator", "OAuthenticator", "Authenticator"])
def test_a_hub_that_finds_leftovers_of_another_login_does_not_start(entered: Entered, section: str) -> None:
    left = {section: {"allowed_users": ["carol"], "admin_users": ["carol"]}}
    said = entered(left, allowedUsers=["alice"])
    assert f"login says who is let in, and so does {section} in the hub's configuration" in said["ended"]


def test_a_hub_lets_nobody_in_before_the_chart_has_its_turn(
    cluster: Cluster, pods: Lines, tmp_path: Path
) -> None:
    hub = mounted(cluster, values(""), tmp_path)
    hub["hub"]["extraConfig"] = {}
    said = pods.ask(what="people", files=str(tmp_path), codes=["alice"], values=hub)
    assert said["found"] == {"alice": None}
