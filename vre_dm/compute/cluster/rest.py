"""What is asked of a Dask Gateway, over its REST interface.

Its own client keeps an event loop and closes it in ``__del__``: run by the garbage collector in the thread of
that loop, this waits for itself for ever. Plain requests cannot.
"""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from vre_dm.compute.cluster.settings import GatewaySettings
from vre_dm.errors import InvalidConfiguration, LoginRefused, NoCluster
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens import Secret

if TYPE_CHECKING:
    import requests

    from vre_dm.lake.tokens.asking import Sealed

_CONNECT = 5.0  # seconds
_ANSWER = 30.0  # seconds, where nothing else waits for it
_HUB_REFUSED = (
    "verifying user's JupyterHub API token"  # how a gateway tells that its hub does not know a token
)


class GatewayApi:
    """A gateway, as one user.

    Parameters
    ----------
    settings
        Where it is, and how to log in.
    patience
        Seconds after which it counts as one that does not answer.
    """

    def __init__(self, settings: GatewaySettings, patience: float = _ANSWER) -> None:
        self._settings, self._patience = settings, patience

    def options(self) -> dict[str, Mapping[str, Any]]:
        """What can be asked of a cluster: label, default and limits by name of the field."""
        said = self._ask("GET", "options").get("cluster_options") or []
        return {str(field["field"]): field for field in said}

    def clusters(self) -> dict[str, Mapping[str, Any]]:
        """Clusters of this user that start or run, by name."""
        return self._ask("GET", "clusters/")

    def create(self, options: Mapping[str, Any]) -> str:
        """Start a cluster; gives its name at once."""
        return str(self._ask("POST", "clusters/", {"cluster_options": dict(options)})["name"])

    def report(self, name: str) -> Mapping[str, Any]:
        """How a cluster stands, with its keys once it runs."""
        return self._ask("GET", f"clusters/{quote(name, safe='')}")

    def scale(self, name: str, workers: int) -> str:
        """Ask for so many workers; gives what the gateway has to say to that."""
        said = self._ask("POST", f"clusters/{quote(name, safe='')}/scale", {"count": workers})
        return clean(said.get("msg") or "", 300)

    def adapt(self, name: str, minimum: int, maximum: int) -> str:
        """Let the number of workers follow the work; as `scale`."""
        wanted = {"minimum": minimum, "maximum": maximum, "active": True}
        said = self._ask("POST", f"clusters/{quote(name, safe='')}/adapt", wanted)
        return clean(said.get("msg") or "", 300)

    def end(self, name: str) -> None:
        """End a cluster; nothing happens where it ended already."""
        self._ask("DELETE", f"clusters/{quote(name, safe='')}")

    def _ask(self, method: str, what: str, said: Mapping[str, Any] | None = None) -> dict[str, Any]:
        import requests  # which a process of a cluster of this machine need not load
        import urllib3

        from vre_dm.lake.tokens.asking import unseen

        where, limits = self._settings.address, (_CONNECT, self._patience)
        url = f"{where}/api/v1/{what}"
        try:
            with unseen(), requests.Session() as session:
                # A proxy that the environment names would see the password of this machine's own gateway.
                session.trust_env = self._settings.password is None
                answer = session.request(
                    method, url, json=said, auth=self._login(), timeout=limits, allow_redirects=False
                )
                status, body = answer.status_code, _json(answer)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            msg = f"the Dask Gateway {where} does not answer ({type(error).__name__}); is it up?"
            raise NoCluster(msg) from None
        if status < 300:
            return body
        raise _refusal(status, clean(str(body.get("error") or f"HTTP {status}"), 300), where)

    def _login(self) -> "Sealed":
        from vre_dm.lake.tokens.asking import Sealed

        secret, settings = self._settings.secret(), self._settings
        if settings.auth == "jupyterhub":
            return Sealed("Authorization", secret, "jupyterhub ")
        pair = f"{settings.user}:{secret.reveal()}".encode()
        return Sealed("Authorization", Secret(base64.b64encode(pair).decode()), "Basic ")


def _json(answer: "requests.Response") -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _refusal(status: int, why: str, where: str) -> NoCluster | LoginRefused | InvalidConfiguration:
    if status == 401 or (status == 500 and _HUB_REFUSED in why):
        return LoginRefused(
            f"the Dask Gateway {where} does not take the login ({why}); log in to the hub again"
        )
    if status == 403:
        return LoginRefused(f"the Dask Gateway {where} does not allow that ({why})")
    if status == 422:
        return InvalidConfiguration(f"the Dask Gateway {where} refused: {why}")
    return NoCluster(f"the Dask Gateway {where} could not do that: {why}")
