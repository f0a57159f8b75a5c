"""A real JupyterHub and a real Dask Gateway that takes its logins, on loopback."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.lake.hub.process import Hub, environment
from tests.lakes import until

HERE = Path(__file__).parent
_HUB_SAYS = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL", "JUPYTERHUB_SERVICE_PREFIX", "JUPYTERHUB_USER")


@dataclass(frozen=True, slots=True)
class HubWithGateway:
    """Both, while they run.

    Attributes
    ----------
    environ
        What the server of the user ``dm`` has: its token, and where the gateway is.
    guest
        Token of a user that may not use the gateway.
    folder
        Where both write their logs, and the gateway its clusters.
    """

    environ: Mapping[str, str]
    guest: str
    folder: Path

    @property
    def logs(self) -> dict[str, str]:
        """All that was logged, by file."""
        return {path.name: path.read_text(errors="replace") for path in self.folder.rglob("*.log")}


@contextmanager
def running(folder: Path) -> Iterator[HubWithGateway]:
    """Start both, and the server of a user; anew where another process took one of their ports meanwhile."""
    with ExitStack() as stack:
        for left in (2, 1, 0):
            attempt = folder / f"left-{left}"
            attempt.mkdir()
            try:
                found = stack.enter_context(_started(attempt))
                break
            except AssertionError:
                logs = " ".join(log.read_text(errors="replace") for log in attempt.rglob("*.log"))
                if not left or "address already in use" not in logs.lower():
                    raise
        yield found


@contextmanager
def _started(folder: Path) -> Iterator[HubWithGateway]:
    ports, admin, token = _free_ports(5), secrets.token_hex(16), secrets.token_hex(16)
    api, told, clusters = f"http://127.0.0.1:{ports[1]}/hub/api", folder / "told.json", folder / "clusters"
    clusters.mkdir(mode=0o700)
    hub_settings = {"ports": ports[:2], "admin": admin, "gateway": token, "told": str(told)}
    gateway_settings = {"ports": ports[2:], "hub": api, "gateway": token, "clusters": str(clusters)}
    with (
        closing(Hub(api, admin, folder / "hub.log")) as hub,
        _process(
            [environment("5") / "python", "-W", "ignore", "-m", "jupyterhub"], "HUB", hub_settings, folder
        ) as hub_process,
        _process(
            [sys.executable, "-W", "ignore", "-m", "dask_gateway_server"], "GATEWAY", gateway_settings, folder
        ) as gateway_process,
    ):
        _wait(hub_process, hub.answers)
        for user in {"dm", "guest"} - {user["name"] for user in hub.ask("GET", "/users")}:
            hub.ask("POST", f"/users/{user}")
        hub.ask("POST", "/users/dm/server")
        until(told.exists)
        said = json.loads(told.read_text())
        address = f"http://127.0.0.1:{ports[3]}"
        _wait(gateway_process, lambda: _answers(address))
        try:
            yield HubWithGateway(
                {name: said[name] for name in _HUB_SAYS if name in said}
                | {
                    "DASK_GATEWAY__ADDRESS": address,
                    "DASK_GATEWAY__PROXY_ADDRESS": f"tls://127.0.0.1:{ports[4]}",
                    "DASK_GATEWAY__AUTH__TYPE": "jupyterhub",
                },
                hub.ask("POST", "/users/guest/tokens", {})["token"],
                folder,
            )
        finally:
            hub.ask("DELETE", "/users/dm/server")


@contextmanager
def _process(
    command: list[str | Path], name: str, settings: Mapping[str, object], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of both with its configuration, until the end of the block."""
    file, log = folder / f"{name.lower()}.json", folder / f"{name.lower()}.log"
    file.write_text(json.dumps(settings))
    config = HERE / {"HUB": "jupyterhub_config.py", "GATEWAY": "gateway_config.py"}[name]
    environ = {
        "PATH": f"{Path(command[0]).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        f"{name}_SETTINGS": str(file),
        "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "-f", config], env=environ, cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], answers: Callable[[], bool]) -> None:
    """Wait until it answers; fail at once where it ended."""
    until(lambda: process.poll() is not None or answers())
    assert process.poll() is None, f"{process.args!r} ended"


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/health", timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in taken]
