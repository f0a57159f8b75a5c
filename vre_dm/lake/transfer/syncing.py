"""Making many small files durable at the price of one sync."""

import ctypes
import os
from collections.abc import Callable, Iterable

LARGE = 4 << 20
"""Bytes from which a file's own sync costs less than its bytes."""


def make_durable(descriptors: Iterable[int]) -> dict[int, OSError]:
    """Return when the bytes of open files would survive a power cut.

    Returns
    -------
    dict of int to OSError
        Why the disk did not take a file, by its descriptor: each is told of its own failure only.
    """
    systems: dict[int, list[int]] = {}
    for descriptor in descriptors:
        systems.setdefault(os.fstat(descriptor).st_dev, []).append(descriptor)
    failed: dict[int, OSError] = {}
    for files in systems.values():
        if len(files) == 1 or _syncfs is None or _syncfs(files[0]) != 0:
            failed |= _each(files)
    return failed


def _each(descriptors: list[int]) -> dict[int, OSError]:
    failed = {}
    for descriptor in descriptors:
        try:
            os.fsync(descriptor)
        except OSError as error:
            failed[descriptor] = error
    return failed


def _find_syncfs() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).syncfs
    except (OSError, AttributeError):  # not Linux
        return None
    return found


_syncfs = _find_syncfs()
