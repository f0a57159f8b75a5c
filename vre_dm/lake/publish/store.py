"""What publishing asks of a storage element, whether it is reached by WebDAV or is mounted here."""

from dataclasses import dataclass
from typing import Protocol

from vre_dm.lake.transfer.http import Body


@dataclass(frozen=True, slots=True)
class Seen:
    """A file on the storage: bytes, and adler32 in lower-case hexadecimal."""

    size: int
    adler32: str


class StoreFailed(Exception):
    """The storage did not do as asked.

    Attributes
    ----------
    passing
        Whether it may go better in a while: the network, a storage that is busy.
    wait
        Seconds it asked to be left alone.
    """

    def __init__(self, cause: str, *, passing: bool, wait: float | None = None) -> None:
        super().__init__(cause)
        self.passing, self.wait = passing, wait


class Store(Protocol):
    """A storage element; addresses are physical file names. Each may raise `StoreFailed` or `NoSpace`."""

    def put(self, address: str, body: Body, size: int) -> None:
        """Write a file, over one that is there."""
        ...

    def seen(self, address: str) -> Seen | None:
        """Size and checksum of a file as the storage has it, ``None`` if it has none."""
        ...

    def exists(self, address: str) -> bool:
        """Whether there is a file."""
        ...

    def move(self, address: str, target: str, *, over: bool) -> bool:
        """Rename; False, and nothing changed, if there is a file already that may not be replaced."""
        ...

    def remove(self, address: str) -> None:
        """Delete a file; harmless if there is none."""
        ...

    def stop(self) -> None:
        """Let what goes on in other threads fail soon."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...
