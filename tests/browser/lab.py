"""A real `jupyter lab` on the embedded lake, with its token login on, and pages of it in the browser."""

import itertools
import json
import os
import secrets
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.lakes import until
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "vre_dm" / "labextension" / "package.json"
_SETTINGS = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.expose_app_in_browser=True",
    "--JupyterNotebookApp.expose_app_in_browser=True",
)
# The launcher and notebooks come after the windows are restored, and take the focus from whoever has it.
_AT_REST = """() => {
  const { activeElement } = document
  return activeElement.closest("#jp-main-dock-panel, #main-panel") && !activeElement.matches(".jp-Spinner")
}"""
# Below those that the system gives away, and others in each process of the tests: nobody else has the port
# before the server has it.
_PORTS = itertools.count(20_000 + 16 * os.getpid() % 12_000)
# A busy disk may answer after more than the usual 2 s.
_CONFIG = """
from functools import partial
from vre_dm.server import app
app.Disks = partial(app.Disks, patience=60.0)
"""
_PRIVATE = {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"}
_PRIVATE |= {"XDG_CACHE_HOME", "XDG_STATE_HOME"}


@dataclass
class Lab:
    """A JupyterLab with settings, jobs, cache and notebooks of its own in `folder`.

    Attributes
    ----------
    root
        The folder that the user sees in the file browser.
    environment
        What the server gets beside the environment of the tests; the configuration of the lake.
    python
        Interpreter that has JupyterLab.
    """

    folder: Path
    environment: dict[str, str]
    python: Path = Path(sys.executable)
    port: int = field(default_factory=lambda: _free_port())
    _token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.root = self.folder / "work"
        self.root.mkdir(parents=True)
        self.setting("@jupyterlab/apputils-extension:notification", fetchNews="false")

    def setting(self, plugin: str, **values: object) -> None:
        """What the user has set in the settings editor, for pages opened from now on."""
        package, _, name = plugin.partition(":")
        settings = self.folder / "JUPYTER_CONFIG_DIR" / "lab" / "user-settings"
        file = settings / package / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        assert self._process is not None, "JupyterLab does not run"
        return self._process.pid

    def start(self) -> "Lab":
        """Start it, as after a restart at the same address, and wait until it answers."""
        own = {name: str(self.folder / name) for name in _PRIVATE}
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.python, "-P", "-m", "jupyterlab", *_SETTINGS,
                 f"--ServerApp.port={self.port}", f"--ServerApp.root_dir={self.root}"],
                env={**os.environ, **own, **self.environment, "JUPYTER_TOKEN": self._token},
                stdout=log,
                stderr=log,
            )  # fmt: skip
        until(self._answers, 120)
        return self

    def stop(self, *, kill: bool = False) -> None:
        """Ask it to end, or end it as a crash does."""
        assert self._process is not None
        if not kill:
            self._process.terminate()
            # Its own worker threads may keep it for ever after it has saved a notebook.
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
        self._process.kill()
        self._process.wait(60)

    def log_in(self, page: Page) -> None:
        """Get the page's browser the cookies that the login form gives; the token is in no address of it."""
        page.context.request.get(f"{self.url}/api/status", params={"token": self._token})

    def open(self, page: Page, path: str = "/lab?reset") -> Page:
        """Log in, go to a path of the server and wait until its front end is there and has the focus."""
        self.log_in(page)
        page.goto(self.url + path)
        ready(page)
        if path.startswith("/lab"):  # Notebook 7 gives the focus to nothing
            page.wait_for_function(_AT_REST)
        return page

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"JupyterLab ended before it answered:\n{self.log}"
        try:
            urllib.request.urlopen(f"{self.url}/api").close()
        except OSError:
            return False
        return True


def on_lake(lake: LakeStatus, folder: Path) -> Lab:
    """A JupyterLab that is configured for a lake, with a token file of its own, as a hub keeps one."""
    folder.joinpath("token").write_bytes(Layout(lake.root).token.read_bytes())
    config = lake.rucio_config.read_text().replace(str(Layout(lake.root).token), str(folder / "token"))
    folder.joinpath("rucio.cfg").write_text(config)
    lab = Lab(folder, {"RUCIO_CONFIG": str(folder / "rucio.cfg")})
    (folder / "JUPYTER_CONFIG_DIR" / "jupyter_server_config.py").write_text(_CONFIG)
    return lab


def ready(page: Page) -> None:
    """Wait until the front end has restored its windows."""
    page.wait_for_function("() => globalThis.jupyterapp?.restored")
    page.evaluate("() => globalThis.jupyterapp.restored.then(() => null)")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)


def skip_unless_built() -> None:
    if not BUILT.is_file():
        pytest.skip("the JupyterLab extension is not built (make extension)")


def _free_port() -> int:
    while True:
        port = next(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
