"""Start, stop and look at the Dask Gateway of this machine, from the user's side."""

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from vre_dm.errors import LoginRefused, NoCluster
from vre_dm.extras import missing_extra
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens import Secret
from vre_dm.lake.transfer.owner import Owner
from vre_dm.private import file_fault, make_private, open_to_others

IDLE = 2 * 3600.0
"""Seconds without a cluster after which it stops by itself."""
_START, _END, _LOOK = 120.0, 30.0, 0.05  # seconds
_ELSEWHERE = "name another folder with XDG_STATE_HOME"


@dataclass(frozen=True, slots=True)
class GatewayFolder:
    """Files of the gateway; this user's alone."""

    path: Path

    @property
    def password(self) -> Path:
        """Who can read it may start clusters as this user."""
        return self.path / "password"

    @property
    def process(self) -> Path:
        """Which process it is."""
        return self.path / "process"

    @property
    def endpoints(self) -> Path:
        """Where it listens, once it does."""
        return self.path / "endpoints.json"

    @property
    def clusters(self) -> Path:
        """A folder for each of its clusters."""
        return self.path / "clusters"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.path / "log"


@dataclass(frozen=True, slots=True)
class GatewayStatus:
    """A gateway that runs: its REST interface, its way to schedulers, and where its password lies."""

    address: str
    proxy: str
    password_file: Path
    clusters: int


def default_folder() -> GatewayFolder:
    """Folder of the user's gateway."""
    return GatewayFolder(platformdirs.user_state_path("vre-dm") / "gateway")


def status(folder: GatewayFolder | None = None) -> GatewayStatus | None:
    """How the gateway can be reached; ``None`` where none runs."""
    folder = folder or default_folder()
    try:
        if open_to_others(folder.path) is not None:
            return None
        if _process(folder) is None:
            _sweep(folder)
            return None
        said = json.loads(folder.endpoints.read_text())
        running = len(list(folder.clusters.iterdir()))
    except (OSError, ValueError):
        return None
    return GatewayStatus(said["address"], said["proxy"], folder.password, running)


def password(path: Path) -> Secret:
    """Password of the gateway of this machine.

    Raises
    ------
    LoginRefused
        It cannot be read, or others could.
    """
    try:
        fault = file_fault(path.lstat())
        text = path.read_text()
    except OSError as error:
        fault, text = error.strerror or "cannot be read", ""
    if fault:
        msg = f"the password of the gateway, {path}, {fault}; start it again: vre-dm gateway down, then up"
        raise LoginRefused(msg)
    return Secret(text)


def up(folder: GatewayFolder | None = None, *, idle: float = IDLE) -> GatewayStatus:
    """Start the gateway and wait until it answers; one that runs is left as it is.

    Parameters
    ----------
    folder
        Its folder; the user's own by default.
    idle
        Seconds without a cluster after which it stops; 0 for never.

    Raises
    ------
    NoCluster
        It did not come up; the text says why.
    MissingExtra
        The server is not installed.
    NotWritable
        Its folder cannot be made.
    """
    folder = folder or default_folder()
    if now := status(folder):
        return now
    _require_server()
    make_private(folder.path, _ELSEWHERE)
    with _alone(folder):
        if now := status(folder):  # another notebook was first
            return now
        if half_started := _process(folder):  # whoever started it was killed meanwhile
            if folder.endpoints.exists():
                msg = (
                    f"a gateway runs, but its addresses cannot be read: {folder.endpoints}; "
                    "end it with: vre-dm gateway down"
                )
                raise NoCluster(msg)
            _end(half_started)
        _forget(folder)
        folder.clusters.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(folder.password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        return _wait(folder, _spawn(folder, idle))


def down(folder: GatewayFolder | None = None) -> bool:
    """Stop the gateway with all its clusters; says whether it ran. One that starts is waited for first."""
    folder = folder or default_folder()
    if _process(folder) is None:
        return False
    with _alone(folder):
        process = _process(folder)
        if process is None:  # another terminal was first
            return False
        _end(process)
        _forget(folder)
    return True


@contextmanager
def _alone(folder: GatewayFolder, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Let one at a time start it or clean up after it."""
    with os.fdopen(os.open(folder.path / "lock", os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, how)
        yield


def _sweep(folder: GatewayFolder) -> None:
    """Remove what one that was killed has left, unless one is being started."""
    with suppress(OSError), _alone(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        found = Owner.parse(folder.process.read_bytes())
        if found is not None and found.ended:
            _forget(folder)


def _forget(folder: GatewayFolder) -> None:
    """Remove what one that ended has left: its password, and the keys of its clusters."""
    shutil.rmtree(folder.clusters, ignore_errors=True)
    for stale in (folder.password, folder.endpoints, folder.process):
        stale.unlink(missing_ok=True)


def _process(folder: GatewayFolder) -> Owner | None:
    with suppress(OSError):
        found = Owner.parse(folder.process.read_bytes())
        if found is not None and found.here and not found.ended:
            return found
    return None


def _end(process: Owner) -> None:
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGTERM)
    until = time.monotonic() + _END
    while not process.ended and time.monotonic() < until:
        time.sleep(_LOOK)
    if not process.ended:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _require_server() -> None:
    try:
        import dask_gateway_server  # noqa: F401
    except ModuleNotFoundError as error:
        raise missing_extra(error) or error from error


def _spawn(folder: GatewayFolder, idle: float) -> subprocess.Popen[bytes]:
    with folder.log.open("wb") as log:
        command = ["-P", "-W", "ignore", "-m", "vre_dm.compute.cluster.server.process", str(folder.path)]
        process = subprocess.Popen(
            [sys.executable, *command, str(idle)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder.path,
            start_new_session=True,
        )
    # It outlives us; should it end first, somebody must take its exit code.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def _wait(folder: GatewayFolder, process: subprocess.Popen[bytes]) -> GatewayStatus:
    until = time.monotonic() + _START
    try:
        while (now := status(folder)) is None:
            if process.poll() is not None or time.monotonic() > until:
                lines = [line for line in folder.log.read_text(errors="replace").splitlines() if line.strip()]
                why = clean(lines[-1], 300) if lines else "it said nothing"
                msg = f"the Dask Gateway did not come up: {why}; its log is {folder.log}"
                raise NoCluster(msg)
            time.sleep(_LOOK)
    except BaseException:  # an interrupt too: in a session of its own it would live on
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _forget(folder)
        raise
    return now
