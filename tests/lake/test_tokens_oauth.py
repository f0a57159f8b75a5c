"""Refresh, exchange and device login: the embedded lake's issuer, and one that answers as told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from tests.lake.answering import answering
from tests.lake.hub.process import login
from tests.lake.test_tokens import jwt
from vre_dm.errors import InvalidConfiguration, LoginRefused, Unreachable
from vre_dm.lake.lake import Lake
from vre_dm.lake.tokens import Kept, Secret, audiences
from vre_dm.lake.tokens.device import Prompt, device_login
from vre_dm.lake.tokens.oauth import Client, Refreshing, discover, exchanged
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

SCOPE = "openid profile"


class Issuer(ThreadingHTTPServer):
    """Gives one answer after the other, and remembers the forms it was sent."""

    daemon_threads = True

    def __init__(self, *answers: tuple[int, dict[str, object]]) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.answers, self.forms = list(answers), list[dict[str, str]]()
        self.heads: list[dict[str, str]] = []

    def client(self, secret: str = "") -> Client:
        url = f"http://127.0.0.1:{self.server_port}"
        return Client(url, f"{url}/token", f"{url}/device", "vre", Secret(secret) if secret else None)


class _Answer(BaseHTTPRequestHandler):
    server: Issuer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.forms.append({name: values[0] for name, values in form.items()})
        self.server.heads.append(dict(self.headers))
        status, body = self.server.answers.pop(0)
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None: ...


@contextmanager
def issuer(*answers: tuple[int, dict[str, object]]) -> Iterator[Issuer]:
    with Issuer(*answers) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def error(code: str, status: int = 400) -> tuple[int, dict[str, object]]:
    return status, {"error": code}


GIVEN = (200, {"access_token": "canary-token", "token_type": "Bearer", "expires_in": 3600})
DEVICE = (
    200,
    {
        "device_code": "canary-device",
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://iam/device",
        "interval": 1,
        "expires_in": 30,
    },
)


@pytest.fixture(scope="module")
def client(embedded_lake: LakeStatus) -> Client:
    secret = json.loads(Layout(embedded_lake.root).secrets.read_text())["clients"]["hub"]
    return discover(embedded_lake.issuer, "hub", Secret(secret), embedded_lake.ca)


def test_a_login_is_refreshed_and_exchanged_for_a_token_that_the_lake_takes(
    client: Client, embedded_lake: LakeStatus, lake: Lake
) -> None:
    mine = Kept(Refreshing(client, Secret(login(embedded_lake, "jhub")["refresh_token"])), "login")
    assert audiences(mine.token()) == {"jhub"}
    for_lake = Kept(exchanged(client, mine, "rucio", SCOPE), "exchange")
    assert audiences(for_lake.token()) == {"rucio"}
    ends = for_lake.expires()
    assert ends is not None


def test_a_refresh_token_that_the_issuer_does_not_know_says_to_log_in_again(client: Client) -> None:
    with pytest.raises(LoginRefused, match=r"refused a token for hub: invalid_\w+; log in again") as refused:
        Refreshing(client, Secret("canary-refresh"))()
    assert "canary" not in str(refused.value)


def test_a_clients_secret_travels_in_a_header_and_a_public_client_names_itself() -> None:
    with issuer(GIVEN, GIVEN) as server:
        Refreshing(server.client("p%ss:wörd"), Secret("r"))()
        Refreshing(server.client(), Secret("r"))()
    assert server.heads[0]["Authorization"].startswith("Basic ")
    assert "client_id" not in server.forms[0]
    assert "Authorization" not in server.heads[1]
    assert server.forms[1]["client_id"] == "vre"


def test_a_rotated_refresh_token_takes_the_place_of_the_old_one() -> None:
    rotated = (200, {**GIVEN[1], "refresh_token": "second"})
    with issuer(rotated, GIVEN) as server:
        refreshing = Refreshing(server.client(), Secret("first"))
        refreshing()
        refreshing()
    assert [form["refresh_token"] for form in server.forms] == ["first", "second"]


def test_the_token_of_a_login_is_used_before_it_is_refreshed() -> None:
    with issuer(DEVICE, GIVEN, GIVEN) as server:
        grant, _ = device_login(server.client(), SCOPE, lambda _: None, lambda _: None)
        refreshing = Refreshing(server.client(), Secret("r"), grant)
        assert refreshing() is grant
        assert refreshing() is not grant


@pytest.mark.parametrize(
    "body", [{}, {"access_token": ""}, {"access_token": 5}, {"access_token": "x", "token_type": "mac"}]
)
def test_an_answer_without_a_bearer_token_is_no_login(body: dict[str, object]) -> None:
    with issuer((200, body)) as server, pytest.raises(LoginRefused, match="without a bearer token"):
        Refreshing(server.client(), Secret("r"))()


@pytest.mark.parametrize("left", [None, -5, "soon", float("inf"), [3600]])
def test_a_life_that_makes_no_sense_is_unknown(left: object) -> None:
    with issuer((200, {"access_token": "opaque", "expires_in": left})) as server:
        assert Refreshing(server.client(), Secret("r"))().ends is None


def test_the_end_in_the_token_counts_more_than_the_one_beside_it() -> None:
    body = {"access_token": jwt({"exp": 1_700_000_000}), "expires_in": "3600"}
    with issuer((200, body)) as server:
        ends = Refreshing(server.client(), Secret("r"))().ends
    assert ends is not None
    assert ends.timestamp() == 1_700_000_000


def test_a_device_login_shows_a_code_waits_and_slows_down_as_asked() -> None:
    shown: list[Prompt] = []
    waits: list[float] = []
    answers = (DEVICE, error("authorization_pending"), error("slow_down"), error("x", 503), GIVEN)
    with issuer(*answers) as server:
        grant, refresh = device_login(server.client(), SCOPE, shown.append, waits.append, audience="rucio")
    assert grant.token == Secret("canary-token")
    assert refresh is None
    assert waits == [1, 1, 6, 6]
    assert shown == [Prompt("https://iam/device", "WDJB-MJHT", 30)]
    assert server.forms[0] == {"client_id": "vre", "scope": SCOPE, "audience": "rucio"}
    assert all(form["device_code"] == "canary-device" for form in server.forms[1:])


def test_a_device_login_that_nobody_confirms_ends() -> None:
    with (
        issuer(DEVICE, *[error("authorization_pending")] * 30) as server,
        pytest.raises(LoginRefused, match="nobody confirmed"),
    ):
        device_login(server.client(), SCOPE, lambda _: None, lambda _: None)


@pytest.mark.parametrize("code", ["access_denied", "expired_token", "invalid_grant"])
def test_a_device_login_that_is_refused_says_so_without_its_code(code: str) -> None:
    with issuer(DEVICE, error(code)) as server, pytest.raises(LoginRefused, match=code) as refused:
        device_login(server.client(), SCOPE, lambda _: None, lambda _: None)
    assert "canary" not in str(refused.value)


def test_an_issuer_without_the_device_flow_is_told(client: Client) -> None:
    with pytest.raises(LoginRefused, match="has no device flow"):
        device_login(client, SCOPE, lambda _: None, lambda _: None)


def test_what_a_hostile_issuer_wants_shown_is_text_on_one_line() -> None:
    shown: list[Prompt] = []
    hostile = (200, {**DEVICE[1], "user_code": "A\x1b[2J\nB", "verification_uri": "https://x/\r\ny"})
    with issuer(hostile, GIVEN) as server:
        device_login(server.client(), SCOPE, shown.append, lambda _: None)
    assert (shown[0].address + shown[0].code).isprintable()


def test_an_issuer_that_is_none_or_speaks_for_another_is_refused(embedded_lake: LakeStatus) -> None:
    for document in ({}, {"issuer": "https://other/", "token_endpoint": "https://other/token"}):
        with answering(document) as server, pytest.raises(InvalidConfiguration, match="is no OIDC issuer"):
            discover(server.url, "vre")


def test_an_issuer_that_wants_credentials_in_the_clear_is_refused() -> None:
    with answering({}) as server:
        document = {"issuer": server.url, "token_endpoint": "http://example.org/token"}
        server.answer = (200, {}, json.dumps(document).encode())
        with pytest.raises(InvalidConfiguration, match="in the clear"):
            discover(server.url, "vre")


def test_an_unknown_authority_is_never_accepted(embedded_lake: LakeStatus) -> None:
    with pytest.raises(Unreachable, match="its certificate is not trusted"):
        discover(embedded_lake.issuer, "hub")


@pytest.mark.parametrize("address", ["http://example.org", "ftp://localhost", "file:///etc"])
def test_an_issuer_that_anybody_on_the_way_could_play_is_not_asked(address: str) -> None:
    with pytest.raises(InvalidConfiguration, match="in the clear"):
        discover(address, "vre")
