"""The lakes that this server has open, by name; the embedded one is started where the user chose it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import cast

from vre_dm import session
from vre_dm.did import Did
from vre_dm.errors import InvalidDid, LakeStarting, NotInLake, SandboxError, Unreachable, VreDmError
from vre_dm.lake import instances
from vre_dm.lake.catalogue import Page
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.instance import Instance
from vre_dm.lake.lake import Lake
from vre_dm.lake.vocabulary import Key
from vre_dm.pool import Pool
from vre_dm.server.kept import Kept, Seen

_FILES_KEPT, _SCOPES_KEPT, _SECONDS_KEPT = 300_000, 100, 300.0  # of what was looked at last, a lake
_SEEN = 20_000  # DIDs of which it is known that they were there, a lake


class OpenLake:
    """One lake by its name: opened when first asked, with threads of its own for its questions.

    So one that hangs keeps no question to another waiting.
    """

    def __init__(self, name: str, pool: Pool, start: "_Start") -> None:
        self.name, self.pool, self._start = name, pool, start
        self.datasets: Kept[Dataset] = Kept(
            _FILES_KEPT, _SECONDS_KEPT, lambda dataset: 1 + len(dataset.files)
        )
        self.content: Kept[list[Page]] = Kept(
            _FILES_KEPT, _SECONDS_KEPT, lambda pages: 1 + sum(len(page.entries) for page in pages)
        )
        self.keys: Kept[list[Key]] = Kept(_SCOPES_KEPT, _SECONDS_KEPT)
        self.seen = Seen[Did](_SEEN)
        self.chosen = False  # by `Lakes.choose`, so that it may be started: an image in a page asks too
        self._lock = threading.Lock()
        self._lake: Lake | None = None

    def anew(self) -> "OpenLake":
        """The same with nothing kept, and in the same threads: those of a lake that hangs must not add up."""
        return OpenLake(self.name, self.pool, self._start)

    @contextmanager
    def about(self, did: Did) -> Iterator[None]:
        """Remember that a DID is there, if what is asked inside finds it; say so if it no longer does.

        Raises
        ------
        NotInLake
            It never was there, or was shown before and is gone.
        """
        try:
            yield
        except NotInLake as error:
            if error.field != "did":
                raise
            self.drop(did)
            if did not in self.seen:
                raise
            msg = f"{did} is no longer in the lake: it was deleted, or its time was over"
            raise NotInLake(msg, field="did") from error
        self.seen.add([did])

    def drop(self, did: Did) -> None:
        """Keep nothing any more of what is in a DID."""
        self.datasets.drop(did)
        self.content.drop(did)

    def lake(self) -> Lake:
        """Lake itself; blocks while it is opened, but never while it is started.

        Raises
        ------
        LakeStarting
            The embedded lake is on its way.
        Unreachable, LoginRefused, InvalidConfiguration
            It cannot be opened.
        """
        with self._lock:
            if self.name == instances.EMBEDDED:
                now = instances.embedded_if_running() or self._start.awaited(self.chosen)
                if self._lake is None or _address(now) != _address(self._lake.instance):
                    self._lake = session.opened(now)
                    for kept in (self.datasets, self.content, self.keys, self.seen):
                        kept.forget()
            elif self._lake is None:
                self._lake = session.opened(_configured(self.name))
            return self._lake


class Lakes:
    """Every lake that was asked something; safe to share between threads.

    Parameters
    ----------
    wanted
        Name of the lake for requests that name none; empty for the one `vre_dm.connect` would take.
    pool
        Makes the threads for the questions to one lake.
    """

    def __init__(self, wanted: str, pool: Callable[[str], Pool]) -> None:
        self._wanted, self._pool = wanted, pool
        self._lock = threading.Lock()
        self._open: dict[str, OpenLake] = {}

    def default(self) -> str:
        """Name of the lake for requests that name none.

        Raises
        ------
        InvalidConfiguration
            What is configured makes no sense, or holds no such lake.
        """
        if self._wanted == instances.EMBEDDED:
            return self._wanted
        chosen = instances.choose(self._wanted or None)
        return chosen.name if chosen else instances.EMBEDDED

    def named(self, name: str | None) -> OpenLake:
        """Lake of this name; the default one for none. Nothing is asked of it yet.

        Raises
        ------
        InvalidConfiguration
            No such lake is configured.
        """
        known = self.default() if name is None else name
        if known != instances.EMBEDDED and known not in self._open:
            known = _configured(known).name
        with self._lock:
            if known not in self._open:
                self._open[known] = OpenLake(known, self._pool(known), _Start())
            return self._open[known]

    def changed(self, name: str, did: str) -> None:
        """Keep nothing any more of what is in a DID: something was published into it."""
        with self._lock:
            known = self._open.get(name)
        if known is not None:
            with suppress(InvalidDid):  # a journal is a file: it may hold anything
                known.drop(Did.parse(did))

    def choose(self, name: str) -> OpenLake:
        """Lake of this name, to be opened anew with what is configured now, and started if need be.

        Raises
        ------
        InvalidConfiguration
            No such lake is configured.
        """
        with self._lock:
            old = self._open.pop(name, None)
        found = self.named(name)
        with self._lock:
            if old is not None:
                found = self._open[name] = old.anew()
            found.chosen = True
        return found


class _Start:
    """The start of the embedded lake, which takes seconds: in a thread that no request waits for."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._said = ""
        self._fault: VreDmError | None = None

    def awaited(self, start: bool) -> Instance:
        """Say that the lake is not there yet, and why; never returns."""
        if self._thread is not None and self._thread.is_alive():
            msg = f"The embedded lake is being started. {self._said}".strip()
            raise LakeStarting(msg, retry_after=2)
        if self._fault is not None:  # said once; the next question tries again
            fault, self._fault = self._fault, None
            raise type(fault)(*fault.args)
        if not start:
            msg = "the embedded lake does not run; choose it (POST lakes), or start it with vre-dm lake up"
            raise Unreachable(msg)
        self._thread = threading.Thread(
            target=self._run, name="vre-dm start of the embedded lake", daemon=True
        )
        self._thread.start()
        msg = "The embedded lake is being started."
        raise LakeStarting(msg, retry_after=2)

    def _run(self) -> None:
        try:
            instances.embedded(self._say)
        except VreDmError as error:
            self._fault = error
        except OSError as error:
            self._fault = SandboxError(f"the embedded lake does not start: {error}; see vre-dm lake status")

    def _say(self, line: str) -> None:
        self._said = line


def _configured(name: str) -> Instance:
    return cast("Instance", instances.choose(name))  # a name that is not known raises


def _address(instance: Instance) -> tuple[str, str, object]:
    return instance.url, instance.auth_url, instance.registration
