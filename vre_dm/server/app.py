"""The extension as Jupyter Server starts it: its settings, its routes and what it keeps while it runs."""

from collections import Counter
from functools import cached_property, partial
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from tornado.httpclient import AsyncHTTPClient
from traitlets import Bool, Float, Int, Unicode

from vre_dm.lake.tokens import redaction
from vre_dm.pool import Pool
from vre_dm.server import (
    catalogue,
    choosing,
    clusters,
    dashboards,
    datasets,
    documentation,
    elsewhere,
    events,
    jobs,
    limits,
    publishing,
    rules,
)
from vre_dm.server.broadcast import Broadcast
from vre_dm.server.dashboards import LARGEST, Addresses
from vre_dm.server.disks import Disks
from vre_dm.server.lakes import Lakes
from vre_dm.server.launching import Launches

API = "/vre-dm/api/"
RESOURCES = (
    documentation,
    choosing,
    catalogue,
    datasets,
    events,
    jobs,
    limits,
    publishing,
    rules,
    clusters,
    dashboards,
    elsewhere,
)
"""Modules with ``ROUTES``: pairs of a pattern below `API` and a handler; the first that fits is asked."""


class VreDm(ExtensionApp):
    """Data lakes, fetches, rules and limits for the JupyterLab extension; set by ``c.VreDm…``."""

    name = "vre_dm"

    lake = Unicode(
        "", help="Name of the lake to use where the browser names none; empty: as vre_dm.connect() chooses."
    ).tag(config=True)
    concurrency = Int(8, min=1, max=64, help="Questions that are put to one lake at the same time.").tag(
        config=True
    )
    queue = Int(64, min=0, help="Questions that may wait beside them; more are refused with 503.").tag(
        config=True
    )
    patience = Float(
        30.0, min=0.1, help="Seconds after which a question that was not answered is given up."
    ).tag(config=True)
    page_size = Int(200, min=1, max=10_000, help="Rows in one line of a streamed answer.").tag(config=True)
    streams = Int(32, min=1, help="Streams of events, and as many of rows, that may be open at once.").tag(
        config=True
    )
    jobs = Int(8, min=1, help="Fetches and uploads of the user that may run at once; more are refused.").tag(
        config=True
    )
    any_cache = Bool(
        True, help="Whether the user may name a cache outside the folder that JupyterLab shows."
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Redact what is logged from here on."""
        redaction.install()

    def initialize_handlers(self) -> None:
        """Add the routes of every resource."""
        for resource in RESOURCES:
            routes: list[tuple[str, Any]] = resource.ROUTES
            self.handlers.extend((API + pattern, handler) for pattern, handler in routes)

    @cached_property
    def lakes(self) -> Lakes:
        """The lakes that were asked something."""
        return Lakes(self.lake, lambda name: Pool(f"the lake {name}", self.concurrency, self.queue))

    @cached_property
    def open_streams(self) -> Counter[str]:
        """How many streams of each kind are open."""
        return Counter()

    @cached_property
    def launches(self) -> Launches:
        """Starts of jobs."""
        return Launches(self.jobs)

    @cached_property
    def job_events(self) -> Broadcast:
        """What changes among the jobs, for all pages."""
        return Broadcast(partial(events.watch_jobs, self))

    def lake_events(self, name: str) -> Broadcast:
        """What changes in a lake, for all pages that show it."""
        return self._lake_events.setdefault(name, Broadcast(partial(events.watch_lake, self, name)))

    @cached_property
    def _lake_events(self) -> dict[str, Broadcast]:
        return {}

    @cached_property
    def clusters(self) -> Pool:
        """Threads for questions to clusters."""
        return Pool("the Dask Gateway", self.concurrency, self.queue)

    @cached_property
    def cluster_starts(self) -> Pool:
        """Threads in which clusters start, which may take minutes."""
        return Pool("the start of clusters", 4, 8)

    @cached_property
    def failed_starts(self) -> list[str]:
        """Why clusters did not start, where nobody waited for it any more."""
        return []

    @cached_property
    def dashboards(self) -> Addresses:
        """Where the dashboards of clusters are."""
        return Addresses()

    @cached_property
    def dashboard_client(self) -> AsyncHTTPClient:
        """Asks them for their pages; one that hangs holds up no other request of the server."""
        return AsyncHTTPClient(force_instance=True, max_clients=16, max_body_size=LARGEST)

    @cached_property
    def disks(self) -> Disks:
        """The disks that users fetch to."""
        return Disks()

    @cached_property
    def here(self) -> Pool:
        """Threads for what blocks on this machine: its disk, its configuration."""
        return Pool("this server", self.concurrency, self.queue)
