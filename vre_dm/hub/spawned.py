"""What the hub gave to this server, and whether the hub still knows it."""

import time
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from vre_dm.errors import VreDmError
from vre_dm.lake.finding import Finding, State, failed
from vre_dm.lake.tokens import Secret
from vre_dm.lake.tokens.asking import Answer, Sealed, ask

API, KEY = "JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN"
USER, ADDRESS, PREFIX = "JUPYTERHUB_USER", "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_SERVICE_PREFIX"
RESTART = "stop and start your server in the hub's control panel"
_HERE = "run it in a terminal of your server; without a hub: vre-dm doctor"


def hub_findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the hub's variables, and ask its API who this server is.

    Yields
    ------
    Finding
        Variables, hub, and the versions where they do not fit.
    """
    missing = [name for name in (API, KEY, USER, ADDRESS, PREFIX) if not environ.get(name)]
    if API in missing or KEY in missing:
        text = f"not set: {', '.join(missing)}; this is no server of a JupyterHub, or a shell that lost them"
        yield Finding("hub", State.FAIL, text, _HERE)
        return
    if missing:
        text = f"the hub gave this server no {' and no '.join(missing)}"
        yield Finding("hub", State.WARN, text, f"{RESTART}; hubs from 4.1 on set them")
    try:
        yield from _asked(environ)
    except VreDmError as error:
        yield failed("hub", error)


def _asked(environ: Mapping[str, str]) -> Iterator[Finding]:
    api, started = environ[API].rstrip("/"), time.monotonic()
    where = urlsplit(api).netloc.rpartition("@")[2]
    release = ask(f"{api}/", "the hub").text("version")
    took = (time.monotonic() - started) * 1000
    if not release:
        text = f"what answers at {where} is no API of a JupyterHub"
        yield Finding("hub", State.FAIL, text, f"{RESTART}, or have {API} corrected")
        return
    who = ask(f"{api}/user", "the hub", auth=Sealed("Authorization", Secret(environ[KEY]), "token "))
    yield _known(who, environ, f"JupyterHub {release} at {where}, answered in {took:.0f} ms")
    if different := _different(release):
        yield different


def _known(who: Answer, environ: Mapping[str, str], hub: str) -> Finding:
    """Whether the hub takes the token of this server, and as whose."""
    name, user = who.text("name"), environ.get(USER, "")
    if who.status != 200 or not name:
        text = f"{hub}; it does not know this server any more ({who.fault})"
        return Finding("hub", State.FAIL, text, RESTART)
    if user and name != user:
        text = f"{hub}; it says that this server's token is {name}'s, and {USER} says {user}"
        return Finding("hub", State.FAIL, text, RESTART)
    return Finding("hub", State.OK, f"{hub}; this is a server of {name}")


def _different(release: str) -> Finding | None:
    """Where the hub's part in this server is of another major version than the hub."""
    try:
        here = version("jupyterhub")
    except PackageNotFoundError:  # as in an environment beside that of the server
        return None
    if here.partition(".")[0] == release.partition(".")[0]:
        return None
    text = f"this image has jupyterhub {here}, the hub is {release}: servers may fail to start or to log in"
    return Finding("hub", State.WARN, text, f"install jupyterhub {release} in the image")
