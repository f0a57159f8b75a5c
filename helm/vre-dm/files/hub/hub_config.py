"""What the hub does for vre-dm, from the values of the chart; run inside the hub's own configuration."""

import json
from pathlib import Path
from typing import Any

from hub_embedded import embedded_login
from hub_login import LakeAuthenticator
from hub_servers import configure_servers

GATEWAY = "dask-gateway"


def configure(c: Any, folder: str, secrets: str) -> None:
    """Set what the values say.

    Parameters
    ----------
    c
        Configuration of the hub, with what its chart has set already.
    folder
        Where ``settings.json`` and ``profiles.json`` are.
    secrets
        Where ``clientId`` and ``clientSecret`` are, one file each.
    """
    settings = json.loads(Path(folder, "settings.json").read_text())
    cards = json.loads(Path(folder, "profiles.json").read_text())
    configure_servers(c, settings, cards)
    _configure_roles(c, gateway=settings["gateway"])
    if settings["login"]["kind"] != "jupyterhub":
        embedded = settings["login"]["kind"] == "embedded"
        _configure_login(c, embedded_login(settings["login"]) if embedded else _login(settings, secrets))


def _login(settings: dict[str, Any], secrets: str) -> dict[str, Any]:
    login: dict[str, Any] = settings["login"]
    for name in ("clientId", "clientSecret"):
        try:
            login[name] = Path(secrets, name).read_text().strip()
        except OSError:
            msg = f"the Secret vre-dm-login has no {name}; the notes of the installation say how to make it"
            raise SystemExit(msg) from None
    return login


def _configure_login(c: Any, login: dict[str, Any]) -> None:
    _refuse_other_logins(c)
    issuer, groups = login["issuer"].rstrip("/"), set(login["allowedGroups"])
    c.JupyterHub.authenticator_class = LakeAuthenticator
    here = c.LakeAuthenticator  # of no class above it, whose settings those of a class between would hide
    here.enable_auth_state = True
    here.auth_refresh_age = login["refreshAge"]
    here.refresh_pre_spawn = True
    here.client_id, here.client_secret = login["clientId"], login["clientSecret"]
    here.authorize_url = login["authorizeUrl"] or f"{issuer}/authorize"
    here.token_url = login["tokenUrl"] or f"{issuer}/token"
    here.userdata_url = login["userdataUrl"] or f"{issuer}/userinfo"
    here.oauth_callback_url = login["callbackUrl"]
    here.scope = login["scopes"]
    here.username_claim = login["usernameClaim"]
    here.allow_all = login["allowAll"]
    here.allow_existing_users = False
    here.allowed_users = set(login["allowedUsers"])
    here.blocked_users = set(login["blockedUsers"])
    here.admin_users = set(login["admins"])
    here.manage_groups = bool(groups)
    if groups:
        here.groups_claim = login["groupsClaim"]
        here.allowed_groups = groups
    here.exchange = login["exchange"]
    here.timeout = login["timeout"]
    here.early = 2 * login["refreshAge"]
    if login.get("ca"):
        here.http_request_kwargs = {"ca_certs": login["ca"]}


def _refuse_other_logins(c: Any) -> None:
    """Settings of another login would count beside these, and decide with them who is let in."""
    others = [name for name in c if name.endswith("Authenticator") and c[name]]
    if "admin_users" in c.JupyterHub:  # an old name, which counts where the login has no administrators
        others.append("JupyterHub.admin_users")
    if others:
        msg = (
            f"login says who is let in, and so does {', '.join(sorted(others))} in the hub's configuration: "
            "take that out of jupyterhub.hub.config or hub.existingSecret, or set login.kind to jupyterhub"
        )
        raise SystemExit(msg)


def _configure_roles(c: Any, *, gateway: bool) -> None:
    """Let servers read their own user's tokens, and use the gateway where there is one."""
    mine = ["admin:auth_state!user"]
    if gateway:
        mine += [f"access:services!service={GATEWAY}"]
    _add_scopes(c, "user", ["self", *mine])
    _add_scopes(c, "server", ["users:activity!user", "access:servers!server", *mine])
    if not gateway:
        c.JupyterHub.services = [each for each in c.JupyterHub.services if each["name"] != GATEWAY]


def _add_scopes(c: Any, name: str, scopes: list[str]) -> None:
    for role in c.JupyterHub.load_roles:
        if role["name"] == name:
            role["scopes"] = list(dict.fromkeys([*role.get("scopes", []), *scopes]))
            return
    c.JupyterHub.load_roles.append({"name": name, "scopes": scopes})
