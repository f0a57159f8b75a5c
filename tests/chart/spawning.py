# Runs in the environment of the chart's tests: the pod that KubeSpawner makes of each profile.
import asyncio
import json
import os
import sys
from pathlib import Path

from traitlets.config import Config

order = json.load(sys.stdin)
os.environ |= {"KUBECONFIG": order["kubeconfig"], "HOSTNAME": "hub"}
sys.path.insert(0, order["files"])

from hub_config import configure  # noqa: E402
from kubernetes_asyncio.client import ApiClient  # noqa: E402
from kubespawner import KubeSpawner  # noqa: E402


def before():
    """What the hub's own chart has set by the time that ours has its turn."""
    c = Config()
    c.JupyterHub.services = [{"name": "dask-gateway", "api_token": "none", "display": False}]
    c.JupyterHub.load_roles = []
    c.KubeSpawner.cmd = "jupyterhub-singleuser"
    c.KubeSpawner.uid, c.KubeSpawner.fs_gid = 1000, 100
    c.KubeSpawner.allow_privilege_escalation = False
    c.KubeSpawner.volumes = {"home": {"name": "home", "persistentVolumeClaim": {"claimName": "home"}}}
    c.KubeSpawner.volume_mounts = {
        "home": {"name": "home", "mountPath": "/home/jovyan", "subPath": "{username}"}
    }
    return c


async def main():
    c = before()
    configure(c, order["files"], order["secrets"])
    form = await KubeSpawner(config=c, _mock=True).get_options_form()
    pods = {}
    for slug in order["profiles"]:
        spawner = KubeSpawner(config=c, _mock=True)
        spawner.user_options = {"profile": slug} if slug else {}
        await spawner.load_user_options()
        pods[slug] = ApiClient().sanitize_for_serialization(await spawner.get_pod_manifest())
    hub = {"services": c.JupyterHub.services, "roles": c.JupyterHub.load_roles}
    return {
        "form": form,
        "pods": pods,
        "hub": hub,
        "listed": [each["slug"] for each in c.KubeSpawner.profile_list(None)],
    }


said = asyncio.run(main())
Path(order["answer"]).write_text(json.dumps(said))
