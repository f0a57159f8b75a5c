"""A lake that is slow or hangs: rows leave as they come, nothing else waits, too much is refused."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import Asked, hurried, said
from tests.server.slow import LONG, SlowLake, slow_lake

PATIENCE = 120


@pytest.fixture
def settings() -> dict[str, object]:
    return {"concurrency": 2, "queue": 2, "patience": 60.0}


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jp_server_config: object) -> Iterator[SlowLake]:
    """The one configured lake."""
    monkeypatch.delenv("JUPYTER_CONFIG_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with slow_lake(tmp_path) as lake:
        yield lake


async def until(question: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not question():
            await asyncio.sleep(0.02)


async def test_a_lake_that_hangs_and_is_opened_again_and_again_takes_no_more_threads(
    slow: SlowLake, api: Asked
) -> None:
    scope, before = slow.scopes[0], set(threading.enumerate())
    held = asyncio.ensure_future(api("children", params={"scope": scope}, request_timeout=PATIENCE))
    await until(lambda: scope in slow.asked)
    for _ in range(6):
        opened = await api("lakes", method="POST", body={"name": "slow"}, request_timeout=PATIENCE)
        assert opened.code == 200
    asked = [
        asyncio.ensure_future(api("children", params={"scope": each}, request_timeout=PATIENCE))
        for each in slow.scopes[1:3]
    ]
    await until(lambda: len(slow.asked) == 2)
    new = set(threading.enumerate()) - before
    assert sum(thread.name == "vre-dm the lake slow" for thread in new) == 2
    slow.open()
    assert [response.code for response in await asyncio.gather(held, *asked)] == [200, 200, 200]


async def test_rows_leave_before_the_last_scope_has_answered(slow: SlowLake, api: Asked) -> None:
    *first, last = slow.scopes
    slow.open(*first)
    seen = b""

    def take(piece: bytes) -> None:
        nonlocal seen
        seen += piece
        if slow.scopes[-2].encode() in seen:
            slow.open(last)  # only who got the rows before it lets the last scope answer

    await api("search", streaming_callback=take, request_timeout=PATIENCE)
    lines = [json.loads(line) for line in seen.splitlines()]
    assert lines[-1] == {"done": True, "total": 3 * len(slow.scopes), "left_out": []}


async def test_the_first_files_leave_before_the_last_one_is_known(slow: SlowLake, api: Asked) -> None:
    scope, seen = slow.scopes[0], b""

    def take(piece: bytes) -> None:
        nonlocal seen
        seen += piece
        if b"first" in seen:
            slow.open(scope)  # only who got the first file lets the lake tell the last one

    did = {"did": f"{scope}:{LONG}"}
    await api("children", params=did, streaming_callback=take, request_timeout=PATIENCE)
    lines = [json.loads(line) for line in seen.splitlines()]
    assert lines[-1] == {"done": True, "total": 2, "left_out": []}


async def test_closing_the_connection_stops_the_question(
    slow: SlowLake, jp_http_port: int, jp_auth_header: dict[str, str], jp_web_app: Any, api: Asked
) -> None:
    before = set(threading.enumerate())

    def asking() -> list[threading.Thread]:
        """Threads in which scopes are asked about ahead; one ends when it has nothing more to ask."""
        new = set(threading.enumerate()) - before
        return [thread for thread in new if thread.name.startswith("ThreadPoolExecutor")]

    slow.open(slow.scopes[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
    head = ["GET /a%40b/vre-dm/api/search HTTP/1.1", "Host: localhost"]
    head += [f"{name}: {value}" for name, value in jp_auth_header.items()]
    writer.write("\r\n".join([*head, "", ""]).encode())
    await asyncio.wait_for(reader.readuntil(b'"d0002"'), PATIENCE)
    writer.close()
    await writer.wait_closed()
    slow.open()
    pool = jp_web_app.settings["vre_dm"].lakes.named("slow").pool
    await until(lambda: pool.unanswered == 0 and not asking())
    asked = set(slow.asked)
    assert len(asked) < len(slow.scopes)
    assert said(await api("scopes"))["scopes"] == slow.scopes  # and its threads are free for others
    assert set(slow.asked) == asked


async def test_a_lake_that_hangs_keeps_nothing_else_waiting(slow: SlowLake, api: Asked) -> None:
    hanging = [asyncio.create_task(api("search", request_timeout=PATIENCE)) for _ in range(4)]
    await until(lambda: slow.asked)
    assert said(await api("lakes"))["chosen"] == "slow"
    assert said(await api("openapi.json"))["openapi"] == "3.1.0"
    assert (await api("search", params={"lake": "nowhere"})).code == 400
    assert not any(task.done() for task in hanging)
    slow.open()
    assert {(await task).code for task in hanging} == {200}


async def test_what_is_too_much_is_refused_at_once_and_told_when_to_come_again(
    slow: SlowLake, api: Asked, jp_web_app: Any
) -> None:
    hanging = [asyncio.create_task(api("search", request_timeout=PATIENCE)) for _ in range(4)]
    pool = jp_web_app.settings["vre_dm"].lakes.named("slow").pool
    # Two hang at the lake and two wait for them: before that some may be at their first, quick question yet.
    await until(lambda: slow.asked.count(slow.scopes[0]) == 2 and pool.unanswered == 4)
    response = await api("scopes")
    assert response.code == 503
    assert int(response.headers["Retry-After"]) >= 1
    answer = said(response)
    assert (answer["error"], answer["retry_after"]) == ("Busy", 2)
    slow.open()
    assert {(await task).code for task in hanging} == {200}
    assert (await api("scopes")).code == 200


class TestFew:
    """With room for one stream."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"streams": 1, "patience": 60.0}

    async def test_more_streams_of_rows_than_there_is_room_for_are_refused(
        self, slow: SlowLake, api: Asked
    ) -> None:
        hanging = asyncio.create_task(api("search", request_timeout=PATIENCE))
        await until(lambda: slow.asked)
        refused = await api("search")
        assert (refused.code, said(refused)["error"]) == (503, "Busy")
        slow.open()
        assert (await hanging).code == 200
        assert (await api("search", request_timeout=PATIENCE)).code == 200


