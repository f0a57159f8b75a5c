"""A broken network between a client and a real server: one act a connection, the last one for ever."""

import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_PIECE = 1 << 16


@dataclass(frozen=True)
class Toxic:
    """What happens to the bytes that come from the server after so many of them.

    Attributes
    ----------
    after
        Bytes that pass before it; None if all pass.
    how
        ``cut``, ``reset``, ``silence``, or ``flip`` for one wrong bit and no more.
    """

    after: int | None = None
    how: str = "cut"


@dataclass
class Wire:
    """The network as a test sees it: what it does to each connection, and bytes that came through."""

    port: int
    target: int
    toxics: list[Toxic] = field(default_factory=lambda: [Toxic()])
    sent: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def play(self, *toxics: Toxic) -> None:
        """Set what happens to the next connections."""
        self.toxics, self.sent = list(toxics), 0

    def next(self) -> Toxic:
        return self.toxics.pop(0) if len(self.toxics) > 1 else self.toxics[0]


@contextmanager
def wire(target: int) -> Iterator[Wire]:
    """Lead a free port to a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        play = Wire(listener.getsockname()[1], target)
        thread = threading.Thread(target=_serve, args=(listener, play))
        thread.start()
        try:
            yield play
        finally:
            play.over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, play: Wire) -> None:
    threads = []
    with suppress(OSError):
        while not play.over.is_set():
            client, _ = listener.accept()
            threads.append(threading.Thread(target=_connect, args=(client, play)))
            threads[-1].start()
    for thread in threads:
        thread.join()


def _connect(client: socket.socket, play: Wire) -> None:
    ended = threading.Event()
    with client, socket.create_connection(("127.0.0.1", play.target)) as server:
        up = threading.Thread(target=_up, args=(client, server, ended))
        up.start()
        with suppress(OSError):
            _down(client, server, play)
        ended.set()
        up.join()


def _up(client: socket.socket, server: socket.socket, ended: threading.Event) -> None:
    with suppress(OSError):
        while data := _received(client, ended):
            server.sendall(data)
        server.shutdown(socket.SHUT_WR)


def _down(client: socket.socket, server: socket.socket, play: Wire) -> None:
    toxic, passed = play.next(), 0
    while data := _received(server, play.over):
        if toxic.after is not None and passed + len(data) > toxic.after:
            keep = toxic.after - passed
            if toxic.how == "flip":
                data = data[:keep] + bytes([data[keep] ^ 1]) + data[keep + 1 :]
                toxic = Toxic()
            else:
                client.sendall(data[:keep])
                play.sent += keep
                _end(client, toxic, play)
                return
        client.sendall(data)
        passed += len(data)
        play.sent += len(data)


def _received(end: socket.socket, ended: threading.Event) -> bytes:
    """Next bytes; none when that end or the test has ended."""
    while not ended.is_set():
        if select.select([end], [], [], 0.05)[0]:
            return end.recv(_PIECE)
    return b""


def _end(client: socket.socket, toxic: Toxic, play: Wire) -> None:
    if toxic.how == "silence":
        play.over.wait(60)
    elif toxic.how == "reset":
        _until_read(client)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _until_read(client: socket.socket) -> None:
    """Wait until the other end has read all: what a reset finds unread, its kernel throws away."""
    deadline = time.monotonic() + 5  # a client that reads no more is reset all the same
    while _unread(client) and time.monotonic() < deadline:
        time.sleep(0.005)


def _unread(client: socket.socket) -> int:
    """Bytes on the way to the other end and waiting there, as Linux counts them for both ends."""
    ports = {client.getsockname()[1], client.getpeername()[1]}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    queues = [row[4] for row in rows if {int(end.rpartition(":")[2], 16) for end in row[1:3]} == ports]
    return sum(int(size, 16) for queue in queues for size in queue.split(":"))
