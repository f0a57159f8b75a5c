"""A file of the lake opened where it is: a verified copy here, a path of this machine, or a stream.

Of what is not here the size of the file and of every piece is checked, and that all pieces are of one object.
The checksum of the whole is not: it needs the whole, which `vre_dm.lake.dataset.Dataset.fetch` reads.
"""

import io
import stat
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from vre_dm.errors import TransferFailed
from vre_dm.lake.access import Access
from vre_dm.lake.files import File
from vre_dm.lake.stream import Stream
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.failures import Failure, SourceFailed
from vre_dm.lake.transfer.mounts import Mounts
from vre_dm.lake.transfer.policy import Pace, Policy
from vre_dm.lake.transfer.ranges import Ranges, ranges_of
from vre_dm.lake.transfer.sources import Source, sources
from vre_dm.lake.transfer.verified import Ledger
from vre_dm.lake.transfer.verify import Expected

if TYPE_CHECKING:
    import uproot

    from vre_dm.lake.cache import Cache

_ROOT_MAGIC = b"root"


@dataclass(frozen=True, slots=True)
class _Read:
    """What the answers of a server are held against."""

    target: Path
    expected: Expected


def verified_copies(files: Iterable[File], folder: Path, cache: "Cache | None") -> list[Path | None]:
    """Find copies that earlier fetches left on this machine; None for a file of which there is none.

    What was verified and has not changed since is not read again.

    Parameters
    ----------
    folder
        Where the lake's files go when nothing else is said.
    """
    never = threading.Event()
    ledger = Ledger(None, folder) if cache is None else cache.ledger(folder)

    def copy(file: File) -> Path | None:
        expected, path = Expected.of(file), folder / file.did.path()
        if cache is not None and (found := cache.good(file.did, expected, never)):
            return found
        return path if ledger.proves(path, expected, never) else None

    try:
        return [copy(file) for file in files]
    finally:
        ledger.save()


def verified_copy(file: File, folder: Path, cache: "Cache | None") -> Path | None:
    """Find such a copy of one file; as `verified_copies`."""
    return verified_copies([file], folder, cache)[0]


def open_file(
    file: File,
    access: Access,
    *,
    copy: Path | None = None,
    policy: Policy | None = None,
    pace: Pace | None = None,
) -> "BinaryIO | uproot.ReadOnlyDirectory":
    """Open a file where it is: a verified copy here, a path of this machine, or a server.

    Parameters
    ----------
    file
        With its replicas.
    copy
        A verified copy on this machine, which is opened before anything is asked.

    Returns
    -------
    uproot.ReadOnlyDirectory or file object
        The first for a ROOT file, as its first bytes tell; both are context managers.

    Raises
    ------
    TransferFailed
        No copy can be opened; the text has each with its cause.
    """
    expected = Expected.of(file)
    if expected.size is None:
        msg = f"{file.did} has no registered size, so no part of it can be judged; fetch() has it whole"
        raise TransferFailed(msg)
    if copy is not None:
        return _opened(copy)
    ranked, useless = sources(file, access)
    policy, causes = policy or Policy(), []
    mounts = Mounts(policy.stall_timeout, threading.Event())
    for source in ranked:
        try:
            if source.path is not None and not mounts.may_hang(source.path):
                return _opened(_plain(source.path, expected.size))
            wanted = _Read(Path(file.did.name), expected)
            return _streamed(file, source, ranges_of(source, wanted, access, mounts, policy, pace or Pace()))
        except SourceFailed as failure:
            causes.append((str(source), str(failure)))
        except TransferFailed as failure:  # what a stream makes of the same
            causes.append((str(source), str(failure.__cause__ or failure)))
    every = Failure(file.did, (*causes, *useless), corrupt=False)
    msg = str(every).replace("could not be fetched", "cannot be opened", 1)
    raise TransferFailed(msg)


def _plain(path: Path, size: int) -> Path:
    """Give the path of a plain file of this size.

    Raises
    ------
    SourceFailed
        It is none.
    """
    try:
        facts = path.stat()
    except OSError as error:
        raise SourceFailed(error.strerror or "cannot be opened") from error
    if not stat.S_ISREG(facts.st_mode) or facts.st_size != size:
        msg = f"not a plain file of the {size} registered bytes"
        raise SourceFailed(msg)
    return path


def _opened(path: Path) -> "BinaryIO | uproot.ReadOnlyDirectory":
    found = path.open("rb")
    magic = found.read(len(_ROOT_MAGIC))
    found.seek(0)
    if magic != _ROOT_MAGIC:
        return found
    found.close()
    return _in_uproot({path: None}, lambda: None)


def _streamed(file: File, source: Source, ranges: Ranges) -> "BinaryIO | uproot.ReadOnlyDirectory":
    label = f"{file.did} from {clean(str(source), None)}"
    stream = io.BufferedReader(Stream(ranges, file.size or 0, label))
    try:
        magic = stream.read(len(_ROOT_MAGIC))
        stream.seek(0)
    except BaseException:
        stream.close()
        raise
    return _in_uproot(stream, stream.close) if magic == _ROOT_MAGIC else stream


def _in_uproot(what: object, close: Callable[[], None]) -> "uproot.ReadOnlyDirectory":
    import uproot

    try:
        return uproot.open(what)
    except BaseException:
        close()
        raise
