"""The Dask Gateway of a hub: whether it answers, takes the login, and starts clusters that fit."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING, Any

from vre_dm.errors import VersionsDiffer, VreDmError
from vre_dm.extras import missing_extra
from vre_dm.lake.finding import Finding, State, failed
from vre_dm.lake.tables import clean, plural
from vre_dm.lake.tokens.asking import ask

if TYPE_CHECKING:
    from vre_dm.compute.cluster.rest import GatewayApi
    from vre_dm.compute.cluster.settings import GatewaySettings

_PATIENCE = 10.0  # seconds for an answer
_CONNECT = 5.0
_IMAGES = ("JUPYTER_IMAGE_SPEC", "JUPYTER_IMAGE")  # how KubeSpawner tells a server its image
_SET = 'c.Spawner.environment = {"DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE": "{JUPYTER_IMAGE_SPEC}"}'
_PREFIX = "look whether DASK_GATEWAY__ADDRESS is that of the gateway, with its prefix"
_NETWORK = "ask the admins of the hub to let users' servers reach it (address, network policy)"


def gateway_findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the gateway that `vre_dm.cluster` would use.

    Parameters
    ----------
    environ
        Tells the image of this server. Dask reads its own settings when it is imported.

    Yields
    ------
    Finding
        Gateway, its login, options, schedulers' address, image, and the versions of clusters that run.
    """
    try:
        from vre_dm.compute.cluster import settings

        found = settings.found()
    except ModuleNotFoundError as error:
        missing = missing_extra(error)
        if missing is None:
            raise
        yield Finding("gateway", State.WARN, "Dask is not installed here", "pip install 'vre-dm[compute]'")
        return
    except VreDmError as error:
        yield failed("gateway", error)
        return
    if found is None:
        text = "none is configured (DASK_GATEWAY__ADDRESS): dm.cluster() uses this server's own cores"
        yield Finding("gateway", State.OK, text)
        return
    yield from _examined(found, environ)


def _examined(found: "GatewaySettings", environ: Mapping[str, str]) -> Iterator[Finding]:
    from vre_dm.compute.cluster.rest import GatewayApi

    api = GatewayApi(found, _PATIENCE)
    try:
        yield _version(found)
        clusters = api.clusters()
        text = f"{found.address} takes it ({found.auth}); {plural(len(clusters), 'cluster')} of yours"
        yield Finding("gateway login", State.OK, text)
        yield from _offered(api.options(), found.options(), environ)
    except VreDmError as error:
        yield _refused(error)
        return
    yield _schedulers(found.proxy)
    yield from _versions(found, api, clusters)


def _version(found: "GatewaySettings") -> Finding:
    """Whether a gateway answers at all, which it does without a login.

    Raises
    ------
    Unreachable
        It does not.
    """
    started = time.monotonic()
    said = ask(f"{found.address}/api/version", "the Dask Gateway", direct=found.password is not None)
    took = (time.monotonic() - started) * 1000
    if version := clean(said.text("version")):
        text = f"dask-gateway {version} at {found.address}, answered in {took:.0f} ms"
        return Finding("gateway", State.OK, text)
    text = f"what answers at {found.address} does not tell its version ({said.fault})"
    return Finding("gateway", State.WARN, text, _PREFIX)


def _refused(error: VreDmError) -> Finding:
    from vre_dm.errors import LoginRefused, Unreachable

    if isinstance(error, LoginRefused):
        found = failed("gateway login", error)
        step = f"{found.step}; the role server needs access:services!service=dask-gateway"
        return Finding(found.what, State.FAIL, found.text, step)
    if isinstance(error, Unreachable):
        return Finding("gateway", State.FAIL, failed("gateway", error).text, _NETWORK)
    found = failed("gateway", error)
    return found if found.step else Finding("gateway", State.FAIL, found.text, _PREFIX)


def _offered(
    options: Mapping[str, Mapping[str, Any]], usual: Mapping[str, Any], environ: Mapping[str, str]
) -> Iterator[Finding]:
    """What can be asked of a cluster; values are not shown, but for the image's."""
    names = ", ".join(clean(name) for name in options) or "nothing"
    yield Finding("gateway options", State.OK, f"clusters can be asked for {names}")
    unknown = [name for name in usual if name not in options]
    if unknown:
        text = f"Dask's settings here ask for {', '.join(map(clean, unknown))}, which it does not have"
        yield Finding("gateway options", State.WARN, text, "remove it from DASK_GATEWAY__CLUSTER__OPTIONS__…")
    image = next((name for name in options if "image" in name.casefold()), None)
    here = next((environ[name] for name in _IMAGES if environ.get(name)), "")
    if image is None or not here:
        return
    there = str(usual.get(image, options[image].get("default")) or "")
    if there == here:
        yield Finding("gateway image", State.OK, f"clusters start with {there}, as this server")
    else:
        text = f"clusters start with {there or 'an image that is not named'}, and this server runs {here}"
        yield Finding("gateway image", State.WARN, text, f"have the hub say {_SET}")


def _schedulers(proxy: str) -> Finding:
    """Whether the address of schedulers can be reached."""
    host, _, port = proxy.rpartition(":")
    try:
        with closing(socket.create_connection((host.strip("[]"), int(port)), _CONNECT)):
            return Finding("schedulers", State.OK, f"{proxy} can be reached")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        text = f"{proxy}, through which schedulers are reached, does not answer ({why})"
        step = "have DASK_GATEWAY__PROXY_ADDRESS corrected, or the network policy"
        return Finding("schedulers", State.FAIL, text, step)


def _versions(
    found: "GatewaySettings", api: "GatewayApi", clusters: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    """Whether clusters that run have the versions of this server; none is started for it."""
    running = [name for name, said in clusters.items() if said.get("status") == "RUNNING"]
    if not running:
        text = "no cluster runs: the versions in its image are compared when one is used"
        yield Finding("gateway versions", State.OK, text)
    for name in running:
        try:
            yield _compared(found, api, name)
        except VreDmError as error:
            yield failed("gateway versions", error, State.WARN)


def _compared(found: "GatewaySettings", api: "GatewayApi", name: str) -> Finding:
    import dask_gateway.comm  # noqa: F401  # so that Dask knows addresses of gateways

    from vre_dm.compute.cluster.gateway import access_of
    from vre_dm.compute.cluster.versions import check

    try:
        check(access_of(found, name, api.report(name)), name, 0, Event())
    except VersionsDiffer as error:
        text, _, step = str(error).rpartition(": ")
        return Finding("gateway versions", State.FAIL, text, step)
    return Finding("gateway versions", State.OK, f"{name} has the Python and the packages of this server")
