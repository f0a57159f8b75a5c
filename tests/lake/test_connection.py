"""What goes wrong between us and a lake comes out as one named error with the next step."""

import contextlib
import logging
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.lake.answering import Answer, answering
from tests.lake.conftest import Make
from tests.lake.hub.process import login
from tests.lake.test_tokens import jwt, token_file
from vre_dm.errors import Declined, LoginRefused, NoSpace, NotInLake, Unreachable, VreDmError
from vre_dm.lake.browser_login import browser_login
from vre_dm.lake.connection import Connection
from vre_dm.lake.instance import Instance
from vre_dm.lake.instances import from_settings
from vre_dm.lake.lake import Lake
from vre_dm.lake.login import provider
from vre_dm.lake.tokens import FileToken, Grant, Secret
from vre_dm.lake.tokens.keeping import Kept
from vre_dm.lake.tokens.oauth import discover
from vre_dm.sandbox import LakeStatus


def whoami(instance: Instance) -> Any:
    return Connection(instance).ask("your account", lambda rucio: rucio.whoami())


def refusal(question: Callable[[], object], kind: type[VreDmError]) -> str:
    with pytest.raises(kind) as refused:
        question()
    text = str(refused.value)
    assert text.isprintable(), text
    assert len(text) < 700
    return text


@pytest.fixture
def plain(tmp_path: Path) -> Callable[[str], Instance]:
    """An instance at a plain address, with a token in a file."""
    path = token_file(tmp_path, "canary-token")
    return lambda url: from_settings(url, {"token_file": path, "account": "dm"})


def test_both_logins_reach_the_same_account(lake: Lake, lake_by_password: Lake) -> None:
    assert lake.whoami()["account"] == lake_by_password.whoami()["account"] == "dm"


def test_a_wrong_password_says_which_and_where_it_is_set(lake_by_password: Lake) -> None:
    wrong = replace(lake_by_password.instance, password=Secret("canary-password"))
    said = refusal(lambda: whoami(wrong), LoginRefused)
    assert "username dm" in said
    assert "userpass.cfg" in said
    assert "canary-password" not in said


def test_an_expired_token_says_when_it_ended(lake: Lake, tmp_path: Path) -> None:
    token = token_file(tmp_path, jwt({"exp": 1_700_000_000}))
    said = refusal(lambda: whoami(replace(lake.instance, tokens=FileToken(token))), LoginRefused)
    assert "expired at 2023-11-14 22:13 UTC" in said
    assert "log in again" in said


def test_a_token_that_was_renewed_in_its_file_is_used_at_once(
    embedded_lake: LakeStatus, lake: Lake, tmp_path: Path
) -> None:
    provider = FileToken(token_file(tmp_path, "stale.token.x"))
    connection = Connection(replace(lake.instance, tokens=provider))
    refusal(lambda: connection.ask("me", lambda rucio: rucio.whoami()), LoginRefused)
    good = lake.tokens.token().reveal()
    provider.path.write_text(good)
    assert connection.ask("me", lambda rucio: rucio.whoami())["account"] == "dm"


def test_a_login_that_the_server_forgot_is_repeated(lake_by_password: Lake) -> None:
    connection = Connection(lake_by_password.instance)
    connection.tokens.token()
    held = connection.tokens._held  # type: ignore[attr-defined]
    forgotten = replace(held, grant=Grant(Secret("forgotten")), came=held.came - 3600)
    connection.tokens._held = forgotten  # type: ignore[attr-defined]
    assert connection.ask("me", lambda rucio: rucio.whoami())["account"] == "dm"


def test_a_new_token_that_many_threads_bring_at_once_is_taken(embedded_lake: LakeStatus, lake: Lake) -> None:
    for _ in range(5):  # the server refuses a part of such requests: of eight, two or three each time
        fresh = Secret(login(embedded_lake)["access_token"])
        connection = Connection(replace(lake.instance, tokens=Kept(partial(Grant, fresh), "login")))
        assert set(at_once(connection, 8)) == {"dm"}


