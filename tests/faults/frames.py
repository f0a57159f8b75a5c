"""An XRootD server that answers wrongly: what a real one says passes, but for answers that are replaced."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OPEN, READ = 3010, 3013
_OK, _ERROR, _REDIRECT, _WAIT = 0, 4003, 4004, 4005
_HANDSHAKE, _REQUEST, _ANSWER = 20, 24, 8  # bytes; requests and answers end with the length of what follows
Said = tuple[int, bytes]
Change = Callable[[Said], Said]
"""What becomes of an answer: its status and its body."""


def faithful(said: Said) -> Said:
    return said


def error(number: int, text: str) -> Change:
    """An error by its number in the protocol."""
    return lambda _: (_ERROR, struct.pack(">i", number) + text.encode() + b"\0")


def wait(seconds: int) -> Change:
    """Ask again after so many seconds."""
    return lambda _: (_WAIT, struct.pack(">i", seconds) + b"busy\0")


def redirect(host: str, port: int) -> Change:
    return lambda _: (_REDIRECT, struct.pack(">i", port) + host.encode())


def shortened(said: Said) -> Said:
    """Half of the bytes, as if the file ended there."""
    return _OK, said[1][: len(said[1]) // 2]


def elsewhere(said: Said) -> Said:
    """As many bytes, from another place."""
    return said[0], said[1][1:] + said[1][:1]


def sized(size: int) -> Change:
    """Another size of the file, which is told when it is opened, behind 12 bytes for its handle."""

    def change(said: Said) -> Said:
        words = said[1][12:].split(b" ")
        return said[0], said[1][:12] + b" ".join([words[0], str(size).encode(), *words[2:]])

    return change


@dataclass
class Frames:
    """The server as a test sees it: for each kind of request what happens to the next answers."""

    port: int
    target: int
    changes: dict[int, list[Change]] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"root://127.0.0.1:{self.port}//lake/x"

    def play(self, kind: int, *changes: Change) -> None:
        """Set what happens to the next answers of a kind, the last of it for ever; all others pass."""
        self.changes = {kind: list(changes)}
        self.asked.clear()

    def changed(self, kind: int, said: Said) -> Said:
        left = self.changes.get(kind, [faithful])
        return (left.pop(0) if len(left) > 1 else left[0])(said)


@contextmanager
def frames(target: int) -> Iterator[Frames]:
    """Lead a free port to an XRootD server of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        play, ends = Frames(listener.getsockname()[1], target), list[socket.socket]()
        thread = threading.Thread(target=_serve, args=(listener, play, ends))
        thread.start()
        try:
            yield play
        finally:
            for end in (listener, *ends):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, play: Frames, ends: list[socket.socket]) -> None:
    threads = []
    with suppress(OSError):
        while True:
            pair = listener.accept()[0], socket.create_connection(("127.0.0.1", play.target))
            ends.extend(pair)
            kinds: dict[bytes, int] = {}
            for way in (_requests, _answers):
                threads.append(threading.Thread(target=_lead, args=(way, *pair, play, kinds)))
                threads[-1].start()
    for thread in threads:
        thread.join()
    for end in ends:
        end.close()


def _lead(way: Callable[..., None], client: socket.socket, server: socket.socket, *rest: object) -> None:
    with suppress(OSError, EOFError):
        way(client, server, *rest)
    for end in (client, server):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _requests(client: socket.socket, server: socket.socket, play: Frames, kinds: dict[bytes, int]) -> None:
    server.sendall(_exactly(client, _HANDSHAKE))
    while True:
        head = _exactly(client, _REQUEST)
        stream, kind, length = struct.unpack(">2sH16xi", head)
        kinds[stream] = kind
        play.asked.append(kind)
        server.sendall(head + _exactly(client, length))


def _answers(client: socket.socket, server: socket.socket, play: Frames, kinds: dict[bytes, int]) -> None:
    while True:
        stream, status, length = struct.unpack(">2sHi", _exactly(server, _ANSWER))
        said = play.changed(kinds.get(stream, 0), (status, _exactly(server, length)))
        client.sendall(struct.pack(">2sHi", stream, said[0], len(said[1])) + said[1])


def _exactly(end: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        more = end.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return bytes(data)
