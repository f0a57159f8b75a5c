# Runs in the environment of the chart's tests: a hub with what the chart sets, and processes for its servers.
import json
import os
import sys
from pathlib import Path

SETTINGS = json.loads(Path(os.environ["HUB_SETTINGS"]).read_text())
sys.path[:0] = [SETTINGS["files"], SETTINGS["beside"]]
import hub_embedded  # noqa: E402
from hub_config import configure  # noqa: E402
from no_proxy import NoProxy  # noqa: E402

c = get_config()  # noqa: F821
c.JupyterHub.services = [{"name": "dask-gateway", "api_token": SETTINGS["gateway"], "display": False}]
c.JupyterHub.load_roles = []
hub_embedded.FOLDER = Path(SETTINGS["lake"])
configure(c, SETTINGS["files"], SETTINGS["files"])

# What stands where a cluster would be.
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.bind_url = f"http://127.0.0.1:{SETTINGS['ports'][0]}"
c.JupyterHub.hub_ip, c.JupyterHub.hub_port = "127.0.0.1", SETTINGS["ports"][1]
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.cookie_secret_file = "cookie_secret"
c.JupyterHub.services.append({"name": "admin", "api_token": SETTINGS["admin"]})
c.JupyterHub.load_roles.append(
    {"name": "admins", "scopes": ["admin:users", "admin:servers"], "services": ["admin"]}
)
c.Spawner.cmd = [sys.executable, str(Path(SETTINGS["beside"], "notebook_server.py"))]
c.Spawner.environment = {"TOLD": SETTINGS["told"]}
