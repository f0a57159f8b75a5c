"""Copy one file between two storages and prove that what arrived is what was registered."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zlib import adler32

import requests

CHUNK = 1 << 20
TIMEOUT = (10, 60)  # seconds to connect, between two chunks


class CopyError(Exception):
    """Why a copy failed, as Rucio shall tell it to the owner of the rule."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What the catalogue says of the file: bytes and adler32 (eight hexadecimal digits, or ``None``)."""

    size: int
    adler32: str | None


def copy(
    source: str,
    target: str,
    registered: Registered,
    *,
    session: requests.Session,
    bytes_per_second: float | None = None,
    moved: Callable[[int], None] = lambda _: None,
) -> None:
    """Copy ``source`` to ``target`` through a temporary name that is given up only to the verified file.

    Parameters
    ----------
    source, target
        Physical file names, ``file://`` or ``https://``.
    session
        Carries the storage's credentials and certificate authority.
    bytes_per_second
        Slows the copy down to this rate.
    moved
        Told the number of bytes moved so far.

    Raises
    ------
    CopyError
        The source is missing, or what was read or written is not the registered file; the temporary is gone.
    """
    part = f"{target}.part"
    write = _write_path if urlsplit(target).scheme == "file" else _write_webdav
    try:
        chunks = _checked(_read(source, session), source, registered, moved)
        write(part, _slowed(chunks, bytes_per_second), registered.size, session)
        _compare(part, registered, session)
        _rename(part, target, session)
    except (OSError, requests.RequestException, CopyError) as error:
        with contextlib.suppress(OSError, requests.RequestException):
            _delete(part, session)
        raise (
            error if isinstance(error, CopyError) else CopyError(f"{source} -> {target}: {error}")
        ) from error


def path_of(pfn: str) -> Path:
    """Local path of a ``file://`` name."""
    return Path(unquote(urlsplit(pfn).path))


def _read(source: str, session: requests.Session) -> Iterator[bytes]:
    if urlsplit(source).scheme == "file":
        try:
            with path_of(source).open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except FileNotFoundError:
            msg = f"the source holds no file at {source}"
            raise CopyError(msg) from None
        return
    with session.get(source, stream=True, timeout=TIMEOUT, allow_redirects=False) as answer:
        if answer.status_code != requests.codes.ok:
            msg = f"the source answered {answer.status_code} at {source}"
            raise CopyError(msg)
        yield from answer.iter_content(CHUNK)


def _checked(
    chunks: Iterable[bytes], source: str, registered: Registered, moved: Callable[[int], None]
) -> Iterator[bytes]:
    size, checksum = 0, 1
    for chunk in chunks:
        size, checksum = size + len(chunk), adler32(chunk, checksum)
        moved(size)
        yield chunk
    if size != registered.size or registered.adler32 not in (None, f"{checksum:08x}"):
        msg = (
            f"the source's file at {source} has {size} bytes and adler32 {checksum:08x}, "
            f"registered are {registered.size} and {registered.adler32}"
        )
        raise CopyError(msg)


def _slowed(chunks: Iterable[bytes], bytes_per_second: float | None) -> Iterator[bytes]:
    if not bytes_per_second:
        yield from chunks
        return
    begun, size = time.monotonic(), 0
    for chunk in chunks:
        # In steps, so that a slow copy is slow all along.
        for first in range(0, len(chunk), CHUNK // 16):
            piece = chunk[first : first + CHUNK // 16]
            yield piece
            size += len(piece)
            time.sleep(max(0.0, begun + size / bytes_per_second - time.monotonic()))


def _write_path(part: str, chunks: Iterable[bytes], _size: int, _session: requests.Session) -> None:
    path = path_of(part)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


class _Sized:
    """An iterable with a length: requests sends it as Content-Length and the server knows when it is cut."""

    def __init__(self, chunks: Iterable[bytes], size: int) -> None:
        self._chunks, self._size = chunks, size

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def __len__(self) -> int:
        return self._size


def _write_webdav(part: str, chunks: Iterable[bytes], size: int, session: requests.Session) -> None:
    body = _Sized(chunks, size) if size else b""
    answer = session.put(part, data=body, timeout=TIMEOUT, allow_redirects=False)
    if not size:
        list(chunks)  # an empty source is checked all the same
    if not answer.ok:
        msg = f"the destination answered {answer.status_code} at {part}"
        raise CopyError(msg)


def _compare(part: str, registered: Registered, session: requests.Session) -> None:
    """Read back what the destination holds: its size, and its checksum as the storage computes it."""
    if urlsplit(part).scheme == "file":
        size, checksum = path_of(part).stat().st_size, file_adler32(path_of(part))
    else:
        answer = session.head(
            part, headers={"Want-Digest": "adler32"}, timeout=TIMEOUT, allow_redirects=False
        )
        size = int(answer.headers.get("Content-Length", -1))
        checksum = answer.headers.get("Digest", "").removeprefix("adler32=")
    if size != registered.size or registered.adler32 not in (None, checksum):
        msg = f"the destination holds {size} bytes with adler32 {checksum} at {part}, not the registered file"
        raise CopyError(msg)


def file_adler32(path: Path) -> str:
    """Adler32 of a file, eight hexadecimal digits."""
    checksum = 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            checksum = adler32(chunk, checksum)
    return f"{checksum:08x}"


def _rename(part: str, target: str, session: requests.Session) -> None:
    if urlsplit(target).scheme == "file":
        path_of(part).replace(path_of(target))
        return
    headers = {"Destination": target, "Overwrite": "T"}
    answer = session.request("MOVE", part, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    if not answer.ok:
        msg = f"the destination answered {answer.status_code} when {part} was renamed"
        raise CopyError(msg)


def _delete(part: str, session: requests.Session) -> None:
    if urlsplit(part).scheme == "file":
        path_of(part).unlink(missing_ok=True)
    else:
        session.delete(part, timeout=TIMEOUT, allow_redirects=False)
