"""Who may log in to the embedded lake, and who may not: passwords, OIDC tokens, the storage."""

import base64
import json
import re
import socket
import ssl
import time
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.lakes import rucio, until
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout
from vre_dm.sandbox.services.device import Devices, NotYet

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@pytest.fixture
def web(embedded_lake: LakeStatus) -> Iterator[httpx.Client]:
    context = ssl.create_default_context(cafile=str(embedded_lake.ca))
    with httpx.Client(verify=context, trust_env=False) as client:
        yield client


@pytest.fixture
def known(embedded_lake: LakeStatus) -> dict[str, Any]:
    secrets: dict[str, Any] = json.loads(Layout(embedded_lake.root).secrets.read_text())
    return secrets


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return content


def ask(web: httpx.Client, lake: LakeStatus, login: tuple[str, str], **form: str) -> httpx.Response:
    return web.post(f"{lake.issuer}token", data=form, auth=login)


def whoami(web: httpx.Client, lake: LakeStatus, token: str) -> httpx.Response:
    return web.get(
        f"{lake.url}/accounts/whoami", headers={"X-Rucio-Auth-Token": token}, follow_redirects=True
    )


@pytest.mark.parametrize("config", ["rucio_config", "userpass_config"])
def test_the_stock_command_line_logs_in_with_token_and_with_password(
    embedded_lake: LakeStatus, config: str
) -> None:
    assert "account    : dm" in rucio(getattr(embedded_lake, config), "whoami")


def test_the_users_token_is_one_that_indigo_iam_could_have_made(embedded_lake: LakeStatus) -> None:
    content = claims(Layout(embedded_lake.root).token.read_text())
    assert content["iss"] == embedded_lake.issuer
    assert content["aud"] == "rucio"
    assert set(content["scope"].split()) >= {"openid", "profile"}
    assert content["exp"] > time.time()


def test_a_wrong_password_is_refused(embedded_lake: LakeStatus, tmp_path: Path) -> None:
    wrong = tmp_path / "rucio.cfg"
    # A token file of its own: the command line keeps the last token of an account in the temporary folder.
    other = f"password = wrong\nauth_token_file_path = {tmp_path}/token"
    wrong.write_text(re.sub(r"password = .*", other, embedded_lake.userpass_config.read_text()))
    assert "Cannot authenticate" in rucio(wrong, "whoami", check=False)


def test_a_token_for_another_audience_is_refused_until_it_is_exchanged(
    embedded_lake: LakeStatus, web: httpx.Client, known: dict[str, Any]
) -> None:
    hub, server = ("hub", known["clients"]["hub"]), ("rucio", known["clients"]["rucio"])
    mine = Layout(embedded_lake.root).token.read_text()
    exchange = {"grant_type": EXCHANGE, "subject_token": mine, "scope": "openid profile"}
    for_hub = ask(web, embedded_lake, hub, **exchange, audience="jhub").json()["access_token"]
    assert claims(for_hub)["aud"] == "jhub"
    assert whoami(web, embedded_lake, for_hub).status_code == 401
    exchange["subject_token"] = for_hub
    for_rucio = ask(web, embedded_lake, server, **exchange, audience="rucio").json()["access_token"]
    assert whoami(web, embedded_lake, for_rucio).json()["account"] == "dm"


def test_a_refresh_token_gives_new_tokens_and_never_wider_ones(
    embedded_lake: LakeStatus, web: httpx.Client, known: dict[str, Any]
) -> None:
    hub = ("hub", known["clients"]["hub"])
    mine = Layout(embedded_lake.root).token.read_text()
    first = {
        "grant_type": EXCHANGE,
        "subject_token": mine,
        "audience": "rucio",
        "scope": "openid profile offline_access",
    }
    given = ask(web, embedded_lake, hub, **first).json()
    refresh, identity = given["refresh_token"], given["id_token"]
    again = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert claims(ask(web, embedded_lake, hub, **again).json()["access_token"])["aud"] == "rucio"
    assert ask(web, embedded_lake, hub, **again, scope="openid admin").json() == {"error": "invalid_grant"}
    for token in (refresh, identity):
        assert whoami(web, embedded_lake, token).status_code == 401
        bearer = {"Authorization": f"Bearer {token}"}
        assert web.get(f"{embedded_lake.storage}/CNAF-STORM/", headers=bearer).status_code == 401
        assert web.get(f"{embedded_lake.issuer}userinfo", headers=bearer).status_code == 401
        wrong = {"grant_type": "refresh_token", "refresh_token": identity}
        assert ask(web, embedded_lake, hub, **wrong).json() == {"error": "invalid_grant"}


