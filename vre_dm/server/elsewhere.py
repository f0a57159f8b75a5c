"""What is asked below our address and is no route: said as every other error is, not as a page."""

from tornado import web

from vre_dm.server.base import Handler


class ElsewhereHandler(Handler):
    """Any path that no other handler has."""

    async def get(self) -> None:
        """Say that there is nothing."""
        raise web.HTTPError(404, "there is no such route; openapi.json lists those that there are")

    head = post = put = patch = delete = get


ROUTES = [(".*", ElsewhereHandler)]
