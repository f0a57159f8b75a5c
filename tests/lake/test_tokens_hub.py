"""Tokens come from a real JupyterHub, of the VRE's version and of today's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lake.answering import answering
from tests.lake.hub.process import Hub, login, running
from tests.lake.test_device_login import shown
from tests.lake.test_tokens import jwt
from tests.lakes import until
from vre_dm.errors import LoginRefused, Unreachable
from vre_dm.lake import sources
from vre_dm.lake.audiences import Audiences
from vre_dm.lake.connection import Connection
from vre_dm.lake.instances import from_file
from vre_dm.lake.lake import Lake
from vre_dm.lake.storage_tokens import StorageTokens
from vre_dm.lake.tokens import Secret, VariableToken, audiences
from vre_dm.lake.tokens.hub import hub_token
from vre_dm.lake.tokens.keeping import Kept
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout


@pytest.fixture(scope="module", params=["4", "5"])
def hub(
    request: pytest.FixtureRequest, embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hub]:
    with running(request.param, embedded_lake, tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def token(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", hub.environ["JUPYTERHUB_API_TOKEN"])
    return hub_token(hub.environ["JUPYTERHUB_API_URL"], VariableToken("JUPYTERHUB_API_TOKEN"), "rucio")


def test_the_lake_takes_the_token_that_the_hub_gives_to_a_notebook_server(token: Kept, lake: Lake) -> None:
    connection = Connection(replace(lake.instance, tokens=token))
    assert connection.ask("me", lambda rucio: rucio.whoami())["account"] == "dm"


def test_a_token_that_ended_is_renewed_by_the_hub(
    hub: Hub, token: Kept, embedded_lake: LakeStatus, lake: Lake
) -> None:
    state = login(embedded_lake)
    hub.ask("PATCH", "/users/dm", {"auth_state": {**state, "access_token": jwt({"exp": 1_700_000_000})}})
    connection = Connection(replace(lake.instance, tokens=token))
    # The hub looks at a login at most once in `auth_refresh_age`, here a second.
    assert until_renewed(connection) == "dm"


def until_renewed(connection: Connection) -> str:
    def account() -> str | None:
        try:
            return str(connection.ask("me", lambda rucio: rucio.whoami())["account"])
        except LoginRefused:
            return None

    return until(account)


def test_a_token_exchanged_for_the_lake_is_taken_before_the_users_own(
    hub: Hub, token: Kept, embedded_lake: LakeStatus
) -> None:
    mine, made = login(embedded_lake, "jhub"), login(embedded_lake)["access_token"]
    hub.ask("PATCH", "/users/dm", {"auth_state": {**mine, "exchanged_tokens": {"rucio": made}}})
    assert token.token() == Secret(made)


def test_a_token_for_others_only_is_not_sent_to_the_lake(
    hub: Hub, token: Kept, embedded_lake: LakeStatus
) -> None:
    hub.ask("PATCH", "/users/dm", {"auth_state": login(embedded_lake, "jhub")})
    with pytest.raises(LoginRefused, match="has no token for rucio; use a token file"):
        token.token()


def test_a_token_that_the_hub_keeps_for_others_is_exchanged_for_the_lake_where_a_client_is_configured(
    hub: Hub, embedded_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub.ask("PATCH", "/users/dm", {"auth_state": login(embedded_lake, "jhub")})
    for name in ("JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.setenv(name, hub.environ[name])
    config = tmp_path / "rucio.cfg"
    text = embedded_lake.rucio_config.read_text()
    config.write_text(text.replace(str(Layout(embedded_lake.root).token), str(tmp_path / "none")))
    connection = Connection(from_file(config))
    assert connection.account() == "dm"
    assert audiences(connection.tokens.token()) == {"rucio"}
    assert str(connection.tokens) == f"exchange of the hub's token at {embedded_lake.issuer}"


def test_a_token_for_a_storage_that_the_hub_keeps_is_taken_from_it(
    hub: Hub, token: Kept, embedded_lake: LakeStatus, lake: Lake
) -> None:
    made = login(embedded_lake, "eos")["access_token"]
    hub.ask("PATCH", "/users/dm", {"auth_state": {**login(embedded_lake), "exchanged_tokens": {"eos": made}}})
    wants = replace(lake.instance, hub=sources.hub(hub.environ), storage_audiences=Audiences("eos"))
    assert StorageTokens(wants, token).of("ANY").token() == Secret(made)


def test_a_token_that_does_not_say_whom_it_is_for_goes_to_no_storage_but_is_exchanged(
    hub: Hub, lake: Lake, embedded_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN"):
        monkeypatch.setenv(name, hub.environ[name])
    broad = jwt({"exp": 4_000_000_000, "scope": "everything"})
    hub.ask("PATCH", "/users/dm", {"auth_state": {**login(embedded_lake), "access_token": broad}})
    here = from_file(embedded_lake.rucio_config)
    assert here.tokens is not None
    assert here.tokens.token() == Secret(broad)  # as before: a lake may well take it
    sent = StorageTokens(replace(here, storage_audiences=Audiences("eos")), lake.tokens).of("ANY").token()
    assert audiences(sent) == {"eos"}


def test_a_hub_that_keeps_no_login_says_whom_to_ask(
    hub: Hub, token: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.ask("POST", "/users/nobody")
    key = hub.ask("POST", "/users/nobody/tokens", {"scopes": ["inherit"]})["token"]
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", key)
    with pytest.raises(LoginRefused, match="enable_auth_state"):
        token.token()


def test_a_hub_that_does_not_show_its_tokens_says_whom_to_ask(
    hub: Hub, token: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = hub.ask("POST", "/users/dm/tokens", {"scopes": ["read:users!user"]})["token"]
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", narrow)
    with pytest.raises(LoginRefused, match="grant admin:auth_state!user to the roles user and server"):
        token.token()


def test_a_hub_that_forgot_the_server_says_to_log_in_again(
    hub: Hub, token: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "canary-of-nobody")
    with pytest.raises(LoginRefused, match="log in to the hub again") as refused:
        token.token()
    assert "canary" not in str(refused.value)


def test_a_hub_never_logs_the_tokens_that_were_asked_of_it(hub: Hub, token: Kept) -> None:
    secret = hub.environ["JUPYTERHUB_API_TOKEN"]
    assert "/hub/api/user" in hub.log.read_text()
    assert secret not in hub.log.read_text()


@pytest.mark.parametrize("body", [b"<html>login</html>", b"[]", b'{"auth_state": []}', b"\xff", b""])
def test_what_is_no_hub_is_said_to_give_no_token(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    monkeypatch.setenv("KEY", "canary")
    with answering(body) as server, pytest.raises(LoginRefused, match="ask its admins"):
        hub_token(server.url, VariableToken("KEY"), "rucio").token()


def test_a_hub_that_redirects_elsewhere_gets_no_second_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "canary")
    with (
        answering({}) as thief,
        answering(status=302, headers={"Location": thief.url}) as server,
        pytest.raises(LoginRefused, match="HTTP 302"),
    ):
        hub_token(server.url, VariableToken("KEY"), "rucio").token()
    assert thief.asked == []


def test_an_answer_that_is_cut_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "canary")
    short = answering(b"{", headers={"Content-Length": "100"})
    with short as server, pytest.raises(Unreachable, match="did not answer"):
        hub_token(server.url, VariableToken("KEY"), "rucio").token()


@pytest.mark.parametrize("said", [{}, {"aud": "rucio"}, {"aud": ["rucio", "https://eos.example.org"]}])
def test_only_a_token_that_is_for_a_storage_by_its_own_word_is_narrow(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, object]
) -> None:
    monkeypatch.setenv("KEY", "canary")
    with answering({"auth_state": {"access_token": jwt(said)}}) as server:
        token = hub_token(server.url, VariableToken("KEY"), "https://eos.example.org", narrow=True)
        if len(said.get("aud", "")) == 2:  # type: ignore[arg-type]
            assert token.token() == Secret(jwt(said))
        else:
            with pytest.raises(LoginRefused, match=r"has no token for https://eos\.example\.org") as refused:
                token.token()
            assert jwt(said) not in shown(refused.value)


def test_a_hub_that_is_down_is_named_without_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "canary")
    with answering() as server:
        url = server.url
    with pytest.raises(Unreachable, match=r"the hub at 127\.0\.0\.1:\d+ did not answer") as refused:
        hub_token(url, VariableToken("KEY"), "rucio").token()
    assert "canary" not in str(refused.value)
