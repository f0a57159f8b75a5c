"""Where chunks are done: what the run asks of this process, of a local cluster, of a gateway."""

import threading
from collections.abc import Generator, Sequence
from typing import Protocol

from vre_dm.compute.inputs import Input
from vre_dm.compute.plan import Chunk
from vre_dm.compute.work import Part, Work
from vre_dm.errors import ChunkFailed

Call = tuple[Input, Chunk]
Came = tuple[int, Part | ChunkFailed]
"""Position in the calls, and what came of it; a failure ends nothing."""


class Backend(Protocol):
    """A place where chunks are done.

    Attributes
    ----------
    name
        For the user: ``here``, ``2 processes of this machine``, ``gateway cluster …``.
    """

    name: str

    def run(self, work: Work, calls: Sequence[Call], stop: threading.Event) -> Generator[Came, None, None]:
        """Do `vre_dm.compute.work.do_chunk` for each call, and tell what came of each, in any order.

        Parameters
        ----------
        work
            Sent once to each worker, not with each call.
        stop
            Ends it early, as closing it does; what runs is stopped within two seconds where it can be.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds; nothing runs afterwards."""
        ...
