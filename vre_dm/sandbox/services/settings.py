"""Rucio's configuration files: the server's, the administrator's and the user's."""

import configparser
import io
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from vre_dm.errors import SandboxError
from vre_dm.sandbox.layout import USER, Layout, write_json, write_private
from vre_dm.sandbox.services.endpoints import Endpoints
from vre_dm.sandbox.services.secrets import OWN_CLIENT, RUCIO_CLIENT, Secrets

Sections = Mapping[str, Mapping[str, object]]

# PostgreSQL and its clients meet in the data folder. A Unix socket's path may have 107 bytes, a home folder
# any number: each process that needs the database is started in the lake's folder and goes through its own
# /proc entry.
SOCKET_FOLDER = "/proc/self/cwd/postgres/data"
AUDIENCE = "rucio"
OIDC_SCOPE = "openid profile"
# Rucio makes no rule that waits for approval without the letters it would write about one.
_LETTERS = (
    "rule_approval_request",
    "rule_approved_user",
    "rule_approved_admin",
    "rule_denied_user",
    "rule_denied_admin",
)


def write_all(layout: Layout, endpoints: Endpoints, secrets: Secrets, storage_audience: str) -> None:
    """Write every configuration file anew for these addresses and secrets."""
    for folder in (layout.server, layout.client, layout.log):
        folder.mkdir(mode=0o700, exist_ok=True)
    _write(layout.server / "rucio.cfg", _server(layout, endpoints, secrets))
    _write(layout.server / "alembic.ini", _alembic(secrets))
    for letter in _LETTERS:
        write_private(layout.server / f"{letter}.tmpl", "Replication rule ${rule_id}\n")
    write_json(layout.server / "idpsecrets.json", _identity_provider(endpoints, secrets))
    admin = _password_client(layout, endpoints, "root", secrets)
    _write(layout.admin_config, {"client": admin, "policy": _POLICY_OF_CLIENTS})
    user = _password_client(layout, endpoints, USER, secrets)
    # Tells our own client that the storage is on this machine and takes the same password.
    ours: dict[str, dict[str, object]] = {"vre-dm": {"embedded": "yes"}}
    _write(layout.userpass_config, {"client": user, "policy": _POLICY_OF_CLIENTS, **ours})
    token = _token_client(layout, endpoints)
    login = {"issuer": endpoints.issuer_url, "issuer_ca": layout.ca, "client_id": OWN_CLIENT}
    ours["vre-dm"] |= login | {"storage_audience": storage_audience}
    _write(layout.rucio_config, {"client": token, "policy": _POLICY_OF_CLIENTS, **ours})


_POLICY_OF_CLIENTS = {"permission": "generic", "schema": "generic", "lfn2pfn_algorithm_default": "hash"}


def _client(layout: Layout, endpoints: Endpoints, account: str) -> dict[str, object]:
    return {
        "rucio_host": endpoints.rucio_url,
        "auth_host": endpoints.rucio_url,
        "ca_cert": layout.ca,
        "account": account,
        "request_retries": 3,
    }


def _password_client(
    layout: Layout, endpoints: Endpoints, account: str, secrets: Secrets
) -> dict[str, object]:
    login = {"auth_type": "userpass", "username": account, "password": secrets.accounts[account]}
    return {**_client(layout, endpoints, account), **login}


def _token_client(layout: Layout, endpoints: Endpoints) -> dict[str, object]:
    login = {"auth_type": "oidc", "auth_token_file_path": layout.token, "oidc_scope": OIDC_SCOPE}
    return {**_client(layout, endpoints, USER), **login, "oidc_audience": AUDIENCE, "oidc_polling": "true"}


def _database_url(secrets: Secrets) -> str:
    return f"postgresql+psycopg://rucio:{secrets.database}@/rucio?host={SOCKET_FOLDER}"


def _server(layout: Layout, endpoints: Endpoints, secrets: Secrets) -> Sections:
    return {
        "common": {"logdir": layout.log, "loglevel": "ERROR", "mailtemplatedir": layout.server},
        # The daemons are clients of the storage too.
        "client": _password_client(layout, endpoints, "root", secrets),
        "database": {
            "default": _database_url(secrets),
            # Few are kept while idle: each is a server process of its own.
            "pool_size": 2,
            "max_overflow": 18,
            "pool_reset_on_return": "rollback",
        },
        "bootstrap": {
            "userpass_identity": "root",
            "userpass_pwd": secrets.accounts["root"],
            "userpass_email": "root@localhost",
            # Empty: Rucio would else create the published default identities.
            "x509_identity": "",
            "gss_identity": "",
            "ssh_identity": "",
        },
        "policy": {
            "package": "vre_dm.sandbox.services.policy",
            "permission": "generic",
            "schema": "generic",
            "lfn2pfn_algorithm_default": "hash",
        },
        # Alembic trips over a percent sign in the file's own path; its step runs in the lake's folder.
        "alembic": {"cfg": "/proc/self/cwd/server/alembic.ini"},
        "metadata": {"plugins": "rucio.core.did_meta_plugins.json_meta.JSONDidMeta"},
        "conveyor": {"scheme": "file,https", "transfertool": "local"},
        # Every pair is joined; none goes through a third.
        "transfers": {"multihop_rse_expression": ""},
        # No memcached: `services.rucio_app` puts memory in its place.
        "cache": {"url": "127.0.0.1:1"},
        "oidc": {
            "idpsecrets": layout.server / "idpsecrets.json",
            "admin_issuer": "escape",
            "expected_audience": AUDIENCE,
            "expected_scope": OIDC_SCOPE,
        },
    }


def _identity_provider(endpoints: Endpoints, secrets: Secrets) -> dict[str, object]:
    login = {"client_id": RUCIO_CLIENT, "client_secret": secrets.clients[RUCIO_CLIENT]}
    redirects = [f"{endpoints.rucio_url}/auth/oidc_code", f"{endpoints.rucio_url}/auth/oidc_token"]
    return {"escape": {"issuer": endpoints.issuer_url, **login, "redirect_uris": redirects, "SCIM": login}}


def _alembic(secrets: Secrets) -> Sections:
    # Without the logging sections Rucio's build_database() dies of a KeyError.
    logger = {"level": "WARN", "handlers": "console"}
    return {
        "alembic": {"script_location": _migrations(), "sqlalchemy.url": _database_url(secrets)},
        "loggers": {"keys": "root"},
        "handlers": {"keys": "console"},
        "formatters": {"keys": "plain"},
        "logger_root": logger,
        "handler_console": {
            "class": "StreamHandler",
            "args": "(sys.stderr,)",
            "level": "NOTSET",
            "formatter": "plain",
        },
        "formatter_plain": {"class": "logging.Formatter"},
    }


def _migrations() -> Path:
    spec = find_spec("rucio")
    if spec is None or spec.origin is None:
        msg = f"the lake's private environment holds no rucio; delete {sys.prefix} and start again"
        raise SandboxError(msg)
    return Path(spec.origin).parent / "db" / "sqla" / "migrate_repo"


def _write(path: Path, sections: Sections) -> None:
    parser = configparser.RawConfigParser()
    # Rucio reads its files with interpolation: a percent sign in a folder's name is written twice.
    parser.read_dict(
        {name: {k: str(v).replace("%", "%%") for k, v in keys.items()} for name, keys in sections.items()}
    )
    text = io.StringIO()
    parser.write(text)
    write_private(path, text.getvalue())
