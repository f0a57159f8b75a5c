"""Whose bytes a fetch goes on from: what another run left beside the target, or a new temporary file."""

import os
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vre_dm.errors import NoSpace
from vre_dm.lake.transfer.failures import disk_error
from vre_dm.lake.transfer.names import part_path
from vre_dm.lake.transfer.owner import Owner, myself
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.verify import Expected


@contextmanager
def open_part(
    target: Path, expected: Expected, found: Iterable[tuple[Path, Owner]], stop: threading.Event
) -> Iterator[Part]:
    """Continue what another run left of this very content, or begin; kept or removed at the end, as it ends.

    Parameters
    ----------
    found
        Temporary files of this target and their owners. The caller has the claim, so all are its to take.

    Raises
    ------
    NoSpace, NotWritable
        The folder cannot be written.
    """
    keep, part = True, None
    try:
        part = _adopt(target, expected, found, stop) or _create(target, expected)
        yield part
    except OSError as error:
        fault = disk_error(error, target)
        keep = not isinstance(fault, NoSpace)
        raise fault from error
    except NoSpace:
        keep = False  # the disk needs the room more than the next run needs the bytes
        raise
    finally:
        if part is not None:
            part.close(keep=keep)


def _adopt(
    target: Path, expected: Expected, found: Iterable[tuple[Path, Owner]], stop: threading.Event
) -> Part | None:
    """Take over the first part that can be continued; remove the others."""
    taken: Part | None = None
    for path, owner in found:
        mine = part_path(target, expected, myself())
        try:
            path.rename(mine)  # of two takers one wins
            descriptor = os.open(mine, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        part = Part(target, expected, descriptor, mine)
        if taken is None and _usable(descriptor, expected):
            taken = _continued(part, stop, alone=owner.ended)
        else:
            part.close(keep=False)
    return taken


def _continued(part: Part, stop: threading.Event, *, alone: bool) -> Part:
    """Take the bytes into the sums; from a file that its writer may still change, a copy of them."""
    if alone:
        try:
            part.resume(stop)
        except BaseException:
            part.close(keep=True)
            raise
        return part
    copy = _create(part.target, part.expected)
    try:
        part.copy_to(copy, stop)
    except BaseException:
        copy.close(keep=False)
        raise
    finally:
        part.close(keep=False)
    return copy


def _usable(descriptor: int, expected: Expected) -> bool:
    facts = os.fstat(descriptor)
    ours = stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid() and facts.st_nlink == 1
    return ours and expected.has_checksum


def _create(target: Path, expected: Expected) -> Part:
    path = part_path(target, expected, myself())
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise disk_error(error, target) from error
    return Part(target, expected, descriptor, path)