def test_the_browser_login_asks_for_the_password_and_ends_at_rucio_with_a_token(
    embedded_lake: LakeStatus, web: httpx.Client, known: dict[str, Any]
) -> None:
    asked = {
        "X-Rucio-Account": "dm",
        "X-Rucio-Client-Authorize-Auto": "False",
        "X-Rucio-Client-Authorize-Polling": "True",
        "X-Rucio-Client-Authorize-Scope": "openid profile",
        "X-Rucio-Client-Authorize-Audience": "rucio",
    }
    entry = web.get(f"{embedded_lake.url}/auth/oidc", headers=asked).headers["X-Rucio-OIDC-Auth-URL"]
    page = web.get(entry).headers["location"]
    assert page.startswith(embedded_lake.issuer)
    assert "password" in web.get(page).text
    refused = web.post(page, data={"username": "dm", "password": "wrong"})
    assert refused.status_code == 401
    assert "location" not in refused.headers
    accepted = web.post(page, data={"username": "dm", "password": known["accounts"]["dm"]})
    assert web.get(accepted.headers["location"]).status_code == 200
    polled = web.get(entry, headers={**asked, "X-Rucio-Client-Fetch-Token": "True"})
    assert whoami(web, embedded_lake, polled.headers["X-Rucio-Auth-Token"]).json()["account"] == "dm"


def test_a_code_is_good_once_and_only_for_the_client_it_was_made_for(
    embedded_lake: LakeStatus, web: httpx.Client, known: dict[str, Any]
) -> None:
    redirect = f"{embedded_lake.url}/auth/oidc_code"
    where = {"client_id": "rucio", "redirect_uri": redirect, "scope": "openid", "response_type": "code"}
    login = {"username": "dm", "password": known["accounts"]["dm"]}

    def code() -> str:
        sent = web.post(f"{embedded_lake.issuer}authorize", params=where, data=login).headers["location"]
        return parse_qs(urlsplit(sent).query)["code"][0]

    form = {"grant_type": "authorization_code", "redirect_uri": redirect}
    assert ask(web, embedded_lake, ("hub", known["clients"]["hub"]), **form, code=code()).status_code == 400
    server, once = ("rucio", known["clients"]["rucio"]), code()
    assert "access_token" in ask(web, embedded_lake, server, **form, code=once).json()
    assert ask(web, embedded_lake, server, **form, code=once).status_code == 400


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "client_credentials"},
        {"grant_type": EXCHANGE, "subject_token": "x.y.z"},
        {"grant_type": "refresh_token"},
        {},
    ],
)
def test_nobody_gets_a_token_without_a_clients_secret(
    embedded_lake: LakeStatus, web: httpx.Client, form: dict[str, str]
) -> None:
    for login in (("rucio", "wrong"), ("nobody", ""), ("", "")):
        assert ask(web, embedded_lake, login, **form).status_code == 401


DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
PUBLIC = {"client_id": "vre-dm"}


def started(web: httpx.Client, lake: LakeStatus, **form: str) -> dict[str, Any]:
    """What the issuer says to a program that has no secret and wants its user to log in elsewhere."""
    asked = {**PUBLIC, "audience": "rucio", "scope": "openid profile offline_access", **form}
    answer: dict[str, Any] = web.post(f"{lake.issuer}devicecode", data=asked).json()
    return answer


def polled(web: httpx.Client, lake: LakeStatus, code: str, **form: str) -> dict[str, Any]:
    asked = {**PUBLIC, "grant_type": DEVICE, "device_code": code, **form}
    answer: dict[str, Any] = web.post(f"{lake.issuer}token", data=asked).json()
    return answer


