# Runs in the hub's own environment: a JupyterHub whose users' tokens come from the embedded lake's issuer.
import base64
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from jupyterhub.auth import Authenticator

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from no_proxy import NoProxy  # noqa: E402  # no package of the hub's environment

SETTINGS = json.loads(Path(os.environ["HUB_SETTINGS"]).read_text())


def renewed(state):
    """What the issuer gives for a refresh token, as OAuthenticator 17.2 asks for it."""
    form = {"grant_type": "refresh_token", "refresh_token": state["refresh_token"]}
    login = base64.b64encode(f"hub:{SETTINGS['secret']}".encode()).decode()
    request = urllib.request.Request(
        SETTINGS["issuer"] + "token",
        urllib.parse.urlencode(form).encode(),
        {"Authorization": f"Basic {login}"},
    )
    with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=SETTINGS["ca"])) as answer:
        return {**state, "access_token": json.load(answer)["access_token"]}


def left(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["exp"] - time.time()


class Renewing(Authenticator):
    async def refresh_user(self, user, handler=None):
        state = await user.get_auth_state()
        if not state or "refresh_token" not in state or left(state["access_token"]) > 60:
            return True
        try:
            return {"name": user.name, "auth_state": renewed(state)}
        except urllib.error.HTTPError:
            return False  # as OAuthenticator: the user must log in again


c = get_config()  # noqa: F821
c.JupyterHub.authenticator_class = Renewing
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.bind_url = f"http://127.0.0.1:{SETTINGS['ports'][0]}"
c.JupyterHub.hub_ip, c.JupyterHub.hub_port = "127.0.0.1", SETTINGS["ports"][1]
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.cookie_secret_file = "cookie_secret"
c.JupyterHub.services = [{"name": "admin", "api_token": SETTINGS["admin"]}]
c.Authenticator.enable_auth_state = True
c.Authenticator.allowed_users = {"dm"}
c.Authenticator.auth_refresh_age = 1
c.Spawner.cmd = SETTINGS["server"] or [sys.executable, str(HERE / "notebook_server.py")]
c.Spawner.http_timeout = c.Spawner.start_timeout = 240  # a busy machine starts Jupyter slowly
c.SimpleLocalProcessSpawner.home_dir_template = SETTINGS["homes"] + "/{username}"
c.Spawner.environment = {"TOLD": SETTINGS["told"]}
rights = ["admin:users", "admin:auth_state", "admin:servers", "tokens"]
mine = "admin:auth_state!user"
c.JupyterHub.load_roles = [
    {
        "name": "admins",
        "scopes": ["admin:users", "admin:auth_state", "admin:servers", "tokens"],
        "services": ["admin"],
    },
    {"name": "user", "scopes": ["self", mine]},
    {"name": "server", "scopes": ["users:activity!user", "access:servers!server", mine]},
]
