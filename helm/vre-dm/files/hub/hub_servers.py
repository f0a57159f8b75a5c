"""Users' servers: what they choose from, what is mounted, and what their environment says."""

import re
from collections.abc import Mapping
from typing import Any

from mounting import CA, KERNELS, MALLOC, Settings, mounts, volumes

# Kubernetes takes no notice of the health check that our images name, and others have none.
PROBE = {
    "exec": {"command": ["vre-health"]},
    "periodSeconds": 10,
    "timeoutSeconds": 5,
    "failureThreshold": 6,
}
# Of the scratch folder: a pod that takes more than all of it is ended, with what it fetched. The rest is for
# the embedded lake, and for what is fetched while old files are removed.
CACHED = 0.7
SCRATCH = "vre-dm-scratch"
OWN = "own"  # folder in it


def configure_servers(c: Any, settings: Settings, cards: Settings) -> None:
    """Set what KubeSpawner makes of a server; what the hub's chart has set stays where nothing is said."""
    spawner = c.KubeSpawner
    # A probe of the site's own holds for all images.
    probed = "readinessProbe" not in spawner.get("extra_container_config", {})
    spawner.profile_list = offered = profiles(settings, cards, probed=probed)
    if settings["server"]["scratchPath"]:
        _prepare_scratch(spawner, settings)
    first = next(each for each in offered if each.get("default"))
    spawner.image = first["kubespawner_override"]["image"]
    spawner.image_pull_policy = settings["images"]["pullPolicy"]
    if secrets := _pull_secrets(spawner.get("image_pull_secrets"), settings["images"]["pullSecrets"]):
        spawner.image_pull_secrets = secrets
    spawner.volumes = _merged(spawner.get("volumes"), [*volumes(settings), *_scratch(settings)])
    mounted = [*mounts(settings), *_scratch_mount(settings)]
    spawner.volume_mounts = _merged(spawner.get("volume_mounts"), mounted)
    spawner.environment = {**spawner.get("environment", {}), **environment(settings)}
    # A shared file system is not walked through at each start.
    spawner.pod_security_context = {
        "fsGroupChangePolicy": "OnRootMismatch",
        **spawner.get("pod_security_context", {}),
    }
    spawner.container_security_context = {
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
        **spawner.get("container_security_context", {}),
    }