def test_a_login_by_code_gives_tokens_once_and_only_after_the_user_confirmed_it(
    embedded_lake: LakeStatus, web: httpx.Client, known: dict[str, Any]
) -> None:
    asked = started(web, embedded_lake)
    code, typed = asked["device_code"], {"user_code": asked["user_code"].lower(), "username": "dm"}
    assert polled(web, embedded_lake, code) == {"error": "authorization_pending"}
    until(lambda: polled(web, embedded_lake, code) == {"error": "slow_down"})  # two close to each other
    assert web.post(asked["verification_uri"], data={**typed, "password": "wrong"}).status_code == 401
    password = {"password": known["accounts"]["dm"]}
    assert web.post(asked["verification_uri"], data={**typed, **password}).status_code == 200
    assert polled(web, embedded_lake, code, client_id="hub") == {"error": "invalid_client"}
    got = polled(web, embedded_lake, code)
    assert whoami(web, embedded_lake, got["access_token"]).json()["account"] == "dm"
    assert polled(web, embedded_lake, code) == {"error": "invalid_grant"}
    assert web.post(asked["verification_uri"], data={**typed, **password}).status_code == 400
    again = {**PUBLIC, "grant_type": "refresh_token", "refresh_token": got["refresh_token"]}
    assert "access_token" in web.post(f"{embedded_lake.issuer}token", data=again).json()


def test_who_has_a_token_but_no_secret_gets_no_wider_or_longer_one(
    embedded_lake: LakeStatus, web: httpx.Client
) -> None:
    mine = Layout(embedded_lake.root).token.read_text()
    asked = {**PUBLIC, "grant_type": EXCHANGE, "subject_token": mine, "audience": "storage"}
    got = web.post(f"{embedded_lake.issuer}token", data=asked).json()
    assert claims(got["access_token"])["aud"] == "storage"
    assert "refresh_token" not in got
    longer = {**asked, "scope": "openid profile offline_access"}
    assert web.post(f"{embedded_lake.issuer}token", data=longer).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("grant", ["client_credentials", "authorization_code", "password", ""])
def test_a_program_without_a_secret_gets_nothing_without_a_user(
    embedded_lake: LakeStatus, web: httpx.Client, grant: str
) -> None:
    asked = {**PUBLIC, "grant_type": grant}
    assert web.post(f"{embedded_lake.issuer}token", data=asked).status_code == 401
    assert web.post(f"{embedded_lake.issuer}introspect", data={**PUBLIC, "token": "x"}).status_code == 401


def test_a_code_in_an_address_is_text_on_the_page(embedded_lake: LakeStatus, web: httpx.Client) -> None:
    page = web.get(f"{embedded_lake.issuer}device", params={"user_code": '"><script>x</script>'})
    assert "<script>" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_logins_under_way_are_few_so_that_other_users_of_the_machine_cannot_fill_the_memory() -> None:
    devices = Devices()
    for _ in range(100):
        devices.start("vre-dm", {})
    with pytest.raises(NotYet, match="slow_down"):
        devices.start("vre-dm", {})


def test_a_browser_is_never_sent_to_an_address_that_is_not_rucios(
    embedded_lake: LakeStatus, web: httpx.Client
) -> None:
    for redirect in ("https://127.0.0.1:1/steal", f"{embedded_lake.url}/other", ""):
        where = {"client_id": "rucio", "redirect_uri": redirect}
        assert web.get(f"{embedded_lake.issuer}authorize", params=where).status_code == 400


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_token_that_is_none_is_refused_by_rucio_and_by_the_storage(
    embedded_lake: LakeStatus, web: httpx.Client, token: str
) -> None:
    header = {"Authorization": f"Bearer {token}".encode()}
    assert web.get(f"{embedded_lake.storage}/CNAF-STORM/", headers=header).status_code == 401
    answer = web.get(
        f"{embedded_lake.url}/accounts/whoami",
        headers={"X-Rucio-Auth-Token": token.encode()},
        follow_redirects=True,
    )
    assert answer.status_code == 401


