"""A cluster on a Dask Gateway, from the side of who asks for it."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from vre_dm.compute.cluster.folder import Contact
from vre_dm.compute.cluster.range import WorkerRange
from vre_dm.compute.cluster.rest import GatewayApi
from vre_dm.compute.cluster.settings import GatewaySettings, page
from vre_dm.errors import InvalidConfiguration, JobCancelled, NoCluster, VreDmError

if TYPE_CHECKING:
    from vre_dm.compute.dask_backend import DaskBackend

_START = 600.0  # seconds: a node may have to be started for it
ANY_NUMBER = WorkerRange(0, 8)
"""Where nobody said how many workers: as many as the work asks, within what a hub bears."""
_LOOK = 0.2
_SETTLED = ("STOPPING", "STOPPED", "FAILED")


@dataclass(frozen=True, slots=True)
class GatewayOrder:
    """What a cluster of a gateway is to be: workers, and the options that the user gave."""

    workers: WorkerRange
    options: Mapping[str, Any] = field(default_factory=dict)


def access_of(settings: GatewaySettings, name: str, report: Mapping[str, Any]) -> Contact:
    """How to reach the scheduler of a cluster that runs, by what its gateway reports of it."""
    return Contact(f"gateway://{settings.proxy}/{name}", report["tls_cert"], report["tls_key"])


class GatewayCluster:
    """Workers of a Dask Gateway.

    Parameters
    ----------
    settings
        The gateway.
    order
        What it is to be; ``None`` where only its name is known, so that it cannot be made anew.
    name
        Of one that runs already.
    """

    def __init__(self, settings: GatewaySettings, order: GatewayOrder | None, name: str = "") -> None:
        self._settings, self._order, self._name = settings, order, name
        self._mine = not name  # only who made it ends it with a block
        self._api = GatewayApi(settings)

    @classmethod
    def of(
        cls, settings: GatewaySettings, workers: WorkerRange, memory: int | None, options: Mapping[str, Any]
    ) -> "GatewayCluster":
        """Describe one; the gateway says whether it can be when it is started."""
        size = {"worker_memory": memory / 2**30} if memory else {}
        return cls(settings, GatewayOrder(workers, {**size, **options}))

    @property
    def id(self) -> str:
        """By which `vre_dm.clusters` and ``vre_dm.cluster(name=…)`` know it; empty before it is started."""
        return self._name

    @property
    def name(self) -> str:
        """For the user."""
        if self._name or self._order is None:
            return f"gateway cluster {self._name}".rstrip()
        return f"gateway cluster of {self._order.workers} workers"

    @property
    def running(self) -> bool:
        """Whether it runs, as the gateway says."""
        return bool(self._name) and self._api.report(self._name)["status"] == "RUNNING"

    @property
    def dashboard(self) -> str:
        """Address of its pages, which ask for no login; empty while it does not run."""
        route = self._api.report(self._name).get("dashboard_route") if self._name else None
        return page(self._settings.public, route)

    def up(self, stop: threading.Event | None = None) -> Self:
        """Start it, and wait until it can be used; its first worker may come later.

        Raises
        ------
        NoCluster, LoginRefused, InvalidConfiguration
            The gateway refused, or it failed to start.
        JobCancelled
            It was stopped meanwhile.
        """
        if self._name:
            return self
        if self._order is None:
            raise _over(self.name)
        self._name = self._api.create(self._options(self._order.options))
        try:
            self._wait(stop or threading.Event())
            self.scale(self._order.workers)
        except BaseException:
            self.down()
            raise
        return self

    def scale(self, workers: int | tuple[int, int] | WorkerRange) -> str:
        """Change the number of workers; gives what the gateway has to say to that, as a limit it keeps."""
        number = workers if isinstance(workers, WorkerRange) else WorkerRange.of(workers)
        if self._order is not None:
            self._order = replace(self._order, workers=number)
        if not self._name:
            return ""
        if number.minimum == number.maximum:
            return self._api.scale(self._name, number.maximum)
        return self._api.adapt(self._name, number.minimum, number.maximum)

    def down(self) -> None:
        """End it; a gateway that is gone has ended it too."""
        name, self._name = self._name, ""
        if name:
            with suppress(VreDmError):
                self._api.end(name)

    def handed(self) -> dict[str, Any]:
        """What another process needs for `vre_dm.compute.cluster.backend_for`: no secret is in it."""
        where = {name: str(value) if value else "" for name, value in asdict(self._settings).items()}
        order = self._order and {
            "workers": asdict(self._order.workers),
            "options": dict(self._order.options),
        }
        return {"kind": "gateway", "gateway": where, "order": order, "name": self._name}

    @classmethod
    def restored(cls, handed: Mapping[str, Any]) -> "GatewayCluster":
        """Cluster that was handed over."""
        said = dict(handed["gateway"])
        password = said.pop("password")
        settings = GatewaySettings(**said, password=Path(password) if password else None)
        wanted = handed["order"]
        order = wanted and GatewayOrder(WorkerRange(**wanted["workers"]), wanted["options"])
        return cls(settings, order, handed["name"])

    @classmethod
    def attached(cls, settings: GatewaySettings, name: str) -> "GatewayCluster | None":
        """Cluster that runs, by its name; ``None`` where there is none. A ``with`` block does not end it."""
        known = GatewayApi(settings).clusters()
        return cls(settings, None, name) if name in known else None

    def backend(self, stop: threading.Event | None = None) -> "DaskBackend":
        """Use it for a run; one that does not run yet, or ended, is started, and ends with the run.

        One that is known by its name only is not started anew: nobody here knows what it was.

        Raises
        ------
        NoCluster, VersionsDiffer, LoginRefused, InvalidConfiguration, JobCancelled
            It cannot be used.
        """
        import dask_gateway.comm  # noqa: F401  # so that Dask knows addresses of gateways

        from vre_dm.compute.dask_backend import DaskBackend

        if self._name and self._ended():
            if self._order is None:
                raise _over(self.name)
            self._name = ""
        for_the_run = not self._name
        self.up(stop)
        self._wait(stop or threading.Event())  # of one that somebody else started just now
        end = self.down if for_the_run else lambda: None
        fewest = self._order.workers.minimum if self._order is not None else 0
        patience = _START if fewest else 0.0  # from zero workers come with the work
        return DaskBackend(self._access(), self.name, end, patience=patience, stop=stop)

    def __enter__(self) -> Self:
        return self.up()

    def __exit__(self, *_: object) -> None:
        if self._mine:
            self.down()

    def __repr__(self) -> str:
        return f"<{self.name} at {self._settings.address}: {self._name or 'not started'}>"

    def _ended(self) -> bool:
        """Whether it is over, as after its time without work."""
        return self._name not in self._api.clusters()

    def _access(self) -> Contact:
        said = self._api.report(self._name)
        if said["status"] != "RUNNING":
            msg = f"{self.name} is {str(said['status']).lower()}; make another one"
            raise NoCluster(msg)
        return access_of(self._settings, self._name, said)

    def _options(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What is wanted, and what else Dask's settings ask of this gateway, as far as it has that."""
        known = self._api.options()
        for name in wanted:
            if name not in known:
                has, where = ", ".join(known) or "none", self._settings.address
                msg = f"the Dask Gateway {where} has no option {name}; it has {has}"
                raise InvalidConfiguration(msg, field=name)
        usual = {name: one for name, one in self._settings.options().items() if name in known}
        return usual | dict(wanted)

    def _wait(self, stop: threading.Event) -> None:
        until = time.monotonic() + _START
        while (status := self._api.report(self._name)["status"]) != "RUNNING":
            if stop.is_set():
                msg = f"stopped while {self.name} started"
                raise JobCancelled(msg)
            if status in _SETTLED or time.monotonic() > until:
                how = "did not start" if status in _SETTLED else f"was not ready after {_START:.0f} s"
                msg = f"{self.name} {how}: the log of the gateway {self._settings.address} says why"
                raise NoCluster(msg)
            stop.wait(_LOOK)


def _over(name: str) -> NoCluster:
    return NoCluster(f"{name} ended; start another one with dm.cluster(workers=…)")
