"""What the catalogue promises about a file's bytes, and the running sums that are held against it."""

import hashlib
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vre_dm.lake.files import File
from vre_dm.lake.transfer.failures import Stopped
from vre_dm.lake.transfer.policy import CHUNK

_BASE = 65521  # largest prime below 2**16: RFC 1950, section 8.2


def adler32_combine(first: int, second: int, size: int) -> int:
    """Adler32 of two pieces one after the other, from that of each and the second one's size in bytes.

    References
    ----------
    RFC 1950, section 8.2: ``a = 1 + Σ d_i`` and ``b = n + Σ (n - i + 1) d_i``, both modulo 65521.
    """
    a1, b1 = first & 0xFFFF, first >> 16
    a2, b2 = second & 0xFFFF, second >> 16
    return (a1 + a2 - 1) % _BASE | (b1 + b2 + size * (a1 - 1)) % _BASE << 16


class Digest:
    """Size, adler32 and (where asked) md5 of the bytes that have passed."""

    def __init__(self, *, with_md5: bool) -> None:
        self.size = 0
        self._adler = 1
        self._md5 = hashlib.md5(usedforsecurity=False) if with_md5 else None

    def update(self, chunk: bytes | memoryview) -> None:
        """Take the next bytes into account."""
        self.size += len(chunk)
        self._adler = zlib.adler32(chunk, self._adler)
        if self._md5 is not None:
            self._md5.update(chunk)

    def join(self, adler: int, size: int) -> None:
        """Take the next bytes into account by their own adler32; an md5 cannot be joined so."""
        self._adler = adler32_combine(self._adler, adler, size)
        self.size += size

    @property
    def adler32(self) -> str:
        """Eight hexadecimal digits."""
        return f"{self._adler:08x}"

    @property
    def md5(self) -> str | None:
        """Hexadecimal digits, or None where no md5 was asked for."""
        return self._md5.hexdigest() if self._md5 is not None else None


@dataclass(frozen=True, slots=True)
class Expected:
    """Size and checksums as registered, in one spelling; None where the catalogue is silent."""

    size: int | None
    adler32: str | None
    md5: str | None

    @classmethod
    def of(cls, file: File) -> "Expected":
        """Read a catalogue's entry; some tools register an adler32 without its leading zeros."""
        adler32 = file.adler32.strip().lower().zfill(8) if file.adler32 else None
        md5 = file.md5.strip().lower() if file.md5 else None
        return cls(file.size, adler32, md5)

    @property
    def has_checksum(self) -> bool:
        """Whether the whole can be judged at the end, wherever its parts came from."""
        return self.adler32 is not None or self.md5 is not None

    @property
    def says_something(self) -> bool:
        """Whether any bytes could be told from others."""
        return self.has_checksum or self.size is not None

    @property
    def tag(self) -> str:
        """Eight characters that tell this content from another; part of a temporary file's name."""
        text = f"{self.size}/{self.adler32}/{self.md5}"
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def digest(self) -> Digest:
        """Start sums of the kinds needed here."""
        return Digest(with_md5=self.md5 is not None)

    def fault(self, found: Digest) -> str | None:
        """Say the first difference in words, or None if the bytes are the registered ones."""
        if self.size is not None and found.size != self.size:
            return f"{found.size} bytes instead of {self.size}"
        if self.adler32 is not None and found.adler32 != self.adler32:
            return f"checksum adler32 {found.adler32} instead of {self.adler32}"
        if self.md5 is not None and found.md5 != self.md5:
            return f"checksum md5 {found.md5} instead of {self.md5}"
        return None


def chunks(readinto: Callable[[memoryview], int | None], size: int = CHUNK) -> Iterator[memoryview]:
    """Bytes of an open file to its end, in one buffer again and again: look at each before the next.

    Parameters
    ----------
    size
        Bytes to expect: a small file needs no large buffer.
    """
    room = memoryview(bytearray(min(max(size, 1), CHUNK)))
    while count := readinto(room):
        yield room[:count]


def holds(path: Path, expected: Expected, stop: threading.Event) -> bool:
    """Whether a file on disk is provably the registered one; one that cannot be read is not.

    Raises
    ------
    Stopped
        The fetch was cancelled meanwhile.
    """
    try:
        return flaw(path, expected, stop) is None
    except OSError:
        return False


def flaw(path: Path, expected: Expected, stop: threading.Event) -> str | None:
    """Read a file: why it is not provably the registered one, or ``None``; without a checksum nothing is.

    Raises
    ------
    OSError
        It cannot be read, so that nothing can be said of it.
    Stopped
        The fetch was cancelled meanwhile.
    """
    if not expected.has_checksum:
        return "no checksum is registered"
    if not path.is_file():
        return "no plain file"
    digest = expected.digest()
    with path.open("rb", buffering=0) as stream:
        size = os.fstat(stream.fileno()).st_size
        if expected.size is not None and size != expected.size:
            return f"{size} bytes instead of {expected.size}"
        for chunk in chunks(stream.readinto, size):
            if stop.is_set():
                raise Stopped
            digest.update(chunk)
    return expected.fault(digest)
