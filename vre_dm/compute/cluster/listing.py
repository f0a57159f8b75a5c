"""The clusters of this user, of this machine and of the gateway: how they stand, and one by its name."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, overload

from vre_dm.compute.cluster import settings
from vre_dm.compute.cluster.folder import ClusterFolder, Contact, default_root, found
from vre_dm.compute.cluster.gateway import GatewayCluster, access_of
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.cluster.on_scheduler import tasks
from vre_dm.compute.cluster.rest import GatewayApi
from vre_dm.compute.cluster.settings import GatewaySettings
from vre_dm.compute.cluster.versions import in_thread, security
from vre_dm.errors import NoCluster, VreDmError
from vre_dm.lake.tables import Table, Tabular, clean, plural, size_text

_ANSWER = 3.0  # seconds for a scheduler to say how it stands
# Seconds for an answer of a gateway: one that hangs is not to hide the clusters of this machine from a page,
# which gives up a list as a whole.
_GATEWAY = 8.0
_STATES = {"PENDING": "starting", "RUNNING": "running", "STOPPING": "stopping"}
_ENDED = (None, "STOPPED", "FAILED")


@dataclass(frozen=True, slots=True)
class ClusterState:
    """How a cluster stands.

    Attributes
    ----------
    name
        By which ``vre_dm.cluster(name=…)`` has it.
    kind
        ``local`` or ``gateway``.
    state
        ``starting``, ``running``, ``stopping``, or ``silent`` where its scheduler does not answer.
    workers
        That are there now.
    minimum, most
        Between which it follows the work, equal where the number is fixed; ``None`` where a gateway keeps
        that to itself.
    memory, memory_limit
        Bytes that all workers use, and may use.
    running, waiting
        Tasks that run, and that wait for a worker; ``None`` where the scheduler does not tell, as one that
        has not this package.
    dashboard
        Address of its pages for this machine: whoever has it may read them, so pass it to nobody. Empty where
        it has none.
    """

    name: str
    kind: str
    state: str
    workers: int = 0
    minimum: int | None = None
    most: int | None = None
    memory: int = 0
    memory_limit: int = 0
    running: int | None = 0
    waiting: int | None = 0
    dashboard: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Clusters(Tabular, Sequence[ClusterState]):
    """Clusters as they stood when they were asked; a sequence that shows itself as a table.

    Attributes
    ----------
    states
        One a cluster.
    notes
        What could not be asked, and why.
    """

    states: tuple[ClusterState, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @overload
    def __getitem__(self, index: int) -> ClusterState: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ClusterState]: ...

    def __getitem__(self, index: int | slice) -> ClusterState | Sequence[ClusterState]:
        return self.states[index]

    def __len__(self) -> int:
        return len(self.states)

    def __iter__(self) -> Iterator[ClusterState]:
        return iter(self.states)

    def table(self) -> Table:
        """One row a cluster."""
        columns = ("cluster", "kind", "state", "workers", "memory", "running", "waiting")
        rows = [
            (each.name, each.kind, each.state, _workers(each), _memory(each), each.running, each.waiting)
            for each in self.states
        ]
        return Table(plural(len(rows), "cluster"), columns, rows, "; ".join(self.notes))


def clusters() -> Clusters:
    """List the clusters of this user: those of this machine, whoever made them, and those of the gateway.

    Returns
    -------
    Clusters
        Shows itself as a table. ``vre_dm.cluster(name=…)`` has one of them, to map on, scale or end. A
        gateway that does not answer is a note below the table.
    """
    here = [(_local(folder), folder.access) for folder in found(default_root()) if folder.here]
    notes: tuple[str, ...] = ()
    try:
        gateway = settings.found()
        there = list(_of_gateway(gateway)) if gateway else []
    except VreDmError as error:
        there, notes = [], (str(error),)
    return Clusters(tuple(in_thread(_asked([*here, *there]))), notes)


def attached(name: str) -> LocalCluster | GatewayCluster:
    """Cluster of this user that runs, by its name; a ``with`` block does not end it, ``down()`` does.

    Raises
    ------
    NoCluster
        None has this name, or the gateway does not answer.
    LoginRefused, InvalidConfiguration
        The gateway does not take the login, or its settings make no sense.
    """
    cluster: LocalCluster | GatewayCluster | None = LocalCluster.attached(default_root(), name)
    if cluster is None and (gateway := settings.found()) is not None:
        cluster = GatewayCluster.attached(gateway, name)
    if cluster is None:
        msg = f"no cluster that runs is called {clean(ascii(name))}; dm.clusters() lists them"
        raise NoCluster(msg)
    return cluster


def gateway_options() -> list[Mapping[str, Any]]:
    """What can be asked of a cluster of the gateway: ``field``, ``label``, ``default`` and ``spec`` of each.

    Raises
    ------
    NoCluster, LoginRefused, InvalidConfiguration
        The gateway cannot be asked; without one there is nothing to ask for.
    """
    gateway = settings.found()
    if gateway is None:
        return []
    usual = gateway.options(filled=False)
    return [
        {**option, "default": usual.get(name, option.get("default"))}
        for name, option in GatewayApi(gateway, _GATEWAY).options().items()
    ]


def _local(folder: ClusterFolder) -> ClusterState:
    order, access = folder.ordered, folder.access
    state = "stopping" if order is None else "starting" if access is None else "running"
    return ClusterState(
        Path(folder.path).name,
        "local",
        state,
        minimum=order.minimum if order else None,
        most=order.maximum if order else None,
        dashboard=access.dashboard if access else "",
    )


def _of_gateway(gateway: GatewaySettings) -> Iterator[tuple[ClusterState, Contact | None]]:
    import dask_gateway.comm  # noqa: F401  # so that Dask knows addresses of gateways

    api = GatewayApi(gateway, _GATEWAY)
    for name, listed in api.clusters().items():
        said = _reported(api, name) if listed.get("status") == "RUNNING" else listed
        if said.get("status") in _ENDED:
            continue
        state = _STATES.get(str(said["status"]), "stopping")
        dashboard = settings.page(gateway.address, said.get("dashboard_route"))
        access = access_of(gateway, name, said) if state == "running" else None
        yield ClusterState(name, "gateway", state, dashboard=dashboard), access


def _reported(api: GatewayApi, name: str) -> Mapping[str, Any]:
    """What a gateway says of a cluster that ran a moment ago; nothing where it is gone."""
    try:
        return api.report(name)
    except NoCluster:
        if name in api.clusters():
            raise
        return {}


async def _asked(known: Iterable[tuple[ClusterState, Contact | None]]) -> list[ClusterState]:
    return list(await asyncio.gather(*(_filled(state, access) for state, access in known)))


async def _filled(state: ClusterState, access: Contact | None) -> ClusterState:
    """Add what its scheduler says, if it can be asked."""
    if access is None or state.state != "running":
        return state
    try:
        return await asyncio.wait_for(_said(state, access), _ANSWER)
    except Exception:  # whatever a scheduler of other versions, or what stands in its place, makes of it
        return replace(state, state="silent")


async def _said(state: ClusterState, access: Contact) -> ClusterState:
    import cloudpickle
    from distributed.core import rpc

    arguments = security(access).get_connection_args("client")
    async with rpc(access.address, timeout=_ANSWER, connection_args=arguments) as scheduler:
        workers = list((await scheduler.identity())["workers"].values())
        try:
            answer = await scheduler.run_function(function=cloudpickle.dumps(tasks))
        except Exception:  # it has not this package
            answer = {}
    running, waiting = answer["result"] if answer.get("status") == "OK" else (None, None)
    return replace(
        state,
        workers=len(workers),
        memory=sum(int(worker["metrics"].get("memory", 0)) for worker in workers),
        memory_limit=sum(int(worker["memory_limit"] or 0) for worker in workers),
        running=running,
        waiting=waiting,
    )


def _workers(state: ClusterState) -> str:
    if state.most is None or state.most == state.workers:
        return str(state.workers)
    return f"{state.workers} of {state.most}"


def _memory(state: ClusterState) -> str:
    if not state.memory_limit:
        return ""
    return f"{size_text(state.memory)} of {size_text(state.memory_limit)}"
