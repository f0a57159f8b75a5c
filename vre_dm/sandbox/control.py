"""Start, stop, look at and wipe a lake from the user's side; the work is done by its supervisor."""

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from platformdirs import user_data_path

from vre_dm.errors import SandboxError
from vre_dm.sandbox import environment
from vre_dm.sandbox.layout import ALREADY_RUNNING, Layout, read_json
from vre_dm.sandbox.ownership import require_own
from vre_dm.sandbox.services.processes import alive

ROOT = "VRE_DM_LAKE_ROOT"
IDLE = 2 * 3600.0
TOKEN_SECONDS = 3600
PATIENCE = 180.0
SUPERVISOR = "vre_dm.sandbox.services.supervisor"
Say = Callable[[str], None]


def default_root() -> Path:
    """Folder of the user's lake: ``VRE_DM_LAKE_ROOT``, or ``lake`` in the user's data folder."""
    chosen = os.environ.get(ROOT)
    return Path(chosen).expanduser().absolute() if chosen else user_data_path("vre-dm") / "lake"


def _layout(root: Path | None) -> Layout:
    """Paths of a lake that nobody else prepared: its files say which processes to end and what to delete."""
    layout = Layout(root or default_root())
    if layout.root.is_dir() or layout.root.is_symlink():
        require_own(layout.root)
    return layout


@dataclass(frozen=True, slots=True)
class LakeStatus:
    """What is known of a lake.

    Attributes
    ----------
    phase
        ``ready``, ``stopped``, ``failed``, or what it is doing on its way up.
    problem
        Why it failed, or what keeps ending; empty when all is well.
    rucio_config, userpass_config
        ``rucio.cfg`` of the user ``dm``: with an OIDC token, with a password.
    url, issuer, storage
        Addresses; empty when it does not run.
    parts
        Process number of each part that runs.
    timings
        Seconds each step of the start took.
    storage_audience
        Whom tokens for its https storage must be for; empty: the lake.
    memory
        Proportional set size of all processes together, bytes.
    """

    root: Path
    phase: str
    problem: str = ""
    url: str = ""
    issuer: str = ""
    storage: str = ""
    parts: dict[str, int] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict)
    idle: float = 0
    storage_audience: str = ""
    rucio: str = ""
    memory: int = 0

    @property
    def running(self) -> bool:
        """Whether it can be used now."""
        return self.phase == "ready"

    @property
    def rucio_config(self) -> Path:
        """The user's ``rucio.cfg``, logging in with an OIDC token."""
        return Layout(self.root).rucio_config

    @property
    def userpass_config(self) -> Path:
        """The user's ``rucio.cfg``, logging in with a password."""
        return Layout(self.root).userpass_config

    @property
    def ca(self) -> Path:
        """Certificate of the lake's own authority."""
        return Layout(self.root).ca


def status(root: Path | None = None, *, measure: bool = False) -> LakeStatus:
    """State of a lake; ``measure`` adds its memory, which takes some milliseconds a process."""
    layout = _layout(root)
    state = read_json(layout.state)
    if not alive(state.get("supervisor", {})):
        failed = state.get("phase") == "failed"
        return LakeStatus(layout.root, "failed" if failed else "stopped", state["problem"] if failed else "")
    pids = {name: int(part["pid"]) for name, part in state["parts"].items()}
    everything = {"supervisor": int(state["supervisor"]["pid"]), **pids}
    return LakeStatus(
        layout.root,
        state["phase"],
        state["problem"],
        **_addresses(state["endpoints"]),
        parts=everything,
        timings=state["timings"],
        idle=state["idle"],
        storage_audience=state.get("storage_audience", ""),
        rucio=state["rucio"],
        memory=_memory(everything["supervisor"]) if measure else 0,
    )


def up(
    root: Path | None = None,
    *,
    idle: float = IDLE,
    token_seconds: int = TOKEN_SECONDS,
    storage_audience: str = "",
    say: Say = lambda _: None,
) -> LakeStatus:
    """Start a lake and wait until it can be used; one that runs already is left as it is.

    Parameters
    ----------
    root
        Its folder; the user's own by default.
    idle
        Seconds without use after which it stops by itself; 0 for never.
    token_seconds
        Lifetime of its OIDC access tokens.
    storage_audience
        Whom tokens for its https storage must be for, as some sites want; empty: the lake's own are taken.
    say
        Told in a few words what is being done.

    Raises
    ------
    SandboxError
        Why it did not come up.
    """
    layout = _layout(root)
    now = status(layout.root)
    if now.running:
        return now
    if not re.fullmatch(r"[\w:/?.,#~+-]*", storage_audience):
        msg = f"{storage_audience!r} is no audience of tokens; the lake was not started: write another"
        raise SandboxError(msg)
    python, path = _prepared(layout, say)
    return _wait_ready(layout, _spawn(layout, python, path, idle, token_seconds, storage_audience), say)


