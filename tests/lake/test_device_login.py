"""A user logs in by a code on another screen; the login is kept, renewed, and shared by his programs."""

import fcntl
import json
import os
import stat
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.faults.disks import files_no_longer_than
from tests.lake.answering import Answering
from tests.lake.confirming import user_of
from tests.lake.test_tokens import jwt
from tests.lake.test_tokens_oauth import GIVEN, error, issuer, registered
from vre_dm.cli import login as login_command
from vre_dm.cli import main
from vre_dm.errors import LoginRefused, NotWritable
from vre_dm.lake.instance import Instance
from vre_dm.lake.instances import from_file
from vre_dm.lake.lake import Lake
from vre_dm.lake.sources import stored_login
from vre_dm.lake.tokens import Grant, Secret, audiences
from vre_dm.lake.tokens.device import Prompt, device_login
from vre_dm.lake.tokens.keeping import Kept
from vre_dm.lake.tokens.renewing import Renewing
from vre_dm.lake.tokens.stored import StoredLogin
from vre_dm.sandbox import LakeStatus


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded_lake: LakeStatus) -> Path:
    """The user's own folder for logins; his lake is the embedded one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("RUCIO_CONFIG", str(embedded_lake.rucio_config))
    return tmp_path / "state/vre-dm/logins"


@pytest.fixture
def instance(embedded_lake: LakeStatus) -> Instance:
    return from_file(embedded_lake.rucio_config)


def logged_in(instance: Instance, lake: LakeStatus) -> StoredLogin:
    known = instance.registration
    assert known is not None
    kept = stored_login(instance.url, known)
    kept.keep(
        *device_login(known.client(), known.scope, user_of(lake), lambda _: None, audience=instance.audience)
    )
    return kept


def told(monkeypatch: pytest.MonkeyPatch, lake: LakeStatus, *words: str, **form: str) -> Result:
    """Output of `vre-dm login` for a user who follows what it says."""
    show, confirm = login_command._show, user_of(lake, **form)

    def followed(prompt: Prompt) -> None:
        show(prompt)
        confirm(prompt)

    monkeypatch.setattr(login_command, "_show", followed)
    return CliRunner().invoke(main, ["login", *words])


def test_a_login_by_code_is_kept_for_this_user_alone_and_used_from_then_on(
    embedded_lake: LakeStatus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = told(monkeypatch, embedded_lake, "--device")
    assert done.exit_code == 0, done.output
    assert f"{embedded_lake.issuer}device\n" in done.output
    assert f"{embedded_lake.issuer}device?user_code=" in done.output
    assert f"knows you as dm, by the login at {embedded_lake.issuer}; " in done.output
    assert " min left." in done.output
    (kept,) = (path for path in home.iterdir() if path.suffix == ".json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    secrets = json.loads(kept.read_text())
    assert all(secrets[f"{kind}_token"] not in done.output for kind in ("access", "refresh"))
    doctor = CliRunner().invoke(main, ["doctor"])
    assert f"login at {embedded_lake.issuer}, valid until" in doctor.output
    assert Lake(from_file(embedded_lake.rucio_config), home).whoami()["account"] == "dm"


def test_a_login_that_the_user_refuses_is_none(
    embedded_lake: LakeStatus, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = told(monkeypatch, embedded_lake, "--device", answer="no")
    assert done.exit_code == 1
    assert "refused the login: access_denied" in done.output
    assert list(home.iterdir()) == []


def test_where_no_login_can_be_kept_nobody_is_asked_to_log_in(home: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(0o777)
    done = CliRunner().invoke(main, ["login", "--device"])
    assert done.exit_code == 1
    assert "other users can change" in done.output
    assert "set XDG_STATE_HOME to a folder that is yours alone" in done.output
    assert "Open this address" not in done.output


def test_a_login_is_forgotten_when_the_user_says_so(
    embedded_lake: LakeStatus, instance: Instance, home: Path
) -> None:
    kept = logged_in(instance, embedded_lake)
    said = [CliRunner().invoke(main, ["login", "--forget"]).output for _ in range(2)]
    assert "is gone from this machine" in said[0]
    assert f"{embedded_lake.issuer} may still take its refresh token" in said[0]
    assert "No login" in said[1]
    assert not kept.path.exists()


def test_a_lake_without_a_client_at_its_issuer_says_what_to_configure(
    embedded_lake: LakeStatus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "rucio.cfg"
    config.write_text(embedded_lake.rucio_config.read_text().partition("[vre-dm]")[0])
    monkeypatch.setenv("RUCIO_CONFIG", str(config))
    done = CliRunner().invoke(main, ["login", "--device"])
    assert done.exit_code == 1
    assert "add issuer and client_id to its section [vre-dm]" in done.output


def test_programs_of_one_user_share_a_login_and_each_new_token_is_got_once(
    embedded_lake: LakeStatus, instance: Instance
) -> None:
    known, kept = instance.registration, logged_in(instance, embedded_lake)
    assert known is not None
    one, other = (Renewing(known, kept, instance.audience) for _ in range(2))
    first = one().token
    second = one().token  # asked again: its program was refused the first, or it is due
    assert second != first
    assert audiences(second) == {"rucio"}
    assert other().token == second
    assert kept.read()[0].token == second


@pytest.fixture
def login(tmp_path: Path) -> StoredLogin:
    return StoredLogin(tmp_path / "logins/one.json")


@pytest.fixture
def rotating() -> Iterator[Answering]:
    """An issuer that takes each refresh token once, as many do."""
    answers = [(200, {**GIVEN[1], "access_token": f"a{n}", "refresh_token": f"r{n + 1}"}) for n in range(50)]
    with issuer(*answers) as server:
        yield server


def test_many_programs_that_renew_together_use_each_refresh_token_once(
    login: StoredLogin, rotating: Answering
) -> None:
    ended(login)
    programs = [Renewing(registered(rotating), login, "rucio") for _ in range(8)]
    got: list[Secret] = []
    threads = [threading.Thread(target=lambda p=p: got.append(p().token)) for p in programs]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [form["refresh_token"] for form in rotating.forms] == ["r0"]
    assert set(got) == {Secret("a0")}


def test_where_locks_do_not_work_the_token_of_the_faster_program_is_taken(login: StoredLogin) -> None:
    ended(login, "used up")
    with issuer(error("invalid_grant")) as server:
        plain = server.say
        assert plain is not None

        def say(path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
            if body:  # meanwhile the other one was faster
                login.keep(Grant(Secret("fresh"), soon()), Secret("next"))
            return plain(path, headers, body)

        server.say = say
        assert Renewing(registered(server), login, "rucio")().token == Secret("fresh")


def ended(login: StoredLogin, refresh: str = "r0") -> None:
    login.keep(Grant(Secret("ended"), soon() - timedelta(days=1)), Secret(refresh))


@contextmanager
def held(login: StoredLogin) -> Iterator[None]:
    """As by a program that was stopped while it renewed."""
    lock = os.open(login.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def test_a_program_that_was_stopped_while_it_renewed_stops_no_other(login: StoredLogin) -> None:
    login.keep(Grant(Secret("lives"), soon()), None)
    with issuer() as server, held(login):
        assert Renewing(registered(server), login, "rucio")().token == Secret("lives")


def test_for_a_program_that_was_stopped_nobody_waits_for_ever(tmp_path: Path, rotating: Answering) -> None:
    login = StoredLogin(tmp_path / "logins/one.json", patience=0.2)
    ended(login)
    with held(login):
        assert Renewing(registered(rotating), login, "rucio")().token == Secret("a0")
        assert login.forget(lambda refresh: refresh == Secret("r1"))
    assert not login.path.exists()


@pytest.mark.parametrize("lives", [False, True])
def test_tokens_that_cannot_be_kept_for_now_are_used_and_kept_later(
    login: StoredLogin, rotating: Answering, lives: bool
) -> None:
    ended(login)
    before = login.read()[0].ends
    assert before is not None
    now = before.timestamp() - 1 if lives else soon().timestamp() - 60
    renewing = Renewing(registered(rotating), login, "rucio", clock=lambda: now)
    if lives:
        assert renewing().token == Secret("ended")
    with files_no_longer_than(0):
        assert [renewing().token for _ in range(2)] == [Secret("a0"), Secret("a1")]
    assert login.read()[1] == Secret("r0")
    assert renewing().token == Secret("a2")
    assert [form["refresh_token"] for form in rotating.forms] == ["r0", "r1", "r2"]
    grant, refresh = login.read()
    assert (grant.token, refresh) == (Secret("a2"), Secret("r3"))


def test_a_login_that_was_made_anew_is_taken_before_tokens_that_could_not_be_kept(
    login: StoredLogin, rotating: Answering
) -> None:
    ended(login)
    renewing = Renewing(registered(rotating), login, "rucio")
    with files_no_longer_than(0):
        renewing()
    login.keep(Grant(Secret("anew"), soon()), Secret("other"))
    assert renewing().token == Secret("anew")
    renewing()
    assert [form["refresh_token"] for form in rotating.forms] == ["r0", "other"]


@pytest.mark.parametrize("locks", [True, False])
def test_a_login_that_is_forgotten_while_it_is_renewed_stays_forgotten(
    login: StoredLogin, rotating: Answering, locks: bool
) -> None:
    ended(login)
    plain = rotating.say
    assert plain is not None
    revoked: list[Secret] = []
    forgetting = threading.Thread(target=login.forget, args=[lambda refresh: not revoked.append(refresh)])

    def say(path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if body and locks:
            forgetting.start()
        elif body:
            login.path.unlink()
        return plain(path, headers, body)

    rotating.say = say
    renewing = Renewing(registered(rotating), login, "rucio")
    if locks:
        assert renewing().token == Secret("a0")
        forgetting.join()
        assert revoked == [Secret("r1")]  # the one that lives
    else:
        with pytest.raises(LoginRefused, match="nobody has logged in"):
            renewing()
    assert not login.path.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root removes files from any folder")
def test_a_login_that_cannot_be_removed_is_revoked_all_the_same(login: StoredLogin) -> None:
    ended(login)
    revoked: list[Secret] = []
    login.path.parent.chmod(0o500)
    try:
        with pytest.raises(NotWritable, match="cannot be removed: Permission denied; remove the file"):
            login.forget(lambda refresh: not revoked.append(refresh))
    finally:
        login.path.parent.chmod(0o700)
    assert revoked == [Secret("r0")]


def test_a_login_that_cannot_be_written_shows_no_token_in_a_traceback(login: StoredLogin) -> None:
    with files_no_longer_than(0), pytest.raises(NotWritable) as refused:
        login.keep(Grant(Secret("canary-access"), soon()), Secret("canary-refresh"))
    assert "canary" not in shown(refused.value)


def shown(error: BaseException) -> str:
    """What a traceback with variables says below the test, which itself has the secrets in its text."""
    inside = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
    return "".join(traceback.TracebackException.from_exception(inside, capture_locals=True).format())


def test_a_login_without_a_refresh_token_is_used_as_long_as_it_lives(login: StoredLogin) -> None:
    ends = soon()
    login.keep(Grant(Secret("short"), ends), None)
    now = [ends.timestamp() - 10]
    with issuer() as server:
        renewing = Renewing(registered(server), login, "rucio", clock=lambda: now[0])
        token = Kept(renewing, "login", clock=lambda: now[0])
        assert token.token() == Secret("short")
        now[0] += 20
        with pytest.raises(
            LoginRefused, match=r"cannot be renewed; log in again with: vre-dm login --device"
        ):
            token.token()


def test_the_end_of_a_token_is_kept_by_the_clock_of_this_machine(login: StoredLogin) -> None:
    there = datetime.now(UTC) + timedelta(hours=5)  # the issuer's clock is wrong
    login.keep(Grant(Secret("x"), there + timedelta(minutes=10), there), None)
    ends = login.read()[0].ends
    assert ends is not None
    assert abs((ends - datetime.now(UTC)).total_seconds() - 600) < 60


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '"canary"',
        '{"access_token":5,"ends":1}',
        '{"access_token":"canary","ends":"x"}',
        "{" * 5000,
        "canary",
    ],
)
def test_what_is_no_login_is_said_to_be_none_without_showing_it(login: StoredLogin, text: str) -> None:
    login.path.parent.mkdir(mode=0o700)
    login.path.write_text(text)
    login.path.chmod(0o600)
    with pytest.raises(LoginRefused, match=r"cannot be read; log in again with") as refused:
        login.read()
    assert "canary" not in shown(refused.value)


def test_nobody_who_never_logged_in_is_told_how(login: StoredLogin) -> None:
    with pytest.raises(LoginRefused, match="nobody has logged in yet"):
        login.read()


def test_a_login_that_others_can_read_or_exchange_is_neither_used_nor_written(login: StoredLogin) -> None:
    login.keep(Grant(Secret("x"), soon()), None)
    login.path.chmod(0o644)
    with pytest.raises(LoginRefused, match="is open to other users, so it is not trusted"):
        login.read()
    login.path.parent.chmod(0o777)
    with pytest.raises(NotWritable, match="other users can change"):
        login.keep(Grant(Secret("y"), soon()), None)
    assert "x" in login.path.read_text()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_login_that_cannot_be_written_leaves_the_old_one(login: StoredLogin) -> None:
    login.keep(Grant(Secret("x"), soon()), None)
    login.path.parent.chmod(0o500)
    with pytest.raises(NotWritable):
        login.keep(Grant(Secret("y"), soon()), None)
    login.path.parent.chmod(0o700)
    assert login.read()[0].token == Secret("x")


def test_a_kept_login_is_asked_before_a_token_file_and_after_a_hub(
    embedded_lake: LakeStatus, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert str(instance.tokens).startswith("file ")
    logged_in(instance, embedded_lake)
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://127.0.0.1:9/hub/api")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", jwt({}))
    tokens = from_file(embedded_lake.rucio_config).tokens
    named = [str(source).split(" ")[0] for source in tokens.sources]  # type: ignore[union-attr]
    assert named == ["hub", "exchange", "login", "file"]


def test_a_lake_is_not_asked_with_the_login_of_another(instance: Instance) -> None:
    assert instance.registration is not None
    mine = stored_login(instance.url, instance.registration).path
    for url, known in (
        ("https://other.example.org", instance.registration),
        (instance.url, replace(instance.registration, client_id="other")),
        (instance.url, replace(instance.registration, issuer="https://other.example.org")),
    ):
        assert stored_login(url, known).path != mine
