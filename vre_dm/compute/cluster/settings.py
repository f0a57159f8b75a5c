"""Which Dask Gateway is used, and how to log in there: Dask's own settings, else the one of this machine."""

import getpass
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from vre_dm.compute.cluster.server import control
from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.tokens import Secret, VariableToken

_HUB_KEY = "JUPYTERHUB_API_TOKEN"
_ANYBODY = "me"  # name for the gateway of this machine, which looks at the password alone
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Where a gateway is and who one is there; holds no secret, only where it is found.

    Attributes
    ----------
    address
        Of its REST interface.
    proxy
        Host and port through which schedulers are reached.
    public
        Where a browser finds its dashboards.
    auth
        ``basic`` or ``jupyterhub``.
    user
        Name for ``basic``; empty for other logins.
    password
        File that holds it, for the gateway of this machine; ``None`` where Dask's settings do.
    """

    address: str
    proxy: str
    public: str
    auth: str
    user: str = ""
    password: Path | None = None

    def secret(self) -> Secret:
        """Token or password that is shown to the gateway.

        Raises
        ------
        LoginRefused
            There is none.
        """
        if self.auth == "jupyterhub":
            given = _kwargs().get("api_token")
            return Secret(given) if given else VariableToken(_HUB_KEY).token()
        if self.password is not None:
            return control.password(self.password)
        return Secret(_kwargs().get("password", ""))

    def options(self, *, filled: bool = True) -> dict[str, Any]:
        """What Dask's settings ask of each cluster, as the image; nothing for the gateway of this machine.

        They are not handed from process to process, since a variable that they name may hold a secret.

        Parameters
        ----------
        filled
            Whether variables stand as what they hold, or by their names, as somebody may read them.

        Raises
        ------
        InvalidConfiguration
            They make no sense, or name a variable that is not set.
        """
        import dask.config

        if self.password is not None:
            return {}
        said: Any = dask.config.get("gateway.cluster.options", None) or {}
        if not isinstance(said, Mapping):
            msg = f"gateway.cluster.options is a {type(said).__name__} in Dask's settings; give it names"
            raise InvalidConfiguration(msg)
        texts = (str,) if filled else ()
        return {str(name): _filled(one) if isinstance(one, texts) else one for name, one in said.items()}


def found() -> GatewaySettings | None:
    """Gateway that ``DASK_GATEWAY__ADDRESS`` or Dask's files name, else the one of this machine if it runs.

    Raises
    ------
    InvalidConfiguration
        The settings make no sense.
    """
    address = _setting("address")
    if address:
        return _configured(address.rstrip("/"))
    here = control.status()
    if here is None:
        return None
    return GatewaySettings(here.address, here.proxy, here.address, "basic", _ANYBODY, here.password_file)


def page(address: str, route: object) -> str:
    """Address of a page that a gateway names by its path; empty where that is none below its own address."""
    said = str(route)
    plain = re.match(r"/(?!/)", said) and said.isprintable() and "\\" not in said
    if not plain or not {".", ".."}.isdisjoint(unquote(said).split("/")):
        return ""
    return f"{address}{said}"


def _configured(address: str) -> GatewaySettings:
    for name in ("address", "public-address", "proxy-address"):
        _check_open(name)
    parts = urlsplit(address)
    auth = _setting("auth.type") or "basic"
    if parts.scheme not in _PORTS or not parts.hostname:
        msg = f"gateway.address is {address!a}, which is no http address; correct DASK_GATEWAY__ADDRESS"
        raise InvalidConfiguration(msg)
    if auth not in ("basic", "jupyterhub"):
        msg = f"gateway.auth.type is {auth!a}; vre-dm knows basic and jupyterhub"
        raise InvalidConfiguration(msg)
    proxy = _setting("proxy-address") or f"{parts.hostname}:{parts.port or _PORTS[parts.scheme]}"
    if proxy.isdigit():
        proxy = f"{parts.hostname}:{proxy}"
    user = _user() if auth == "basic" else ""
    public = (_setting("public-address") or address).rstrip("/")
    return GatewaySettings(address, proxy.rpartition("://")[2], public, auth, user)


def _user() -> str:
    try:
        return _kwargs().get("username") or getpass.getuser()
    except (KeyError, OSError) as error:
        msg = (
            f"the Dask Gateway asks for a user's name, and the user id {os.getuid()} has none here; "
            "set gateway.auth.kwargs.username of Dask's settings"
        )
        raise InvalidConfiguration(msg) from error


def _check_open(name: str) -> None:
    """Refuse a name or a password within an address, which would be shown; so it is not shown here either."""
    address = _setting(name)
    if "@" in re.split(r"[/?#]", address.rpartition("://")[2])[0]:
        variable = f"DASK_GATEWAY__{name.replace('-', '_').upper()}"
        msg = f"gateway.{name} has a login in it; put that into gateway.auth.kwargs and correct {variable}"
        raise InvalidConfiguration(msg)


def _kwargs() -> Mapping[str, str]:
    import dask.config

    said: Any = dask.config.get("gateway.auth.kwargs", None) or {}
    return {str(name): _filled(str(value)) for name, value in said.items()}


def _setting(name: str) -> str:
    import dask.config

    value = dask.config.get(f"gateway.{name}", None)
    return "" if value is None else _filled(str(value))


def _filled(text: str) -> str:
    """Put in variables of the environment, written ``{NAME}`` as Dask's gateway client has it."""
    try:
        return text.format(**os.environ)
    except (KeyError, IndexError, ValueError) as error:
        msg = f"a setting of Dask's gateway names the variable {error}, which is not set"
        raise InvalidConfiguration(msg) from error
