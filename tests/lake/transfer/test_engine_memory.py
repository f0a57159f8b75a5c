"""Ten thousand files are a plan and little more: what a fetch keeps of each is small."""

import tracemalloc
from pathlib import Path

import pytest

from tests.faults.world import OpenAccess, registered
from vre_dm.lake.jobs.feed import Feed
from vre_dm.lake.transfer import Event, fetch_files, run
from vre_dm.lake.transfer.events import Placed, Planned, Started, Verified

FILES = 10_000


def test_a_file_costs_less_than_half_a_kilobyte_beyond_its_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def at_once(item, context, *, waited: bool) -> Path:
        for event in (
            Started(item.did, "RSE-1 (https://h/x)"),
            Verified(item.did, 1),
            Placed(item.did, item.target, "RSE-1 (https://h/x)"),
        ):
            context.tell(event)
        context.meter.at(item.did, 1, moved=1)
        return item.target

    monkeypatch.setattr(run, "fetch_one", at_once)
    files = [registered(b"x", "https://h/x", name=f"f{at}") for at in range(FILES)]
    feed, planned, told = Feed(), [0], [0]

    def hear(event: Event) -> None:
        told[0] += 1
        feed.put(event)
        if isinstance(event, Planned):
            tracemalloc.start()
            planned[0] = tracemalloc.get_traced_memory()[0]

    try:
        paths = fetch_files(files, tmp_path, access=OpenAccess(), progress=hear)
        peak = tracemalloc.get_traced_memory()[1] - planned[0]
    finally:
        tracemalloc.stop()
    assert len(paths) == FILES
    assert told[0] > 3 * FILES
    assert peak < 500 * FILES
