"""Starting the lake's processes so that none outlives its supervisor, and finding those of a dead one."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

LONGEST_LOG = 5 << 20
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Identity:
    """Unprivileged user that a process runs as, when the supervisor is root."""

    uid: int
    gid: int


def start(
    command: Sequence[str],
    *,
    log: Path,
    folder: Path,
    environment: Mapping[str, str],
    keep: Sequence[int] = (),
    dies_with: signal.Signals = signal.SIGTERM,
    identity: Identity | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process that gets ``dies_with`` when its supervisor dies, however that happens."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=dict(environment),
            pass_fds=tuple(keep),
            start_new_session=True,
            preexec_fn=_tied_to_parent(dies_with),
            user=identity.uid if identity else None,
            group=identity.gid if identity else None,
            extra_groups=[] if identity else None,
        )


def shorten_logs(folder: Path) -> None:
    """Empty each log that has grown too long; its writers append, so they go on at its new end."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG:
            os.truncate(log, 0)


def _tied_to_parent(dies_with: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def tie() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, dies_with)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return tie


def python_module(name: str, *arguments: str) -> list[str]:
    """Command line of a module run by this very interpreter, warnings left to its log's readers."""
    return [sys.executable, "-W", "ignore", "-m", name, *arguments]


def stop(process: subprocess.Popen[bytes], how: signal.Signals, patience: float) -> None:
    """Ask a process to end, wait for ``patience`` seconds, then kill it with all it started."""
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    kill_group(process.pid)
    process.wait()


def kill_group(pid: int) -> None:
    """Kill what is left of a process and of its children (each of ours leads a session of its own)."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def mark(pid: int) -> dict[str, float]:
    """Process number and start time: together they name a process for good."""
    return {"pid": pid, "started": psutil.Process(pid).create_time()}


def alive(marked: Mapping[str, float]) -> bool:
    """Whether the process that was marked still runs (a reused number does not count)."""
    try:
        process = psutil.Process(int(marked["pid"]))
        same = abs(process.create_time() - marked["started"]) < 1
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, KeyError):
        return False
