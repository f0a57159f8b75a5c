"""Whether a cluster can work with this process: the same Python and packages on scheduler and workers."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from vre_dm.compute.cluster.folder import Contact
from vre_dm.compute.packages import TOGETHER
from vre_dm.errors import JobCancelled, NoCluster, VersionsDiffer

if TYPE_CHECKING:
    from distributed import Security

T = TypeVar("T")
Versions = Mapping[str, str | None]

_ANSWER = 10.0  # seconds for a scheduler that is up
_LOOK = 0.2  # seconds between two looks for a worker


def security(access: Contact) -> "Security":
    """Both sides show the cluster's own certificate."""
    from distributed import Security as Security_

    return Security_(
        tls_ca_file=access.certificate,
        tls_client_cert=access.certificate,
        tls_client_key=access.key,
        require_encryption=True,
    )


def check(access: Contact, name: str, patience: float, stop: threading.Event) -> None:
    """Make sure that the scheduler and the workers that are there have what this process has.

    Workers that come later, or do not answer now, look themselves, before their first chunk
    (`vre_dm.compute.cluster.on_worker`).

    Parameters
    ----------
    access
        How to reach the scheduler.
    name
        Of the cluster, for the message.
    patience
        Seconds to wait for a first worker; 0 where workers come with the work.
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
    here = versions_here()
    for who, versions in in_thread(_asked(access, name, patience, stop)):
        if different := differences(here, versions):
            where = f"{who} of {name}"
            raise differing(where, different)


def versions_here() -> Versions:
    """Versions of Python and of the packages that matter, in this process."""
    from distributed.versions import get_versions

    return _versions(get_versions(packages=TOGETHER))


def differences(here: Versions, there: Versions) -> list[str]:
    """What is another version ``there``, each with both."""
    python, its = (".".join((said["python"] or "").split(".")[:2]) for said in (here, there))
    found = [] if python == its else [f"Python {its} (here {python})"]
    for package in TOGETHER:
        mine, theirs = here.get(package) or "missing", there.get(package) or "missing"
        if mine != theirs:
            found.append(f"{package} {theirs} (here {mine})")
    return found


def differing(who: str, different: list[str]) -> VersionsDiffer:
    """Name a part of a cluster that has other versions, and what to do."""
    msg = (
        f"the {who} has {', '.join(different)}: "
        "start the cluster with the image of this notebook, or install the same packages there"
    )
    return VersionsDiffer(msg)


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end apart from the caller's event loop, which a notebook has already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _asked(
    access: Contact, name: str, patience: float, stop: threading.Event
) -> list[tuple[str, Versions]]:
    from distributed.core import rpc

    arguments = security(access).get_connection_args("client")
    try:
        async with rpc(access.address, timeout=_ANSWER, connection_args=arguments) as scheduler:
            own = await _in_time(scheduler.versions(packages=list(TOGETHER)), name, stop)
            until = time.monotonic() + patience
            while (workers := await _of_workers(scheduler, name, stop)) == {} and patience:
                _go_on(name, until, patience, stop)
                await asyncio.sleep(_LOOK)
    except OSError as error:
        msg = f"the scheduler of {name} does not answer ({error}); start another cluster"
        raise NoCluster(msg) from error
    found = [("scheduler", _versions(own))]
    return found + [("worker", _versions(each)) for each in (workers or {}).values()]


async def _of_workers(scheduler: Any, name: str, stop: threading.Event) -> Mapping[str, Any] | None:
    """Ask the workers that are there; ``None`` where one does not answer, as in compiled code of another run.

    Whoever is not asked here looks itself, before its first chunk.
    """
    asked = {"op": "versions", "packages": list(TOGETHER)}
    try:
        said: Mapping[str, Any] = await _in_time(
            scheduler.broadcast(msg=asked, on_error="ignore"), name, stop
        )
    except TimeoutError:
        return None
    return said


async def _in_time(answer: Coroutine[Any, Any, T], name: str, stop: threading.Event) -> T:
    """Wait for an answer as long as one may take, or until the run is to stop."""
    waiting = asyncio.ensure_future(answer)
    until = time.monotonic() + _ANSWER
    try:
        while not (await asyncio.wait({waiting}, timeout=_LOOK))[0]:
            _heed(stop, name)
            if time.monotonic() > until:
                msg = f"it said nothing for {_ANSWER:.0f} s"
                raise TimeoutError(msg)
        return waiting.result()
    finally:
        waiting.cancel()


def _heed(stop: threading.Event, name: str) -> None:
    if stop.is_set():
        msg = f"stopped while it waited for a worker of {name}"
        raise JobCancelled(msg)


def _go_on(name: str, until: float, patience: float, stop: threading.Event) -> None:
    _heed(stop, name)
    if time.monotonic() > until:
        msg = (
            f"no worker of {name} came within {patience:.0f} s; "
            "ask for fewer or smaller ones, or look at the cluster's log"
        )
        raise NoCluster(msg)


def _versions(said: Mapping[str, Any]) -> Versions:
    return dict(said["packages"])
