"""The one process that runs a lake: starts its parts, starts again what dies, stops all when told or idle.

It imports nothing of Rucio and stays small. Its children end when it ends, however that happens.
"""

import fcntl
import logging
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vre_dm.errors import SandboxError
from vre_dm.sandbox import seed
from vre_dm.sandbox.layout import ALREADY_RUNNING, WITHOUT_DATA, Layout, read_json, write_json
from vre_dm.sandbox.services import endpoints, postgres, processes, secrets, settings, tls
from vre_dm.sandbox.services.endpoints import Endpoints
from vre_dm.sandbox.services.postgres import last_line
from vre_dm.sandbox.services.rses import RSES

# A cluster with write-ahead log and the seed on its storage; below this the start would fail halfway.
FREE_BYTES_NEEDED = 300 << 20
TICK = 0.25
PATIENCE = 10.0  # seconds a part may take to end
CALM = 30.0  # seconds after which a restarted part counts as healthy again
_log = logging.getLogger("vre_dm.lake")


class Supervisor:
    """Starts, watches and stops the parts of one lake.

    Parameters
    ----------
    idle
        Seconds without use after which the lake stops; 0 for never.
    token_seconds
        Lifetime of OIDC access tokens.
    storage_audience
        Whom a token for the https storage must be for; empty: the lake.
    """

    def __init__(self, layout: Layout, *, idle: float, token_seconds: int, storage_audience: str) -> None:
        self.layout, self.idle, self.token_seconds = layout, idle, token_seconds
        self.storage_audience = storage_audience
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.timings: dict[str, float] = {}
        self.restarts: dict[str, int] = {}
        self._started_at: dict[str, float] = {}
        self._begun = time.monotonic()
        self._phase, self._problem = "starting", ""
        self._endpoints: Endpoints
        self._sockets: dict[str, socket.socket] = {}

    def start(self) -> None:
        """Bring everything up; returns when the lake can be used.

        Raises
        ------
        SandboxError
            Why it cannot be.
        """
        self._need_space()
        self._end_leftovers()
        self._report("starting")
        tls.certificate(self.layout)
        self._endpoints, self._sockets = endpoints.listen(self.layout)
        known = secrets.load(self.layout)
        settings.write_all(self.layout, self._endpoints, known, self.storage_audience)
        for name in ("", *(rse.name for rse in RSES)):
            self.layout.storage(name).mkdir(mode=0o700, exist_ok=True)
        self.layout.activity.touch()
        self._launch("postgres")
        postgres.wait_ready(self.layout, self.parts["postgres"])
        self._lap("database")
        wanted = self._wanted()
        present = read_json(self.layout.seeded)
        if present.get("schema") != wanted["schema"]:
            self._report("making the tables")
            self._once("vre_dm.sandbox.services.schema")
            self._lap("schema")
        for part in ("rucio", "site", "daemons"):
            self._launch(part)
        self._answering()
        self._lap("server")
        if present != wanted:
            self._report("registering the data")
            self._problem = self._once("vre_dm.sandbox.services.bootstrap", admin=True)
            if not self._problem:
                write_json(self.layout.seeded, wanted)
            self._lap("seed")
        self._wait(lambda: self.layout.token.exists(), "the issuer", "site")
        self.layout.activity.touch()  # the time of the start is not idle time
        self._report("ready")

    def watch(self, stop: threading.Event) -> None:
        """Start again what dies, until told to stop or idle."""
        while not stop.wait(TICK):
            processes.shorten_logs(self.layout.log)
            for name, part in list(self.parts.items()):
                if part.poll() is not None:
                    self._restart(name, part, stop)
            if self.idle and time.time() - self.layout.activity.stat().st_mtime > self.idle:
                _log.warning("idle for %.0f s: stopping", self.idle)
                return

    def close(self) -> None:
        """Stop everything, the database last, and say so."""
        self._report("stopping")
        for name, how in (
            ("daemons", signal.SIGTERM),
            ("site", signal.SIGTERM),
            ("rucio", signal.SIGTERM),
            ("postgres", signal.SIGINT),
        ):
            if part := self.parts.pop(name, None):
                processes.stop(part, how, PATIENCE)
        for bound in self._sockets.values():
            bound.close()
        self._report("stopped")

    def fail(self, problem: str) -> None:
        """Leave word of why the lake did not come up."""
        self._problem = problem
        self._report("failed")

    def _launch(self, name: str) -> None:
        self._started_at[name] = time.monotonic()
        self.parts[name] = self._command(name)()
        self._report(self._phase)

    def _command(self, name: str) -> Callable[[], subprocess.Popen[bytes]]:
        if name == "postgres":
            return lambda: postgres.start(self.layout, secrets.load(self.layout))
        if name == "daemons":
            return lambda: self._python("daemons", "vre_dm.sandbox.services.daemons")
        if name == "rucio":
            return lambda: self._gunicorn("rucio", "vre_dm.sandbox.services.rucio_app", ["rucio"], threads=16)
        return lambda: self._gunicorn(
            "site", "vre_dm.sandbox.services.site", ["issuer", "storage"], threads=8
        )

    def _gunicorn(self, name: str, module: str, ports: list[str], threads: int) -> subprocess.Popen[bytes]:
        descriptors = [self._sockets[port].fileno() for port in ports]
        binds = [option for number in descriptors for option in ("--bind", f"fd://{number}")]
        options = [
            "--workers",
            "1",
            "--worker-class",
            "vre_dm.sandbox.services.worker.Worker",
            "--threads",
            str(threads),
            "--keep-alive",
            "30",
        ]
        options += [
            "--certfile",
            str(self.layout.tls / "server.pem"),
            "--no-control-socket",
            "--timeout",
            "300",
        ]
        options += [
            "--graceful-timeout",
            "5",
            "--worker-tmp-dir",
            str(self.layout.root),
            "--log-level",
            "warning",
        ]
        command = processes.python_module("gunicorn", *binds, *options, f"{module}:application")
        return self._start(name, command, keep=descriptors)

    def _python(self, name: str, module: str) -> subprocess.Popen[bytes]:
        return self._start(name, processes.python_module(module))

    def _start(self, name: str, command: list[str], keep: list[int] | None = None) -> subprocess.Popen[bytes]:
        return processes.start(
            command,
            log=self.layout.log / f"{name}.log",
            folder=self.layout.root,
            environment=self._environment(),
            keep=keep or (),
        )

    def _once(self, module: str, *, admin: bool = False) -> str:
        """Run a step to its end; returns what the lake has to do without, nothing when all is well."""
        name = module.rsplit(".", 1)[1]
        config = self.layout.admin_config if admin else self.layout.server / "rucio.cfg"
        environment = self._environment() | {"RUCIO_CONFIG": str(config)}
        log = self.layout.log / f"{name}.log"
        step = processes.start(
            processes.python_module(module), log=log, folder=self.layout.root, environment=environment
        )
        code = step.wait()
        if code == WITHOUT_DATA:
            return last_line(log)
        if code != 0:
            msg = f"the lake's {name} could not be made: {last_line(log)} (all of it: {log})"
            raise SandboxError(msg)
        return ""

    def _environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.layout.root),
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.environ["PYTHONPATH"],
            "RUCIO_CONFIG": str(self.layout.server / "rucio.cfg"),
            "REQUESTS_CA_BUNDLE": str(self.layout.ca),
            "VRE_DM_LAKE": str(self.layout.root),
            "VRE_DM_LAKE_TOKEN_SECONDS": str(self.token_seconds),
            "VRE_DM_LAKE_STORAGE_AUDIENCE": self.storage_audience or settings.AUDIENCE,
            # Two arenas: glibc would else keep one a thread, and memory idle.
            "MALLOC_ARENA_MAX": "2",
        }

    def _restart(self, name: str, part: subprocess.Popen[bytes], stop: threading.Event) -> None:
        if time.monotonic() - self._started_at[name] > CALM:
            self.restarts[name] = 0
        count = self.restarts[name] = self.restarts.get(name, 0) + 1
        _log.warning("%s ended with %s: starting it again", name, part.returncode)
        processes.kill_group(part.pid)
        self._problem = (
            f"{name} ended {count} times: {last_line(self.layout.log / f'{name}.log')}" if count > 2 else ""
        )
        if count > 1:
            stop.wait(min(2.0**count / 4, 15))
        try:
            self._launch(name)
        except (SandboxError, OSError) as error:
            self._problem = str(error)
            self._report(self._phase)

    def _answering(self) -> None:
        """Wait for Rucio's own answer; the socket takes connections from the beginning."""
        context = ssl.create_default_context(cafile=str(self.layout.ca))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

        def answers() -> bool:
            try:
                with opener.open(f"{self._endpoints.rucio_url}/ping", timeout=60) as answer:
                    return bool(answer.status == 200)
            except OSError:
                return False

        self._wait(answers, "Rucio's server", "rucio")

    def _wait(self, done: Callable[[], bool], what: str, part: str, patience: float = 90) -> None:
        until = time.monotonic() + patience
        while not done():
            if self.parts[part].poll() is not None or time.monotonic() > until:
                log = self.layout.log / f"{part}.log"
                msg = f"{what} did not start: {last_line(log)} (all of it: {log})"
                raise SandboxError(msg)
            time.sleep(0.02)

    def _wanted(self) -> dict[str, Any]:
        return {
            "schema": _version("rucio"),
            "endpoints": asdict(self._endpoints),
            "root": str(self.layout.root),
            "seed": seed.fingerprint(),
        }

    def _need_space(self) -> None:
        free = min(shutil.disk_usage(folder).free for folder in self._folders())
        if free < FREE_BYTES_NEEDED:
            msg = (
                f"{free >> 20} MB are free at {self.layout.root}, the lake needs {FREE_BYTES_NEEDED >> 20}"
                " MB to start; nothing was changed: free some, or choose another folder with VRE_DM_LAKE_ROOT"
            )
            raise SandboxError(msg)

    def _folders(self) -> list[Path]:
        """The lake's folder and, as root, the database's, which may be on another disk."""
        return [folder for folder in (self.layout.root, self.layout.postgres) if folder.exists()]

    def _end_leftovers(self) -> None:
        """Wait for the parts of a supervisor that was itself killed: they end with it, but not at once."""
        parts = read_json(self.layout.state).get("parts", {}).values()
        until = time.monotonic() + PATIENCE
        while leftovers := [part for part in parts if processes.alive(part)]:
            if time.monotonic() > until:
                for part in leftovers:
                    processes.kill_group(int(part["pid"]))
            time.sleep(0.02)

    def _lap(self, name: str) -> None:
        self.timings[name] = round(time.monotonic() - self._begun - sum(self.timings.values()), 2)

    def _report(self, phase: str) -> None:
        self._phase = phase
        running = {name: part for name, part in self.parts.items() if part.poll() is None}
        state = {
            "phase": phase,
            "problem": self._problem,
            "supervisor": processes.mark(os.getpid()),
            "parts": {name: processes.mark(part.pid) for name, part in running.items()},
            "endpoints": read_json(self.layout.ports),
            "timings": {**self.timings, "total": round(time.monotonic() - self._begun, 2)},
            "idle": self.idle,
            "storage_audience": self.storage_audience,
            "rucio": _version("rucio"),
            "seed": seed.fingerprint(),
        }
        write_json(self.layout.state, state)


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def main() -> int:
    """Run a lake: ``supervisor ROOT IDLE_SECONDS TOKEN_SECONDS STORAGE_AUDIENCE``."""
    root, idle, token_seconds, audience = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    layout = Layout(root)
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    with closing(layout.lock.open("w")) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return ALREADY_RUNNING
        lake = Supervisor(layout, idle=idle, token_seconds=token_seconds, storage_audience=audience)
        return _run(lake, stop)


def _run(supervisor: Supervisor, stop: threading.Event) -> int:
    try:
        supervisor.start()
        supervisor.watch(stop)
    except (SandboxError, OSError) as error:
        _log.exception("the lake did not start")
        supervisor.close()
        supervisor.fail(str(error))
        return 1
    supervisor.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
