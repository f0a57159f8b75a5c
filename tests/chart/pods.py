# Runs in the environment of the chart's tests: the pods that the hub's spawner and the gateway make, and
# whom the hub lets in, by the chart's own configuration; told by lines of JSON.
import asyncio
import contextlib
import io
import json
import os
import sys
from importlib.metadata import entry_points

os.environ["HOSTNAME"] = "hub"

from dask_gateway_server.backends.kubernetes.backend import KubeClusterConfig
from dask_gateway_server.backends.kubernetes.controller import KubeController
from hub_chart import configured
from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from oauthenticator.oauth2 import _serialize_state
from traitlets.config import Config

LIMITS = ("idle_timeout", "cluster_max_cores", "cluster_max_memory")
# What the gateway's own chart sets of `gateway.backend`, and reads there.
BACKEND = {
    "environment": ("environment",),
    "image_pull_secrets": ("imagePullSecrets",),
    "scheduler_extra_pod_config": ("scheduler", "extraPodConfig"),
    "scheduler_extra_container_config": ("scheduler", "extraContainerConfig"),
    "worker_extra_pod_config": ("worker", "extraPodConfig"),
    "worker_extra_container_config": ("worker", "extraContainerConfig"),
}


class Back:
    """A user's browser that comes back from the issuer."""

    def __init__(self, code):
        self.code = code

    def get_argument(self, name, default=None):
        return {"code": self.code}.get(name, default)

    def get_state_cookie(self):
        return _serialize_state({"code_verifier": "one"})


async def servers(order):
    c = configured(order["values"], order["files"])
    form = await KubeSpawner(config=c, _mock=True).get_options_form()
    pods = {}
    for slug in order["profiles"]:
        spawner = KubeSpawner(config=c, _mock=True)
        spawner.user_options = {"profile": slug} if slug else {}
        await spawner.load_user_options()
        pods[slug] = ApiClient().sanitize_for_serialization(await spawner.get_pod_manifest())
    hub = {"services": c.JupyterHub.services, "roles": c.JupyterHub.load_roles}
    listed = [each.get("slug") for each in c.KubeSpawner.profile_list]
    return {"form": form, "pods": pods, "hub": hub, "listed": listed}


async def people(order):
    """Who comes back from the issuer with which code, and is let in."""
    c = configured(order["values"], order["files"])
    login = c.JupyterHub.authenticator_class
    if isinstance(login, str):
        (entry,) = entry_points(group="jupyterhub.authenticators", name=login)
        login = entry.load()
    login = login(config=c)
    found = {}
    for code in order["codes"]:
        said = await login.get_authenticated_user(Back(code), None)
        found[code] = said and {"name": said["name"], "admin": said["admin"], "groups": said.get("groups")}
    return {"found": found}


async def clusters(order):
    os.environ.update(order["environ"])
    c = Config()
    for name, path in BACKEND.items():
        value = order["backend"]
        for part in path:
            value = value.get(part) or {}
        if value:
            c.KubeClusterConfig[name] = value
    # As the gateway's configuration runs what `extraConfig` holds.
    exec(compile(order["config"], "extraConfig", "exec"), {"c": c, "os": os})
    options = c.Backend.cluster_options
    said = {"options": options.get_specification()}
    try:
        asked = options.parse_options(order["asked"])
        config = KubeClusterConfig(config=c, namespace="vre", **options.get_configuration(asked, None))
    except (TypeError, ValueError) as error:
        return said | {"refused": str(error)}
    controller = KubeController(gateway_instance="dask-gateway", api_url="http://api/api", config=c)
    pods = [controller.make_pod("vre", "one", config, is_worker=worker) for worker in (False, True)]
    return said | {"pods": pods, "limits": {name: getattr(config, name) for name in LIMITS}}


for line in sys.stdin:
    order, printed = json.loads(line), io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            what = {"servers": servers, "people": people, "clusters": clusters}[order.pop("what")]
            said = asyncio.run(what(order))
        except SystemExit as end:
            said = {"ended": str(end)}
    print(json.dumps(said | {"printed": printed.getvalue()}), flush=True)
