"""`dm.cluster()`: a Dask Gateway where one is configured, else processes of this machine."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from vre_dm.compute.cluster import settings
from vre_dm.compute.cluster.folder import default_root
from vre_dm.compute.cluster.gateway import ANY_NUMBER, GatewayCluster
from vre_dm.compute.cluster.listing import attached, clusters, gateway_options
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.cluster.range import WorkerRange
from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.cache.settings import size_of

if TYPE_CHECKING:
    from vre_dm.compute.dask_backend import DaskBackend

Cluster = LocalCluster | GatewayCluster
"""What `cluster` gives: to be entered, handed to ``map``, scaled."""

__all__ = [
    "IDLE",
    "Cluster",
    "GatewayCluster",
    "LocalCluster",
    "attached",
    "backend_for",
    "cluster",
    "clusters",
    "gateway_options",
    "place",
]

IDLE = 900.0
"""Seconds without work after which a cluster ends."""


def cluster(
    workers: int | tuple[int, int] | None = None,
    memory: str | int | None = None,
    *,
    kind: str | None = None,
    name: str | None = None,
    idle: float | None = None,
    **options: object,
) -> Cluster:
    """Describe a cluster for ``map(..., on=dm.cluster())``; nothing starts before it is used.

    A run starts and ends the one it is given. To keep one for several runs, use it in a ``with`` block: its
    processes are apart from the notebook, so a run goes on when the kernel dies.

    Parameters
    ----------
    workers
        How many; ``(1, 8)`` for as many as the work asks. When left out, as many as there are cores, or
        ``(0, 8)`` on a gateway.
    memory
        Of each, ``"4 GB"``. When left out, an equal share of what this process may use, or what the gateway
        gives.
    kind
        ``"local"``: processes of this machine, of one core each. ``"gateway"``: a Dask Gateway, which
        ``DASK_GATEWAY__ADDRESS`` or Dask's files name, or which ``vre-dm gateway up`` started. When left out,
        the gateway if there is one.
    name
        Of a cluster that runs (`vre_dm.clusters` lists them), which is used as it is and outlives a ``with``
        block; ``down()`` ends it. Nothing else can be asked of it here.
    idle
        Seconds without work after which a local cluster ends by itself, 0 for never; a gateway has its own.
    **options
        Of the gateway, such as ``image``.

    Raises
    ------
    InvalidConfiguration
        A number makes no sense, or is more than this machine gives; or no gateway is configured.
    NoCluster
        None that runs has that name.

    Examples
    --------
    >>> import vre_dm as dm
    >>> with dm.cluster(workers=2, memory="2 GB") as both:  # doctest: +SKIP
    ...     spectrum = dm.dataset("user.dm:simulated.dilepton").map(fill, on=both)
    """
    if name is not None:
        return _named(name, (workers, memory, kind, idle, *options.values()))
    number = None if workers is None else WorkerRange.of(workers)
    gateway = None if _kind(kind) == "local" else settings.found()
    if gateway is not None:
        return GatewayCluster.of(gateway, number or ANY_NUMBER, _bytes(memory), options)
    if kind == "gateway":
        msg = "no Dask Gateway is configured: set DASK_GATEWAY__ADDRESS, or start one with: vre-dm gateway up"
        raise InvalidConfiguration(msg, field="kind")
    if options:
        name = next(iter(options))
        msg = f"{name}= is an option of gateways; processes of this machine have workers=, memory= and idle="
        raise InvalidConfiguration(msg, field=name)
    return LocalCluster.of(default_root(), number, _bytes(memory), IDLE if idle is None else idle)


def backend_for(handed: Mapping[str, Any], stop: threading.Event | None = None) -> "DaskBackend":
    """Use a cluster in another process than the one that described it.

    Parameters
    ----------
    handed
        What its ``handed()`` gave, or only its kind: ``{"kind": "local"}``.
    stop
        Ends the wait for its workers.

    Raises
    ------
    NoCluster, VersionsDiffer, LoginRefused, InvalidConfiguration, JobCancelled
        It cannot be used.
    """
    return restored(handed).backend(stop)


@contextmanager
def place(handed: Mapping[str, Any], stop: threading.Event) -> Iterator[Callable[[], "DaskBackend"]]:
    """Give what opens a cluster for a run; one of this machine starts at once, while the run is planned.

    Parameters
    ----------
    handed, stop
        As for `backend_for`, whose errors may come at the begin or when it is opened.
    """
    found = restored(handed) if handed["kind"] == "local" else None
    if not isinstance(found, LocalCluster):
        yield partial(backend_for, handed, stop)
        return
    with found.begun():
        yield partial(found.backend, stop)


def restored(handed: Mapping[str, Any]) -> Cluster:
    """Find a cluster again in another process than the one that described it; see `backend_for`."""
    if len(handed) == 1:
        return cluster(kind=handed["kind"])
    if handed["kind"] == "local":
        return LocalCluster.restored(default_root(), handed)
    return GatewayCluster.restored(handed)


def _named(name: str, others: tuple[object, ...]) -> Cluster:
    if any(other is not None for other in others):
        msg = "name= has a cluster as it is: leave out everything else; scale() changes its workers"
        raise InvalidConfiguration(msg, field="name")
    return attached(name)


def _kind(kind: str | None) -> str | None:
    if kind not in (None, "local", "gateway"):
        msg = f"kind={kind!r} is no kind of cluster; write 'local' or 'gateway'"
        raise InvalidConfiguration(msg, field="kind")
    return kind


def _bytes(memory: str | int | None) -> int | None:
    if isinstance(memory, str):
        return size_of(memory, "memory")
    if memory is not None and memory <= 0:
        msg = f"memory={memory!r} is no size; write for example '4 GB'"
        raise InvalidConfiguration(msg, field="memory")
    return memory
