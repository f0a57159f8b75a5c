"""Who writes a temporary file: enough to tell, in a later run, whether that process still lives."""

import hashlib
import os
import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path

_TEXT = re.compile(rb"([0-9a-f]{8})-(\d{1,20})-(\d{1,20})")
FOREIGN_AGE = 3600.0
"""Seconds without a byte after which another machine's temporary file counts as abandoned."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: machine (with its boot and process space), process id and start time in clock ticks."""

    machine: str
    pid: int
    start: int

    def __str__(self) -> str:
        return f"{self.machine}-{self.pid}-{self.start}"

    @classmethod
    def parse(cls, text: bytes) -> "Owner | None":
        """Read what `str` made; None if it is something else."""
        found = _TEXT.fullmatch(text)
        return None if found is None else cls(found[1].decode(), int(found[2]), int(found[3]))

    @property
    def here(self) -> bool:
        """Whether the process is one of this machine, so that it can be looked at."""
        return self.machine == _machine()

    @property
    def ended(self) -> bool:
        """Whether the process is surely no more; of another machine's nobody can tell."""
        return self.pid == 0 or (self.here and _start(self.pid) != self.start)

    def gone(self, last_write: float) -> bool:
        """Whether the process cannot be writing any more; ``last_write`` in seconds of the wall clock."""
        return self.ended or (not self.here and time.time() - last_write > FOREIGN_AGE)


def myself() -> Owner:
    """Identify this process."""
    return process(os.getpid())


def process(pid: int) -> Owner:
    """Identify a process of this machine."""
    return Owner(_machine(), pid, _start(pid) or 0)


def nobody() -> Owner:
    """Owner of what was left on purpose for a later run."""
    return Owner(_machine(), 0, 0)


def _machine() -> str:
    """Digest of host name, boot and process space: process ids mean something only within all three."""
    boot, space = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    try:
        place = f"{socket.gethostname()}/{boot.read_text()}/{space.readlink()}"
    except OSError:  # not Linux, or /proc is closed
        place = socket.gethostname()
    return hashlib.sha256(place.encode()).hexdigest()[:8]


def _start(pid: int) -> int | None:
    """Start of a process in clock ticks, 0 where the system does not tell, None if it is no more."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # the second where no system has such a number: it is forged
        return None
    except OSError:
        pass  # another user's process: it exists
    try:
        # the name in brackets may hold spaces: count fields after its end
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return None if fields[0] in "ZX" else int(fields[19])
