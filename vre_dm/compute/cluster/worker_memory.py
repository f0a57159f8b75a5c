"""What a worker does to its memory before it reads: keeps what it freed, asks for no more than it has."""

import ctypes
import resource
from contextlib import suppress
from pathlib import Path

from vre_dm.compute.memory import MALLOC

# Numbers of mallopt(3) for what the environment names at a start.
_MALLOPT = {"MALLOC_TRIM_THRESHOLD_": -1, "MALLOC_MMAP_THRESHOLD_": -3}
_FULL = 0.9  # share of its memory up to which a worker may fill it; Dask kills at 0.95


def adapt_allocator() -> None:
    """Undo Dask's setting of glibc's allocator in this process, however it was started; elsewhere nothing."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        for name, value in MALLOC.items():
            library.mallopt(_MALLOPT[name], int(value))


def limit_memory(whole: int | None) -> None:
    """Let an allocation beyond a worker's memory fail, in the chunk that asks, before the worker is killed.

    Parameters
    ----------
    whole
        Bytes of memory the worker may fill; ``None`` where nobody says.
    """
    if not whole:
        return
    now = _kilobytes()
    room = int(_FULL * whole) - now["VmRSS"]
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = now["VmData"] + max(room, 0)
    resource.setrlimit(
        resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _kilobytes() -> dict[str, int]:
    """Resident memory and size of the data segments of this process, bytes."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return {
        words[0].rstrip(":"): int(words[1]) * 1024 for words in lines if words[0] in ("VmRSS:", "VmData:")
    }
