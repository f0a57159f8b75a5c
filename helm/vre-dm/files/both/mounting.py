"""What users' servers and their Dask clusters have in common: volumes, where they are, a few settings.

The hub imports it; the gateway, which mounts no files of ours, makes a module of it (`values.yaml`).
"""

from collections.abc import Mapping
from typing import Any

Settings = Mapping[str, Any]
# Dask's default, and its nanny's, makes each large array a system call: half of the time of reading events.
MALLOC = {
    "MALLOC_TRIM_THRESHOLD_": "268435456",
    "MALLOC_MMAP_THRESHOLD_": "268435456",
}
KERNELS = "/opt/kernels/share/jupyter"  # those of the image
CA = "/etc/vre-dm/lake-ca"
_CA_NAME = "vre-dm-lake-ca"


def volumes(settings: Settings) -> list[dict[str, Any]]:
    """Volumes of a pod."""
    found: list[dict[str, Any]] = []
    for name, mount in settings["mounts"].items():
        if "hostPath" in mount:
            source: dict[str, Any] = {"hostPath": {"path": mount["hostPath"], "type": "Directory"}}
        else:
            claim = {"claimName": mount["claim"], "readOnly": mount["readOnly"]}
            source = {"persistentVolumeClaim": claim}
        found.append({"name": f"vre-dm-{name}", **source})
    if settings["lake"]["hasCa"]:
        found.append({"name": _CA_NAME, "configMap": {"name": _CA_NAME}})
    return found


def mounts(settings: Settings) -> list[dict[str, Any]]:
    """Where its container finds them, in the same order."""
    found: list[dict[str, Any]] = []
    for name, mount in settings["mounts"].items():
        made = {"name": f"vre-dm-{name}", "mountPath": mount["path"], "readOnly": mount["readOnly"]}
        if mount["propagation"] != "None":
            made["mountPropagation"] = mount["propagation"]
        found.append(made)
    if settings["lake"]["hasCa"]:
        found.append({"name": _CA_NAME, "mountPath": CA, "readOnly": True})
    return found
