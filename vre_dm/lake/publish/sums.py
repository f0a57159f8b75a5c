"""Checksums of the files here: each file is read for them once, however often a run is repeated."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from vre_dm.did import Did
from vre_dm.errors import InvalidUpload
from vre_dm.lake.publish.sources import Identity, Item
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
            sums = _read(item, stop)
            self._known[item.identity] = sums
            self._note(item.identity, sums)
        return self._known[item.identity]

    def take_over(self, other: "Summing") -> None:
        """Remember what another found."""
        for identity, sums in other._known.items():
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


def _read(item: Item, stop: threading.Event | None) -> Sums:
    digest = Digest(with_md5=True)
    try:
        with item.path.open("rb", buffering=0) as stream:
            for chunk in chunks(stream.readinto):
                if stop is not None and stop.is_set():
                    raise Stopped
                digest.update(chunk)
    except OSError as error:
        msg = f"{clean(item.path, None)} cannot be read: {error.strerror}; check the disk"
        raise InvalidUpload(msg) from error
    item.check_unchanged()
    return Sums(digest.size, digest.adler32, digest.md5 or "")