def test_a_way_to_log_in_that_the_lake_does_not_have_is_not_found(
    embedded_lake: LakeStatus, web: httpx.Client
) -> None:
    for path in ("/auth/ssh_challenge_token", "/auth/x509", "/auth/gss", "/auth/saml"):
        assert web.get(embedded_lake.url + path).status_code == 404


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_clients_that_connect_and_say_nothing_do_not_make_the_lake_deaf(
    embedded_lake: LakeStatus, web: httpx.Client
) -> None:
    port = int(embedded_lake.url.rsplit(":", 1)[1])
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
    try:
        for each in silent:
            each.sendall(b"\x16\x03\x01")
        assert web.get(f"{embedded_lake.url}/ping", timeout=60).status_code == 200
    finally:
        for each in silent:
            each.close()


def test_a_link_inside_the_storage_does_not_lead_out_of_it(
    embedded_lake: LakeStatus, web: httpx.Client, known: dict[str, Any]
) -> None:
    layout = Layout(embedded_lake.root)
    link = layout.storage("CNAF-STORM") / "out"
    link.symlink_to(layout.storage("CERN-EOSPILOT"))
    try:
        where = f"{embedded_lake.storage}/CNAF-STORM/out/new"
        login = ("dm", known["accounts"]["dm"])
        assert web.put(f"{where}/file", content=b"x", auth=login).status_code == 403
        assert not (layout.storage("CERN-EOSPILOT") / "new").exists()
    finally:
        link.unlink()


def test_the_storage_lets_nobody_in_without_a_login(embedded_lake: LakeStatus, web: httpx.Client) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "PROPFIND", "MOVE", "MKCOL", "OPTIONS"):
        assert web.request(method, f"{embedded_lake.storage}/CNAF-STORM/x").status_code == 401, method
    assert web.get(f"{embedded_lake.storage}/CNAF-STORM/x", auth=("dm", "wrong")).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/CERN-EOSPILOT/xenon/81/10/s2only.response.parquet",  # not one of its RSEs
        "/CNAF-STORM/../../secrets.json",
        "/CNAF-STORM/%2e%2e/%2e%2e/secrets.json",
        "/CNAF-STORM/..%2f..%2fsecrets.json",
        "/../secrets.json",
        "/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PROPFIND"])
def test_the_storage_serves_nothing_outside_its_own_folders(
    embedded_lake: LakeStatus, known: dict[str, Any], method: str, path: str
) -> None:
    answer = raw_request(embedded_lake, method, path, known["accounts"]["dm"])
    assert re.match(rb"HTTP/1\.1 (400|403|404|405|409)", answer), answer[:100]
    assert known["database"].encode() not in answer
    assert Layout(embedded_lake.root).secrets.exists()


def raw_request(lake: LakeStatus, method: str, path: str, password: str) -> bytes:
    """Send the path as it is written: clients tidy ``..`` away."""
    port = int(lake.storage.rsplit(":", 1)[1])
    login = base64.b64encode(f"dm:{password}".encode()).decode()
    context = ssl.create_default_context(cafile=str(lake.ca))
    request = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {login}\r\n"
    plain = socket.create_connection(("127.0.0.1", port))
    with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
        secure.sendall((request + "Content-Length: 0\r\nConnection: close\r\n\r\n").encode())
        return b"".join(iter(lambda: secure.recv(1 << 16), b""))


def test_the_storage_tells_the_checksum_of_a_file(embedded_lake: LakeStatus, web: httpx.Client) -> None:
    storage = Layout(embedded_lake.root).storage("CNAF-STORM")
    file = next(path for path in storage.rglob("*.parquet"))
    url = f"{embedded_lake.storage}/CNAF-STORM/{file.relative_to(storage)}"
    token = Layout(embedded_lake.root).token.read_text()
    answer = web.head(url, headers={"Authorization": f"Bearer {token}", "Want-Digest": "adler32"})
    assert answer.headers["Digest"] == f"adler32={zlib.adler32(file.read_bytes()):08x}"


def test_a_client_that_was_not_told_of_the_authority_refuses_to_talk(embedded_lake: LakeStatus) -> None:
    for url in (embedded_lake.url, embedded_lake.issuer, embedded_lake.storage):
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(url)