def at_once(connection: Connection, many: int) -> list[object]:
    gate = threading.Barrier(many)

    def me(_: int) -> object:
        gate.wait(60)
        return connection.ask("me", lambda rucio: rucio.whoami())["account"]

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(me, range(many)))


def test_a_server_that_crashed_over_a_token_is_asked_again(lake: Lake) -> None:
    with answering(b"Internal Error", status=500) as server:
        instance = replace(lake.instance, url=server.url, auth_url=server.url)
        instance = replace(instance, tokens=Kept(partial(Grant, Secret("x")), "login"))
        said = refusal(lambda: whoami(instance), Declined)
    assert len(server.asked) == 6  # three times, and each time once more
    assert "log in again" not in said  # who knows whether it was the token
    assert "try again in a minute" in said
    assert "500" in said


@pytest.mark.parametrize("body", [b"Internal Error", b"'NoneType' object has no attribute 'x'"])
@pytest.mark.parametrize("crashes", [1, 2])
def test_a_server_that_crashes_for_a_moment_costs_a_question_nothing(
    plain: Callable[[str], Instance], body: bytes, crashes: int
) -> None:
    with answering() as server:
        answers = iter([(500, {}, body)] * crashes)
        good = 200, {"Content-Type": "application/json"}, b'{"account": "dm"}'
        server.say = lambda *_: next(answers, good)
        assert whoami(plain(server.url))["account"] == "dm"
    assert len(server.asked) == crashes + 1


def test_a_change_over_which_a_server_crashed_is_not_made_twice(plain: Callable[[str], Instance]) -> None:
    with answering(b"'NoneType' object has no attribute 'x'", status=500) as server:
        connection = Connection(plain(server.url))
        refusal(lambda: connection.ask("the dataset", lambda rucio: rucio.add_dataset("a", "b")), Declined)
    assert len(server.asked) == 1


def test_a_token_that_is_refused_for_good_is_not_asked_with_again_and_again(lake: Lake) -> None:
    with answering({"ExceptionClass": "CannotAuthenticate"}, status=401) as server:
        instance = replace(lake.instance, url=server.url, auth_url=server.url)
        numbers = iter(range(1000))
        always_new = Kept(lambda: Grant(Secret(f"token {next(numbers)}")), "login")
        connection = Connection(replace(instance, tokens=always_new))
        refusal(lambda: connection.ask("me", lambda rucio: rucio.whoami()), LoginRefused)
    assert len(server.asked) <= 4


def test_an_unknown_authority_is_never_accepted(lake: Lake) -> None:
    said = refusal(lambda: Connection(replace(lake.instance, ca=None)).version(), Unreachable)
    assert "certificate authority" in said
    assert "RUCIO_CA_CERT" in said


def test_the_environment_cannot_replace_the_authority(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    assert Connection(lake.instance).version().startswith("41.")


def test_a_missing_ca_file_names_it(lake: Lake) -> None:
    said = refusal(lambda: Connection(replace(lake.instance, ca=Path("/none.pem"))).version(), Unreachable)
    assert "/none.pem" in said


def test_a_lake_that_does_not_run_says_how_to_start_it(plain: Callable[[str], Instance]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert "nothing listens there" in refusal(lambda: whoami(plain(url)), Unreachable)
        embedded = replace(plain(url), embedded=True)
        said = refusal(lambda: whoami(embedded), Unreachable)
        assert "vre-dm lake up, or connect(), starts it again" in said


def test_an_unknown_host_and_a_server_without_tls_are_told_apart(plain: Callable[[str], Instance]) -> None:
    said = refusal(lambda: Connection(plain("https://no.such.host.invalid")).version(), Unreachable)
    assert "its name is unknown" in said
    with answering({"version": "41.0"}) as server:
        secure = plain(server.url.replace("http:", "https:"))
        assert "does not speak TLS" in refusal(lambda: Connection(secure).version(), Unreachable)


@pytest.mark.parametrize("version", ["1.31.4", "34.9", "42.0.0", "", "\x1b[31mevil", "41x"])
def test_a_server_of_another_version_is_refused(plain: Callable[[str], Instance], version: str) -> None:
    with answering({"version": version}) as server:
        said = refusal(lambda: Connection(plain(server.url)).version(), Unreachable)
    assert "this client speaks 35 to 41" in said


@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b"{}", b"[]", b"", b"\xff\xfe", b"null"])
def test_what_is_not_rucio_is_said_not_to_be(plain: Callable[[str], Instance], body: bytes) -> None:
    with answering(body) as server:
        assert "is not Rucio's" in refusal(lambda: Connection(plain(server.url)).version(), Unreachable)


