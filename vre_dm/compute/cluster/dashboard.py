"""Pages of a local cluster, below a name that nobody can guess: of themselves they ask for no login.

Dask's own prefix does not hide them: its ``/`` leads there. Pages below it also name their files from the top
of their server, so they could not be shown through another one.
"""

import secrets
from functools import cached_property
from hmac import compare_digest
from typing import Any

from distributed import Scheduler
from distributed.http.routing import RoutingApplication
from distributed.http.utils import redirect


class PrivateScheduler(Scheduler):
    """A scheduler whose pages are shown to those who know where they are.

    Attributes
    ----------
    below
        Name below which they all are; whoever knows it may read them.
    """

    def start_http_server(self, *args: Any, **more: Any) -> None:
        """Listen; nobody is answered before this is done."""
        super().start_http_server(*args, **more)
        self.below = secrets.token_urlsafe(32)
        self.http_server.request_callback = _Below(self)


class _Below(RoutingApplication):
    """The pages of a scheduler, below a name; at any other path there is nothing.

    They are made when somebody first looks: what they import takes as long as all else of a cluster.
    """

    def __init__(self, scheduler: PrivateScheduler) -> None:
        super().__init__()
        self._name, self._scheduler = scheduler.below, scheduler

    @cached_property
    def _pages(self) -> RoutingApplication:
        from distributed.dashboard.scheduler import connect

        pages: RoutingApplication = self._scheduler.http_application
        connect(pages, self._scheduler.http_server, self._scheduler)
        return pages

    def find_handler(self, request: Any, **more: Any) -> Any:
        said, slash, page = request.path.removeprefix("/").partition("/")
        if not compare_digest(said.encode(), self._name.encode()):
            return None
        if not page:  # its links are below it
            return self._pages.get_handler_delegate(request, redirect(f"/{self._name}/status"))
        request.path, request.uri = slash + page, request.uri.removeprefix(f"/{self._name}")
        return self._pages.find_handler(request, **more)
