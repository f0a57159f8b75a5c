"""Reads what rucio-jupyterlab uses: `RucioConfig` in Jupyter's JSON files, the VRE's `RUCIO_*` variables."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_LARGEST_FILE = 5_000_000
_NAMES = ("jupyter_config", "jupyter_notebook_config", "jupyter_server_config", "jupyter_lab_config")

# Variable of the VRE's images -> key of a RucioConfig instance.
VARIABLES = {
    "RUCIO_NAME": "name",
    "RUCIO_BASE_URL": "rucio_base_url",
    "RUCIO_AUTH_URL": "rucio_auth_url",
    "RUCIO_CA_CERT": "rucio_ca_cert",
    "RUCIO_VO": "vo",
    "RUCIO_MODE": "mode",
    "RUCIO_DESTINATION_RSE": "destination_rse",
    "RUCIO_RSE_MOUNT_PATH": "rse_mount_path",
    "RUCIO_PATH_BEGINS_AT": "path_begins_at",
    "RUCIO_REPLICATION_RULE_LIFETIME_DAYS": "replication_rule_lifetime_days",
    "RUCIO_OIDC_AUTH": "oidc_auth",
    "RUCIO_OIDC_ENV_NAME": "oidc_env_name",
    "RUCIO_OIDC_FILE_NAME": "oidc_file_name",
}


@dataclass(frozen=True)
class Found:
    """What Jupyter's configuration says about lakes.

    Attributes
    ----------
    entries
        One mapping an instance, the default one first; the key ``source`` names the file.
    notes
        What was seen and not used, with the reason.
    """

    entries: list[dict[str, object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def from_jupyter(environ: Mapping[str, str]) -> Found:
    """Instances of `RucioConfig` in Jupyter's JSON configuration.

    Files ``jupyter_{config,notebook_config,server_config,lab_config}.json`` and their ``.d`` folders are
    read in Jupyter's order; a later file wins. Python files and remote (``$url``) entries are only noted:
    reading a configuration must neither run code nor contact a host.
    """
    found = Found()
    section: dict[str, object] = {}
    for path in _files(environ):
        said = _section(path, found.notes)
        if said:
            section |= said | {"source": str(path)}
    default = section.get("default_instance")
    instances = section.get("instances", [])
    for entry in instances if isinstance(instances, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            found.notes.append(f"{section['source']}: an instance of RucioConfig has no name")
        elif "$url" in entry:
            found.notes.append(
                f"{entry['name']}: the remote configuration ($url) is not read; write it in place"
            )
        else:
            usual = {"default_auth_type": section.get("default_auth_type"), "source": section["source"]}
            found.entries.insert(0 if entry["name"] == default else len(found.entries), usual | entry)
    return found


def from_variables(environ: Mapping[str, str]) -> dict[str, object] | None:
    """Instance described by the VRE's ``RUCIO_*`` variables, if they name a server."""
    if not environ.get("RUCIO_BASE_URL"):
        return None
    entry: dict[str, object] = {key: environ[name] for name, key in VARIABLES.items() if environ.get(name)}
    entry["default_auth_type"] = environ.get("RUCIO_DEFAULT_AUTH_TYPE") or environ.get("RUCIO_AUTH_TYPE")
    entry["source"] = "the RUCIO_* variables"
    return entry


def folders(environ: Mapping[str, str]) -> list[Path]:
    """Jupyter's configuration folders, the one that wins last."""
    own = environ.get("JUPYTER_CONFIG_DIR") or str(Path(environ.get("HOME", "/")) / ".jupyter")
    system = ["/etc/jupyter", "/usr/local/etc/jupyter", str(Path(sys.prefix) / "etc/jupyter")]
    given = [entry for entry in environ.get("JUPYTER_CONFIG_PATH", "").split(":") if entry]
    return [Path(entry) for entry in [*system, own, *reversed(given)]]


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    for folder in folders(environ):
        for name in _NAMES:
            yield from sorted((folder / f"{name}.d").glob("*.json"))
            yield folder / f"{name}.py"
            yield folder / f"{name}.json"


def _section(path: Path, notes: list[str]) -> dict[str, object]:
    try:
        if not path.is_file():
            return {}
        text = path.read_text(encoding="utf-8")[:_LARGEST_FILE]
        if path.suffix == ".py":
            if "RucioConfig" in text:
                notes.append(
                    f"{path} sets RucioConfig in Python, which is not run; write it as {path.stem}.json"
                )
            return {}
        section = json.loads(text).get("RucioConfig", {})
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        notes.append(f"{path} cannot be read: {type(error).__name__}")
        return {}
    return section if isinstance(section, dict) else {}
