"""Answers are kept within bounds of weight and time, and asked for once by all who want them together."""

import threading
import weakref

import pytest

from vre_dm.errors import NotInLake
from vre_dm.server.kept import Kept, Seen


class Answer:
    """What is kept."""


class Lake:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, what: str) -> str:
        self.asked.append(what)
        return what * len(self.asked)


def test_an_answer_is_asked_for_once_until_its_time_is_over() -> None:
    now, lake = [0.0], Lake()
    kept: Kept[str] = Kept(10, 60.0, clock=lambda: now[0])
    assert [kept.get("a", lambda: lake.answer("a")) for _ in range(3)] == ["a"] * 3
    now[0] = 60.0
    assert kept.get("a", lambda: lake.answer("a")) == "aa"
    assert kept.get("a", lambda: lake.answer("a"), fresh=True) == "aaa"
    assert kept.get("a", lambda: lake.answer("a")) == "aaa"


def test_an_answer_that_came_bit_by_bit_is_kept_like_any_other() -> None:
    now, lake = [0.0], Lake()
    kept: Kept[str] = Kept(2, 60.0, clock=lambda: now[0])
    assert kept.look("a") is None
    for what in "abac":  # b was the one that had not been used for longest
        if kept.look(what) is None:
            kept.put(what, what)
    assert [kept.look(what) for what in "abc"] == ["a", None, "c"]
    assert kept.get("a", lambda: lake.answer("a")) == "a"
    kept.drop("c")
    assert kept.look("c") is None
    now[0] = 60.0
    assert kept.look("a") is None
    assert lake.asked == []


def test_what_was_used_last_stays_within_the_weight() -> None:
    lake = Lake()
    kept: Kept[str] = Kept(2, 60.0, weight=lambda _: 1)
    for what in ("a", "b", "a", "c", "a", "b"):
        kept.get(what, lambda what=what: lake.answer(what))
    assert lake.asked == ["a", "b", "c", "b"]  # b was the one that had not been used for longest


def test_one_that_is_too_heavy_is_kept_alone() -> None:
    lake = Lake()
    kept: Kept[str] = Kept(2, 60.0, weight=lambda _: 5)
    for what in ("a", "b", "b", "a"):
        kept.get(what, lambda what=what: lake.answer(what))
    assert lake.asked == ["a", "b", "a"]


def test_what_is_over_is_held_no_longer_than_until_the_next_answer() -> None:
    now, forgotten = [0.0], []
    kept: Kept[Answer] = Kept(10, 60.0, clock=lambda: now[0])
    for what in ("a", "b"):
        answer = Answer()
        weakref.finalize(answer, forgotten.append, what)
        kept.put(what, answer)
        del answer
        now[0] += 40.0
    kept.put("c", Answer())
    assert forgotten == ["a"]


def test_parts_are_kept_when_all_have_come_and_together_hold_no_more_than_may_be_kept() -> None:
    kept: Kept[list[str]] = Kept(3, 60.0, weight=len)
    first, second = kept.gather("a", "xyz"), kept.gather("b", "xy")
    assert [next(first) for _ in range(3)] == ["x", "y", "z"]  # two of them are held, the third comes
    assert list(second) == ["x", "y"]
    assert kept.look("b") is None
    assert list(first) == []
    assert kept.look("a") == ["x", "y", "z"]
    broken = kept.gather("c", "xyz")
    next(broken)
    broken.close()
    assert kept.look("c") is None
    assert list(kept.gather("d", "wxyz")) == ["w", "x", "y", "z"]
    assert kept.look("d") is None
    assert list(kept.gather("e", "xyz")) == ["x", "y", "z"]
    assert kept.look("e") == ["x", "y", "z"]


def test_what_was_seen_is_remembered_as_far_as_there_is_room() -> None:
    seen: Seen[str] = Seen(2)
    seen.add("ab")
    seen.add("a")
    seen.add("c")
    assert [what in seen for what in "abc"] == [True, False, True]
    seen.forget()
    assert "a" not in seen


def test_an_error_leaves_nothing_behind() -> None:
    kept: Kept[str] = Kept(2, 60.0)
    kept.get("a", lambda: "old")

    def gone() -> str:
        msg = "gone"
        raise NotInLake(msg)

    with pytest.raises(NotInLake):
        kept.get("a", gone, fresh=True)
    assert kept.get("a", lambda: "new") == "new"


def test_many_who_want_the_same_ask_once() -> None:
    lake, gate, answers = Lake(), threading.Event(), []
    kept: Kept[str] = Kept(2, 60.0)

    def ask() -> str:
        gate.wait(60)
        return lake.answer("a")

    threads = [threading.Thread(target=lambda: answers.append(kept.get("a", ask))) for _ in range(5)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(60)
    assert (lake.asked, answers) == (["a"], ["a"] * 5)
