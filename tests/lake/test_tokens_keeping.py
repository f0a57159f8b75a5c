"""A token is renewed in time, once at a time, and a failing source is no error while the old token lives."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.test_device_login import shown
from vre_dm.errors import LoginRefused, Unreachable, VreDmError
from vre_dm.lake.tokens import FirstOf, Grant, Secret
from vre_dm.lake.tokens.keeping import Kept, renewal

EPOCH = datetime(2030, 1, 1, tzinfo=UTC)


class Source:
    """Hands out numbered tokens in a time of its own; fails and lies as told."""

    def __init__(self, life: float | None = 100.0) -> None:
        self.time, self.life, self.asked = EPOCH.timestamp(), life, 0
        self.ahead: float | None = None
        self.fault: VreDmError | None = None
        self.same = False

    def __call__(self) -> Grant:
        self.asked += 1
        if self.fault:
            raise self.fault
        number = 1 if self.same else self.asked
        there = datetime.fromtimestamp(self.time + (self.ahead or 0.0), UTC)
        ends = None if self.life is None else there + timedelta(seconds=self.life)
        now = None if self.ahead is None else there.replace(microsecond=0)
        return Grant(Secret(f"token {number}"), ends, now)

    def clock(self) -> float:
        return self.time


def kept(source: Source, chance: float = 0.0) -> Kept:
    return Kept(source, "source", clock=source.clock, chance=lambda: chance)


def test_why_a_renewal_failed_is_remembered_without_the_variables_of_who_asked() -> None:
    def ask() -> Grant:
        form = "canary".upper()
        msg = f"{len(form)} bytes were not taken; log in again"
        raise LoginRefused(msg)

    with pytest.raises(LoginRefused) as refused:
        Kept(ask, "login").token()
    assert "CANARY" not in shown(refused.value)


@given(st.floats(1, 1e6), st.floats(0, 1, exclude_max=True))
def test_a_token_is_renewed_after_four_fifths_of_its_life_or_twenty_minutes_before_its_end(
    life: float, chance: float
) -> None:
    after = renewal(life, chance)
    assert 0.8 * life <= after <= 0.9 * life or life - 1200 <= after <= life - 900
    assert after < life
    assert renewal(life, 0) >= max(0.8 * life, life - 1200)
    assert 12 * life / after <= 15


@given(st.lists(st.floats(0.1, 30), min_size=1, max_size=60), st.floats(0, 0.99))
def test_whoever_asks_whenever_gets_a_living_token_and_no_more_requests_than_needed(
    steps: list[float], chance: float
) -> None:
    source = Source()
    token = kept(source, chance)
    token.token()
    for step in steps:
        source.time += step
        token.token()
        ends = token.expires()
        assert ends is not None
        assert ends.timestamp() > source.time
    assert source.asked <= 1 + sum(steps) / 80


def test_the_old_token_serves_as_long_as_it_lives_when_its_source_is_down() -> None:
    source = Source()
    token = kept(source)
    assert token.token() == Secret("token 1")
    source.time, source.fault = source.time + 85, Unreachable("the hub is down; try again")
    assert token.token() == Secret("token 1")
    assert token.trouble == "the hub is down; try again"
    asked = source.asked
    assert token.token() == Secret("token 1")
    assert source.asked == asked  # not at each request
    source.time, source.fault = source.time + 10, None
    assert token.token() == Secret("token 4" if source.asked == 4 else "token 3")
    assert token.trouble == ""


def test_a_source_that_is_down_is_told_once_the_token_ended_and_is_not_asked_at_each_request() -> None:
    source = Source()
    token = kept(source)
    token.token()
    source.time, source.fault = source.time + 101, Unreachable("the hub is down; try again")
    for _ in range(3):
        with pytest.raises(Unreachable, match="the hub is down"):
            token.token()
    assert source.asked == 2
    source.time, source.fault = source.time + 6, None
    assert token.token() == Secret("token 3")


def test_a_source_that_gives_the_same_token_is_asked_a_few_times_and_not_forever() -> None:
    source = Source()
    source.same = True
    token = kept(source)
    token.token()
    source.life = 100.0
    for _ in range(1000):
        source.time, source.life = source.time + 0.0999, source.life - 0.0999
        assert token.token() == Secret("token 1")
    assert source.asked < 25


@pytest.mark.parametrize("ahead", [-3600.0, -1.0, 0.0, 1.0, 3600.0])
def test_a_clock_that_is_wrong_does_not_change_when_a_token_is_renewed(ahead: float) -> None:
    source = Source()
    source.ahead = ahead
    token = kept(source)
    token.token()
    source.time += 77
    token.token()
    assert source.asked == 1
    source.time += 6
    token.token()
    assert source.asked == 2


def test_a_token_that_does_not_say_when_it_ends_is_kept_until_it_is_refused() -> None:
    source = Source(life=None)
    token = kept(source)
    first = token.token()
    source.time += 1e6
    assert token.token() == first
    assert token.expires() is None
    assert token.renew(first)
    assert token.token() != first


def test_a_refused_token_is_renewed_once_for_all_who_had_it() -> None:
    source = Source()
    token = kept(source)
    first = token.token()
    source.time += 10
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: token.renew(first), range(32)))
    assert source.asked == 2
    assert token.token() == Secret("token 2")


def test_a_brand_new_token_that_is_refused_is_not_renewed_again() -> None:
    source = Source()
    token = kept(source)
    assert not token.renew(token.token())
    assert source.asked == 1


def test_a_refused_token_is_not_used_again_when_no_other_can_be_had() -> None:
    source = Source()
    token = kept(source)
    first = token.token()
    source.time, source.fault = source.time + 50, LoginRefused("log in to the hub again")
    for attempt in (lambda: token.renew(first), token.token):
        with pytest.raises(LoginRefused, match="log in to the hub again"):
            attempt()
    source.time, source.fault = source.time + 60, None
    assert token.token() != first


def test_while_one_thread_asks_the_others_go_on_with_the_old_token() -> None:
    source, asking, go_on = Source(), threading.Event(), threading.Event()

    def slow() -> Grant:
        grant = source()
        if source.asked > 1:
            asking.set()
            go_on.wait(60)
        return grant

    token = Kept(slow, "source", clock=source.clock, chance=lambda: 0.0)
    token.token()
    source.time += 90
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(token.token)
        assert asking.wait(60)
        assert token.token() == Secret("token 1")
        go_on.set()
        assert other.result() == Secret("token 2")
    assert source.asked == 2


def test_threads_that_find_no_living_token_wait_for_one_request() -> None:
    source, gate = Source(), threading.Barrier(8)
    token = kept(source)

    def ask() -> Secret:
        gate.wait(60)
        return token.token()

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(ask) for _ in range(8)]
        assert {future.result() for future in futures} == {Secret("token 1")}
    assert source.asked == 1


def test_of_several_sources_the_first_that_has_a_living_token_is_used() -> None:
    silent, dead, good = Source(), Source(life=-10.0), Source()
    silent.fault = LoginRefused("the hub does not show its tokens")
    real = datetime.now(UTC).timestamp()
    for source in (silent, dead, good):
        source.time = real
    first = FirstOf([kept(silent), kept(dead), kept(good)])
    good.asked = 41
    assert first.token() == Secret("token 42")
    silent.fault, silent.time = None, silent.time + 60
    assert first.token() == Secret("token 2")  # the best one is back


def test_a_source_whose_token_the_lake_refuses_is_left_for_the_next() -> None:
    best, other = Source(life=None), Source(life=None)
    best.same, other.asked = True, 41
    first = FirstOf([kept(best), kept(other)])
    refused = first.token()
    best.time += 60
    assert first.renew(refused)
    assert first.token() == Secret("token 42")
    assert not first.renew(first.token())  # brand new: not the token's fault


def test_when_no_source_has_a_token_each_says_why() -> None:
    one, two = Source(), Source()
    one.fault, two.fault = LoginRefused("the hub says no"), Unreachable("the issuer is down")
    with pytest.raises(LoginRefused, match="the hub says no; the issuer is down"):
        FirstOf([kept(one), kept(two)]).token()
