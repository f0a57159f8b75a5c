"""A user without a token logs in in a browser, and the lake renews the token as long as the login lasts."""

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from tests.lake.answering import answering
from tests.lake.test_tokens import jwt, token_file
from vre_dm.cli import main
from vre_dm.errors import LoginRefused, Unreachable
from vre_dm.lake.browser_login import browser_login, refreshed
from vre_dm.lake.connection import Connection
from vre_dm.lake.instance import Instance
from vre_dm.lake.lake import Lake
from vre_dm.lake.tokens import FileToken, Secret, expiry
from vre_dm.lake.tokens.device import Prompt
from vre_dm.lake.tokens.renewed_file import RenewedFile
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

Visit = Callable[[Prompt], None]


@pytest.fixture
def visit(embedded_lake: LakeStatus) -> Iterator[Visit]:
    """A user who opens the address that is shown, types name and password, and comes back."""
    known = json.loads(Layout(embedded_lake.root).secrets.read_text())
    context = ssl.create_default_context(cafile=str(embedded_lake.ca))
    with httpx.Client(verify=context, trust_env=False) as web:

        def opened(prompt: Prompt) -> None:
            page = web.get(prompt.address).headers["location"]
            sent = web.post(page, data={"username": "dm", "password": known["accounts"]["dm"]})
            assert web.get(sent.headers["location"]).status_code == 200

        yield opened


def test_a_login_in_a_browser_ends_with_a_token_that_the_lake_takes_and_renews(
    lake: Lake, visit: Visit, tmp_path: Path
) -> None:
    asked = replace(lake.instance, scope="openid profile offline_access")
    first = browser_login(asked, visit, lambda _: None)
    connection = Connection(replace(asked, tokens=FileToken(token_file(tmp_path, first.reveal()))))
    assert connection.ask("me", lambda rucio: rucio.whoami())["account"] == "dm"
    second = refreshed(asked, first)
    assert second is not None
    assert expiry(second) is not None
    again = Connection(replace(asked, tokens=FileToken(token_file(tmp_path, second.reveal()))))
    assert again.ask("me", lambda rucio: rucio.whoami())["account"] == "dm"


def test_a_token_without_a_refresh_token_is_not_renewed(lake: Lake) -> None:
    assert refreshed(lake.instance, lake.tokens.token()) is None


def test_a_login_that_nobody_makes_ends(lake: Lake) -> None:
    waits: list[float] = []
    with pytest.raises(LoginRefused, match="nobody logged in"):
        browser_login(lake.instance, lambda _: None, waits.append)
    assert sum(waits) == 180


@pytest.mark.parametrize("address", ["https://evil.example/auth", "http://127.0.0.1:1/x", "javascript:x"])
def test_an_address_at_another_server_is_neither_shown_nor_asked(plain: Instance, address: str) -> None:
    with answering(headers={"X-Rucio-OIDC-Auth-URL": address}) as server:
        instance = replace(plain, url=server.url, auth_url=server.url)
        with pytest.raises(Unreachable, match="another server"):
            browser_login(instance, lambda _: pytest.fail("shown"), lambda _: None)
    assert len(server.asked) == 1


@pytest.fixture
def plain(lake: Lake) -> Instance:
    return replace(lake.instance, ca=None)


def test_a_server_without_that_login_says_so(plain: Instance) -> None:
    with answering({"ExceptionMessage": "no issuer"}, status=401) as server:
        instance = replace(plain, url=server.url, auth_url=server.url)
        with pytest.raises(LoginRefused, match="offers no login in a browser: no issuer"):
            browser_login(instance, lambda _: None, lambda _: None)


def test_the_command_leaves_the_token_where_it_is_looked_for(
    embedded_lake: LakeStatus, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, token = tmp_path / "rucio.cfg", tmp_path / "mine" / "token"
    text = embedded_lake.rucio_config.read_text()
    config.write_text(text.replace(str(Layout(embedded_lake.root).token), str(token)))
    monkeypatch.setenv("RUCIO_CONFIG", str(config))
    address = "https://127.0.0.1"

    def opened(words: object = None, **_: object) -> None:
        line = str(words).strip()
        if line.startswith(address):
            visit(Prompt(line, "", 180))

    monkeypatch.setattr("vre_dm.cli.login.click.echo", opened)
    assert CliRunner().invoke(main, ["login"]).exit_code == 0
    assert token.stat().st_mode & 0o777 == 0o600
    monkeypatch.undo()
    monkeypatch.setenv("RUCIO_CONFIG", str(config))
    told = CliRunner().invoke(main, ["doctor"])
    assert f"file {token}, valid until" in told.output


def test_without_a_lake_that_logs_in_by_browser_the_command_says_so(
    embedded_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUCIO_CONFIG", str(embedded_lake.userpass_config))
    told = CliRunner().invoke(main, ["login"])
    assert told.exit_code == 1
    assert "logs in by browser" in told.output


class Renewals:
    """A lake that renews tokens, in a time of its own."""

    def __init__(self, folder: Path) -> None:
        self.time, self.asked = datetime(2030, 1, 1, tzinfo=UTC).timestamp(), 0
        self.path = token_file(folder, self.made())
        self.fault: Exception | None = None
        self.file = RenewedFile(self.path, self.ask, clock=lambda: self.time, chance=lambda: 0.0)

    def made(self) -> str:
        return jwt({"iat": self.time, "exp": self.time + 1000, "jti": self.time})

    def ask(self, token: Secret) -> Secret | None:
        self.asked += 1
        if self.fault:
            raise self.fault
        return Secret(self.made())


def test_a_token_file_is_renewed_and_rewritten_at_four_fifths_of_the_tokens_life(tmp_path: Path) -> None:
    renewals = Renewals(tmp_path)
    first = renewals.file.token()
    renewals.time += 799
    assert renewals.file.token() == first
    renewals.time += 2
    second = renewals.file.token()
    assert second != first
    assert renewals.path.read_text() == second.reveal()
    assert renewals.path.stat().st_mode & 0o777 == 0o600
    assert renewals.asked == 1


def test_a_renewal_that_fails_leaves_the_token_and_is_tried_again_later(tmp_path: Path) -> None:
    renewals = Renewals(tmp_path)
    first = renewals.file.token()
    renewals.time, renewals.fault = renewals.time + 810, Unreachable("down; try again")
    for _ in range(5):
        assert renewals.file.token() == first
    assert renewals.asked == 1
    renewals.time, renewals.fault = renewals.time + 61, None
    assert renewals.file.token() != first


def test_a_token_that_ended_or_says_no_end_is_not_renewed(tmp_path: Path) -> None:
    renewals = Renewals(tmp_path)
    renewals.time += timedelta(days=1).total_seconds()
    renewals.file.token()
    renewals.path.write_text("opaque")
    renewals.file.token()
    assert renewals.asked == 0


def test_a_file_that_another_process_renewed_is_taken_as_it_is(tmp_path: Path) -> None:
    renewals = Renewals(tmp_path)
    renewals.file.token()
    renewals.time += 500
    renewals.path.write_text(renewals.made())
    renewals.time += 400
    assert renewals.file.token() == Secret(renewals.path.read_text())
    assert renewals.asked == 0
