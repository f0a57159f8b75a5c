"""Events go out as they happen, with a sign of life between them; a page that closes ends its stream."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any

import pytest
from tornado import web

from tests.server.conftest import Asked, said
from tests.server.listening import eventually
from tests.server.routes import plant
from vre_dm.server import base, streams
from vre_dm.server.streams import Event, EventsHandler

PATIENCE = 120
ASKING = {"Accept": "text/event-stream"}


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
    plant(jp_web_app, "/a%40b/vre-dm/api/ticking", Ticking)

    async def one(**headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        head = ["GET /a%40b/vre-dm/api/ticking HTTP/1.1", "Host: localhost"]
        head += [f"{name}: {value}" for name, value in (jp_auth_header | ASKING | headers).items()]
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


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Accept": "*/*"}, 406),
        ({"Accept": "image/avif,image/webp,*/*;q=0.8"}, 406),
        ({"Sec-Fetch-Dest": "video"}, 403),
        ({"Sec-Fetch-Dest": "document"}, 403),
    ],
)
async def test_an_element_of_a_notebook_gets_no_stream_and_its_connection_back(
    listen: Callable[..., Any], headers: dict[str, str], status: int
) -> None:
    reader, writer = await listen(**headers)
    head = await has(reader, b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Content-Length: " in head  # it is over
    writer.close()
    reader, writer = await listen(**{"Sec-Fetch-Dest": "empty"})
    assert b" 200 " in await has(reader, b"\r\n\r\n")
    writer.close()


class Endless(EventsHandler):
    """One event, and when somebody says so more than any buffer between here and the page takes."""

    async def get(self) -> None:
        await self.follow(self._events())

    async def _events(self) -> AsyncGenerator[Event, None]:
        yield Event("job", "x")
        await Ticking.go_on.wait()
        while True:
            yield Event("job", "x" * 1_000_000)


async def test_a_page_that_does_not_read_is_cut_off_and_makes_room(
    listen: Callable[..., Any], jp_web_app: web.Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(jp_web_app, "/a%40b/vre-dm/api/ticking", Endless)
    reader, writer = await listen()
    count = jp_web_app.settings["vre_dm"].open_streams
    await has(reader, b"data: ")
    assert count["events"] == 1
    monkeypatch.setattr(base, "_READS_FOR", 0.2)
    Ticking.go_on.set()
    await eventually(lambda: count["events"] == 0)
    with suppress(ConnectionError):
        assert not (await asyncio.wait_for(reader.read(), PATIENCE)).endswith(b"0\r\n\r\n")  # not as if whole
    writer.close()


async def test_a_page_that_closes_ends_its_stream_and_makes_room(
    listen: Callable[..., Any], api: Asked
) -> None:
    reader, writer = await listen()
    await has(reader, b"data: ")
    refused = await api("ticking", headers=ASKING)
    assert (refused.code, said(refused)["error"]) == (503, "Busy")
    Ticking.ended.clear()
    writer.close()
    await asyncio.wait_for(Ticking.ended.wait(), PATIENCE)
    reader, writer = await listen()
    assert await has(reader, b"data: ")
    writer.close()
