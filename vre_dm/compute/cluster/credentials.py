"""Storage tokens on workers: lent by the run when a worker asks, short-lived, forgotten at its end.

A worker learns by a plugin which hosts want one, and no token. When it reads a file there it asks by an
event, which says who asks; the process of the run answers that worker alone. So no token is in the graph, in
what the scheduler keeps for workers to come, in a setting, or in anything that is logged or shown.
"""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin

from vre_dm.compute.allowed import Permit
from vre_dm.compute.lending import host_of
from vre_dm.compute.reading import shelf
from vre_dm.errors import LoginRefused
from vre_dm.lake.tokens import Secret, redaction

if TYPE_CHECKING:
    from distributed import Worker

PATIENCE = 20.0
"""Seconds that a chunk waits for a token."""
LIFE = 600.0
"""Seconds after which a worker forgets a token that it has not asked for again."""
_AGAIN = 2.0  # seconds between two times that a worker asks for the same
_EARLY = 30.0  # seconds before its end from which on it asks for the next one
_LOOK = 0.2  # seconds between two looks, so that a chunk that waits can be stopped


class Loan:
    """Tokens on their way to a worker, which are shown nowhere: the one place where they are written down.

    Parameters
    ----------
    number
        Counts the loans of a run.
    life
        Seconds until they are to be forgotten.
    trouble
        Why one is missing; empty where none is.
    tokens
        By host.
    """

    def __init__(self, number: int, life: float, trouble: str, tokens: Mapping[str, Secret]) -> None:
        self.number, self.life, self.trouble = number, life, trouble
        self.tokens = dict(tokens)

    def __repr__(self) -> str:
        return f"<loan {self.number} for {', '.join(self.tokens)}>"

    def __reduce__(self) -> tuple[Callable[..., "Loan"], tuple[Any, ...]]:
        written = tuple((host, token.reveal()) for host, token in self.tokens.items())
        return _read, (self.number, self.life, self.trouble, written)


def _read(number: int, life: float, trouble: str, written: tuple[tuple[str, str], ...]) -> Loan:
    return Loan(number, life, trouble, {host: Secret(text) for host, text in written})


class Borrower(WorkerPlugin):
    """Lets a worker read files where they are; workers that come later get it when they come.

    Parameters
    ----------
    run
        Name under which files speak of what reaches them.
    hosts
        Hosts of the files, and whether each wants a token.
    authority
        Certificate authorities to trust beside the system's, as PEM.
    """

    def __init__(self, run: str, hosts: Mapping[str, bool], authority: str) -> None:
        self.run, self._hosts, self._authority = run, dict(hosts), authority

    def setup(self, worker: "Worker") -> None:
        """Tell the process what it may use: nothing, until it asks."""
        redaction.install()
        ask = partial(worker.log_event, topic_of(self.run))
        borrowed = Borrowed(self._hosts, self._authority, lambda number: ask((worker.address, number)))
        shelf.allowed.tell(self.run, Permit(borrowed))

    def teardown(self, worker: "Worker") -> None:
        """Forget it."""
        if (borrowed := _borrowed(self.run)) is not None:
            borrowed.forget()
        shelf.forget(self.run)


def topic_of(run: str) -> str:
    """Events by which workers ask."""
    return f"vre-dm-{run}"


def give(run: str, loan: Loan) -> None:
    """Take a loan, on the worker that asked for it; one whose run is over drops it."""
    if (borrowed := _borrowed(run)) is not None:
        borrowed.take(loan)


def _borrowed(run: str) -> "Borrowed | None":
    permit = shelf.allowed.known(run)
    return permit.access if permit is not None and isinstance(permit.access, Borrowed) else None


@dataclass(slots=True)
class _Held:
    """What a worker has now."""

    loan: Loan
    ends: float


