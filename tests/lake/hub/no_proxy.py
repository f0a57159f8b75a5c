# Runs in the hub's own environment.
from jupyterhub.proxy import Proxy


class NoProxy(Proxy):
    """Keeps routes and leads nowhere: what is asked here goes to the hub itself."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.routes = {}

    async def start(self): ...

    async def stop(self): ...

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return self.routes
