"""Refresh, exchange and device login: the embedded lake's issuer, and one that answers as told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.lake.answering import Answer, Answering, answering
from tests.lake.hub.process import login
from tests.lake.test_tokens import jwt
from vre_dm.errors import InvalidConfiguration, LoginRefused, Unreachable
from vre_dm.lake.connection import Connection
from vre_dm.lake.lake import Lake
from vre_dm.lake.tokens import Secret, audiences
from vre_dm.lake.tokens.device import Prompt, device_login
from vre_dm.lake.tokens.keeping import Kept
from vre_dm.lake.tokens.oauth import Registration, discover, exchanged, refreshed, revoked
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

SCOPE = "openid profile"


@contextmanager
def issuer(*answers: tuple[int, dict[str, object]]) -> Iterator[Answering]:
    """An issuer that gives one answer after the other to what is sent to it by form."""
    left = list(answers)

    def say(path: str, _: object, __: object) -> tuple[int, dict[str, str], bytes]:
        document = {"issuer": server.url, "token_endpoint": f"{server.url}/token"}
        document |= {
            "device_authorization_endpoint": f"{server.url}/device",
            "revocation_endpoint": f"{server.url}/revoke",
        }
        status, body = (200, document) if "well-known" in path else left.pop(0)
        return status, {}, json.dumps(body).encode()

    with answering() as server:
        server.say = say
        yield server


def registered(server: Answering, secret: str = "") -> Registration:
    return Registration(issuer=server.url, client_id="vre", secret=Secret(secret) if secret else None)


def error(code: str, status: int = 400) -> tuple[int, dict[str, object]]:
    return status, {"error": code}


CUT: Answer = (200, {"Content-Length": "99"}, b"")  # a connection that breaks before the answer is whole
GIVEN = (200, {"access_token": "canary-token", "token_type": "Bearer", "expires_in": 3600})
DEVICE = (
    200,
    {
        "device_code": "canary-device",
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://iam/device",
        "verification_uri_complete": "https://iam/device?c=WDJB-MJHT",
        "interval": 1,
        "expires_in": 30,
    },
)


@pytest.fixture(scope="module")
def hub(embedded_lake: LakeStatus) -> Registration:
    secret = json.loads(Layout(embedded_lake.root).secrets.read_text())["clients"]["hub"]
    return Registration(
        issuer=embedded_lake.issuer, client_id="hub", secret=Secret(secret), ca=embedded_lake.ca
    )


def test_a_login_is_refreshed_and_exchanged_for_a_token_that_the_lake_takes(
    hub: Registration, embedded_lake: LakeStatus, lake: Lake
) -> None:
    refresh = Secret(login(embedded_lake, "jhub")["refresh_token"])
    mine = Kept(lambda: refreshed(hub, refresh, "jhub")[0], "login")
    assert audiences(mine.token()) == {"jhub"}
    for_lake = Kept(exchanged(hub, mine, "rucio", SCOPE), "exchange")
    assert audiences(for_lake.token()) == {"rucio"}
    connection = Connection(replace(lake.instance, tokens=for_lake))
    assert connection.ask("me", lambda rucio: rucio.whoami())["account"] == "dm"


def test_a_refresh_token_that_the_issuer_does_not_know_says_to_log_in_again(hub: Registration) -> None:
    with pytest.raises(LoginRefused, match=r"refused a token for hub: invalid_\w+; log in again") as refused:
        refreshed(hub, Secret("canary-refresh"), "rucio")
    assert "canary" not in str(refused.value)


def test_a_clients_secret_travels_in_a_header_and_a_public_client_names_itself() -> None:
    with issuer(GIVEN, GIVEN) as server:
        refreshed(registered(server, "p%ss:wörd"), Secret("r"), "rucio")
        refreshed(registered(server), Secret("r"), "rucio")
    first, second = (headers for path, headers in server.asked if path == "/token")
    assert first["Authorization"].startswith("Basic ")
    assert "client_id" not in server.forms[0]
    assert "Authorization" not in second
    assert server.forms[1]["client_id"] == "vre"


def test_a_rotated_refresh_token_takes_the_place_of_the_old_one() -> None:
    with issuer((200, {**GIVEN[1], "refresh_token": "second"}), GIVEN) as server:
        assert refreshed(registered(server), Secret("first"), "rucio")[1] == Secret("second")
        assert refreshed(registered(server), Secret("first"), "rucio")[1] == Secret("first")


def test_an_exchange_asks_for_a_scope_only_where_one_is_wanted() -> None:
    with issuer(GIVEN, GIVEN) as server:
        for scope in ("", "storage.read:/"):
            exchanged(registered(server), Given("canary-subject"), "eos", scope)()
    assert ["scope" in form for form in server.forms] == [False, True]
    assert server.forms[1]["scope"] == "storage.read:/"
    assert {form["audience"] for form in server.forms} == {"eos"}


class Given:
    """A source that always gives the same token."""

    def __init__(self, text: str) -> None:
        self._token = Secret(text)

    def token(self) -> Secret:
        return self._token

    def renew(self, refused: Secret | None = None) -> bool:
        return False

    def expires(self) -> None:
        return None


@pytest.mark.parametrize(
    "body", [{}, {"access_token": ""}, {"access_token": 5}, {"access_token": "x", "token_type": "mac"}]
)
def test_an_answer_without_a_bearer_token_is_no_login(body: dict[str, object]) -> None:
    with issuer((200, body)) as server, pytest.raises(LoginRefused, match="without a bearer token"):
        refreshed(registered(server), Secret("r"), "rucio")


@pytest.mark.parametrize("left", [None, -5, "soon", float("inf"), [3600]])
def test_a_life_that_makes_no_sense_is_unknown(left: object) -> None:
    with issuer((200, {"access_token": "opaque", "expires_in": left})) as server:
        assert refreshed(registered(server), Secret("r"), "rucio")[0].ends is None


def test_the_end_in_the_token_counts_more_than_the_one_beside_it() -> None:
    body = {"access_token": jwt({"exp": 1_700_000_000}), "expires_in": "3600"}
    with issuer((200, body)) as server:
        ends = refreshed(registered(server), Secret("r"), "rucio")[0].ends
    assert ends is not None
    assert ends.timestamp() == 1_700_000_000


def test_a_device_login_shows_a_code_waits_and_slows_down_as_asked() -> None:
    shown: list[Prompt] = []
    waits: list[float] = []
    answers = (DEVICE, error("authorization_pending"), error("slow_down"), error("x", 503), GIVEN)
    with issuer(*answers) as server:
        grant, refresh = device_login(
            registered(server).client(), SCOPE, shown.append, waits.append, audience="rucio"
        )
    assert grant.token == Secret("canary-token")
    assert refresh is None
    assert waits == [1, 1, 6, 6]
    assert shown == [Prompt("https://iam/device", "WDJB-MJHT", 30, "https://iam/device?c=WDJB-MJHT")]
    assert server.forms[0] == {"client_id": "vre", "scope": SCOPE, "audience": "rucio"}
    assert all(form["device_code"] == "canary-device" for form in server.forms[1:])
    assert {form["audience"] for form in server.forms} == {"rucio"}


def test_a_device_login_that_nobody_confirms_ends() -> None:
    with (
        issuer(DEVICE, *[error("authorization_pending")] * 30) as server,
        pytest.raises(LoginRefused, match="nobody confirmed"),
    ):
        device_login(registered(server).client(), SCOPE, lambda _: None, lambda _: None)


def test_a_network_that_is_away_for_a_moment_ends_no_device_login() -> None:
    waits: list[float] = []
    with issuer(DEVICE, error("authorization_pending"), GIVEN) as server:
        plain = server.say
        assert plain is not None

        def say(path: str, headers: dict[str, str], body: bytes) -> Answer:
            away = path == "/token" and len(waits) in {1, 3}
            return CUT if away else plain(path, headers, body)

        server.say = say
        grant, _ = device_login(registered(server).client(), SCOPE, lambda _: None, waits.append)
    assert grant.token == Secret("canary-token")
    assert waits == [1, 6, 6, 11]


def test_an_issuer_that_is_away_to_the_end_is_named_as_such() -> None:
    with issuer(DEVICE) as server:
        plain = server.say
        assert plain is not None
        server.say = lambda path, *sent: CUT if path == "/token" else plain(path, *sent)
        with pytest.raises(Unreachable, match=r"the issuer at .* did not answer"):
            device_login(registered(server).client(), SCOPE, lambda _: None, lambda _: None)


@pytest.mark.parametrize("field", ["device_code", "verification_uri"])
def test_a_login_that_misses_what_it_needs_is_not_shown(field: str) -> None:
    with (
        issuer((200, {**DEVICE[1], field: ""})) as server,
        pytest.raises(LoginRefused, match="did not start a login"),
    ):
        device_login(registered(server).client(), SCOPE, lambda _: pytest.fail("shown"), lambda _: None)


@pytest.mark.parametrize("code", ["access_denied", "expired_token", "invalid_grant"])
def test_a_device_login_that_is_refused_says_so_without_its_code(code: str) -> None:
    with issuer(DEVICE, error(code)) as server, pytest.raises(LoginRefused, match=code) as refused:
        device_login(registered(server).client(), SCOPE, lambda _: None, lambda _: None)
    assert "canary" not in str(refused.value)


def test_an_issuer_without_the_device_flow_is_told() -> None:
    with answering() as server:
        document = {"issuer": server.url, "token_endpoint": f"{server.url}/token"}
        server.answer = (200, {}, json.dumps(document).encode())
        with pytest.raises(LoginRefused, match="has no device flow"):
            device_login(discover(server.url, "vre"), SCOPE, lambda _: None, lambda _: None)


def test_a_login_is_ended_at_an_issuer_that_takes_tokens_back() -> None:
    with issuer((200, {}), error("unsupported_token_type"), (503, {})) as server:
        known = registered(server)
        assert [revoked(known, Secret("canary-refresh")) for _ in range(3)] == [True, False, False]
    assert server.forms[0] == {
        "client_id": "vre",
        "token": "canary-refresh",
        "token_type_hint": "refresh_token",
    }
    assert {path for path, _ in server.asked if "well-known" not in path} == {"/revoke"}
    assert not revoked(known, Secret("canary-refresh"))  # nobody answers there any more


UNFIT = ["http://iam.example.org/end", "https://[::1", "ftp://localhost/end", "end"]


@pytest.mark.parametrize("address", UNFIT)
def test_an_issuer_that_takes_no_token_back_in_safety_keeps_its_logins(address: str) -> None:
    with answering() as server:
        document = {"issuer": server.url, "token_endpoint": f"{server.url}/token"}
        body = json.dumps(document | {"revocation_endpoint": address}).encode()
        server.answer = (200, {}, body)
        assert discover(server.url, "vre").token_url == f"{server.url}/token"
        assert not revoked(registered(server), Secret("canary-refresh"))
    assert server.forms == []


@pytest.mark.parametrize("address", UNFIT)
@pytest.mark.parametrize("field", ["token_endpoint", "device_authorization_endpoint"])
def test_an_issuer_that_takes_logins_in_the_clear_gets_none(field: str, address: str) -> None:
    with answering() as server:
        document = {"issuer": server.url, "token_endpoint": f"{server.url}/token", field: address}
        server.answer = (200, {}, json.dumps(document).encode())
        with pytest.raises(InvalidConfiguration, match="in the clear; tell its admins"):
            discover(server.url, "vre")


@pytest.mark.parametrize("field", ["verification_uri", "verification_uri_complete"])
def test_a_page_that_others_could_read_along_or_forge_is_not_shown(field: str) -> None:
    with (
        issuer((200, {**DEVICE[1], field: "http://iam/device"})) as server,
        pytest.raises(InvalidConfiguration, match="in the clear"),
    ):
        device_login(registered(server).client(), SCOPE, lambda _: pytest.fail("shown"), lambda _: None)


def test_what_a_hostile_issuer_wants_shown_is_text_on_one_line() -> None:
    shown: list[Prompt] = []
    hostile = (200, {**DEVICE[1], "user_code": "A\x1b[2J\nB", "verification_uri": "https://x/\r\ny"})
    with issuer(hostile, GIVEN) as server:
        device_login(registered(server).client(), SCOPE, shown.append, lambda _: None)
    assert (shown[0].address + shown[0].code).isprintable()


def test_an_issuer_that_is_none_or_speaks_for_another_is_refused(embedded_lake: LakeStatus) -> None:
    for document in ({}, {"issuer": "https://other/", "token_endpoint": "https://other/token"}):
        with answering(document) as server, pytest.raises(InvalidConfiguration, match="is no OIDC issuer"):
            discover(server.url, "vre")


def test_an_unknown_authority_is_never_accepted(embedded_lake: LakeStatus) -> None:
    with pytest.raises(Unreachable, match="its certificate is not trusted"):
        discover(embedded_lake.issuer, "hub")


@pytest.mark.parametrize("address", ["http://example.org", "ftp://localhost", "file:///etc"])
def test_an_issuer_that_anybody_on_the_way_could_play_is_not_asked(address: str) -> None:
    with pytest.raises(InvalidConfiguration, match="in the clear"):
        discover(address, "vre")
