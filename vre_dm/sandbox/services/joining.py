"""Sends many small pieces of an answer as a few large ones: Rucio writes each row by itself.

Each piece would be a record of TLS and calls of the system at both ends: most of the time of a long list.
"""

import time
from collections.abc import Callable, Iterable, Iterator

_LARGE = 32_768  # bytes that are sent at once
_LATE = 0.05  # seconds after which fewer are


class Joined:
    """Answer of a WSGI application in larger pieces; what is there is not held back for long.

    Parameters
    ----------
    pieces
        The answer; closed with this one, as WSGI wants it.
    clock
        Seconds, never going back.
    """

    def __init__(self, pieces: Iterable[bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._pieces, self._clock = pieces, clock

    def __iter__(self) -> Iterator[bytes]:
        waiting, size, since = [], 0, self._clock()
        for piece in self._pieces:
            waiting.append(piece)
            size += len(piece)
            if size >= _LARGE or self._clock() - since >= _LATE:
                yield b"".join(waiting)
                waiting, size, since = [], 0, self._clock()
        if waiting:
            yield b"".join(waiting)

    def close(self) -> None:
        """Let the application end."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
