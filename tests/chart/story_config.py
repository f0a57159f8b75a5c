# Runs in the environment of the chart's tests: a hub as zero-to-jupyterhub configures it from the values of
# the chart, with KubeSpawner and its proxy, on one machine.
import json
import os
import sys
from pathlib import Path

SETTINGS = json.loads(Path(os.environ["HUB_SETTINGS"]).read_text())
sys.path[:0] = [SETTINGS["files"], SETTINGS["beside"]]
import hub_embedded  # noqa: E402
from hub_chart import configured  # noqa: E402

hub_embedded.FOLDER = Path(SETTINGS["lake"])
c = get_config()  # noqa: F821
c.merge(configured(SETTINGS["values"], SETTINGS["files"]))

# Where the Services of a cluster would be.
outside, hub, inside, server = SETTINGS["ports"]
c.JupyterHub.bind_url = f"http://127.0.0.1:{outside}"
c.JupyterHub.hub_bind_url = c.JupyterHub.hub_connect_url = f"http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{inside}"
c.ConfigurableHTTPProxy.command = SETTINGS["proxy"]
c.ConfigurableHTTPProxy.should_start = True
c.KubeSpawner.port = server
c.JupyterHub.cookie_secret_file = "cookie_secret"
c.JupyterHub.services.append({"name": "admin", "api_token": SETTINGS["admin"]})
c.JupyterHub.load_roles.append(
    {"name": "admins", "scopes": ["admin:users", "admin:servers"], "services": ["admin"]}
)
