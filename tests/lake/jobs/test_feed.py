"""Followers of a running fetch: each hears all, none can hold it up."""

import threading
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from vre_dm.did import Did
from vre_dm.lake.jobs.feed import KEPT, Feed
from vre_dm.lake.transfer.events import Event, Placed, Progress

FILE = Did("s", "n")


def state(at: int) -> Progress:
    return Progress(at, None, 0, 1, 0.0, None)


def placed(at: int) -> Placed:
    return Placed(FILE, Path(f"/{at}"), "")


@given(st.lists(st.builds(state, st.integers(0, 99)) | st.builds(placed, st.integers(0, 99)), max_size=30))
def test_a_follower_that_comes_late_hears_all_but_the_states_that_were_overtaken(events: list[Event]):
    feed = Feed()
    for event in events:
        feed.put(event)
    feed.close()
    pairs = zip(events, [*events, None][1:], strict=True)
    kept = [
        event for event, after in pairs if not (isinstance(event, Progress) and isinstance(after, Progress))
    ]
    assert list(feed.follow()) == kept == list(feed.follow())


def test_followers_hear_what_comes_from_another_thread_in_order():
    feed, heard = Feed(), [[], []]
    threads = [threading.Thread(target=lambda at=at: heard[at].extend(feed.follow())) for at in range(2)]
    for thread in threads:
        thread.start()
    for at in range(2000):
        feed.put(placed(at))
        feed.put(state(at))
    feed.close()
    for thread in threads:
        thread.join()
    for events in heard:
        assert [event for event in events if isinstance(event, Placed)] == [placed(at) for at in range(2000)]
        states = [event.bytes_done for event in events if isinstance(event, Progress)]
        assert states == sorted(states)
        assert events[-1] == state(1999)


def test_a_follower_that_stopped_listening_costs_neither_time_nor_memory():
    feed = Feed()
    feed.put(placed(0))
    asleep = feed.follow()
    assert next(asleep) == placed(0)
    for at in range(1, 3 * KEPT):
        feed.put(placed(at))
    feed.close()
    assert list(asleep) == [placed(at) for at in range(2 * KEPT, 3 * KEPT)]
