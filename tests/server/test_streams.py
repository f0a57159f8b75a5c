"""Events go out as they happen, with a sign of life between them; a page that closes ends its stream."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from tornado import web

from tests.server.conftest import Asked, said
from vre_dm.server import streams
from vre_dm.server.streams import Event, EventsHandler

PATIENCE = 120


@pytest.fixture
def settings() -> dict[str, object]:
    return {"streams": 1}


class Ticking(EventsHandler):
    """One event, and then nothing until somebody says so."""

    go_on = asyncio.Event()
    ended = asyncio.Event()

    async def get(self) -> None:
        await self.follow(self._events())

    async def _events(self) -> AsyncGenerator[Event, None]:
        try:
            yield Event("job", {"text": "a\nb <b> \u2028"}, id=self.last_id or "first")
            await self.go_on.wait()
            yield Event("last", None)
        finally:
            self.ended.set()


@pytest.fixture
def listen(
    jp_web_app: web.Application,
    jp_http_port: int,
    jp_fetch: object,
    jp_auth_header: dict[str, str],
    monkeypatch: Any,
) -> Callable[..., Any]:
    """Open the stream as a page does, at the server that `jp_fetch` starts; gives reader and writer."""
    monkeypatch.setattr(Ticking, "go_on", asyncio.Event())
    monkeypatch.setattr(Ticking, "ended", asyncio.Event())
    jp_web_app.add_handlers(".*", [("/a%40b/vre-dm/api/ticking", Ticking)])

    async def one(**headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        head = ["GET /a%40b/vre-dm/api/ticking HTTP/1.1", "Host: localhost"]
        head += [f"{name}: {value}" for name, value in (jp_auth_header | headers).items()]
        writer.write("\r\n".join([*head, "", ""]).encode())
        return reader, writer

    return one


async def has(reader: asyncio.StreamReader, text: bytes) -> bytes:
    return await asyncio.wait_for(reader.readuntil(text), PATIENCE)


async def test_an_event_is_one_piece_whatever_it_holds(listen: Callable[..., Any]) -> None:
    reader, writer = await listen(**{"Last-Event-ID": "4711"})
    head = await has(reader, b"\r\n\r\n")
    assert b"Content-Type: text/event-stream" in head
    await has(reader, b"\n\n")  # it is there, before anything happened
    event = await has(reader, b"\n\n\r\n")
    assert b'id: 4711\nevent: job\ndata: {"text":"a\\nb <b> \\u2028"}\n\n' in event
    Ticking.go_on.set()
    assert b"event: last\ndata: null\n\n" in await has(reader, b"0\r\n\r\n")
    writer.close()


async def test_a_quiet_stream_shows_that_it_lives(
    listen: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_KEEP_ALIVE", 0.05)
    reader, writer = await listen()
    await has(reader, b"data: ")
    for _ in range(3):
        await has(reader, b"\r\n:\n\n")
    writer.close()


async def test_a_page_that_closes_ends_its_stream_and_makes_room(
    listen: Callable[..., Any], api: Asked
) -> None:
    reader, writer = await listen()
    await has(reader, b"data: ")
    refused = await api("ticking")
    assert (refused.code, said(refused)["error"]) == (503, "Busy")
    Ticking.ended.clear()
    writer.close()
    await asyncio.wait_for(Ticking.ended.wait(), PATIENCE)
    reader, writer = await listen()
    assert await has(reader, b"data: ")
    writer.close()