class Borrowed:
    """What a worker may use at the storage; implements `vre_dm.lake.access.Access`.

    Parameters
    ----------
    hosts, authority
        As `Borrower`.
    ask
        Asks the run for tokens, and tells the number of the last loan if it was refused, else 0.
    patience
        Seconds to wait for the answer.
    """

    def __init__(
        self,
        hosts: Mapping[str, bool],
        authority: str,
        ask: Callable[[int], None],
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hosts, self._ask, self._patience, self._clock = dict(hosts), ask, patience, clock
        self._told = threading.Condition()
        self._held: _Held | None = None
        self._number, self._asked = 0, -_AGAIN
        self._timer: threading.Timer | None = None
        self._tls = ssl.create_default_context()
        if authority:
            self._tls.load_verify_locations(cadata=authority)

    def headers(self, url: str) -> dict[str, str]:
        """Give ``Authorization`` for the hosts that want it; waits for a token where there is none.

        Raises
        ------
        LoginRefused
            None came, or the run has none.
        """
        host = host_of(url)
        if not self._hosts.get(host):
            return {}
        with self._told:
            token = self._token(host)
            if token is None:
                before = self._number
                self._wait_for(lambda: self._token(host) is not None or self._number != before, refused=0)
                token = self._token(host)
            elif self._held is not None and self._held.ends - self._clock() < _EARLY:
                self._ask_again(0)
            if token is None:
                raise LoginRefused(self._why(host))
            return {"Authorization": f"Bearer {token.reveal()}"}

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        """Ask for another token after a storage refused one; whether another came."""
        host, text = host_of(url), refused.get("Authorization", "").partition(" ")[2]

        def other() -> bool:
            token = self._token(host)
            return token is not None and token != Secret(text)

        with self._told:
            if not self._hosts.get(host):
                return False
            if not other():
                before = self._number
                self._wait_for(lambda: self._number != before, refused=before)
            return other()

    def verify(self, url: str | None) -> ssl.SSLContext:
        """TLS settings, the same for all hosts: always verifying, no certificate of the user's."""
        return self._tls

    def knows(self, url: str) -> bool:
        """Whether an address is on a host from which files of the run are read."""
        return host_of(url) in self._hosts

    def local_path(self, pfn: str) -> Path | None:
        """None: what a worker has under a path it reads as that."""
        return None

    def mount_fault(self, rse: str | None = None) -> str | None:
        """None: no mount is asked for."""
        return None

    def take(self, loan: Loan) -> None:
        """Use these tokens from now on, for as long as they may be kept."""
        with self._told:
            self._forget()
            self._held, self._number = _Held(loan, self._clock() + loan.life), loan.number
            self._timer = threading.Timer(max(loan.life, 0.0), self._end, (loan,))
            self._timer.daemon = True
            self._timer.start()
            self._told.notify_all()

    def forget(self) -> None:
        """Have no token any more."""
        with self._told:
            self._forget()

    def _end(self, loan: Loan) -> None:
        with self._told:
            if self._held is not None and self._held.loan is loan:
                self._forget()

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._held = None

    def _token(self, host: str) -> Secret | None:
        held = self._held
        return held.loan.tokens.get(host) if held is not None and held.ends > self._clock() else None

    def _why(self, host: str) -> str:
        if self._held is not None and self._held.loan.trouble:
            return self._held.loan.trouble
        return (
            f"no token for {host} came from the run within {self._patience:.0f} s; "
            "run the same again, or with fetch=True"
        )

    def _wait_for(self, done: Callable[[], object], refused: int) -> None:
        """Ask, and wait; asked again now and then, as an event may be lost on its way."""
        until = self._clock() + self._patience
        self._asked = -_AGAIN
        while not done() and self._clock() < until:
            self._ask_again(refused)
            self._told.wait(_LOOK)

    def _ask_again(self, refused: int) -> None:
        if self._clock() - self._asked >= _AGAIN:
            self._asked = self._clock()
            self._ask(refused)
