"""A journal says to another process what the first one heard, whatever happens to either."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.jobs.conftest import Clock
from vre_dm.did import Did
from vre_dm.lake.jobs import journal
from vre_dm.lake.jobs.journal import LARGEST, Journal, follow, last, read
from vre_dm.lake.transfer.events import (
    Cancelled,
    Event,
    Finished,
    Placed,
    Planned,
    Progress,
    Replicating,
    Verified,
    to_json,
)

FILE = Did("s", "n")
STORY: list[Event] = [Planned(1, 5, 0, 9, None), Verified(FILE, 5), Placed(FILE, Path("/d/s/n"), "RSE (x)")]
END = Finished(1, 5, 0.1, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def state(done: int) -> Progress:
    return Progress(done, 5, 0, 1, 1.5, 2.0, FILE)


def events(path: Path, offset: int = 0) -> list[Event]:
    return [entry.event for entry in read(path, offset)]


def newest(path: Path) -> Event | None:
    entry = last(path)
    return entry and entry.event


def heard(path: Path, over: Callable[[], bool], wait: Callable[[], object], offset: int = 0) -> list[Event]:
    return [entry.event for entry in follow(path, over, wait, offset)]


def test_what_was_written_is_read_in_order_and_is_the_users_alone(path: Path, clock: Clock):
    ours = Journal(path, clock)
    for event in (*STORY, END):
        ours.append(event)
    ours.close()
    assert events(path) == [*STORY, END]
    assert newest(path) == END
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {json.loads(line)["at"] for line in path.read_text().splitlines()} == {1000.0}


def test_states_are_written_twice_a_second_and_before_the_end_and_carry_what_came_before_to_the_disk(
    path: Path, clock: Clock
):
    ours = Journal(path, clock)
    ours.append(STORY[1])
    assert events(path) == []
    for at in range(30):
        ours.append(state(at))
        assert events(path)[0] == STORY[1]
        clock.now += 0.1
    assert [event.bytes_done for event in events(path) if isinstance(event, Progress)] == [
        0,
        5,
        10,
        15,
        20,
        25,
    ]
    ours.append(Cancelled(0, 1))
    assert events(path)[-2:] == [state(29), Cancelled(0, 1)]
    ours.close()


def test_its_size_has_a_bound_and_its_end_is_written_all_the_same(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(journal, "LARGEST", 10_000)
    ours = Journal(path, clock)
    for at in range(5000):
        clock.now += 1.0
        ours.append(STORY[2])
        ours.append(state(at))
    ours.append(END)
    ours.close()
    assert path.stat().st_size < 10_000 + 200 * 5000 / 60 + 1000
    assert newest(path) == END
    assert LARGEST < 20_000_000


@given(st.data())
def test_a_torn_or_garbled_line_costs_that_line_only(tmp_path_factory: Any, data: st.DataObject):
    path = tmp_path_factory.mktemp("journal") / "events.jsonl"
    lines = [json.dumps(to_json(event, 1.0)).encode() + b"\n" for event in (*STORY, END)]
    garbage = data.draw(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b" "))) + b"\n"
    torn = lines[-1][: data.draw(st.integers(0, len(lines[-1]) - 1))]
    path.write_bytes(b"".join([lines[0], garbage, *lines[1:-1], torn]))
    assert events(path) == STORY
    *_, (_, _, offset) = read(path)
    with path.open("ab") as more:
        more.write(lines[-1][len(torn) :])
    assert events(path, offset) == [END]


@pytest.mark.parametrize(
    "line",
    [
        *("[" * 100_000, "1", "null", '{"event": "no such"}', '{"event": {}}', "\x00", ""),
        *(json.dumps(to_json(END, 0.0) | {"at": at}) for at in (float("nan"), float("inf"), "nan", -1, 1e15)),
        json.dumps(to_json(END, 0.0)).replace('"at": 0.0', '"at": 1e999'),
    ],
)
def test_a_hostile_line_is_passed_over(line: str, path: Path):
    path.write_text(line + "\n" + json.dumps(to_json(END, 0.0)) + "\n")
    assert events(path) == [END]


def test_a_journal_that_is_not_there_has_no_events(path: Path):
    assert events(path) == []
    assert last(path) is None
    assert heard(path, lambda: True, lambda: None) == []


def test_the_last_event_is_found_behind_a_hundred_thousand_others(path: Path):
    text = json.dumps(to_json(STORY[2], 1.0)) + "\n"
    path.write_text(text * 100_000 + json.dumps(to_json(END, 1.0)) + "\n")
    assert newest(path) == END


def test_a_follower_reads_each_event_once_as_it_comes(path: Path, clock: Clock):
    ours = Journal(path, clock)
    coming = [*STORY, state(1), state(2), END]

    def wait() -> None:
        clock.now += 1.0
        ours.append(coming.pop(0))

    assert heard(path, lambda: False, wait) == [*STORY, state(1), state(2), END]
    ours.close()


def test_a_follower_of_a_killed_fetch_ends_with_what_was_written_last(path: Path, clock: Clock):
    ours = Journal(path, clock)
    gone = iter([False, True])

    def wait() -> None:
        ours.append(STORY[0])
        ours.append(state(1))

    assert heard(path, lambda: next(gone), wait) == [STORY[0], state(1)]
    ours.close()


def test_a_disk_that_refuses_silences_the_journal_and_nothing_else(path: Path, clock: Clock):
    path.parent.mkdir(exist_ok=True)
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    ours = Journal(path, clock)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, ours._descriptor)
    os.close(full)
    for event in (*STORY, state(1), END):
        ours.append(event)
    ours.close()
    assert events(path) == []


def test_a_disk_that_refuses_is_told_to_who_closes_it(path: Path, clock: Clock):
    ours = Journal(path, clock)
    ours.append(END)
    assert ours.close()
    assert not ours.close()


def test_a_rule_that_is_waited_for_is_told_to_others_twice_a_second(path: Path, clock: Clock):
    ours, waits = Journal(path, clock), Replicating("1f", "X", "REPLICATING", "it comes", 1, 9, None)
    for _ in range(25):
        ours.append(waits)
        clock.now += 0.1
    assert events(path) == [waits] * 5
    ours.close()


def test_the_last_of_a_kind_is_found_however_far_back_it_is(path: Path, clock: Clock):
    ours = Journal(path, clock)
    ours.append(state(3))
    for _ in range(5000):
        ours.append(STORY[2])
    ours.append(END)
    ours.close()
    found = last(path, Progress)
    assert found is not None
    assert (found.event, found.at) == (state(3), 1000.0)
    assert last(path, Cancelled) is None
    assert events(path, found.end)[:2] == [STORY[2]] * 2


@given(st.data())
def test_who_reads_on_from_any_entry_misses_nothing_and_hears_nothing_twice(
    tmp_path_factory: Any, data: st.DataObject
):
    path = tmp_path_factory.mktemp("journal") / "events.jsonl"
    story = [*data.draw(st.lists(st.sampled_from([*STORY, state(1)]), max_size=20)), END]
    path.write_text("".join(json.dumps(to_json(event, 1.0)) + "\n" for event in story))
    ends = [0, *(entry.end for entry in read(path))]
    at = data.draw(st.integers(0, len(story)))
    nothing_comes = lambda: pytest.fail("waits for what cannot come")  # noqa: E731
    assert heard(path, lambda: False, nothing_comes, ends[at]) == story[at:]


@given(st.integers(-5, 2000))
def test_a_place_that_is_of_no_entry_is_no_error(tmp_path_factory: Any, offset: int):
    path = tmp_path_factory.mktemp("journal") / "events.jsonl"
    path.write_text("".join(json.dumps(to_json(event, 1.0)) + "\n" for event in (*STORY, END)))
    told = heard(path, lambda: True, lambda: None, offset)
    assert told == [*STORY, END][len(STORY) + 1 - len(told) :]
    if not 0 <= offset <= path.stat().st_size:
        assert len(told) == len(STORY) + 1


def test_who_asks_for_news_gets_each_entry_once_and_learns_when_nothing_more_comes(path: Path, clock: Clock):
    ours, heard, over, at = Journal(path, clock), [], False, 0
    for number in range(1500):
        ours.append(STORY[1])
        if number == 700:
            ours.append(state(1))
            assert journal.news(path, lambda: False, path.stat().st_size) == ([], False)
    ours.append(END)
    ours.close()
    while not over:
        new, over = journal.news(path, lambda: False, at)
        assert len(new) <= 1000
        heard += [entry.event for entry in new]
        at = new[-1].end if new else at
    assert heard == events(path)
    assert journal.news(path, lambda: False, at) == ([], True)
    assert journal.news(path, lambda: True, 10**9)[0][0].event == heard[0]
