# Runs in the hub's own environment: a JupyterHub that lets tokens of its users' servers use a Dask Gateway.
import json
import os
import sys
from pathlib import Path

from jupyterhub.auth import Authenticator

HUB = Path(__file__).parents[3] / "lake" / "hub"
sys.path.insert(0, str(HUB))
from no_proxy import NoProxy  # noqa: E402  # no package of the hub's environment

SETTINGS = json.loads(Path(os.environ["HUB_SETTINGS"]).read_text())


class Nobody(Authenticator):
    """No one logs in by hand: the test starts servers through the hub's interface."""

    async def authenticate(self, handler, data):
        return None


c = get_config()  # noqa: F821
c.JupyterHub.authenticator_class = Nobody
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.bind_url = f"http://127.0.0.1:{SETTINGS['ports'][0]}"
c.JupyterHub.hub_ip, c.JupyterHub.hub_port = "127.0.0.1", SETTINGS["ports"][1]
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.cookie_secret_file = "cookie_secret"
c.JupyterHub.services = [
    {"name": "admin", "api_token": SETTINGS["admin"]},
    {"name": "dask-gateway", "api_token": SETTINGS["gateway"]},
]
c.Authenticator.allowed_users = {"dm", "guest"}
c.Spawner.cmd = [sys.executable, str(HUB / "notebook_server.py")]
c.Spawner.environment = {"TOLD": SETTINGS["told"]}
uses = "access:services!service=dask-gateway"
c.JupyterHub.load_roles = [
    {"name": "admins", "scopes": ["admin:users", "admin:servers", "tokens"], "services": ["admin"]},
    {"name": "physicists", "scopes": [uses], "users": ["dm"]},
    {"name": "server", "scopes": ["users:activity!user", "access:servers!server", uses]},
]