def _prepare_scratch(spawner: Any, settings: Settings) -> None:
    """Give the server a folder of its own in the volume, before it starts.

    Everybody may write an emptyDir, and exchange what is there; vre-dm keeps nothing in such a folder.
    """
    path = settings["server"]["scratchPath"]
    security: dict[str, Any] = {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    if spawner.get("uid") is not None:
        security["runAsUser"] = spawner.uid
    known = spawner.get("init_containers") or []
    for each in spawner.profile_list:
        made = {
            "name": SCRATCH,
            "image": each["kubespawner_override"]["image"],
            "imagePullPolicy": settings["images"]["pullPolicy"],
            "command": ["mkdir", "-p", "-m", "700", f"{path}/{OWN}"],
            # A namespace with a quota takes no container without them.
            "resources": {
                "requests": {"cpu": "10m", "memory": "16Mi"},
                "limits": {"cpu": "1", "memory": "64Mi"},
            },
            "volumeMounts": [{"name": SCRATCH, "mountPath": path}],
            "securityContext": security,
        }
        # Of a mapping KubeSpawner itself puts the two together.
        both: Any = {SCRATCH: made} if isinstance(known, Mapping) else [*known, made]
        each["kubespawner_override"]["init_containers"] = both


def profiles(settings: Settings, cards: Settings, *, probed: bool) -> list[dict[str, Any]]:
    """The list that users choose from.

    Parameters
    ----------
    probed
        Whether Kubernetes asks servers of this release's own images if they are well.
    """
    images = settings["images"]["names"]
    found: list[dict[str, Any]] = []
    for name, asked in settings["profiles"].items():
        if asked["offered"]:
            own = not asked["image"]
            text = _description(cards[name], own=own)
            profile = _profile(name, cards[name]["title"], text, images[name], asked)
            if probed and own:
                profile["kubespawner_override"]["extra_container_config"] = {"readinessProbe": PROBE}
            found.append(profile)
    for asked in settings["extraProfiles"]:
        found.append(_profile(asked["name"], asked["title"], asked["about"], images[asked["name"]], asked))
    return sorted(found, key=lambda each: not each.get("default", False))


def environment(settings: Settings) -> dict[str, str]:
    """Variables of a server."""
    lake, server = settings["lake"], settings["server"]
    found = dict(MALLOC)
    if lake["url"]:
        found |= _lake(lake)
    if server["scratchPath"]:
        found["VRE_DM_CACHE"] = f"{server['scratchPath']}/cache"
        found["VRE_DM_CACHE_QUOTA"] = _quota(server["scratchSize"])
        found["VRE_DM_LAKE_ROOT"] = f"{server['scratchPath']}/lake"
    if settings["kernels"]["prefix"]:
        shared = f"{settings['kernels']['prefix'].rstrip('/')}/share/jupyter"
        found["JUPYTER_PATH"] = f"{KERNELS}:{shared}"
    if settings["gateway"]:
        # Inside the cluster: dashboards ask for no login, so only the user's own server fetches them.
        found |= {
            "DASK_GATEWAY__ADDRESS": "http://traefik-dask-gateway",
            "DASK_GATEWAY__PUBLIC_ADDRESS": "http://traefik-dask-gateway",
            "DASK_GATEWAY__PROXY_ADDRESS": "gateway://traefik-dask-gateway:80",
            "DASK_GATEWAY__AUTH__TYPE": "jupyterhub",
            # KubeSpawner halves the braces.
            "DASK_GATEWAY__CLUSTER__OPTIONS__IMAGE": "{{JUPYTER_IMAGE_SPEC}}",
        }
    return {**found, **server["environment"]}


def _lake(lake: Settings) -> dict[str, str]:
    said = {
        "RUCIO_NAME": lake["name"],
        "RUCIO_BASE_URL": lake["url"],
        "RUCIO_AUTH_URL": lake["authUrl"],
        "RUCIO_CA_CERT": f"{CA}/ca.pem" if lake["hasCa"] else "",
        "RUCIO_VO": lake["vo"],
        "RUCIO_DEFAULT_AUTH_TYPE": "oidc",
        "RUCIO_MODE": lake["mode"],
        "RUCIO_DESTINATION_RSE": lake["destinationRse"],
        "RUCIO_RSE_MOUNT_PATH": lake["rseMountPath"],
        "RUCIO_PATH_BEGINS_AT": str(lake["pathBeginsAt"]) if lake["rseMountPath"] else "",
        "RUCIO_REPLICATION_RULE_LIFETIME_DAYS": str(lake["ruleLifetimeDays"] or ""),
    }
    return {name: value for name, value in said.items() if value}


def _quota(size: str) -> str:
    """What the cache may hold of a size as Kubernetes writes it, as the cache reads it."""
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]+)", size).groups()  # as the schema of the values has it
    return f"{CACHED * float(number):.2f} {unit}B"


def _pull_secrets(there: Any, ours: list[str]) -> list[Any]:
    """Ours beside those of the hub's chart, which are names, or mappings that hold one."""
    known = list(there or [])
    names = {each["name"] if isinstance(each, dict) else each for each in known}
    return [*known, *(each for each in ours if each not in names)]


def _profile(name: str, title: str, text: str, image: str, asked: Settings) -> dict[str, Any]:
    override: dict[str, Any] = {"image": image}
    for ours, theirs in (("cpu", "cpu"), ("memory", "mem")):
        for bound in ("guarantee", "limit"):
            if bound in asked.get(ours, {}):
                override[f"{theirs}_{bound}"] = asked[ours][bound]
    profile = {"slug": name, "display_name": title, "description": text, "kubespawner_override": override}
    return {**profile, "default": True} if asked.get("default") else profile


def _description(card: Settings, *, own: bool) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in card["packages"].items())
    lines = [card["about"], f"With {packages}"]
    if not own:
        lines.append("An image of this site's own")
    elif tried := card["tried"]:
        lines.append(f"{tried['size']} GB, last tried on {tried['day']}")
    return ". ".join(line.rstrip(".") for line in lines) + "."


def _scratch(settings: Settings) -> list[dict[str, Any]]:
    if not settings["server"]["scratchPath"]:
        return []
    return [{"name": SCRATCH, "emptyDir": {"sizeLimit": settings["server"]["scratchSize"]}}]


def _scratch_mount(settings: Settings) -> list[dict[str, Any]]:
    path = settings["server"]["scratchPath"]
    return [{"name": SCRATCH, "mountPath": path, "subPath": OWN}] if path else []


def _merged(there: Any, ours: list[dict[str, Any]]) -> Any:
    """Ours beside what the hub's chart has, which is a mapping, or a list in older ones."""
    if isinstance(there, list):
        return [*there, *ours]
    return {**(there or {}), **{each["name"]: each for each in ours}}
