"""What a user sees of a fetch: one line in place, causes on lines of their own, and a clean end."""

import contextlib
import io
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from vre_dm.did import Did
from vre_dm.errors import FollowingStopped, NotInLake
from vre_dm.lake.transfer.events import (
    Cancelled,
    ChunkTrouble,
    Computing,
    Event,
    Finished,
    Planned,
    Planning,
    Progress,
    Replicating,
    Retrying,
    SourceChanged,
)
from vre_dm.notebook import progress
from vre_dm.notebook.progress import in_cell, in_terminal, line

EVENT = Progress(500_000, 1_000_000, 1, 3, 250_000.0, 2.0)
AGAIN = Retrying(Did("s", "n"), "RSE (https://h/x)", "HTTP 503", 2.0)
CHANGED = SourceChanged(Did("s", "n"), "RSE-2 (https://g/x)", "HTTP 404")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _no_delay(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(progress, "_SHORTEST", -1.0)


def test_the_line_says_files_bytes_rate_and_time_to_go():
    text = line(EVENT, 2.0, 100)
    for part in ("1/3 files", "50%", "500k/1.00M", "250kB/s", "00:02"):
        assert part in text
    assert len(text) <= 100


MAPPING = Computing(
    *(25_000_000, 100_000_000, 1, 4, 5e7, 1.5),
    **{"chunks_done": 3, "chunks_total": 12, "entries_done": 250_000, "entries_total": 1_000_000},
    speed=500_000.0,
)


def test_a_map_says_chunks_entries_speed_and_time_to_go():
    text = line(MAPPING, 0.5, 120)
    for part in ("3/12 chunks", "25%", "250k/1.00M", "500k entries/s", "50 MB/s", "00:01"):
        assert part in text


def test_files_that_are_looked_at_are_counted():
    text = line(Planning(0, None, 250, 1000, 0.0, 150.0), 50.0, 100)
    for part in ("looking at files", "25%", "250/1000", "00:50<02:30", "5.00 files/s"):
        assert part in text


def test_a_chunk_that_fails_is_a_line_of_its_own():
    log = io.StringIO()
    with in_terminal(log) as show:
        show(ChunkTrouble("a.root, entries 0 to 9: ValueError: x", again=True))
        show(ChunkTrouble("a.root, entries 0 to 9: ValueError: x", again=False))
    assert log.getvalue().splitlines() == [
        "a.root, entries 0 to 9: ValueError: x; again",
        "a.root, entries 0 to 9: ValueError: x; left out",
    ]


def test_what_was_here_before_is_no_speed():
    text = line(replace(EVENT, rate=0.0, remaining=None), 2.0, 100)
    assert "500k/1.00M" in text
    assert "?, ?B/s" in text


def test_an_unknown_total_is_no_obstacle():
    assert "500kB" in line(replace(EVENT, bytes_total=None, remaining=None), 2.0, 80)


def test_a_terminal_is_left_as_it_was():
    screen = Screen()
    with in_terminal(screen) as show:
        show(EVENT)
        show(AGAIN)
        show(CHANGED)
        show(EVENT)
        show(Finished(3, 1, 1.0, 0))
    shown = screen.getvalue()
    assert "s:n: RSE (https://h/x): HTTP 503; again in 2 s\n" in shown
    assert "s:n: HTTP 404; now from RSE-2 (https://g/x)\n" in shown
    assert shown.rstrip(" \r") != shown
    assert shown.endswith("\r")


WAITS = Replicating("1f", "X", "REPLICATING", "REPLICATING: 1 of 9 files are at X" + "." * 99, 1, 9, None)


def test_a_rule_that_is_waited_for_is_one_line_in_place_on_a_terminal():
    screen = Screen()
    with in_terminal(screen) as show:
        show(WAITS)
        show(replace(WAITS, arrived=2))
    assert screen.getvalue().count("REPLICATING: 1 of 9 files") == 2
    assert "\n" not in screen.getvalue()
    assert max(map(len, screen.getvalue().split("\r"))) < 80


def test_a_log_gets_each_state_of_a_rule_once():
    log = io.StringIO()
    with in_terminal(log) as show:
        for state in ("INJECT", "REPLICATING", "REPLICATING", "OK"):
            show(replace(WAITS, state=state, sentence=f"{state}: so it is"))
    assert log.getvalue().split("\n") == [
        "INJECT: so it is",
        "REPLICATING: so it is",
        "OK: so it is",
        "",
    ]


@pytest.mark.parametrize(
    "event",
    [
        Planned(1, 1, 0, 1, None, ("\x1b]0;mine\x07",)),
        replace(AGAIN, source="RSE\x1b[2J"),
        replace(CHANGED, cause="\x9b2J\r\n"),
        replace(CHANGED, source="RSE\x1b[2J\u202e"),
        replace(WAITS, sentence="\x1b[2J" + WAITS.sentence),
    ],
)
@pytest.mark.parametrize("stream", [Screen, io.StringIO])
def test_what_a_journal_holds_is_text_and_commands_no_terminal(event: Event, stream: type[io.StringIO]):
    out = stream()
    with in_terminal(out) as show:
        show(event)
    shown = out.getvalue()
    assert shown.strip()
    assert shown.replace("\r", "").replace("\n", "").isprintable()
    assert shown.count("\n") <= 1


def test_a_log_gets_only_the_causes():
    log = io.StringIO()
    with in_terminal(log) as show:
        show(EVENT)
        show(AGAIN)
    assert log.getvalue() == "s:n: RSE (https://h/x): HTTP 503; again in 2 s\n"


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a cell shows, one text after the other."""
    told: list[str] = []

    class Handle:
        def update(self, data: dict[str, str], *, raw: bool) -> None:
            assert raw
            told.append(data["text/plain"])

    monkeypatch.setattr("IPython.display.display", lambda *_, **__: Handle())
    return told


def test_a_cell_ends_with_one_plain_line(updates: list[str]):
    with in_cell() as show:
        show(EVENT)
        show(replace(EVENT, files_done=3, bytes_done=1_230))
        show(Finished(3, 1_230, 1.0))
    assert updates[-1].startswith("3 of 3 files, 1.23 kB, verified in")
    assert not [text for text in updates if "\n" in text or "<div" in text]


@pytest.mark.parametrize(
    ("error", "said"),
    [(KeyboardInterrupt, "stopped in"), (NotInLake, "failed in"), (FollowingStopped, "left after")],
)
def test_a_cell_that_ends_early_says_what_arrived(updates: list[str], error: type[BaseException], said: str):
    with contextlib.suppress(error), in_cell() as show:
        show(EVENT)
        raise error
    assert updates[-1].startswith(f"1 of 3 files, 500 kB, {said}")


@pytest.mark.parametrize("events", [[], [replace(EVENT, files_done=1, bytes_done=0)]])
def test_a_cell_that_failed_before_a_byte_came_leaves_the_word_to_the_error(
    updates: list[str], events: list[Event]
):
    with contextlib.suppress(NotInLake), in_cell() as show:
        for event in events:
            show(event)
        raise NotInLake
    assert updates[-1] == ""


@pytest.mark.parametrize(
    ("last", "said"),
    [(Finished(2, 1, 1.0, 1), "failed in"), (Cancelled(1, 3), "stopped in"), (EVENT, "died after")],
)
def test_a_cell_that_followed_another_window_says_how_that_ended(
    updates: list[str], monkeypatch: pytest.MonkeyPatch, last: Event, said: str
):
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: 5.0))
    with in_cell(elapsed=100.0) as show:
        show(EVENT)
        show(last)
    assert updates[-1].startswith(f"1 of 3 files, 500 kB, {said} 100.")


def test_a_cell_says_what_is_waited_for_and_why_a_file_is_asked_for_again(updates: list[str]):
    with in_cell() as show:
        show(replace(WAITS, sentence="\x1b[2Jwaits"))
        assert updates[-1] == "\\x1b[2Jwaits"
        show(AGAIN)
        show(EVENT)
        assert updates[-1].endswith("s:n: RSE (https://h/x): HTTP 503; again in 2 s")
    assert "HTTP" not in updates[-1]


def test_outside_a_kernel_the_terminal_is_used():
    with progress.follow() as show:
        assert show.__qualname__.startswith("in_terminal")
    assert "IPython" in sys.modules
