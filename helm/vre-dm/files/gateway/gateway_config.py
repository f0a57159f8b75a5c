"""Cluster options, limits and pods of the Dask Gateway, from the values of the chart.

Run inside the gateway's configuration, which hands over its ``c``; of the chart `mounting` is there too.
"""

import json
from typing import Any

from mounting import KERNELS, MALLOC, mounts, volumes

GIB = 2**30
# Dashboards are read through users' servers; a page of another site in a user's browser gets nothing.
PAGES = {"BOKEH_ALLOW_WS_ORIGIN": "127.0.0.1,localhost"}
# Dask is in the environment of a kernel, whose place only the kernel knows, or in JupyterLab's, which comes
# first on the path of our images. The gateway's own commands are those of a Dask before 2026.6.
RUN = (
    "import json, os, sys; python = json.load(open(sys.argv[1]))['argv'][0]; "
    "os.execv(python, [python, '-P', '-m', 'dask', *sys.argv[2:]])"
)
JUPYTERLAB = "python3"  # the kernel of its own environment
# Else chosen by chance; the network policy of Dask opens these and no others.
PORTS = ["--worker-port", "8789", "--nanny-port", "8790"]


def configure(c: Any, text: str) -> None:
    """Set what the values say, which ``text`` holds as JSON, beside what the gateway's chart has set."""
    settings = json.loads(text)
    limits, cluster = settings["dask"], c.KubeClusterConfig
    variables = {**MALLOC, **PAGES, **(cluster.get("environment") or {})}
    c.Backend.cluster_options = options(settings, variables)
    cluster.environment = variables
    cluster.idle_timeout = limits["idleTimeout"]
    cluster.cluster_max_cores = limits["clusterCores"]
    cluster.cluster_max_memory = int(limits["clusterMemory"] * GIB)
    cluster.image_pull_policy = settings["images"]["pullPolicy"]
    known = cluster.get("image_pull_secrets") or []
    secrets = [{"name": name} for name in settings["images"]["pullSecrets"]]
    cluster.image_pull_secrets = [*known, *(each for each in secrets if each not in known)]
    for what, nodes in (("scheduler", {}), ("worker", limits["workerNodes"])):
        for part, ours in (("pod", pod(settings, nodes)), ("container", container(settings))):
            name = f"{what}_extra_{part}_config"
            cluster[name] = beside(ours, cluster.get(name) or {})


def options(settings: dict[str, Any], variables: dict[str, str]) -> Any:
    """What a user may ask of a cluster."""
    from dask_gateway_server.options import Float, Mapping, Options, Select

    limits, clusters = settings["dask"], settings["clusters"]

    def handler(asked: Any) -> dict[str, Any]:
        return of_options(asked, clusters[asked.image], variables)

    return Options(
        Float("worker_cores", default=1, min=0.1, max=limits["workerCores"], label="Cores of a worker"),
        Float(
            "worker_memory",
            default=min(2, limits["workerMemory"]),
            min=0.5,
            max=limits["workerMemory"],
            label="Memory of a worker (GiB)",
        ),
        # Vre-dm asks for the image of the user's own server: the packages have to be the same.
        Select("image", sorted(clusters), label="Image"),
        Mapping("environment", {}, label="Variables of the workers"),
        handler=handler,
    )


def of_options(asked: Any, kernel: str, variables: dict[str, str]) -> dict[str, Any]:
    """What the gateway starts for the options of a user; the site's variables come before the user's."""
    dask = ["python3", "-I", "-c", RUN, f"{KERNELS}/kernels/{kernel}/kernel.json"]
    if kernel == JUPYTERLAB:
        dask = ["python3", "-P", "-m", "dask"]
    return {
        "image": asked.image,
        "scheduler_cmd": [*dask, "scheduler"],
        "worker_cmd": [*dask, "worker", *PORTS],
        "worker_cores": asked.worker_cores,
        "worker_threads": max(1, int(asked.worker_cores)),
        "worker_memory": int(asked.worker_memory * GIB),
        "environment": {str(name): str(value) for name, value in asked.environment.items()} | variables,
    }


def pod(settings: dict[str, Any], nodes: dict[str, str]) -> dict[str, Any]:
    """The pod of a scheduler or a worker, beside what the gateway makes."""
    security = {"runAsNonRoot": True, "runAsUser": 1000, "runAsGroup": 100}
    found: dict[str, Any] = {"securityContext": security | {"seccompProfile": {"type": "RuntimeDefault"}}}
    if mounted := volumes(settings):
        found["volumes"] = mounted
    return found | ({"nodeSelector": nodes} if nodes else {})


def container(settings: dict[str, Any]) -> dict[str, Any]:
    """The container in it."""
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    mounted = mounts(settings)
    return {"securityContext": security} | ({"volumeMounts": mounted} if mounted else {})


def beside(ours: Any, theirs: Any) -> Any:
    """Ours and the site's own together; where both say something else of one thing, the site's."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        both = {key: beside(ours[key], theirs[key]) for key in ours.keys() & theirs.keys()}
        return {**ours, **theirs, **both}
    if isinstance(ours, list) and isinstance(theirs, list):
        return [*theirs, *ours]
    return theirs
