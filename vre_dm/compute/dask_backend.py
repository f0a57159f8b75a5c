"""A Dask cluster, of this machine or of a gateway, as the place of chunks."""

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine, Generator, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from vre_dm.compute.backend import Call, Came
from vre_dm.compute.cluster.chunks import Chunks, lost
from vre_dm.compute.cluster.folder import Contact
from vre_dm.compute.cluster.on_worker import Run, sent
from vre_dm.compute.cluster.versions import check, security
from vre_dm.compute.inputs import Input
from vre_dm.compute.reading import shelf
from vre_dm.compute.work import Work
from vre_dm.errors import NoCluster

if TYPE_CHECKING:
    from distributed import Client, WorkerPlugin

_ANSWER = 10.0  # seconds for a scheduler that answered just now
_FAREWELL = 2.0  # seconds that the end of a run waits until all workers forgot it
_LOOK = 0.1  # seconds between two looks at whether the run is to stop
_TRIES = 5


class DaskBackend:
    """A cluster that runs, as the place of chunks.

    Parameters
    ----------
    access
        How to reach its scheduler.
    name
        For the user.
    end
        Called by `close`: ends the cluster, where it belongs to the run.
    patience
        Seconds to wait for a first worker.
    stop
        Ends that wait.

    Raises
    ------
    NoCluster, VersionsDiffer
        It cannot be used; ``end`` was called.
    """

    def __init__(
        self,
        access: Contact,
        name: str,
        end: Callable[[], None],
        *,
        patience: float = 60.0,
        stop: threading.Event | None = None,
    ) -> None:
        self.name, self._end = name, end
        self._giving: Future[Any] | None = None
        try:
            check(access, name, patience, stop or threading.Event())
            self._client = _client(access, name)
        except BaseException:
            end()
            raise

    def run(self, work: Work, calls: Sequence[Call], stop: threading.Event) -> Generator[Came, None, None]:
        """Do each call; see `vre_dm.compute.backend.Backend.run`.

        Raises
        ------
        NoCluster
            Its workers cannot load the function.
        ClusterLost
            The scheduler went away; what was given before is whole.
        """
        run = f"run-{token_hex(4)}"
        files = {chunk.input: shelf.pinned(file) for file, chunk in calls}
        with self._lending(files.values(), stop):
            try:
                self._give(Run(run, sent(work, files)), run, stop)
                if not stop.is_set():
                    yield from self._done(Chunks(self._client, self.name, run, work, calls), stop)
            finally:
                # A cluster that went away has nothing to forget; a worker in compiled code does it later.
                with suppress(Exception):
                    self._soon(self._forget(run)).result(_FAREWELL)

    def close(self) -> None:
        """Leave the cluster; one of the run's own ends."""
        try:
            with suppress(Exception):  # the scheduler may be gone
                self._client.close(timeout=2)
        finally:
            self._end()

    @contextmanager
    def _lending(self, files: Collection[Input], stop: threading.Event) -> Iterator[None]:
        """Answer workers that read files where they are, for the length of a run."""
        runs = {source.away.run for source in files if source.away is not None}
        with ExitStack() as lenders:
            for run in sorted(runs):
                from vre_dm.compute.cluster.lender import Lender  # with the client of the storage

                give = partial(self._give, stop=stop)
                lenders.enter_context(Lender(self._client, run, files, give))
            yield

    @staticmethod
    def _done(chunks: Chunks, stop: threading.Event) -> Iterator[Came]:
        try:
            yield from chunks.results(stop)
        finally:
            chunks.end()

    def _give(self, plugin: "WorkerPlugin", name: str, stop: threading.Event) -> None:
        """Give a plugin to the workers that are there; comes back early where the run is to stop."""
        for left in reversed(range(_TRIES)):
            giving = self._soon(self._client._register_worker_plugin(plugin, name, idempotent=False))
            self._giving = giving
            # One that is in compiled code of another run takes it only afterwards.
            while not wait([giving], _LOOK).done:
                if stop.is_set():
                    return
            try:
                giving.result()
            except Exception as error:  # whatever unpickling raises there
                if self._client.status != "running":
                    raise lost(self.name) from error
                if left and isinstance(error, OSError):
                    continue  # a worker went while it was told: those that stay are told again
                msg = (
                    f"the workers of {self.name} cannot load the function: {type(error).__name__}: {error}; "
                    "install there what it imports, or define it in the notebook"
                )
                raise NoCluster(msg) from error
            return

    async def _forget(self, run: str) -> None:
        """Take a run back from the workers; after it was given, where it was stopped on the way there."""
        if self._giving is not None:
            await asyncio.wait([asyncio.wrap_future(self._giving)])
        await self._client._unregister_worker_plugin(run)

    def _soon(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._client.loop.asyncio_loop)


def _client(access: Contact, name: str) -> "Client":
    from distributed import Client

    try:
        return Client(
            access.address, security=security(access), timeout=_ANSWER, set_as_default=False, name="vre-dm"
        )
    except OSError as error:
        raise lost(name) from error
