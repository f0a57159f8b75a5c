"""The one stream of a page: jobs, rules, login and lake as they change, watched once for all pages."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.toxics import Toxic, wire
from tests.lake.jobs.terminal import DID, held
from tests.lakes import client
from tests.server.conftest import Asked, said
from tests.server.fetches import LONG, started
from tests.server.listening import Listen, eventually
from vre_dm import session
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus
from vre_dm.server.broadcast import Broadcast, Mailbox, together
from vre_dm.server.events import next_look
from vre_dm.server.streams import Event

pytestmark = pytest.mark.usefixtures("no_job_is_left")


def running(data: dict[str, object]) -> bool:
    return data["state"] == "running"


async def test_every_page_hears_a_job_from_its_start_to_its_end_and_when_it_is_forgotten(
    api: Asked, listen: Listen, lake: Lake, jp_root_dir: Path
) -> None:
    async with listen("events") as first, listen("events") as second:
        assert await first.until("ready") == {"jobs": []}
        with held(lake, DID, jp_root_dir / "my data"):
            name = (await started(api))["job"]
            for page in (first, second):
                assert (await page.until("job", running))["job"] == name
        for page in (first, second):
            assert (await page.until("job", lambda data: not running(data)))["state"] == "finished"
        async with listen("events") as late:
            assert (await late.until("job"))["state"] == "finished"
            assert await late.until("ready") == {"jobs": [name]}
        assert (await api("jobs", name, method="DELETE")).code == 204
        for page in (first, second):
            assert await page.until("job-gone") == {"job": name}


async def test_a_fetch_of_a_notebook_is_heard_too(
    listen: Listen, lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_SESSION", session._Session())  # what it keeps is of this test's folders
    async with listen("events") as page:
        await page.until("ready")
        await asyncio.to_thread(lambda: session.fetch(DID, tmp_path / "to", progress=lambda _: None))
        assert (await page.until("job", lambda data: not running(data)))["what"] == DID


async def test_the_login_is_told_without_its_token(listen: Listen) -> None:
    async with listen("events") as page:
        told = await page.until("login")
        assert (told["account"], told["problem"]) == ("dm", None)
        assert told["seconds_left"] > 0
        assert "eyJ" not in str(page.heard)


async def test_a_rule_is_told_when_it_is_made_and_when_its_files_are_there(
    api: Asked, listen: Listen, on_lake: LakeStatus, lake: Lake
) -> None:
    rse = next(
        name for name in lake.rses().names if name not in {r.state.rse for r in lake.dataset(DID).rules()}
    )
    async with listen("events") as page:
        assert (await page.until("lake"))["reachable"] is True
        order = {"did": DID, "rse": rse, "days": 1, "copies": 1, "comment": None}
        made = await api("rules", method="POST", body=order, **LONG)
        assert made.code == 201, made.body
        identifier = said(made)["id"]
        told = await page.until("rule", lambda data: data["id"] == identifier and data["state"] == "OK")
        assert told["arrived"] == told["total"]
        client(on_lake).delete_replication_rule(identifier)


async def test_a_lake_that_does_not_answer_is_told_with_its_begin_and_asked_again(
    on_lake: LakeStatus, listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lake: Lake
) -> None:
    port = int(lake.instance.url.rpartition(":")[2])
    with wire(port) as between:
        between.play(Toxic(after=0, how="reset"))
        config = tmp_path / "rucio.cfg"
        config.write_text(on_lake.rucio_config.read_text().replace(f":{port}", f":{between.port}"))
        monkeypatch.setenv("RUCIO_CONFIG", str(config))
        async with listen("events") as page:
            away = await page.until("lake")
            assert (away["lake"], away["reachable"]) == ("127.0.0.1", False)
            assert away["since"].endswith("Z")
            assert "unreachable" in away["message"]
            between.play(Toxic())
            back = await page.until("lake")
            assert (back["reachable"], back["message"]) == (True, None)
            assert back["since"] >= away["since"]


async def test_nobody_watches_while_no_page_listens(api: Asked, listen: Listen, jp_serverapp: object) -> None:
    before = asyncio.all_tasks()
    async with listen("events") as page:
        await page.until("ready")
        assert len(asyncio.all_tasks() - before) > 1
    await eventually(lambda: not [task for task in asyncio.all_tasks() - before if "watch" in str(task)])


def of(number: int) -> Event:
    return Event("job", {"number": number})


async def test_who_reads_slowly_gets_the_newest_of_each_thing_in_order_and_no_more() -> None:
    box = Mailbox()
    for number in range(10_000):
        box.put(("job", str(number % 3)), of(number))
    events = box.events()
    assert [(await anext(events)).data["number"] for _ in range(3)] == [9997, 9998, 9999]
    box.put(("job", "0"), of(10_000))
    assert (await anext(events)).data["number"] == 10_000
    await events.aclose()


async def test_who_comes_late_hears_how_things_stand_and_not_what_is_over() -> None:
    ended = asyncio.Event()

    async def watch(cast: Broadcast) -> None:
        cast.tell(("job", "a"), of(1))
        cast.tell(("job", "b"), of(2))
        cast.tell(("job", "a"), Event("job-gone", {}), stands=False)
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    cast = Broadcast(watch)
    first = together(cast)
    assert [(await anext(first)).name for _ in range(2)] == ["job", "job-gone"]
    late = together(cast)
    assert (await anext(late)).data == {"number": 2}
    await first.aclose()
    assert not ended.is_set()
    await late.aclose()
    await asyncio.wait_for(ended.wait(), 60)
    again = together(cast)
    assert [(await anext(again)).name for _ in range(2)] == ["job", "job-gone"]
    await again.aclose()


@pytest.mark.parametrize(
    ("states", "longest"),
    [(["OK", "REPLICATING"], 12), (["INJECT"], 12), (["OK", "STUCK"], 300), ([], 300)],
)
def test_rules_are_looked_at_ever_more_rarely_unless_the_lake_copies_for_them(
    states: list[str], longest: float
) -> None:
    spans = [2.0]
    for _ in range(20):
        spans.append(next_look(spans[-1], states, changed=False))
    assert spans == sorted(spans)
    assert spans[-1] == longest
    assert next_look(longest, states, changed=True) <= 30


async def test_a_look_is_taken_at_once_when_something_was_changed() -> None:
    cast = Broadcast(lambda _: asyncio.sleep(0))
    assert not await cast.pause(0.01)
    cast.look_now()
    assert await cast.pause(600)
    assert not await cast.pause(0.01)
