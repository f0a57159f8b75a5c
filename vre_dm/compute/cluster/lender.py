"""The process of a run, as it lends storage tokens to its workers: to who asks, while the run runs."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from vre_dm.compute.cluster.credentials import LIFE, Borrower, Loan, give, topic_of
from vre_dm.compute.inputs import Input
from vre_dm.compute.lending import samples_of, tokens_of
from vre_dm.compute.reading import shelf
from vre_dm.errors import VreDmError
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens import expiry

if TYPE_CHECKING:
    from distributed import Client, WorkerPlugin

_ANSWER = 10.0  # seconds a worker may take to hear
_FAREWELL = 2.0  # seconds that the end of a run waits until all workers forgot what they have
_LAST = 5.0  # seconds before a token's end from which on it is not lent any more

Register = Callable[["WorkerPlugin", str], None]


class Lender:
    """Answers the workers of a run that read files where they are; a context manager.

    Parameters
    ----------
    client
        Of the cluster.
    run
        Name under which the files speak of what reaches them.
    inputs
        The files.
    register
        Gives a plugin to all workers, those to come too, by a name.
    """

    def __init__(self, client: "Client", run: str, inputs: Iterable[Input], register: Register) -> None:
        self._client, self._run, self._register = client, run, register
        self._samples, self._permit = samples_of(inputs), shelf.allowed.of(run)
        self._asks: SimpleQueue[tuple[str, int] | None] = SimpleQueue()
        self._last = Loan(0, LIFE, "", {})

    def __enter__(self) -> Self:
        """Let workers ask.

        Raises
        ------
        LoginRefused
            There is nothing to lend.
        """
        wants = tokens_of(self._permit.access, self._samples, self._permit.kept)
        hosts = {host: host in wants for host in self._samples}
        threading.Thread(target=self._answer, name="lender", daemon=True).start()
        try:
            self._client.subscribe_topic(topic_of(self._run), self._heard)
            self._register(Borrower(self._run, hosts, self._permit.authority), f"{self._run}-storage")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Lend no more; workers forget what they have."""
        self._asks.put(None)
        with suppress(Exception):  # a cluster that went away has nothing to forget
            self._client.unsubscribe_topic(topic_of(self._run))
        with suppress(Exception):  # who is in compiled code forgets afterwards
            leaving = self._client._unregister_worker_plugin(f"{self._run}-storage")
            asyncio.run_coroutine_threadsafe(leaving, self._client.loop.asyncio_loop).result(_FAREWELL)

    def _heard(self, event: tuple[float, Any]) -> None:
        worker, number = event[1]
        self._asks.put((str(worker), int(number)))

    def _answer(self) -> None:
        while (ask := self._asks.get()) is not None:
            asks = [ask]
            while not self._asks.empty():
                if (more := self._asks.get()) is None:
                    return
                asks.append(more)
            self._last = self._next(refused=any(number == self._last.number for _, number in asks if number))
            workers = list(dict.fromkeys(worker for worker, _ in asks))
            with suppress(Exception):  # who did not hear asks again
                giving = self._client._run(give, self._run, self._last, workers=workers, on_error="ignore")
                asyncio.run_coroutine_threadsafe(giving, self._client.loop.asyncio_loop).result(_ANSWER)

    def _renew(self) -> None:
        """Have other tokens than those that were lent, where that can be."""
        for host, token in self._last.tokens.items():
            header = {"Authorization": f"Bearer {token.reveal()}"}
            self._permit.access.renew(self._samples[host][0], header)

    def _next(self, *, refused: bool) -> Loan:
        """What is lent now, or why nothing is; whatever happens, workers are told."""
        number = self._last.number + 1
        try:
            if refused:
                self._renew()
            return self._loan(number)
        except VreDmError as error:
            return Loan(number, LIFE, clean(error, 300), {})
        except Exception as error:  # its text may hold what nobody is to see
            trouble = f"the run could not get a storage token: {type(error).__name__}; run it again"
            return Loan(number, LIFE, trouble, {})

    def _loan(self, number: int) -> Loan:
        tokens = tokens_of(self._permit.access, self._samples, self._permit.kept)
        now = datetime.now(UTC)
        ends = [(ends - now).total_seconds() - _LAST for token in tokens.values() if (ends := expiry(token))]
        life = min(LIFE, *ends) if ends else LIFE
        if life > 0:
            return Loan(number, life, "", tokens)
        trouble = "the run's own storage token has ended and could not be renewed; log in and run it again"
        return Loan(number, LIFE, trouble, {})
