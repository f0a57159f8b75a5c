"""The process that is a local cluster: scheduler here, workers below it, until it is told to end or is idle.

``python -m vre_dm.compute.cluster.process FOLDER``. Scheduler and kernel are apart, so a busy notebook does
not hold up the workers, and a run goes on when its notebook dies.
"""

import asyncio
import multiprocessing.forkserver
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.compute.cluster.folder import ClusterFolder, Contact, Size
from vre_dm.compute.memory import MALLOC
from vre_dm.lake.transfer.owner import Owner, myself

if TYPE_CHECKING:
    from distributed import LocalCluster

_LOOK = 0.2  # seconds between two looks at the order
_BEAT = 300.0  # seconds between two signs of life
# Workers are forked from a process that has these, instead of importing them each.
_PRELOADED = ("distributed", "uproot", "awkward", "vre_dm.compute.cluster.on_worker")
# One thread a task: as many tasks run as there are cores.
_ENVIRONMENT = MALLOC | dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
_DASHBOARD = "{scheme}://{host}:{port}"
_DEATHS = 1  # of workers that a chunk survives before it is tried apart from the others


def serve(folder: ClusterFolder) -> None:
    """Be the cluster until its end; its folder goes with it."""
    # Until it follows orders, too, it removes the folder of the forkserver's socket when it ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    (folder.path / "process").write_text(str(myself()))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    multiprocessing.forkserver.ensure_running()  # imports beside ours
    asyncio.run(_serve(folder))
    folder.remove()  # where it failed its log is to be read


async def _serve(folder: ClusterFolder) -> None:
    task = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)  # type: ignore[union-attr]
    order = folder.ordered
    if order is None:
        return
    with suppress(asyncio.CancelledError):
        async with _cluster(order) as cluster:
            _resize(cluster, order)
            folder.open(_access(cluster))
            await _follow(cluster, folder, order)


def _cluster(order: Size) -> "LocalCluster":
    import dask
    from distributed import LocalCluster, Security, utils

    from vre_dm.compute.cluster.dashboard import PrivateScheduler

    dask.config.set(
        {
            "distributed.nanny.pre-spawn-environ": _ENVIRONMENT,
            "distributed.worker.multiprocessing-method": "forkserver",
            "distributed.scheduler.allowed-failures": _DEATHS,
            # Each process looks at itself fifty times a second otherwise, at the stack of a worker a hundred
            # times, at its memory, which has a limit too, ten times: two without work took a tenth of a core.
            "distributed.admin.tick.interval": "500ms",
            "distributed.worker.profile.interval": "50ms",
            "distributed.worker.memory.monitor-interval": "200ms",
            # A worker holds only results that are fetched in a moment: nothing is worth spilling.
            "distributed.worker.memory.target": False,
            "distributed.worker.memory.spill": False,
            # Whoever is on this machine could ask them, and nobody needs them.
            "distributed.worker.http.routes": [],
            # A hub may name its own way to dashboards, with variables that are not here.
            "distributed.dashboard.link": _DASHBOARD,
        }
    )
    # Its own list has packages that workers may never need, and it would import them here first.
    utils._forkserver_preload_set = True
    cluster = LocalCluster(
        n_workers=order.minimum,
        threads_per_worker=1,
        memory_limit=order.memory,
        security=Security.temporary(),
        dashboard_address="127.0.0.1:0",
        asynchronous=True,
    )
    cluster.scheduler_spec["cls"] = PrivateScheduler
    cluster.scheduler_spec["options"]["dashboard"] = False  # it makes its pages when somebody looks
    return cluster


def _access(cluster: "LocalCluster") -> Contact:
    security = cluster.security
    return Contact(
        address=cluster.scheduler_address,
        certificate=security.tls_ca_file,
        key=security.tls_client_key,
        dashboard=f"{cluster.dashboard_link}/{cluster.scheduler.below}/status",
    )


async def _follow(cluster: "LocalCluster", folder: ClusterFolder, now: Size) -> None:
    """Resize it as ordered; come back when it is to end."""
    owner = Owner.parse(now.owner.encode())
    steps, used, beat = -1, time.monotonic(), time.monotonic()
    while cluster.scheduler.status.name == "running" and not (owner and owner.ended):
        await asyncio.sleep(_LOOK)
        order = folder.ordered
        if cluster.scheduler.transition_counter != steps or _works(cluster):
            steps, used = cluster.scheduler.transition_counter, time.monotonic()
        if time.monotonic() - beat > _BEAT:
            folder.beat()
            beat = time.monotonic()
        if order is None or (order.idle and time.monotonic() - used > order.idle):
            return
        if order != now:
            _resize(cluster, order)
            now = order


def _works(cluster: "LocalCluster") -> bool:
    scheduler = cluster.scheduler
    waiting = bool(scheduler.queued or scheduler.unrunnable)
    return waiting or any(worker.processing for worker in scheduler.workers.values())


def _resize(cluster: "LocalCluster", order: Size) -> None:
    if order.minimum == order.maximum:
        if cluster._adaptive is not None:
            cluster._adaptive.stop()
        cluster.scale(order.minimum)
    else:
        cluster.adapt(minimum=order.minimum, maximum=order.maximum)


if __name__ == "__main__":
    serve(ClusterFolder(Path(sys.argv[1])))
