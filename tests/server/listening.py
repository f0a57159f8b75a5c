"""A page that listens: reads server-sent events as they come, and hangs up when it likes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE = 120.0


@dataclass(frozen=True)
class Heard:
    """One event."""

    name: str
    data: Any
    id: str


class Page:
    """An open stream of events."""

    def __init__(self, reader: asyncio.StreamReader, status: int) -> None:
        self._reader, self.status = reader, status
        self.heard: list[Heard] = []

    async def next(self) -> Heard | None:
        """The next event; None at the end of the stream."""
        fields: dict[str, str] = {}
        while line := await asyncio.wait_for(self._reader.readline(), PATIENCE):
            text = line.decode().rstrip("\n")
            if not text and fields:
                self.heard.append(Heard(fields["event"], json.loads(fields["data"]), fields.get("id", "")))
                return self.heard[-1]
            if text and not text.startswith(":"):
                name, _, value = text.partition(": ")
                fields[name] = value
        return None

    async def until(self, name: str, fits: Callable[[Any], object] = lambda _: True) -> Any:
        """Data of the first event of this name that fits."""
        while event := await self.next():
            if event.name == name and fits(event.data):
                return event.data
        msg = f"the stream ended before {name}; heard: {self.heard}"
        raise AssertionError(msg)

    async def rest(self) -> list[Heard]:
        """All events to the end."""
        while await self.next():
            pass
        return self.heard


Listen = Callable[..., Any]


def listener(port: int, headers: dict[str, str], base: str) -> Listen:
    """Opens streams of one server."""

    @asynccontextmanager
    async def listen(path: str, last_id: str = "") -> AsyncIterator[Page]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sent = (
            headers
            | {"Accept": "text/event-stream", "Host": f"127.0.0.1:{port}"}
            | ({"Last-Event-ID": last_id} if last_id else {})
        )
        lines = [f"GET {base}vre-dm/api/{path} HTTP/1.0", *(f"{name}: {text}" for name, text in sent.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        status = int((await reader.readline()).split()[1])
        while (await reader.readline()).strip():
            pass
        try:
            yield Page(reader, status)
        finally:
            writer.close()
            await writer.wait_closed()

    return listen


async def eventually(question: Callable[[], Any]) -> Any:
    """Ask, without keeping the server from its work, until the answer is true; a coroutine is awaited."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < end:
        answer = question()
        answer = await answer if asyncio.iscoroutine(answer) else answer
        if answer:
            return answer
        await asyncio.sleep(0.1)
    msg = f"not within {PATIENCE} s: {question}"
    raise AssertionError(msg)
