"""Who has a claim has it alone, and nobody respects that of the dead, the forgotten or the forged."""

import os
import threading
import time
from pathlib import Path

import pytest

from tests.faults.world import registered
from tests.lake.transfer.conftest import Clock
from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.claim import HEARTBEAT, PATIENCE, Claim, Claims
from vre_dm.lake.transfer.inside import Inside
from vre_dm.lake.transfer.names import claim_path
from vre_dm.lake.transfer.owner import Owner, myself
from vre_dm.lake.transfer.verify import Expected

EXPECTED = Expected.of(registered(b"some content"))
ELSEWHERE = Owner("f" * 8, 1, 1)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "scope" / "name"


def take(claims: Claims, target: Path, expected: Expected = EXPECTED) -> Claim | None:
    with Inside().opened(target.parent, target.parent) as folder:
        return claims.take(target, expected, folder)


def test_of_two_claims_one_is_given_until_it_is_released(target: Path, clock: Clock):
    ours, theirs = Claims(clock), Claims(clock)
    claim = take(ours, target)
    assert claim is not None
    assert claim.ours()
    assert take(theirs, target) is None
    assert take(theirs, target, Expected.of(registered(b"another content"))) is not None
    ours.release(claim)
    ours.release(claim)
    second = take(theirs, target)
    assert second is not None
    assert second.contested
    assert not claim.contested
    theirs.release_all()
    assert list(target.parent.iterdir()) == []


def test_threads_that_claim_at_once_get_one_claim(target: Path, clock: Clock):
    claims, given, gate = [Claims(clock) for _ in range(8)], [], threading.Barrier(8)

    def at_once(one: Claims) -> None:
        gate.wait()
        given.append(take(one, target))

    threads = [threading.Thread(target=at_once, args=(one,)) for one in claims]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claim is not None for claim in given) == 1


def test_many_that_find_a_dead_claim_take_it_over_once(target: Path, clock: Clock):
    for _ in range(20):
        plant(target, str(Owner(myself().machine, 2**22 + 1, 1)), age=0)
        test_threads_that_claim_at_once_get_one_claim(target, clock)
        claim_path(target, EXPECTED).unlink()
        assert list(target.parent.iterdir()) == []


def plant(target: Path, text: str, *, age: float) -> Path:
    """A claim that somebody else made."""
    path = claim_path(target, EXPECTED)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{text} 00\n" if text else "")
    touched = time.time() - age
    os.utime(path, (touched, touched))
    return path


@pytest.mark.parametrize("text", [str(ELSEWHERE), "", "garbage", "\0" * 50])
def test_another_machines_claim_counts_while_it_is_touched(text: str, target: Path, clock: Clock):
    plant(target, text, age=PATIENCE - 20)
    claims = Claims(clock)
    assert take(claims, target) is None
    clock.now += 10
    assert take(claims, target) is None
    clock.now += 20
    assert take(claims, target) is not None


def test_a_claim_of_a_process_that_no_system_can_have_is_taken(target: Path, clock: Clock):
    plant(target, str(Owner(myself().machine, 10**19, 1)), age=0)
    assert take(Claims(clock), target) is not None


@pytest.mark.parametrize("age", [PATIENCE + 20, -PATIENCE - 20])
def test_another_machines_claim_of_old_is_taken_at_once(age: float, target: Path, clock: Clock):
    """Also one from a future, as a clock that was set back leaves it."""
    plant(target, str(ELSEWHERE), age=age)
    claim = take(Claims(clock), target)
    assert claim is not None
    assert claim.contested


def test_a_stopped_process_is_given_up_after_it_was_watched_for_a_minute(target: Path, clock: Clock):
    path = plant(target, str(myself()), age=24 * 3600)  # a machine that slept for a day
    claims = Claims(clock)
    assert take(claims, target) is None
    clock.now += PATIENCE - 1
    assert take(claims, target) is None
    os.utime(path)
    assert take(claims, target) is None
    clock.now += PATIENCE - 1
    assert take(claims, target) is None
    clock.now += 2
    assert take(claims, target) is not None


def test_a_claim_is_kept_alive_by_beats(target: Path, clock: Clock):
    claims = Claims(clock)
    claim = take(claims, target)
    assert claim is not None
    os.utime(claim.path, (1.0, 1.0))
    claims.beat()
    assert claim.path.stat().st_mtime == 1.0  # not yet due
    clock.now += HEARTBEAT
    claims.beat()
    assert claim.path.stat().st_mtime > 1.0


def test_who_lost_a_claim_knows_it_and_leaves_the_new_one_alone(target: Path, clock: Clock):
    sleeper, taker = Claims(clock), Claims(clock)
    lost = take(sleeper, target)
    assert lost is not None
    assert take(taker, target) is None
    clock.now += PATIENCE + 1
    taken = take(taker, target)
    assert taken is not None
    assert not lost.ours()
    sleeper.release(lost)
    sleeper.beat()
    assert taken.ours()


@pytest.mark.parametrize(
    ("kind", "said"), [("link", "a link"), ("folder", "a folder"), ("pipe", "no plain file")]
)
def test_what_is_no_claim_but_has_its_name_is_named_and_does_not_hang_or_harm(
    kind: str, said: str, target: Path, clock: Clock
):
    path = claim_path(target, EXPECTED)
    path.parent.mkdir()
    precious = path.parent / "precious"
    precious.write_text("mine")
    if kind == "link":
        path.symlink_to(precious)
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    claims = Claims(clock)
    with pytest.raises(NotWritable, match=rf"claim is {said} .*remove it or choose another folder"):
        take(claims, target)
    assert precious.read_text() == "mine"
    assert os.path.lexists(path)