class TestImpatience:
    """With little time for the question that hangs, and much for all others."""

    async def test_a_question_that_takes_too_long_is_given_up(
        self, slow: SlowLake, api: Asked, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (await api("scopes")).code == 200
        hurried(monkeypatch, lambda handler, who: who == "the lake slow")
        response = await api("search")
        answer = said(response)
        assert (response.code, answer["error"]) == (502, "Unreachable")
        assert "the lake slow has not answered" in answer["message"]

    async def test_a_stream_that_stops_half_way_says_why(
        self, slow: SlowLake, api: Asked, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hurried(monkeypatch, lambda handler, who: handler._headers_written)
        slow.open(slow.scopes[0])
        response = await api("search", params={"pattern": "*"})
        first, *_, last = [json.loads(line) for line in response.body.splitlines()]
        assert [row["scope"] for row in first["rows"]] == [slow.scopes[0]] * 3
        assert last["error"] == "Unreachable"
        assert "done" not in last


async def test_a_lake_where_nothing_listens_is_unreachable_with_the_next_step(
    slow: SlowLake, api: Asked, tmp_path: Path
) -> None:
    path = tmp_path / ".jupyter" / "jupyter_server_config.json"
    found = json.loads(path.read_text())
    found["RucioConfig"]["instances"][0]["rucio_base_url"] = "http://127.0.0.1:9"
    path.write_text(json.dumps(found))
    response = await api("scopes")
    answer = said(response)
    assert (response.code, answer["error"]) == (502, "Unreachable")
    assert "nothing listens there" in answer["message"]
    assert "no-real-token" not in str(answer)
