"""The lake's three addresses, and the sockets that listen there for as long as the supervisor lives.

The supervisor binds them and hands them to the servers it starts: while a killed server is started again its
clients wait in the queue of the socket instead of being refused.
"""

import socket
from dataclasses import asdict, dataclass

from vre_dm.sandbox.layout import Layout, read_json, write_json
from vre_dm.sandbox.services.tls import ADDRESS

BACKLOG = 256


@dataclass(frozen=True, slots=True)
class Endpoints:
    """TCP ports of Rucio's REST server, the OIDC issuer and the WebDAV storage."""

    rucio: int
    issuer: int
    storage: int

    @property
    def rucio_url(self) -> str:
        """Address of the REST and authentication server."""
        return f"https://{ADDRESS}:{self.rucio}"

    @property
    def issuer_url(self) -> str:
        """Issuer as it stands in tokens: with the final slash."""
        return f"https://{ADDRESS}:{self.issuer}/"


def load(layout: Layout) -> Endpoints:
    """Addresses of the running lake."""
    return Endpoints(**read_json(layout.ports))


def listen(layout: Layout) -> tuple[Endpoints, dict[str, socket.socket]]:
    """Bind the three sockets, on the ports of the last run where nobody else has taken them."""
    wanted = read_json(layout.ports)
    sockets = {name: _bind(wanted.get(name, 0)) for name in ("rucio", "issuer", "storage")}
    endpoints = Endpoints(**{name: bound.getsockname()[1] for name, bound in sockets.items()})
    write_json(layout.ports, asdict(endpoints))
    return endpoints, sockets


def _bind(port: int) -> socket.socket:
    try:
        return _listening(port)
    except OSError:
        return _listening(0)


def _listening(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # A port in TIME_WAIT after a restart is ours to take; one that somebody listens on is not.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((ADDRESS, port))
        bound.listen(BACKLOG)
    except BaseException:
        bound.close()
        raise
    bound.set_inheritable(True)
    return bound
