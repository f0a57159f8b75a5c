"""A Dask cluster, of this machine or of a gateway, as the place of chunks."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING

from vre_dm.compute.backend import Call
from vre_dm.compute.cluster.chunks import Chunks, lost
from vre_dm.compute.cluster.folder import Contact
from vre_dm.compute.cluster.on_worker import Run, sent
from vre_dm.compute.cluster.versions import check, security
from vre_dm.compute.inputs import Input
from vre_dm.compute.reading import shelf
from vre_dm.compute.work import Part, Work
from vre_dm.errors import ChunkFailed, NoCluster

if TYPE_CHECKING:
    from distributed import Client, WorkerPlugin

_ANSWER = 10.0  # seconds to reach a scheduler that answered just now
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
        try:
            check(access, name, patience, stop or threading.Event())
            self._client = _client(access, name)
        except BaseException:
            end()
            raise

    def run(
        self, work: Work, calls: Sequence[Call], stop: threading.Event
    ) -> Iterator[tuple[int, Part | ChunkFailed]]:
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
        with self._lending(files.values()):
            self._give(Run(run, sent(work, files)), run)
            chunks = Chunks(self._client, self.name, run, work, calls)
            try:
                yield from chunks.results(stop)
            finally:
                chunks.end()
                with suppress(Exception):  # a cluster that went away has nothing to forget
                    self._client.unregister_worker_plugin(run)

    def close(self) -> None:
        """Leave the cluster; one of the run's own ends."""
        try:
            with suppress(Exception):  # the scheduler may be gone
                self._client.close(timeout=2)
        finally:
            self._end()

    @contextmanager
    def _lending(self, files: Collection[Input]) -> Iterator[None]:
        """Answer workers that read files where they are, for the length of a run."""
        runs = {source.away.run for source in files if source.away is not None}
        with ExitStack() as lenders:
            for run in sorted(runs):
                from vre_dm.compute.cluster.lender import Lender  # with the client of the storage

                lenders.enter_context(Lender(self._client, run, files, self._give))
            yield

    def _give(self, plugin: "WorkerPlugin", name: str) -> None:
        for left in reversed(range(_TRIES)):
            try:
                self._client.register_plugin(plugin, name=name)
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


def _client(access: Contact, name: str) -> "Client":
    from distributed import Client

    try:
        return Client(
            access.address, security=security(access), timeout=_ANSWER, set_as_default=False, name="vre-dm"
        )
    except OSError as error:
        raise lost(name) from error
