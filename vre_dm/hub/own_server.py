"""Whether this Jupyter server answers with vre-dm in it, and shows dashboards to who is logged in alone."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from vre_dm import __version__
from vre_dm.errors import VreDmError
from vre_dm.hub.spawned import ADDRESS, KEY, PREFIX, RESTART
from vre_dm.lake.finding import Finding, State, failed
from vre_dm.lake.instance import is_loopback
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens import Secret
from vre_dm.lake.tokens.asking import Answer, Sealed, ask

_ANY = {"", "0.0.0.0", "*"}  # noqa: S104  # where a server says that it listens everywhere; nothing is bound
_ANY6 = "::"
_INSTALL = "install vre-dm into the environment of the server, and look at: jupyter server extension list"
_PAGE = "clusters/none/dashboard/status"  # of a cluster that nobody has


def own_server_findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Ask this server for vre-dm's routes and for a dashboard, with its own token and without.

    Yields
    ------
    Finding
        Notebook server, and dashboards; none where the hub did not say where it is.
    """
    if not (environ.get(ADDRESS) and environ.get(PREFIX) and environ.get(KEY)):
        return
    where = _address(environ[ADDRESS])
    if where is None:
        text = f"it listens at {urlsplit(environ[ADDRESS]).netloc}, which may be another machine: not asked"
        yield Finding("notebooks", State.WARN, text, "set c.Spawner.ip so that it listens on this one too")
        return
    api = f"{where}/{environ[PREFIX].strip('/')}/vre-dm/api/"
    login = Sealed("Authorization", Secret(environ[KEY]), "token ")
    try:
        said = _asked(f"{api}openapi.json", login)
        yield _server(said, where)
        if said.status == 200:
            yield _dashboards(_asked(api + _PAGE), _asked(api + _PAGE, login))
    except VreDmError as error:
        yield failed("notebooks", error)


def _asked(url: str, login: Sealed | None = None) -> Answer:
    # A proxy that the environment names is not shown the token of a server on this machine.
    return ask(url, "this notebook server", auth=login, direct=True)


def _address(said: str) -> str | None:
    """Address at which this machine reaches its own server; ``None`` where that is not sure to be itself."""
    try:
        parts = urlsplit(said)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if host not in {*_ANY, _ANY6} and not is_loopback(host):
        return None
    here = "127.0.0.1" if host in _ANY else "::1" if host == _ANY6 else host
    return f"{parts.scheme}://{f'[{here}]' if ':' in here else here}" + (f":{port}" if port else "")


def _server(said: Answer, where: str) -> Finding:
    if said.status in {301, 302, 401, 403}:
        text = f"the server at {where} does not take its own token (HTTP {said.status})"
        step = f"{RESTART}; if that does not help, the role server lacks the scope access:servers!server"
        return Finding("notebooks", State.FAIL, text, step)
    about = said.body.get("info")
    if said.status != 200 or not isinstance(about, dict):
        text = f"the server at {where} has no vre-dm (HTTP {said.status}): no panel of the data lake"
        return Finding("notebooks", State.FAIL, text, f"{_INSTALL}; then {RESTART}")
    if about.get("version") != __version__:
        text = f"the server at {where} runs vre-dm {about.get('version')}, and this is {__version__}"
        return Finding("notebooks", State.WARN, text, RESTART)
    return Finding("notebooks", State.OK, f"the server at {where} runs vre-dm {__version__}")


def _dashboards(stranger: Answer, user: Answer) -> Finding:
    if stranger.status not in {301, 302, 401, 403}:
        text = f"this server answers to who is not logged in (HTTP {stranger.status})"
        return Finding("dashboards", State.FAIL, text, "start it as the hub does, with its login")
    if user.text("error") != "NoCluster":
        why = clean(user.text("message") or user.fault, 200)
        text = f"dashboards of clusters cannot be shown ({why})"
        return Finding("dashboards", State.WARN, text, "the log of the server says why")
    return Finding("dashboards", State.OK, "shown through this server, to who is logged in alone")
