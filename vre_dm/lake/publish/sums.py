"""The files here and their checksums: read once, as the bytes are sent, however often a run is repeated."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vre_dm.did import Did
from vre_dm.errors import InvalidUpload
from vre_dm.lake.publish.places import Identity, opened
from vre_dm.lake.publish.sources import Item
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.failures import Stopped
from vre_dm.lake.transfer.verify import Digest, chunks


@dataclass(frozen=True, slots=True)
class Sums:
    """Size in bytes and checksums in lower-case hexadecimal."""

    size: int
    adler32: str
    md5: str


class Summing:
    """Computes and remembers; thread-safe.

    Parameters
    ----------
    known
        What earlier runs found, by identity of the file.
    note
        Told of each new one.
    """

    def __init__(
        self,
        known: dict[Identity, Sums] | None = None,
        note: Callable[[Identity, Sums], None] = lambda *_: None,
    ) -> None:
        self._known = dict(known or {})
        self._note = note

    def of(self, item: Item, stop: threading.Event | None = None) -> Sums:
        """Sums of a file, read now if nobody did.

        Raises
        ------
        InvalidUpload
            It cannot be read, or changed meanwhile.
        Stopped
            The upload was cancelled.
        """
        if item.identity not in self._known:
            for _ in self.along(item, read(item, stop)):
                pass
        return self._known[item.identity]

    def along(self, item: Item, chunks: Iterator[memoryview]) -> Iterator[memoryview]:
        """Give the bytes of a file on; when all were taken, its sums are known without another read."""
        if item.identity in self._known:
            yield from chunks
            return
        digest = Digest(with_md5=True)
        for chunk in chunks:
            digest.update(chunk)
            yield chunk
        item.check_unchanged()
        self._keep(item.identity, Sums(digest.size, digest.adler32, digest.md5 or ""))

    def take_over(self, other: "Summing") -> None:
        """Remember what another found."""
        for identity, sums in other._known.items():
            self._keep(identity, sums)

    def _keep(self, identity: Identity, sums: Sums) -> None:
        if identity not in self._known:
            self._known[identity] = sums
            self._note(identity, sums)


def is_same(item: Item, sums: Sums, row: dict[str, object]) -> bool:
    """Whether a file is the one of a catalogue's row; a checksum that is not registered proves nothing."""
    pairs = [(row.get("adler32"), sums.adler32, 8), (row.get("md5"), sums.md5, 32)]
    told = [(str(there).strip().lower().zfill(length), ours) for there, ours, length in pairs if there]
    return row.get("bytes") == item.size and bool(told) and all(there == ours for there, ours in told)


def describe(did: Did, sums: Sums) -> dict[str, object]:
    """What the catalogue is told of a file."""
    return {
        "scope": did.scope,
        "name": did.name,
        "bytes": sums.size,
        "adler32": sums.adler32,
        "md5": sums.md5,
    }


def read(item: Item, stop: threading.Event | None) -> Iterator[memoryview]:
    """Bytes of a file here; of one that grows no more than it had.

    Raises
    ------
    InvalidUpload
        It cannot be read, or changed meanwhile.
    Stopped
        The upload was cancelled.
    """
    left = item.size
    try:
        with opened(item.path, item.identity) as stream:
            for chunk in chunks(stream.readinto):
                if stop is not None and stop.is_set():
                    raise Stopped
                left -= len(chunk)
                if left < 0:
                    break
                yield chunk
    except OSError as error:
        msg = f"{clean(item.path, None)} cannot be read: {error.strerror}; check the disk"
        raise InvalidUpload(msg) from error
    if left:
        item.check_unchanged()
