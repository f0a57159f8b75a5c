"""Clusters of the user, whoever made them: on this machine and on a Dask Gateway; started, resized, ended."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from vre_dm.compute import cluster as clusters
from vre_dm.compute.cluster import machine, settings
from vre_dm.errors import InvalidConfiguration, VreDmError
from vre_dm.extras import missing_extra
from vre_dm.lake.cache.settings import size_of
from vre_dm.server.base import Gone, Handler
from vre_dm.server.values import plain

T = TypeVar("T")

NAME = "clusters/([A-Za-z0-9][A-Za-z0-9._-]{0,99})"
"""Pattern of the address of one cluster."""

_STARTS = 40.0  # seconds that a page waits for a cluster: less than a proxy on the way does
_SHOWN = (
    "name",
    "kind",
    "state",
    "workers",
    "minimum",
    "most",
    "memory",
    "memory_limit",
    "running",
    "waiting",
)


class ClusterHandler(Handler):
    """What the handlers of clusters share: a gateway that does not answer keeps only them waiting."""

    async def of_clusters(self, question: Callable[[], T]) -> T:
        """Ask what blocks: the disk, schedulers of this machine, the gateway.

        Raises
        ------
        Unreachable
            There is no answer in the time that a question has.
        MissingExtra
            Clusters need packages that are not installed.
        """
        return await self._within(self.app.clusters, partial(_said, question), "the Dask Gateway")


class ClustersHandler(ClusterHandler):
    """All clusters of the user."""

    async def get(self) -> None:
        """List those of this machine, then those of the gateway."""
        self._track_activity = False  # a page that shows them asks again and again: that is no work
        self.reply(await self.of_clusters(partial(_listed, self.app.failed_starts)))

    async def post(self) -> None:
        """Start one; it outlives this server. It may be up only later: the list tells."""
        order = self.body("ClusterOrder")
        with self.blaming({InvalidConfiguration: "memory"}):
            memory = None if order["memory"] is None else size_of(order["memory"], "memory")
        described = await self.of_clusters(partial(_described, order, memory))
        failed = self.app.failed_starts
        failed.clear()  # somebody has seen them, and tries again
        start = asyncio.wrap_future(self.app.cluster_starts.submit(partial(_started, described)))
        await asyncio.wait({start}, timeout=_STARTS)  # which stops no start
        if self.gone or not start.done():
            start.add_done_callback(partial(_remember, failed))
        elif error := start.result():
            raise error
        if self.gone:
            raise Gone
        self.reply({"name": described.id or None, "up": start.done()}, 201)


class OffersHandler(ClusterHandler):
    """What a form for a new cluster can offer."""

    async def get(self) -> None:
        """Tell what this machine and the gateway give."""
        self.reply(await self.of_clusters(_offered))


class OneClusterHandler(ClusterHandler):
    """One cluster."""

    async def patch(self, name: str) -> None:
        """Change the number of its workers."""
        workers = _range(*self.body("ClusterEdit")["workers"])
        with self.blaming({InvalidConfiguration: "workers"}):
            said = await self.of_clusters(lambda: clusters.attached(name).scale(workers))
        self.reply({"remark": said or ""})

    async def delete(self, name: str) -> None:
        """End it with all that runs on it."""
        self.app.dashboards.forget(name)
        await self.of_clusters(lambda: clusters.attached(name).down())
        self.app.dashboards.forget(name)  # a page may have asked for it meanwhile
        self.set_status(204)
        self.finish()


def _said(question: Callable[[], T]) -> T:
    try:
        return question()
    except ModuleNotFoundError as error:
        raise missing_extra(error) or error from error


def _listed(failed: list[str]) -> dict[str, Any]:
    found = clusters.clusters()
    rows = [
        {name: plain(getattr(one, name)) for name in _SHOWN} | {"dashboard": bool(one.dashboard)}
        for one in found
    ]
    return {"clusters": rows, "notes": [*found.notes, *failed]}


def _described(order: dict[str, Any], memory: int | None) -> Any:
    local = order["kind"] == "local"
    of_this_machine = {"idle": order["idle"]} if local and order["idle"] is not None else {}
    workers = None if order["workers"] is None else _range(*order["workers"])
    return clusters.cluster(workers, memory, kind=order["kind"], **of_this_machine, **order["options"])


def _range(least: float, most: float) -> tuple[int, int]:
    return int(least), int(most)  # JSON says 2.0 for 2 as well


def _offered() -> dict[str, Any]:
    here = {"cores": machine.cores(), "memory": machine.memory()}
    try:
        found = settings.found()
        options = clusters.gateway_options() if found else []
    except VreDmError as error:
        return here | {"gateway": None, "options": [], "problem": " ".join(str(error).split())}
    return here | {"gateway": found.address if found else None, "options": plain(options), "problem": None}


def _started(described: Any) -> Exception | None:
    """Start a cluster; gives what went wrong."""
    try:
        _said(described.up)
    except Exception as error:  # raised where somebody waits for it
        return error
    return None


def _remember(failed: list[str], start: "asyncio.Future[Exception | None]") -> None:
    """Keep what nobody was told, for the list."""
    if error := start.result():
        failed.append(" ".join(str(error).split()))


ROUTES = [("clusters", ClustersHandler), ("cluster-offers", OffersHandler), (NAME, OneClusterHandler)]
