"""A real JupyterHub whose user has a real notebook server, with vre-dm in it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.lake.hub.process import Hub, environment, running
from tests.lakes import until
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

SERVER = Path(__file__).with_name("notebook_server.py")
# Nothing of JupyterLab is asked for here, and what other extensions import takes seconds.
OTHERS = ("jupyter_lsp", "jupyterlab", "notebook", "notebook_shim", "panel.io.jupyter_server_extension")
ALONE = f"--ServerApp.jpserver_extensions={dict.fromkeys(OTHERS, False)}"


@dataclass(frozen=True, slots=True)
class Server:
    """A user's server that runs.

    Attributes
    ----------
    hub
        Its hub.
    environ
        What a terminal of it has, with the lake configured as the VRE does it.
    """

    hub: Hub
    environ: dict[str, str]


@pytest.fixture(scope="session")
def server(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of the user ``dm``; its token for the lake comes from the hub alone."""
    folder = tmp_path_factory.mktemp("spawned")
    (folder / "homes" / "dm").mkdir(parents=True)
    packages = next((environment("5").parent / "lib").glob("python3*")) / "site-packages"
    command = [sys.executable, "-W", "ignore", SERVER, packages, "--allow-root", ALONE]
    config, layout = folder / "rucio.cfg", Layout(embedded_lake.root)
    text = embedded_lake.rucio_config.read_text()
    config.write_text(text.replace(str(layout.token), str(folder / "none")))
    config.chmod(0o600)
    with running("5", embedded_lake, folder, command) as hub:
        here = hub.environ["JUPYTERHUB_SERVICE_URL"].rstrip("/")
        until(lambda: _answers(f"{here}/api"), 240)
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        storage = layout.storage("CERN-EOSPILOT")
        vre = {
            "HOME": str(folder / "homes" / "dm"),
            "JUPYTER_CONFIG_PATH": "",
            "RUCIO_CONFIG": str(config),
            "RUCIO_BASE_URL": embedded_lake.url,
            "RUCIO_OIDC_AUTH": "env",
            "RUCIO_MODE": "replica",
            "RUCIO_DESTINATION_RSE": "CERN-EOSPILOT",
            "RUCIO_RSE_MOUNT_PATH": str(storage),
            "RUCIO_PATH_BEGINS_AT": str(len(storage.parts) - 1),
        }
        yield Server(hub, kept | hub.environ | vre)


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(url, trust_env=False, timeout=10).status_code == 200
    return False
