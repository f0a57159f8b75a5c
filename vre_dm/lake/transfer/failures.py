"""Why a source, a file or a whole fetch failed, in words; and which of the public errors says so."""

import errno
from dataclasses import dataclass
from pathlib import Path

from vre_dm.did import Did
from vre_dm.errors import NoSpace, NotWritable, VreDmError
from vre_dm.lake.tables import clean

_LONGEST = 300
_NAMED = 8  # replicas that a message names; the report has all
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Stopped(Exception):
    """The fetch was cancelled; ends a worker quietly."""


class ClaimLost(Exception):
    """Another fetch took the target over while this one slept; it is waited for instead."""


class SourceFailed(Exception):
    """One replica could not be read.

    Attributes
    ----------
    tries
        How often one source may fail like this before it is given up; None as long as rounds are left.
    corrupt
        Whether bytes came, but not the registered ones.
    wait
        Seconds the server asked to be left alone.
    of_host
        Whether the host is in trouble or out of reach, so that its other files will fare no better.
    """

    def __init__(
        self,
        cause: str,
        *,
        tries: int | None = 1,
        corrupt: bool = False,
        wait: float | None = None,
        of_host: bool = False,
    ) -> None:
        super().__init__(clean(cause, _LONGEST))  # servers and catalogues write into it
        self.tries = tries
        self.corrupt = corrupt
        self.wait = wait
        self.of_host = of_host


class ObjectChanged(SourceFailed):
    """The bytes would be of another object than those that came before."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be had: each source and its last cause."""

    did: Did
    causes: tuple[tuple[str, str], ...]
    corrupt: bool

    def __str__(self) -> str:
        causes = "; ".join(f"{source}: {cause}" for source, cause in self.causes[:_NAMED])
        more = len(self.causes) - _NAMED
        return f"{self.did} could not be fetched: {causes}" + (f"; {more} more replicas" if more > 0 else "")


def disk_error(error: OSError, path: Path) -> VreDmError:
    """Translate an error of the user's disk: it is nobody else's fault, so no other replica is tried."""
    if error.errno in _FULL:
        return NoSpace(
            f"{path.parent}: {error.strerror}; nothing partial was left; free some space and run again"
        )
    return NotWritable(f"cannot write in {path.parent}: {error.strerror}; choose another folder")