def test_a_token_does_not_follow_a_redirect_to_another_host(plain: Callable[[str], Instance]) -> None:
    with (
        answering({"account": "dm"}) as other,
        answering(status=302, headers={"Location": f"{other.url}/steal"}) as server,
    ):
        said = refusal(lambda: whoami(plain(server.url)), Unreachable)
    assert "redirects to" in said
    assert "canary-token" in str(server.asked)
    assert other.asked == []


def test_a_password_in_a_netrc_goes_to_no_lake_and_no_issuer(
    plain: Callable[[str], Instance], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login dm password canary-netrc\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    def say(
        path: str, _: object, __: object
    ) -> Answer:  # each answer but the last sends on, inside the server
        return (200, {}, b"{}") if path.endswith("/moved") else (302, {"Location": f"{path}/moved"}, b"")

    with answering() as server:
        server.say = say
        instance = plain(server.url)
        for question in (
            lambda: Connection(instance).version(),
            lambda: whoami(instance),
            lambda: provider(replace(instance, auth="userpass", username="dm", password=Secret("x"))).token(),
            lambda: browser_login(instance, lambda _: None),
            lambda: discover(server.url, "vre"),
        ):
            with contextlib.suppress(VreDmError):
                question()
    assert len(server.asked) == 9  # an issuer is not followed
    assert not any("Authorization" in headers for _, headers in server.asked)


def test_a_login_that_is_sent_elsewhere_is_told_without_the_address_that_takes_the_token(
    plain: Callable[[str], Instance],
) -> None:
    def say(path: str, _: object, __: object) -> Answer:
        if path == "/auth/oidc":
            return 200, {"X-Rucio-OIDC-Auth-URL": f"{server.url}/auth/oidc_redirect?SECRET_polling"}, b""
        return 302, {"Location": "https://x.example.org/in?code=SECRET"}, b""

    with answering() as server:
        server.say = say
        instance = plain(server.url)
        said = refusal(lambda: browser_login(instance, lambda _: None, lambda _: None), Unreachable)
    assert "/auth/oidc_redirect redirects to https://x.example.org/in;" in said
    assert "SECRET" not in said


def test_a_proxy_that_says_no_is_told_without_what_was_asked(
    plain: Callable[[str], Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        lake = replace(
            plain("https://rucio.example.org"), auth_url="https://rucio.example.org/SECRET_polling"
        )
        said = refusal(lambda: browser_login(lake, lambda _: None), Unreachable)
    assert "Tunnel connection failed" in said
    assert "SECRET" not in said


def test_a_busy_server_is_asked_again_and_then_given_up(plain: Callable[[str], Instance]) -> None:
    with answering(b"busy", status=503) as server:
        refusal(lambda: whoami(plain(server.url)), VreDmError)
    assert len(server.asked) == 3


def test_a_change_that_the_lakes_database_undid_is_asked_for_again(plain: Callable[[str], Instance]) -> None:
    answer = {"ExceptionClass": "RuleReplaceFailed", "ExceptionMessage": "Badly formatted rule id (12ab)"}
    with answering(answer, status=409, headers={"Content-Type": "application/json"}) as server:
        connection = Connection(plain(server.url))
        told = refusal(
            lambda: connection.ask("the move", lambda rucio: rucio.move_replication_rule("12ab", "B", {})),
            Declined,
        )
    assert told.startswith("the move: the lake's database undid this three times")
    assert len(server.asked) == 3


def test_an_expired_token_that_the_server_calls_its_own_error_is_told_as_what_it_is(
    plain: Callable[[str], Instance],
) -> None:
    answer = {"ExceptionClass": "CannotAuthenticate", "ExceptionMessage": "expired"}
    with answering(answer, status=500, headers={"Content-Type": "application/json"}) as server:
        assert "log in again" in refusal(lambda: whoami(plain(server.url)), LoginRefused)


@pytest.mark.parametrize(
    ("question", "kind", "said"),
    [
        (lambda r: r.get_did("xenon", "nope"), NotInLake, "'xenon:nope' not found; check the spelling"),
        (
            lambda r: list(r.list_rses("NO=WHERE")),
            NotInLake,
            "no storage element fits; name one of CERN-EOSPILOT, ",
        ),
        (lambda r: r.get_replication_rule("0" * 32), NotInLake, "expired or was deleted"),
        (lambda r: r.add_scope("dm", "stolen"), LoginRefused, "ask the owner of the scope"),
        (lambda r: r.add_dataset("no_scope", "x"), VreDmError, ""),
        (lambda r: r.add_dataset("user.dm", "a b"), Declined, "the lake declined"),
    ],
)
def test_what_the_lake_refuses_has_a_name_and_a_next_step(
    lake: Lake, question: Callable[[Any], object], kind: type[VreDmError], said: str
) -> None:
    assert said in refusal(lambda: Connection(lake.instance).ask("the thing", question), kind)


def test_a_full_quota_is_told_as_no_space(lake: Lake, make: Make) -> None:
    small = min(lake.quota().allowances, key=lambda allowance: allowance.left or 0)
    dataset = lake.dataset(make("huge", files=1, size=(small.limit or 0) + 1))  # whatever is freed meanwhile
    said = refusal(lambda: dataset.replicate(small.rse, days=1), NoSpace)
    assert "delete rules that you no longer need, or ask for more" in said
    assert not dataset.rules()


def test_nothing_of_the_process_is_changed_or_written(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = ["/some/where/program", "--secret"]
    monkeypatch.setattr(sys, "argv", list(argv))
    Connection(lake.instance).ask("me", lambda rucio: rucio.whoami())
    assert sys.argv == argv


def test_questions_at_the_same_time_share_no_session_and_the_next_ones_need_none_of_their_own(
    lake: Lake,
) -> None:
    client: Any = Connection(lake.instance).ask("the client", lambda rucio: rucio)
    with client._session() as one, client._session() as other:
        assert one is not other
    with client._session() as first, client._session() as second:
        assert {first, second} == {one, other}


def test_no_log_line_holds_a_token_or_a_password(
    lake: Lake, lake_by_password: Lake, caplog: pytest.LogCaptureFixture
) -> None:
    password = lake_by_password.instance.password
    assert password is not None
    with caplog.at_level(logging.DEBUG):
        for instance in (lake.instance, lake_by_password.instance):
            connection = Connection(instance)
            connection.ask("me", lambda rucio: rucio.whoami())
            refusal(
                lambda connection=connection: connection.ask("x", lambda r: r.get_did("a", "b")), NotInLake
            )
            assert connection.tokens.token().reveal() not in caplog.text
    assert password.reveal() not in caplog.text
    assert "GET" in caplog.text


def test_no_traceback_holds_a_token(lake: Lake, lake_by_password: Lake) -> None:
    for instance in (lake.instance, lake_by_password.instance):
        connection = Connection(instance)
        token = connection.tokens.token().reveal()
        with pytest.raises(NotInLake) as refused:
            connection.ask("x", lambda rucio: rucio.get_did("a", "b"))
        assert token not in "".join(traceback.format_exception(refused.value))
