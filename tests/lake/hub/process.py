"""A real JupyterHub, of a locked version in an environment of its own."""

import hashlib
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import platformdirs

from tests.lakes import until
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

HERE = Path(__file__).parent
LOCKS = HERE.parents[2] / "locks"


class Hub:
    """A running hub with the user ``dm``, whose server was started.

    Attributes
    ----------
    environ
        What the hub gave to the user's server.
    log
        What the hub printed.
    """

    def __init__(self, api: str, admin: str, log: Path) -> None:
        self.log, self.environ = log, dict[str, str]()
        self._web = httpx.Client(base_url=api, headers={"Authorization": f"token {admin}"}, trust_env=False)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self._web.request(method, path, json=body, timeout=60)
        assert answer.status_code < 400, (answer.text, self.log.read_text()[-2000:])
        return answer.json() if answer.content else None

    def close(self) -> None:
        self._web.close()

    def answers(self) -> bool:
        try:
            return self._web.get("/").status_code == 200
        except httpx.TransportError:
            return False


def environment(version: str) -> Path:
    """Folder of the programs of that version; made once for each lock."""
    lock = LOCKS / f"jupyterhub{version}.txt"
    digest = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = platformdirs.user_cache_path("vre-dm") / "test-hubs" / f"{version}-{digest}"
    if not (folder / "complete").exists():
        uv = [str(Path(sys.executable).with_name("uv")), "--no-config", "--quiet"]
        subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, folder], check=True)
        sync = ["pip", "sync", "--require-hashes", "--no-build", "--python", folder / "bin/python", lock]
        subprocess.run([*uv, *sync], check=True)
        (folder / "complete").touch()
    return folder / "bin"


@contextmanager
def running(version: str, lake: LakeStatus, folder: Path, server: Sequence[str | Path] = ()) -> Iterator[Hub]:
    """Start a hub and the user's server; the user logged in with a token of the lake's issuer.

    ``server`` is the command of a notebook server that tells what the hub gave it; a stand-in when left out.
    """
    known = json.loads(Layout(lake.root).secrets.read_text())
    ports, admin, told = free_ports(), secrets.token_hex(16), folder / "told.json"
    settings = {"issuer": lake.issuer, "ca": str(lake.ca), "secret": known["clients"]["hub"]}
    settings |= {"ports": ports, "admin": admin, "told": str(told)}
    settings |= {"server": [str(word) for word in server], "homes": str(folder / "homes")}
    (folder / "settings.json").write_text(json.dumps(settings))
    hub = Hub(f"http://127.0.0.1:{ports[1]}/hub/api", admin, folder / "hub.log")
    with closing(hub), _process(version, folder, hub.log):
        until(hub.answers)
        if not any(user["name"] == "dm" for user in hub.ask("GET", "/users")):
            hub.ask("POST", "/users/dm")
        hub.ask("PATCH", "/users/dm", {"auth_state": login(lake)})
        hub.ask("POST", "/users/dm/server")
        until(told.exists)
        hub.environ |= json.loads(told.read_text())
        try:
            yield hub
        finally:
            hub.ask("DELETE", "/users/dm/server")


def login(lake: LakeStatus, audience: str = "rucio") -> dict[str, str]:
    """What an authenticator keeps after a login: access token and refresh token."""
    known = json.loads(Layout(lake.root).secrets.read_text())
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": Layout(lake.root).token.read_text(),
        "audience": audience,
        "scope": "openid profile offline_access",
    }
    auth = ("hub", known["clients"]["hub"])
    answer = httpx.post(f"{lake.issuer}token", data=form, auth=auth, verify=_context(lake)).json()
    return {name: answer[name] for name in ("access_token", "refresh_token")}


def _context(lake: LakeStatus) -> Any:
    return ssl.create_default_context(cafile=str(lake.ca))


@contextmanager
def _process(version: str, folder: Path, log: Path) -> Iterator[None]:
    programs = environment(version)
    environ = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(folder),
        "HUB_SETTINGS": str(folder / "settings.json"),
        "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
    }
    words = [programs / "python", "-W", "ignore", "-m", "jupyterhub", "-f", HERE / "jupyterhub_config.py"]
    with log.open("w") as output:
        process = subprocess.Popen(words, env=environ, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def free_ports() -> list[int]:
    """Give two that nobody has at this moment."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        return [each.getsockname()[1] for each in taken]
