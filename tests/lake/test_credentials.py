"""The doctor says of each source of tokens what it has, until when, and the next step."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.lake.test_tokens import jwt, token_file
from vre_dm.errors import LoginRefused, Unreachable, VreDmError
from vre_dm.lake.credentials import credentials
from vre_dm.lake.finding import Finding, State
from vre_dm.lake.tokens import FileToken, FirstOf, Grant, Secret, TokenProvider
from vre_dm.lake.tokens.keeping import Kept

NOW = datetime.now(UTC)


def source(name: str, minutes: float | None = 60, fault: VreDmError | None = None) -> Kept:
    def ask() -> Grant:
        if fault:
            raise fault
        return Grant(Secret(name), None if minutes is None else NOW + timedelta(minutes=minutes))

    return Kept(ask, name)


def looked(*sources: TokenProvider, now: datetime = NOW) -> list[Finding]:
    return credentials(FirstOf(sources) if len(sources) > 1 else sources[0], now)


def test_a_token_that_is_renewed_by_itself_is_no_warning_near_its_end() -> None:
    (finding,) = looked(source("hub", 5))
    assert finding.state is State.OK
    assert finding.text.startswith("hub, valid until ")
    assert finding.text.endswith("renewed before")


def test_each_source_is_told_and_a_hub_without_tokens_is_a_warning_beside_a_good_file(tmp_path: Path) -> None:
    silent = source("hub", fault=LoginRefused("the hub does not show its tokens; ask its admins"))
    good = FileToken(token_file(tmp_path, jwt({"exp": (NOW + timedelta(hours=1)).timestamp()})))
    hub, file = looked(silent, good)
    assert (hub.state, hub.step) == (State.WARN, "ask its admins")
    assert file.state is State.OK
    assert str(tmp_path) in file.text


def test_without_any_token_every_source_is_a_failure(tmp_path: Path) -> None:
    silent = source("hub", fault=LoginRefused("the hub does not show its tokens; ask its admins"))
    ended = FileToken(token_file(tmp_path, jwt({"exp": 1_700_000_000}), 0o644))
    states = [finding.state for finding in looked(silent, ended)]
    assert states == [State.FAIL, State.WARN, State.FAIL]


def test_a_renewal_that_fails_while_the_token_lives_is_told() -> None:
    time = [NOW.timestamp()]
    answers = iter([Grant(Secret("one"), NOW + timedelta(seconds=100))])

    def ask() -> Grant:
        for grant in answers:
            return grant
        msg = "the hub did not answer; try again"
        raise Unreachable(msg)

    token = Kept(ask, "hub", clock=lambda: time[0], chance=lambda: 0.0)
    token.token()
    time[0] += 85
    trouble, life = looked(token)
    assert trouble.state is State.WARN
    assert "the hub did not answer" in trouble.text
    assert life.state is State.OK


def test_life_is_judged_by_the_clock_of_the_lake(tmp_path: Path) -> None:
    token = FileToken(token_file(tmp_path, jwt({"exp": (NOW - timedelta(minutes=30)).timestamp()})))
    assert looked(token)[0].state is State.FAIL
    assert looked(token, now=NOW - timedelta(hours=1))[0].state is State.OK


def test_a_token_that_does_not_say_when_it_ends_is_told_as_such() -> None:
    (finding,) = looked(source("password of dm", None))
    assert "does not say when it ends" in finding.text
