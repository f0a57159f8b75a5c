"""Whether a cluster can work with this process: the same Python and packages on scheduler and workers."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from vre_dm.compute.cluster.folder import Access
from vre_dm.errors import JobCancelled, NoCluster, VersionsDiffer

if TYPE_CHECKING:
    from distributed import Security

T = TypeVar("T")
Versions = Mapping[str, str | None]

_PACKAGES = ("dask", "distributed", "cloudpickle", "numpy", "awkward", "uproot", "vre_dm")
"""What must be the same: the function travels pickled, and the numbers are to be the same bits."""
_ANSWER = 10.0  # seconds for a scheduler that is up
_LOOK = 0.2  # seconds between two looks for a worker


def security(access: Access) -> "Security":
    """Both sides show the cluster's own certificate."""
    from distributed import Security as Security_

    return Security_(
        tls_ca_file=access.certificate,
        tls_client_cert=access.certificate,
        tls_client_key=access.key,
        require_encryption=True,
    )


def check(access: Access, name: str, patience: float, stop: threading.Event) -> None:
    """Wait for a first worker, and make sure that scheduler and workers have what this process has.

    Parameters
    ----------
    access
        How to reach the scheduler.
    name
        Of the cluster, for the message.
    patience
        Seconds to wait for a worker.
    stop
        Ends the wait.

    Raises
    ------
    VersionsDiffer
        Python or a package that matters is another one there.
    NoCluster
        The scheduler does not answer, or no worker came.
    JobCancelled
        It was stopped.
    """
    from distributed.versions import get_versions

    here = _versions(get_versions(packages=_PACKAGES))
    there = in_thread(_asked(access, name, patience, stop))
    for who, versions in there:
        if different := list(_differences(here, versions)):
            msg = (
                f"the {who} of {name} has {', '.join(different)}: "
                "start the cluster with the image of this notebook, or install the same packages there"
            )
            raise VersionsDiffer(msg)


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end apart from the caller's event loop, which a notebook has already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _asked(
    access: Access, name: str, patience: float, stop: threading.Event
) -> list[tuple[str, Versions]]:
    from distributed.core import rpc

    arguments = security(access).get_connection_args("client")
    try:
        async with rpc(access.address, timeout=_ANSWER, connection_args=arguments) as scheduler:
            own = await scheduler.versions(packages=list(_PACKAGES))
            until = time.monotonic() + patience
            while not (workers := await scheduler.broadcast(msg={"op": "versions", "packages": _PACKAGES})):
                _go_on(name, until, patience, stop)
                await asyncio.sleep(_LOOK)
    except OSError as error:
        msg = f"the scheduler of {name} does not answer ({error}); start another cluster"
        raise NoCluster(msg) from error
    return [("scheduler", _versions(own)), *(("worker", _versions(each)) for each in workers.values())]


def _go_on(name: str, until: float, patience: float, stop: threading.Event) -> None:
    if stop.is_set():
        msg = f"stopped while it waited for a worker of {name}"
        raise JobCancelled(msg)
    if time.monotonic() > until:
        msg = (
            f"no worker of {name} came within {patience:.0f} s; "
            "ask for fewer or smaller ones, or look at the cluster's log"
        )
        raise NoCluster(msg)


def _versions(said: Mapping[str, Any]) -> Versions:
    return dict(said["packages"])


def _differences(here: Versions, there: Versions) -> Iterator[str]:
    minor: Callable[[str], str] = lambda version: ".".join(version.split(".")[:2])  # noqa: E731
    mine, its = minor(here["python"] or ""), minor(there["python"] or "")
    if mine != its:
        yield f"Python {its} (here {mine})"
    for package in _PACKAGES:
        if here.get(package) != there.get(package):
            yield f"{package} {there.get(package) or 'missing'} (here {here.get(package) or 'missing'})"