def _prepared(layout: Layout, say: Say) -> tuple[Path, Path]:
    """Make the lake's folder this user's alone; gives what `private_python` does."""
    try:
        layout.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_own(layout.root)
        layout.root.chmod(0o700)
        layout.log.mkdir(mode=0o700, exist_ok=True)
        return private_python(layout, say)
    except OSError as error:
        msg = f"the lake's folder {layout.root} cannot be used: {error.strerror}; choose another with {ROOT}"
        raise SandboxError(msg) from error


def private_python(layout: Layout, say: Say = lambda _: None) -> tuple[Path, Path]:
    """Interpreter of the lake's private environment, made when missing, and its module path."""
    python = environment.ensure(layout.root.parent / "lake-environments", say)
    return python, environment.only_vre_dm(layout.root / "modules")


def down(root: Path | None = None, *, patience: float = 60) -> None:
    """Stop a lake and wait until its last process is gone; nothing happens when it does not run."""
    layout = _layout(root)
    state = read_json(layout.state)
    everything = [state.get("supervisor", {}), *state.get("parts", {}).values()]
    if alive(everything[0]):
        os.kill(int(everything[0]["pid"]), signal.SIGTERM)
    until = time.monotonic() + patience
    while any(map(alive, everything)):
        if time.monotonic() > until:
            for process in filter(alive, everything):
                os.kill(int(process["pid"]), signal.SIGKILL)
        time.sleep(0.02)


def reset(root: Path | None = None) -> None:
    """Stop a lake and delete all it holds; the next start begins from nothing."""
    layout = _layout(root)
    down(layout.root)
    if layout.postgres.is_symlink():  # as root the database stands elsewhere
        shutil.rmtree(layout.postgres.readlink(), ignore_errors=True)
    shutil.rmtree(layout.root, ignore_errors=True)


@contextmanager
def running(
    root: Path | None = None, *, idle: float = IDLE, token_seconds: int = TOKEN_SECONDS
) -> Iterator[LakeStatus]:
    """A lake for the length of a ``with`` block; one that ran before is left running."""
    found = status(root).running
    try:
        yield up(root, idle=idle, token_seconds=token_seconds)
    finally:
        if not found:
            down(root)


def _spawn(
    layout: Layout, python: Path, path: Path, idle: float, token_seconds: int, storage_audience: str
) -> subprocess.Popen[bytes]:
    kept = {key: os.environ[key] for key in ("PATH", "TMPDIR") if key in os.environ}
    told = [str(layout.root), str(idle), str(token_seconds), storage_audience]
    with (layout.log / "supervisor.log").open("ab") as log:
        supervisor = subprocess.Popen(
            [str(python), "-W", "ignore", "-m", SUPERVISOR, *told],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=layout.root,
            env={**kept, "LANG": "C.UTF-8", "HOME": str(layout.root), "PYTHONPATH": str(path)},
            start_new_session=True,
        )
    # It outlives us; should it end first (idle), somebody must take its exit code.
    threading.Thread(target=supervisor.wait, daemon=True).start()
    return supervisor


def _wait_ready(layout: Layout, supervisor: subprocess.Popen[bytes], say: Say) -> LakeStatus:
    until = time.monotonic() + PATIENCE
    said = ""
    while time.monotonic() < until:
        code = supervisor.poll()
        now = status(layout.root)
        if now.running:
            return now
        if code not in (None, 0, ALREADY_RUNNING) or (code == ALREADY_RUNNING and now.phase == "failed"):
            msg = (
                now.problem or f"the lake's supervisor ended with {code}: see {layout.log / 'supervisor.log'}"
            )
            raise SandboxError(msg)
        if code == 0:
            msg = "the lake was stopped while it started; start it again with: vre-dm lake up"
            raise SandboxError(msg)
        if now.phase not in (said, "stopped"):
            said = now.phase
            say(said)
        time.sleep(0.03)
    msg = f"the lake was not ready after {PATIENCE:.0f} s: see {layout.log}"
    raise SandboxError(msg)


def _addresses(endpoints: dict[str, int]) -> dict[str, str]:
    if not endpoints:
        return {}
    at = "https://127.0.0.1:{}"
    return {
        "url": at.format(endpoints["rucio"]),
        "issuer": at.format(endpoints["issuer"]) + "/",
        "storage": at.format(endpoints["storage"]),
    }


def _memory(pid: int) -> int:
    """Memory of a process and of all that it started."""
    memory = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):  # it ends at this moment
                memory += member.memory_full_info().pss
    return memory
