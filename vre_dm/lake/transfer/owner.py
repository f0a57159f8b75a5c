"""Who writes a temporary file: enough to tell, in a later run, whether that process still lives."""

import hashlib
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

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

    def gone(self, last_write: float) -> bool:
        """Whether the process cannot be writing any more; ``last_write`` in seconds of the wall clock."""
        if self.pid == 0:
            return True
        if self.machine != _machine():
            return time.time() - last_write > FOREIGN_AGE
        return _start(self.pid) != self.start


def myself() -> Owner:
    """Identify this process."""
    return Owner(_machine(), os.getpid(), _start(os.getpid()) or 0)


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
    except ProcessLookupError:
        return None
    except OSError:
        pass  # another user's process: it exists
    try:
        # the name in brackets may hold spaces: count fields after its end
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return None if fields[0] in "ZX" else int(fields[19])
