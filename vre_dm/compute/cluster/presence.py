"""Whether a cluster has a worker at all, looked at beside the chunks that wait for one."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from vre_dm.errors import NoCluster

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 600.0
"""Seconds a cluster may be without a worker while there is work: a machine may have to be started for one."""
_LOOK = 1.0  # seconds between two looks


class Presence:
    """Looks for workers from its making until it is closed.

    Parameters
    ----------
    client
        Of the cluster.
    name
        Of the cluster, for the message.
    patience
        Seconds that it may be without a worker.
    """

    def __init__(self, client: "Client", name: str, patience: float = PATIENCE) -> None:
        self._client, self._name, self._patience = client, name, patience
        self._seen = time.monotonic()
        self._looking = asyncio.run_coroutine_threadsafe(self._look(), client.loop.asyncio_loop)

    def check(self) -> None:
        """Come back where a worker was seen lately.

        Raises
        ------
        NoCluster
            None was, for so long.
        """
        if time.monotonic() - self._seen > self._patience:
            msg = (
                f"no worker of {self._name} was there for {self._patience:.0f} s; what is finished is kept: "
                "ask for fewer or smaller ones, or look at the cluster's log"
            )
            raise NoCluster(msg)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._looking.cancel()

    async def _look(self) -> None:
        while True:
            with suppress(Exception):  # that a scheduler is gone is said elsewhere
                if (await self._client.scheduler.identity(n_workers=0))["n_workers"]:
                    self._seen = time.monotonic()
            await asyncio.sleep(_LOOK)
