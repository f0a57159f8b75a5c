"""How uproot reads a file that is on a server: baskets beside each other in one request, several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uproot.source.chunk import Chunk, Source
from uproot.source.coalesce import CoalesceConfig, coalesce_requests
from uproot.source.futures import TrivialFuture

from vre_dm.compute.remote import GAP, LARGEST, RemoteFile

if TYPE_CHECKING:
    import queue

# a request of several ranges is one HTTP request each here, so each is a request of its own
_JOIN = CoalesceConfig(max_range_gap=GAP, max_request_ranges=1, max_request_bytes=LARGEST)


class RemoteSource(Source):  # type: ignore[misc]
    """Source of uproot over a `RemoteFile`, given as the option ``remote``.

    What describes the file comes in blocks that are kept, one after the other; baskets come exactly, and as
    many at once as the file allows. No connection is used by two threads at once that may not be.
    """

    def __init__(self, file_path: str, *, remote: RemoteFile, **_: Any) -> None:
        super().__init__()
        self._remote: RemoteFile = remote
        self._file_path, self._num_bytes, self._ended = file_path, remote.size, False

    def chunk(self, start: int, stop: int) -> Chunk:
        """One piece, at once."""
        self._num_requests += 1
        self._num_requested_chunks += 1
        return Chunk(self, start, stop, TrivialFuture(self._remote.small(int(start), int(stop))))

    def chunks(self, ranges: list[tuple[int, int]], notifications: queue.Queue[Chunk]) -> list[Chunk]:
        """Many pieces, which are told as they come."""
        self._num_requests += 1
        self._num_requested_chunks += len(ranges)
        spans = [(int(start), int(stop)) for start, stop in ranges]
        found: list[Chunk] = coalesce_requests(spans, self._remote.later, self, notifications, config=_JOIN)
        return found

    @property
    def num_requested_bytes(self) -> int:
        """Bytes that came, with those between pieces."""
        return self._remote.moved

    @property
    def closed(self) -> bool:
        """Whether it can be read no more."""
        return self._ended

    def __enter__(self) -> RemoteSource:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._remote.close()
