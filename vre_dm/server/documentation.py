"""The REST routes, as they document themselves."""

from vre_dm.server import openapi
from vre_dm.server.base import Handler


class OpenApiHandler(Handler):
    """The OpenAPI document."""

    async def get(self) -> None:
        """Give it whole."""
        self.reply(openapi.document())


ROUTES = [(r"openapi\.json", OpenApiHandler)]
