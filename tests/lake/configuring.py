"""The files and variables in which users and sites configure a lake."""

import json
from pathlib import Path

Environ = dict[str, str]
VRE = {
    "name": "vre-rucio.cern.ch",
    "display_name": "ESCAPE Rucio instance",
    "rucio_base_url": "https://vre-rucio.cern.ch",
    "rucio_auth_url": "https://vre-rucio-auth.cern.ch/",
    "rucio_ca_cert": "/certs/rucio_ca.pem",
    "mode": "replica",
    "destination_rse": "CERN-EOSPILOT",
    "rse_mount_path": "/eos/eulake",
    "path_begins_at": 5,
    "replication_rule_lifetime_days": 7,
    "vo": "escape",
    "oidc_auth": "env",
    "oidc_env_name": "RUCIO_ACCESS_TOKEN",
}
VRE_VARIABLES = {
    "RUCIO_NAME": "vre-rucio.cern.ch",
    "RUCIO_BASE_URL": "https://vre-rucio.cern.ch",
    "RUCIO_AUTH_URL": "https://vre-rucio-auth.cern.ch",
    "RUCIO_CA_CERT": "/certs/rucio_ca.pem",
    "RUCIO_MODE": "replica",
    "RUCIO_DESTINATION_RSE": "CERN-EOSPILOT",
    "RUCIO_RSE_MOUNT_PATH": "/eos/eulake",
    "RUCIO_PATH_BEGINS_AT": "5",
    "RUCIO_OIDC_AUTH": "env",
    "RUCIO_OIDC_ENV_NAME": "RUCIO_ACCESS_TOKEN",
    "RUCIO_ACCESS_TOKEN": "a.b.c",
    "JUPYTERHUB_USER": "phys",
}
CFG = """
[client]
rucio_host = https://vre-rucio.cern.ch
auth_host = https://vre-rucio-auth.cern.ch
auth_type = oidc
account = phys
ca_cert = $CERTS/rucio_ca.pem
auth_token_file_path = {token}
"""
OIDC = "[client]\nrucio_host=https://x.org\nauth_type=oidc\n"


def jupyter(home: Path, section: object, name: str = "jupyter_server_config.json") -> None:
    path = home / ".jupyter" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"RucioConfig": section}))


def rucio_cfg(home: Path, text: str) -> Path:
    path = home / "rucio/etc/rucio.cfg"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path
