# Runs in the environment of the chart's tests: the pods that the hub's spawner and the gateway make, by the
# chart's own configuration; told by lines of JSON.
import asyncio
import contextlib
import io
import json
import os
import sys

os.environ["HOSTNAME"] = "hub"

from dask_gateway_server.backends.kubernetes.backend import KubeClusterConfig
from dask_gateway_server.backends.kubernetes.controller import KubeController
from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from traitlets.config import Config

LIMITS = ("idle_timeout", "cluster_max_cores", "cluster_max_memory")


def before():
    """What the hub's own chart has set by the time that ours has its turn."""
    c = Config()
    c.JupyterHub.services = [{"name": "dask-gateway", "api_token": "none", "display": False}]
    c.JupyterHub.load_roles = []
    c.KubeSpawner.cmd = "jupyterhub-singleuser"
    c.KubeSpawner.uid, c.KubeSpawner.fs_gid = 1000, 100
    c.KubeSpawner.allow_privilege_escalation = False
    c.KubeSpawner.volumes = {"home": {"name": "home", "persistentVolumeClaim": {"claimName": "home"}}}
    home = {"name": "home", "mountPath": "/home/jovyan", "subPath": "{username}"}
    c.KubeSpawner.volume_mounts = {"home": home}
    return c


async def servers(order):
    c = before()
    for section, settings in order["config"].items():
        c[section].update(settings)
    # As the hub's configuration runs what `extraConfig` holds, but for the folders.
    sys.path.insert(0, order["files"])
    from hub_config import configure

    configure(c, order["files"], order["files"])
    form = await KubeSpawner(config=c, _mock=True).get_options_form()
    pods = {}
    for slug in order["profiles"]:
        spawner = KubeSpawner(config=c, _mock=True)
        spawner.user_options = {"profile": slug} if slug else {}
        await spawner.load_user_options()
        pods[slug] = ApiClient().sanitize_for_serialization(await spawner.get_pod_manifest())
    hub = {"services": c.JupyterHub.services, "roles": c.JupyterHub.load_roles}
    listed = [each["slug"] for each in c.KubeSpawner.profile_list(None)]
    return {"form": form, "pods": pods, "hub": hub, "listed": listed}


async def clusters(order):
    os.environ.update(order["environ"])
    c = Config()
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
            said = asyncio.run({"servers": servers, "clusters": clusters}[order.pop("what")](order))
        except SystemExit as end:
            said = {"ended": str(end)}
    print(json.dumps(said | {"printed": printed.getvalue()}), flush=True)
